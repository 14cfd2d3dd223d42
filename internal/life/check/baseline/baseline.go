// Package baseline reads and writes the list of what was known when a
// repository was adopted: findings that do not block, and are named in every
// report. It never hides a finding, and what is grave, such as a live key, it
// excuses only where somebody has written why.
package baseline

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

// Entry is one finding that was known.
type Entry struct {
	Fingerprint string `json:"fingerprint"`
	Code        string `json:"code"`
	Path        string `json:"path,omitempty"`     // for people
	Until       string `json:"until,omitempty"`    // the last day it is excused, YYYY-MM-DD; empty for no end
	Accepted    string `json:"accepted,omitempty"` // why, which a grave finding needs
}

// List is a baseline.
type List struct {
	Version int     `json:"version"`
	Commit  string  `json:"commit,omitempty"`
	Known   []Entry `json:"known"`

	digest string
}

// MaxSize bounds the file, in bytes.
const MaxSize = 64 << 20

// Read reads a list strictly. Errors: Unreadable.
func Read(b []byte) (*List, error) {
	l := &List{}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	err := d.Decode(l)
	switch {
	case err != nil:
		return nil, &core.Error{Code: core.Unreadable, Msg: "The baseline is not one: " + findings.Clean(err.Error(), 200) + ".", Hint: "Write it with: paddock check --write-baseline FILE", Err: err}
	case d.More():
		return nil, core.Errorf(core.Unreadable, "The baseline has text after its end.").Hinted("Write it with: paddock check --write-baseline FILE")
	case l.Version != 1:
		return nil, core.Errorf(core.Unreadable, "The baseline is of version %d; this program reads version 1.", l.Version).Hinted("Write it again with: paddock check --write-baseline FILE")
	}
	for _, e := range l.Known {
		if e.Fingerprint == "" || e.Code == "" {
			return nil, core.Errorf(core.Unreadable, "An entry of the baseline has no fingerprint or no code.").Hinted("Write it again with: paddock check --write-baseline FILE")
		}
		if _, err := time.Parse(time.DateOnly, e.Until); e.Until != "" && err != nil {
			return nil, core.Errorf(core.Unreadable, "The baseline excuses %s until %q, which is not a day.", findings.Clean(e.Code, 80), findings.Clean(e.Until, 40)).Hinted("Write it as 2026-12-31.")
		}
	}
	sum := sha256.Sum256(b)
	l.digest = "sha256:" + hex.EncodeToString(sum[:])
	return l, nil
}

// Of lists all findings of a report that no exemption lets pass. until may be
// empty. The same report gives the same list.
func Of(r core.Report, until string) *List {
	l := &List{Version: 1, Commit: r.Commit, Known: []Entry{}}
	for _, f := range r.Findings {
		if f.Severity != core.Note && (f.Waived == nil || f.Waived.Kind == core.KnownBefore) {
			e := Entry{Fingerprint: f.Fingerprint, Code: f.Code, Path: f.Path, Until: until}
			if f.Waived != nil {
				e.Until, e.Accepted = f.Waived.Until, f.Waived.Reason
			}
			l.Known = append(l.Known, e)
		}
	}
	slices.SortFunc(l.Known, func(a, b Entry) int {
		return strings.Compare(a.Path+"\x00"+a.Code+"\x00"+a.Fingerprint, b.Path+"\x00"+b.Code+"\x00"+b.Fingerprint)
	})
	l.Known = slices.Compact(l.Known)
	return l
}

// Text is the list as its file.
func (l *List) Text() ([]byte, error) {
	b, err := json.MarshalIndent(l, "", "  ")
	return append(b, '\n'), err
}

// Digest names the file that was read.
func (l *List) Digest() string { return l.digest }

// Grave counts the entries that excuse nothing, because they are grave and
// nobody says why they are accepted.
func (l *List) Grave() int {
	n := 0
	for _, e := range l.Known {
		if grave(e.Code) && strings.TrimSpace(e.Accepted) == "" {
			n++
		}
	}
	return n
}

func grave(code string) bool {
	t, ok := findings.Lookup(code)
	return ok && t.Grave
}

// Apply excuses the findings that are in the list, and returns the fingerprints
// of entries that nothing matches. today is YYYY-MM-DD in UTC.
func (l *List) Apply(list []core.Finding, today string) (unneeded []string) {
	known := make(map[string]*Entry, len(l.Known))
	for i := range l.Known {
		known[l.Known[i].Fingerprint+"\x00"+l.Known[i].Code] = &l.Known[i]
	}
	seen := map[*Entry]bool{}
	for i, f := range list {
		e := known[f.Fingerprint+"\x00"+f.Code]
		if e == nil {
			continue
		}
		seen[e] = true
		if f.Waived != nil || e.Until != "" && e.Until < today || grave(f.Code) && strings.TrimSpace(e.Accepted) == "" {
			continue
		}
		list[i].Blocking = false
		list[i].Waived = &core.Waiver{Kind: core.KnownBefore, Until: e.Until, Reason: findings.Clean(e.Accepted, 300)}
	}
	for i := range l.Known {
		if e := &l.Known[i]; !seen[e] {
			unneeded = append(unneeded, findings.Clean(e.Fingerprint, 64))
		}
	}
	return unneeded
}
