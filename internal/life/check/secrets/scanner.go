package secrets

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"
	"strings"

	ahocorasick "github.com/BobuSumisu/aho-corasick"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// MaxSize is the largest content Scan reads, in bytes. Anything larger is a
// finding of its own.
const MaxSize = 5_000_000

// Scanner finds secrets. It is made once, is safe for concurrent use, and
// never logs what it reads.
type Scanner struct {
	key    []byte
	once   []byte // a key that nobody keeps
	rules  []*rule
	global *allowance
	words  *ahocorasick.Trie
	byWord map[string][]int // keyword -> indices into rules
	always []int            // rules without keywords
}

// New makes a scanner. Key is the HMAC key of fingerprints; without one the
// fingerprint is made from the masked line, never from the value.
func New(key []byte) (*Scanner, error) {
	provider, global, err := providerRules()
	if err != nil {
		return nil, core.Hidden("Loading the secret rules", err)
	}
	s := &Scanner{key: slices.Clone(key), once: make([]byte, 32), rules: append(provider, ownRules()...), global: global, byWord: map[string][]int{}}
	if _, err := rand.Read(s.once); err != nil {
		return nil, core.Hidden("Getting random bytes", err)
	}
	for i, r := range s.rules {
		if len(r.keywords) == 0 {
			s.always = append(s.always, i)
		}
		for _, w := range r.keywords {
			s.byWord[w] = append(s.byWord[w], i)
		}
	}
	all := make([]string, 0, len(s.byWord))
	for w := range s.byWord {
		all = append(all, w)
	}
	slices.Sort(all)
	s.words = ahocorasick.NewTrieBuilder().AddStrings(all).Build()
	return s, nil
}

// Rules returns how many rules are loaded.
func (s *Scanner) Rules() int { return len(s.rules) }

// Scan searches one file's content and returns a finding for each secret,
// ordered by place. Content that cannot be searched is a blocking finding too.
// Binary content is passed over, except under the name of a text file.
func (s *Scanner) Scan(path string, content []byte) []core.Finding {
	if len(content) > MaxSize {
		return []core.Finding{unscanned(path, "it is too large")}
	}
	text, ok := tree.Text(content)
	if !ok {
		if tree.TextName(path) {
			return []core.Finding{unscanned(path, "it does not hold plain text")}
		}
		text = nil // only the path counts
	}
	found, _ := s.scan(tree.File{Path: path, Text: text})
	return found
}

func unscanned(path, reason string) core.Finding {
	return findings.New("secret_unscanned", findings.At{Path: path, Key: reason}, "path", path, "reason", reason)
}

// hit is one secret in one file; from and to are offsets of the value.
type hit struct {
	rule     *rule
	from, to int
	value    string
}

// ScanPart searches some lines of a file. Numbers tell where they stand; what
// is found in lines without a number is left out.
func (s *Scanner) ScanPart(p Part) ([]Hit, error) {
	hits, _, err := s.hits(tree.File{Path: p.Path, Text: p.Text})
	if err != nil {
		return nil, err
	}
	kept := hits[:0]
	for _, h := range hits {
		byName := h.Line == 0
		if h.Line = p.number(h.Line, h.last); h.Line > 0 || byName {
			h.Edits = nil
			kept = append(kept, h)
		}
	}
	return kept, nil
}

// number returns the number of the first line from first to last that has one,
// or 0.
func (p Part) number(first, last int) int {
	for i := max(first, 1); i <= min(last, len(p.Numbers)); i++ {
		if n := p.Numbers[i-1]; n > 0 {
			return n
		}
	}
	return 0
}

// scan returns the findings of a file and the values found, which must stay
// inside the process.
func (s *Scanner) scan(f tree.File) ([]core.Finding, []string) {
	hits, values, err := s.hits(f)
	if err != nil {
		return []core.Finding{unscanned(f.Path, "a rule is broken")}, nil
	}
	found := make([]core.Finding, len(hits))
	for i, h := range hits {
		found[i] = h.Finding()
	}
	return found, values
}

// hits searches a file. An error is a broken rule.
func (s *Scanner) hits(f tree.File) ([]Hit, []string, error) {
	text := string(f.Text)
	var hits []hit
	for _, c := range s.candidates(text) {
		more, err := s.run(s.rules[c.rule], f.Path, text, c.at)
		if err != nil {
			return nil, nil, err
		}
		hits = append(hits, more...)
	}
	hits = oneEach(hits)
	values := make([]string, len(hits))
	for i, h := range hits {
		values[i] = h.value
	}
	out := make([]Hit, len(hits))
	for i, h := range hits {
		out[i] = s.show(f, h, values)
	}
	return out, values, nil
}

