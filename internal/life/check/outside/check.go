package outside

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Check turns what the logs hold into findings about the files of a tree. Commit
// is the one under check, empty for a folder.
func Check(logs []*Log, t *tree.Tree, commit string) findings.Result {
	c := checker{tree: t, commit: commit, seen: map[string]bool{}}
	var tools []string
	for _, l := range logs {
		for i := range l.runs {
			tools = append(tools, c.run(&l.runs[i]))
		}
	}
	slices.Sort(tools)
	c.res.Looked = findings.Count(c.results, "result") + " of other tools"
	if len(tools) > 0 {
		c.res.Looked = fmt.Sprintf("%s of %s", findings.Count(c.results, "result"), strings.Join(slices.Compact(tools), ", "))
	}
	if c.settled > 0 {
		c.res.Looked += fmt.Sprintf("; %d settled there already", c.settled)
	}
	return c.res
}

type checker struct {
	tree    *tree.Tree
	commit  string
	res     findings.Result
	results int
	settled int
	seen    map[string]bool // fingerprints, so that a file given twice counts once
}

// run takes in one run and returns the tool's name and version.
func (c *checker) run(r *sarifRun) string {
	d := r.Tool.Driver
	name := findings.Clean(d.Name, 40)
	c.whole(r, name)
	p := places{run: r, tree: c.tree}
	if r.Results != nil {
		c.res.Seen.Rules += rules(r)
		for _, res := range *r.Results {
			c.result(r, p, name, res)
		}
	}
	return strings.TrimSpace(name + " " + findings.Clean(cmp.Or(d.Semantic, d.Version), 30))
}

func rules(r *sarifRun) int {
	n := len(r.Tool.Driver.Rules)
	for _, e := range r.Tool.Extensions {
		n += len(e.Rules)
	}
	return n
}

// whole notes whatever says that the tool did not look at everything.
func (c *checker) whole(r *sarifRun, name string) {
	if r.Results == nil {
		c.res.Missed("%s gave no list of results", name)
	}
	for _, v := range r.Versions {
		if v.Revision != "" && c.commit != "" && v.Revision != c.commit {
			c.res.Missed("%s looked at another commit, %s", name, findings.Clean(v.Revision, 12))
		}
	}
	for _, in := range r.Invocations {
		if in.Successful != nil && !*in.Successful {
			c.res.Missed("%s says that its run failed", name)
		}
		for _, n := range slices.Concat(in.Execution, in.Settings) {
			if n.Level == "error" {
				c.res.Missed("%s had a fault: %s", name, cmp.Or(n.Message.Text, "it gives no words"))
			}
		}
	}
}

func (c *checker) result(r *sarifRun, p places, tool string, res sarifResult) {
	if res.Kind != "" && res.Kind != "fail" && res.Kind != "open" && res.Kind != "review" || res.Level == "none" && res.Kind == "" || res.Baseline == "absent" {
		return // a pass, or gone since
	}
	c.results++
	if suppressed(res) {
		c.settled++
		return
	}
	u := r.ruleOf(res)
	at := c.at(p, res)
	at.Details = strings.TrimSpace(tool + " " + u.id + " " + u.about.HelpURI)
	at.Key = tool + "\x00" + u.id + "\x00" + mark(res, at)
	code := u.code(tool, res)
	words := []string{"tool", tool, "rule", cmp.Or(u.id, "its rule"), "said", findings.Verbatim(findings.Clean(u.text(res), 140))}
	if code == asSecret {
		at.Quote = ""
		words[5] = findings.Verbatim(cmp.Or(u.id, "a secret")) // the text may hold the value
	}
	f := findings.New(code, at, words...)
	if !c.seen[f.Fingerprint] {
		c.seen[f.Fingerprint] = true
		c.res.Add(f)
	}
}

// suppressed reports whether somebody has settled a result: by SARIF, one
// suppression that is not accepted keeps it open.
func suppressed(res sarifResult) bool {
	for _, s := range res.Suppressions {
		if s.Status != "" && s.Status != "accepted" {
			return false
		}
	}
	return len(res.Suppressions) > 0
}

func (c *checker) at(p places, res sarifResult) findings.At {
	if len(res.Locations) == 0 {
		return findings.At{}
	}
	l := res.Locations[0].Physical
	name, known := p.file(l.Artifact)
	at := findings.At{Path: findings.Clean(name, 300)}
	if l.Region.Line > 0 {
		at.Line, at.Column = l.Region.Line, max(l.Region.Column, 0)
	}
	if f, ok := c.tree.Find(name); known && ok {
		at.Quote = f.Quote(at.Line, at.Column)
	}
	return at
}

// mark tells results of one rule apart: by what the tool says they are, or else
// by their place as quoted.
func mark(res sarifResult, at findings.At) string {
	for _, m := range []map[string]string{res.Fingerprints, res.Partial} {
		keys := make([]string, 0, len(m))
		for k := range m {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		var parts []string
		for _, k := range keys {
			if m[k] != "" && m[k] != "requires login" { // what Semgrep writes without an account
				parts = append(parts, k+"="+m[k])
			}
		}
		if len(parts) > 0 {
			return strings.Join(parts, " ")
		}
	}
	return cmp.Or(at.Quote, fmt.Sprint(at.Line))
}
