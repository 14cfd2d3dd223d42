package code

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/meter"
	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
	"github.com/paddock-dev/paddock/internal/life/check/syntax"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Check applies the rules to all files. Files that cannot be read into a tree
// make the result incomplete; files without any rule's words are not read
// further, as no rule can match there.
func (e *Engine) Check(ctx context.Context, t *tree.Tree) findings.Result {
	var res findings.Result
	results := make([]fileResult, len(t.Files))
	var parsers syntax.Parsers
	var wg sync.WaitGroup
	next := make(chan int)
	part := meter.Begin(ctx, "code", len(t.Files))
	defer part.End()
	for range min(2, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := range next {
				results[i] = e.file(ctx, &parsers, t.Files[i])
				part.Step()
			}
		})
	}
	for i := range t.Files {
		next <- i
	}
	close(next)
	wg.Wait()
	for i, r := range results {
		if r.looked {
			res.Seen.Files++
			res.Seen.Bytes += int64(len(t.Files[i].Text))
		}
		res.Findings = append(res.Findings, r.found...)
		for _, why := range r.missed {
			res.Missed("%s: %s", t.Files[i].Path, why)
		}
	}
	if !syntax.Available {
		res.Missed("%v", syntax.ErrNone)
	}
	res.Seen.Rules, res.Seen.RulesDigest = e.Rules, e.digest
	res.Looked = fmt.Sprintf("%s of code, %d rules", findings.Count(res.Seen.Files, "file"), e.Rules)
	return res
}

type fileResult struct {
	looked bool
	found  []core.Finding
	missed []string
}

var ins = map[syntax.Lang]string{
	syntax.JavaScript: "js", syntax.TypeScript: "js", syntax.TSX: "js", syntax.Python: "python", syntax.Go: "go", syntax.Bash: "sh",
	syntax.SQL: "sql", syntax.Dockerfile: "docker", syntax.HTML: "html",
}

func (e *Engine) file(ctx context.Context, p *syntax.Parsers, f tree.File) (r fileResult) {
	defer func() {
		if x := recover(); x != nil {
			r.missed = append(r.missed, "the rules failed on it")
		}
	}()
	if ctx.Err() != nil {
		r.missed = append(r.missed, "the time ran out before it")
		return r
	}
	lang := syntax.Of(f.Path, f.Text)
	in, known := ins[lang]
	var found []bool
	var hits []hit
	for _, in := range []string{in, "text"} {
		cs := e.clauses[in]
		if cs == nil {
			continue
		}
		if in == "text" && !cs.wants(f.Path) {
			continue
		}
		r.looked = r.looked || known
		if found == nil {
			found = e.words.in(f.Text)
		}
		ready := e.ready(cs, found, f)
		hits = append(hits, plain(f.Text, ready)...)
		if ready.needTree() || in == "html" && e.scriptsWanted(found) {
			more, err := e.parsed(ctx, p, lang, in, ready, found, f)
			hits = append(hits, more...)
			if err != nil {
				r.missed = append(r.missed, err.Error())
			}
		}
	}
	r.found = e.report(f, hits)
	return r
}

// wants reports whether any clause looks at text files of this path.
func (cs *clauses) wants(path string) bool {
	return slices.ContainsFunc(cs.all, func(c *clause) bool { return c.Path.MatchString(path) })
}

// ready returns the clauses that can match a file, by its path, its text and
// its words.
func (e *Engine) ready(cs *clauses, found []bool, f tree.File) *clauses {
	out := &clauses{}
	trial, text := trials.MatchString(f.Path), rulebook.NewText(f.Text)
	for _, c := range cs.all {
		if trial && (c.outside || c.Route) || !e.words.meets(found, c) || !holds(f.Text, c.Holds) || !holds(f.Text, c.with) ||
			c.Path.Set() && !c.Path.MatchString(f.Path) || c.NotPath.MatchString(f.Path) ||
			c.File.Set() && !c.File.In(text) || c.NotFile.In(text) {
			continue
		}
		out.all = append(out.all, c)
		out.place(c)
		for _, a := range c.also {
			out.place(a)
		}
	}
	return out
}

// trials are files that try code out; no stranger sends them anything, and what
// they hold stops no merge.
var trials = regexp.MustCompile(`_test\.go$|\.(test|spec)\.[cm]?[jt]sx?$|(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$|(^|/)(__tests__|__mocks__|mirage|testdata|tests?)/`)

// packed reports whether a script was made smaller by a program: somebody
// else's code, which the maker cannot mend line by line.
func packed(f tree.File) bool {
	if ext := f.Ext(); ext != ".js" && ext != ".mjs" && ext != ".cjs" {
		return false
	}
	if len(f.Text) > 1_000 && len(f.Text)/(1+bytes.Count(f.Text, []byte("\n"))) > 120 {
		return true
	}
	for line := range bytes.SplitSeq(f.Text, []byte("\n")) {
		if len(line) > 900 {
			return true
		}
	}
	return strings.Contains(f.Path, ".min.")
}