func (s *Scanner) run(r *rule, path, text string, at []int) ([]hit, error) {
	if skip, err := s.skipsPath(r, path); skip || err != nil {
		return nil, err
	}
	if r.pattern == nil {
		return []hit{{rule: r}}, nil
	}
	re, err := r.pattern()
	if err != nil {
		return nil, err
	}
	var hits []hit
	for _, w := range r.windows(text, at) {
		for _, m := range re.FindAllStringSubmatchIndex(text[w.from:w.to], -1) {
			if w.from+m[1] == w.to && w.to < len(text) {
				continue // cut off by the window: not a whole value
			}
			from, to := secretSpan(m, r.group)
			h := hit{r, w.from + from, w.from + to, text[w.from+from : w.from+to]}
			ok, err := s.holds(h, path, text[w.from+m[0]:w.from+m[1]], lineAround(text, w.from+m[0], w.from+m[1]))
			if err != nil {
				return nil, err
			}
			if ok {
				hits = append(hits, h)
			}
		}
	}
	return hits, nil
}

// skipsPath reports whether a rule does not apply to a path. Paths that the
// rule file allows everywhere (lock files, pictures, well-known libraries) are
// still searched for keys that have a form of their own.
func (s *Scanner) skipsPath(r *rule, path string) (bool, error) {
	if r.path != nil {
		re, err := r.path()
		if err != nil || !re.MatchString(path) {
			return true, err
		}
	}
	for _, a := range r.allow {
		if ok, err := a.path(path); ok || err != nil {
			return true, err
		}
	}
	if !r.generic && !r.password {
		return false, nil
	}
	return s.global.path(path)
}

func (s *Scanner) holds(h hit, path, match, line string) (bool, error) {
	if h.value == "" || h.rule.entropy > 0 && entropy(h.value) <= h.rule.entropy {
		return false, nil
	}
	if !likely(h.rule, h.value, match) || h.rule.generic && placeholder(h.value) {
		return false, nil
	}
	for _, a := range append([]*allowance{s.global}, h.rule.allow...) {
		if ok, err := a.value(path, h.value, match, line); ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// secretSpan picks the group of a match that holds the secret: the one named
// by the rule, or else the first that is not empty, or else the whole match.
func secretSpan(m []int, group int) (from, to int) {
	if group > 0 && 2*group+1 < len(m) && m[2*group] >= 0 {
		return m[2*group], m[2*group+1]
	}
	for i := 2; i+1 < len(m); i += 2 {
		if m[i] >= 0 && m[i+1] > m[i] {
			return m[i], m[i+1]
		}
	}
	return m[0], m[1]
}

func lineAround(text string, from, to int) string {
	start := strings.LastIndexByte(text[:from], '\n') + 1
	if end := strings.IndexByte(text[to:], '\n'); end >= 0 {
		return text[start : to+end]
	}
	return text[start:]
}

// oneEach keeps one hit where several overlap: a key with a form of its own
// before a password, and that before a guess by name.
func oneEach(hits []hit) []hit {
	rank := func(h hit) int {
		switch {
		case h.rule.generic:
			return 2
		case h.rule.password:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return rank(a) - rank(b) })
	var kept []hit
	for _, h := range hits {
		if !slices.ContainsFunc(kept, func(k hit) bool { return h.from < k.to && k.from < h.to }) {
			kept = append(kept, h)
		}
	}
	slices.SortStableFunc(kept, func(a, b hit) int { return a.from - b.from })
	return kept
}

// show says where a hit is, without its value.
func (s *Scanner) show(f tree.File, h hit, values []string) Hit {
	out := Hit{Code: "secret_found", Rule: h.rule.id, Kind: h.rule.kind, Path: f.Path}
	if h.rule.password {
		out.Code = "password_found"
	}
	if h.to > 0 {
		out.Line, out.Column = f.Place(h.from)
		out.last = out.Line + strings.Count(h.value, "\n")
		out.Quote = quote(f, out.Line, out.Column, h, values)
	}
	out.Severity = core.Blocker
	out.Mark, out.Same = s.mark(h.value, out.Quote), code(s.once, h.value)
	return out
}

// mark stands for the value in the fingerprint.
func (s *Scanner) mark(value, quote string) string {
	if len(s.key) == 0 {
		return quote
	}
	return code(s.key, value)
}

func code(key []byte, value string) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(value))
	return hex.EncodeToString(m.Sum(nil))
}

// entropy returns Shannon's entropy of s in bits a character.
func entropy(s string) float64 {
	counts := map[rune]int{}
	for _, r := range s {
		counts[r]++
	}
	e := 0.0
	for _, n := range counts {
		p := float64(n) / float64(len(s))
		e -= p * math.Log2(p)
	}
	return e
}
