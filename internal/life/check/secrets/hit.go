package secrets

import (
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
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
