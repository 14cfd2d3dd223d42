package findings

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"

	"github.com/paddock-dev/paddock/internal/core"
)

// At says where a finding is.
type At struct {
	Path         string // repo-relative; may be empty
	Line, Column int    // from 1; 0 for the whole file
	Quote        string // the line, as Quoted returns it
	// Key makes the fingerprint together with code and path, for findings that
	// are not about a line of text, e.g. a package name. Empty means: the quote.
	Key     string
	Details string // for engineers
	// Edits are exact changes that mend the finding, if they are known. Their
	// words take the place of the catalogue's Fix.
	Edits []core.Edit
}

// New makes a finding of the given code. Words holds pairs: a name as in the
// catalogue, and its value. A code that is not in the catalogue is a fault of
// the program and panics; a test makes one finding of every code.
func New(code string, at At, words ...string) core.Finding {
	t, ok := Lookup(code)
	if !ok {
		panic("findings: no text for the code " + code)
	}
	return Of(t, at, words...)
}

// Of makes a finding from a text that is not in the catalogue: one of a rule.
func Of(t Text, at At, words ...string) core.Finding {
	code, fill := t.Code, filler(words)
	f := core.Finding{
		Code: code, Check: t.Check, Severity: t.Severity, Blocking: t.Severity == core.Blocker,
		What: fill(t.What), Why: fill(t.Why), Docs: t.Docs(),
		Path: at.Path, Line: at.Line, Column: at.Column, Quote: at.Quote, Details: Clean(at.Details, 400),
	}
	steps := t.Fix
	if len(at.Edits) > 0 {
		f.Edits, f.Fix, steps = at.Edits, Steps(at.Edits), t.Then
	}
	for _, step := range steps {
		f.Fix = append(f.Fix, fill(step))
	}
	if at.Key != "" {
		f.Fingerprint = Fingerprint(code, at.Path, at.Key)
	}
	return f
}

func filler(words []string) func(string) string {
	pairs := make([]string, 0, len(words))
	for i := 0; i+1 < len(words); i += 2 {
		pairs = append(pairs, "{"+words[i]+"}", Clean(words[i+1], 160))
	}
	return strings.NewReplacer(pairs...).Replace
}

// Fingerprint names a finding by what it is about, so that it stays the same
// when other lines move. It is 32 hexadecimal digits.
func Fingerprint(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Digest names data, such as a set of rules, by its content: sha256:...
func Digest(parts ...[]byte) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d\n", len(p))
		h.Write(p)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// Clean makes text of unknown origin fit to show: valid UTF-8, no control or
// direction characters, at most limit characters.
func Clean(s string, limit int) string {
	s = strings.ToValidUTF8(s, "?")
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n == limit {
			return b.String() + "..."
		}
		n++
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			r = ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			r = '?'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// CleanLines is Clean for text of several lines, which stay.
func CleanLines(s string, limit int) string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		out = append(out, Clean(line, limit))
	}
	return strings.Join(out, "\n")
}

// Sample makes the finding of a text's example.
func Sample(t Text) core.Finding {
	var words []string
	for name, value := range t.Example {
		words = append(words, name, value)
	}
	return Of(t, At{}, words...)
}
