// Package upload is the form in which somebody else's run of Paddock's own checks
// comes to a server: the report as it was written, byte for byte, and the signed
// statement about it, if there is one. Nothing in it is believed here.
package upload

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check"
)

// MediaType is the type of what Write writes.
const MediaType = "application/vnd.paddock.report+json"

// Bounds of an upload.
const (
	MaxSize     = 10 << 20
	maxDepth    = 24
	maxFindings = 20_000
)

// form is what is sent.
type form struct {
	Report      string          `json:"report"` // as text, so that not a byte of it changes
	Attestation json.RawMessage `json:"attestation,omitempty"`
}

// Upload is a report that was sent.
type Upload struct {
	Report core.Report
	Text   []byte // the report as JSON, as it was signed
	Bundle []byte // the signed statement; nil for none
	Digest string // sha256:..., of Text
}

// Write puts a report's JSON and its statement, nil for none, into one text.
func Write(report, bundle []byte) ([]byte, error) {
	b, err := json.Marshal(form{Report: string(report), Attestation: bundle})
	if err != nil {
		return nil, core.Hidden("Writing the report", err)
	}
	if len(b) > MaxSize {
		return nil, core.Errorf(core.TooLarge, "The report has %d bytes; a server takes %d.", len(b), MaxSize).Hinted("Mend the first findings, and check again.")
	}
	return b, nil
}

var hexForm = regexp.MustCompile(`^[0-9a-f]{40}([0-9a-f]{24})?$`)

// Read reads what Write wrote, and holds the report against itself: it names its
// tool and a commit, its verdicts are those that its checks lead to, and it counts
// its findings right. Errors: Unreadable, TooLarge.
func Read(body []byte) (Upload, error) {
	var u Upload
	if len(body) > MaxSize {
		return u, core.Errorf(core.TooLarge, "The report has %d bytes; at most %d are read.", len(body), MaxSize)
	}
	if deep(body) {
		return u, bad("it is nested too deeply", nil)
	}
	var f form
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil || f.Report == "" || dec.More() {
		return u, bad("it is not in the form that paddock check sends", err)
	}
	u.Text = []byte(f.Report)
	if deep(u.Text) {
		return u, bad("it is nested too deeply", nil)
	}
	if err := json.Unmarshal(u.Text, &u.Report); err != nil {
		return u, bad("the report in it is not one of paddock check", err)
	}
	if why := fault(u.Report); why != "" {
		return u, bad(why, nil)
	}
	if s := bytes.TrimSpace(f.Attestation); len(s) > 0 && !bytes.Equal(s, []byte("null")) {
		u.Bundle = s
	}
	sum := sha256.Sum256(u.Text)
	u.Digest = "sha256:" + hex.EncodeToString(sum[:])
	return u, nil
}

// fault says what a report contradicts itself in.
func fault(r core.Report) string {
	switch {
	case r.Tool == "" || len(r.Tool) > 100 || len(r.Checks) == 0 || len(r.Checks) > 100:
		return "it names no tool, or no checks"
	case !hexForm.MatchString(r.Commit):
		return "it is about no commit"
	case len(r.Findings) > maxFindings:
		return "it has too many findings"
	case r.Verdict != check.Verdict(r.Checks):
		return "its verdict is not the one of its checks"
	}
	found := map[string]int{}
	for _, f := range r.Findings {
		found[f.Check]++
	}
	for _, c := range r.Checks {
		// What the rules say again, after a check has said it, is counted and not listed.
		if n := found[c.Name]; n > c.Findings || n < c.Findings && c.Name != "policy" {
			return "it counts its findings wrong"
		}
		if c.Verdict == core.Passed && len(c.Incomplete) > 0 {
			return "a check passes in it that must not"
		}
	}
	if r.Verdict == core.Passed && slices.ContainsFunc(r.Findings, func(f core.Finding) bool { return f.Blocking }) {
		return "it passes with a finding that blocks"
	}
	return ""
}

func bad(why string, err error) error {
	return &core.Error{Code: core.Unreadable, Msg: "The report cannot be taken: " + why + ".", Hint: "Send it with: paddock check --server URL", Err: err}
}

// deep reports whether brackets are nested deeper than any report's.
func deep(text []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