func holds(text []byte, any []string) bool {
	return len(any) == 0 || slices.ContainsFunc(any, func(s string) bool { return bytes.Contains(text, []byte(s)) })
}

// needTree reports whether a syntax tree is needed.
func (cs *clauses) needTree() bool {
	return len(cs.calls.byName) > 0 || len(cs.calls.any) > 0 || len(cs.assigns.byName) > 0 || len(cs.assigns.any) > 0 || len(cs.pairs.byName) > 0 || len(cs.pairs.any) > 0 ||
		len(cs.texts) > 0 || len(cs.tags) > 0 || len(cs.queries) > 0 || len(cs.routes) > 0
}

func (e *Engine) scriptsWanted(found []bool) bool {
	cs := e.clauses["js"]
	return cs != nil && slices.ContainsFunc(cs.all, func(c *clause) bool { return e.words.meets(found, c) })
}

// parsed applies the clauses to a file's tree, and to the scripts of a page.
func (e *Engine) parsed(ctx context.Context, p *syntax.Parsers, lang syntax.Lang, in string, ready *clauses, found []bool, f tree.File) ([]hit, error) {
	t, err := p.Parse(ctx, lang, f.Text)
	if errors.Is(err, syntax.ErrNone) {
		return nil, nil // said once for all files
	}
	if err != nil {
		return nil, err
	}
	u := newUnit(e, in, t)
	hits := u.apply(ready)
	if u.work > most {
		return hits, errTired
	}
	if lang == syntax.HTML && e.clauses["js"] != nil {
		scripts := e.ready(e.clauses["js"], found, f)
		for _, code := range syntax.Scripts(t) {
			s, err := p.Part(ctx, syntax.JavaScript, f.Text, code.Start(), code.End())
			if err != nil {
				return hits, err
			}
			u := newUnit(e, "js", s)
			hits = append(hits, u.apply(scripts)...)
			if u.work > most {
				return hits, errTired
			}
		}
	}
	return hits, partial(t)
}

var errTired = errors.New("it is too tangled to be followed to its end")

var errPartial = errors.New("parts of it could not be understood; look for a typing error")

// partial tells of a tree with faults.
func partial(t *syntax.Tree) error {
	if t.Partial && t.Lang != syntax.HTML && t.Lang != syntax.Bash {
		return errPartial
	}
	return nil
}

// report makes findings of the hits: one for each place and code.
func (e *Engine) report(f tree.File, hits []hit) []core.Finding {
	here := map[*clause]bool{}
	for _, h := range hits {
		here[h.c] = true
	}
	type key struct {
		code string
		at   int
	}
	seen := map[key]bool{}
	small := packed(f)
	soft := small || trials.MatchString(f.Path)
	var out []core.Finding
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.offset, b.offset), cmp.Compare(a.c.rank(), b.c.rank()))
	})
	for _, h := range hits {
		if h.c.rule == nil || h.c.alsoOnly || len(h.c.also) > 0 && !slices.ContainsFunc(h.c.also, func(a *clause) bool { return here[a] }) {
			continue
		}
		k := key{h.c.rule.Code, h.offset}
		if h.c.Once || small {
			k.at = -1
		}
		if seen[k] {
			continue
		}
		seen[k] = true
		found := e.finding(f, h)
		if soft {
			found.Severity, found.Blocking = core.Caution, false
		}
		out = append(out, found)
	}
	return out
}

// rank puts clauses that stop the merge first.
func (c *clause) rank() int {
	if cmp.Or(c.Severity, c.rule.Severity) == string(core.Blocker) {
		return 0
	}
	return 1
}

func (e *Engine) finding(f tree.File, h hit) core.Finding {
	line, col := f.Place(h.offset)
	at := findings.At{Path: f.Path, Line: line, Column: col, Quote: f.Quote(line, col)}
	if h.c.rule.Hide {
		h.name = hidden(h.name)
		at.Quote, at.Key = "", h.name
	}
	if h.to > 0 {
		l, c := f.Place(h.from)
		_, end := f.Place(h.to)
		at.Edits = []core.Edit{{Kind: core.EditReplace, Path: f.Path, Line: l, Column: c, End: end, Old: string(f.Text[h.from:h.to]), New: h.with}}
	}
	return findings.Of(h.c.text(), at, "call", h.name, "host", host(h.value), "reader", reader(f.Path))
}

// reader names what reads data without running it, in the language of a file.
func reader(path string) string {
	switch ext := strings.ToLower(path[strings.LastIndexByte(path, '.')+1:]); ext {
	case "py", "pyw", "pyi":
		return "`ast.literal_eval` or `json.loads`"
	case "sh", "bash", "zsh", "ksh":
		return "`read`"
	}
	return "`JSON.parse`"
}

// hidden returns what may be shown of a place with a secret: at most two
// words, up to a sign after which a value may stand.
func hidden(name string) string {
	w := strings.Fields(name)
	s := strings.Join(w[:min(len(w), 2)], " ")
	if i := strings.IndexAny(s, "=:'\"`"); i >= 0 {
		s = s[:i]
	}
	return s
}
