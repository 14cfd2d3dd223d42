package secrets

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Hit is one secret found, without its value.
type Hit struct {
	Code         string // of the finding: secret_found, password_found, ...
	Rule         string
	Kind         string // for people: "an AWS access key"
	Path         string
	Line, Column int // from 1; 0 for the whole file
	last         int // line of its end
	Quote        string
	Severity     core.Severity
	Mark         string // stands for the value in fingerprints
	Same         string // equal for equal values of one scanner; it means nothing outside of the process
	Edits        []core.Edit

	found hit // with its value: it never leaves the package
}

// Finding says the hit as a finding about the file as it is.
func (h Hit) Finding() core.Finding {
	at := findings.At{Path: h.Path, Line: h.Line, Column: h.Column, Quote: h.Quote, Details: "rule " + h.Rule, Key: h.Rule + "\x00" + h.Mark, Edits: h.Edits}
	return findings.New(h.Code, at, "path", h.Path, "kind", h.Kind)
}

// Part is some of the lines of a file.
type Part struct {
	Path    string
	Text    []byte
	Numbers []int // the number in the file of each line of Text; 0 for a line that is there only to be understood
}

// show says where a hit is, without its value.
func (s *Scanner) show(f tree.File, h hit, values []string) Hit {
	out := Hit{Code: h.code, Rule: h.rule, Kind: h.kind, Path: f.Path, Severity: severity(h.code)}
	if h.to > 0 {
		out.Line, out.Column = f.Place(h.from)
		out.last = out.Line + strings.Count(h.value, "\n")
		out.Quote = quote(f, out.Line, out.Column, h, values)
	}
	out.found = h
	out.Mark, out.Same = s.mark(h.value, out.Quote), code(s.once, h.value)
	return out
}

func severity(code string) core.Severity {
	t, _ := findings.Lookup(code)
	return t.Severity
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
