package secrets

import (
	"crypto/rand"
	"fmt"
	"slices"

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
	list   []string // of words
	byWord [][]int  // word -> rules
	anchor []anchor // word -> reader
	words  *words
	always []int // rules without keywords
	whole  bool  // for tests: patterns run on whole files
}

// New makes a scanner. Key is the HMAC key of fingerprints; without one the
// fingerprint is made from the masked line, never from the value.
func New(key []byte) (*Scanner, error) {
	rules, global, err := providerRules()
	if err != nil {
		return nil, core.Hidden("Loading the secret rules", err)
	}
	s := &Scanner{key: slices.Clone(key), once: make([]byte, 32), rules: rules, global: global}
	if _, err := rand.Read(s.once); err != nil {
		return nil, core.Hidden("Getting random bytes", err)
	}
	byWord := map[string][]int{}
	for i, r := range s.rules {
		if len(r.keywords) == 0 {
			s.always = append(s.always, i)
		}
		for _, w := range r.keywords {
			byWord[w] = append(byWord[w], i)
		}
	}
	anchors := anchors()
	for w := range anchors {
		byWord[w] = append(byWord[w], []int{}...)
	}
	for w := range byWord {
		s.list = append(s.list, w)
	}
	slices.Sort(s.list)
	for _, w := range s.list {
		s.byWord, s.anchor = append(s.byWord, byWord[w]), append(s.anchor, anchors[w])
	}
	s.words = newWords(s.list)
	return s, nil
}

// Rules returns how many rules are loaded: patterns of providers, and readers.
func (s *Scanner) Rules() int { return len(s.rules) + len(ownKinds()) }

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

// Artifact searches a file of what was built, and returns a finding for each
// key that has a form of its own. A name beside a value says little there: a
// bundle holds the code of others, in long lines.
func (s *Scanner) Artifact(path string, content []byte) []core.Finding {
	text, ok := tree.Text(content)
	if !ok {
		return nil
	}
	hits, _, err := s.hits(tree.File{Path: path, Text: text})
	if err != nil {
		return []core.Finding{unscanned(path, "a rule is broken")}
	}
	var found []core.Finding
	for _, h := range hits {
		if h.found.rank == 0 && h.Severity == core.Blocker {
			found = append(found, h.Finding())
		}
	}
	return found
}

func unscanned(path, reason string) core.Finding {
	return findings.New("secret_unscanned", findings.At{Path: path, Key: reason}, "path", path, "reason", reason)
}

// ScanPart searches some lines of a file. Numbers tell where they stand; what
// is found in lines without a number is left out.
func (s *Scanner) ScanPart(p Part) ([]Hit, error) {
	hits, values, err := s.hits(tree.File{Path: p.Path, Text: p.Text})
	switch {
	case err != nil:
		return nil, err
	case len(values) > maxHits:
		return nil, fmt.Errorf("%s holds more than %d secrets", p.Path, maxHits)
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
	if len(values) > maxHits {
		found = append(found, unscanned(f.Path, fmt.Sprintf("it holds more than %d secrets", maxHits)))
	}
	return found, values
}

// maxHits is how many secrets of one file are listed. Nobody reads more, and
// each is hidden in the lines of all others.
const maxHits = 1000

// hits searches a file. An error is a broken rule. All values are returned, for they must not be shown anywhere, but only the
// first maxHits hits.
func (s *Scanner) hits(f tree.File) ([]Hit, []string, error) {
	l := look{s: s, path: f.Path, text: string(f.Text)}
	hits, err := l.all()
	if err != nil {
		return nil, nil, err
	}
	values := make([]string, len(hits))
	for i, h := range hits {
		values[i] = h.value
	}
	slices.SortFunc(values, func(a, b string) int { return len(b) - len(a) })
	hits = hits[:min(len(hits), maxHits)]
	out := make([]Hit, len(hits))
	for i, h := range hits {
		out[i] = s.show(f, h, values)
	}
	return out, values, nil
}
