package evidence

import (
	"fmt"
	"io"
	"strings"
)

// maxProblems is how many problems are kept; more are only counted.
const maxProblems = 100

// Problem is one thing that is wrong with a pack.
type Problem struct {
	What  string `json:"what"`
	Where string `json:"where"` // the file, its line, or the byte of the pack
	Fix   string `json:"fix"`
}

// Proven is one thing that was held against something else, and how often.
type Proven struct {
	What  string `json:"what"`
	Count int    `json:"count"`
}

// Result is what was checked and found.
type Result struct {
	OK          bool             `json:"ok"`
	App         string           `json:"app"`             // "" for all apps
	Grant       string           `json:"grant,omitempty"` // the one it is about
	Period      string           `json:"period"`          // "" without one
	From        string           `json:"from"`
	To          string           `json:"to"` // not included
	MadeAt      string           `json:"made_at"`
	Origin      string           `json:"origin"`   // the audit log
	Size        int64            `json:"size"`     // of the tree the proofs lead to
	Coverage    Coverage         `json:"coverage"` // no event of this stretch of the log is missing
	Counts      map[string]Count `json:"counts"`
	Proven      []Proven         `json:"proven"`
	Notes       []string         `json:"notes"`       // what could not be held against anything
	Key         string           `json:"key"`         // verifier key that was used
	Fingerprint string           `json:"fingerprint"` // of that key, to compare by eye
	OwnKey      bool             `json:"own_key"`     // the key came from the pack itself
	Found       int              `json:"problems_found"`
	Problems    []Problem        `json:"problems"` // at most 100, the first ones
}

const fixPack = "Do not rely on this pack. Export it again, or ask who sent it for the original."

func (r *Result) add(where, what string, args ...any) {
	r.OK = false
	if r.Found++; len(r.Problems) < maxProblems {
		r.Problems = append(r.Problems, Problem{fmt.Sprintf(what, args...), where, fixPack})
	}
}

func (r *Result) proven(n int, what string) {
	if n > 0 {
		r.Proven = append(r.Proven, Proven{what, n})
	}
}

// WriteJSON writes the result as one indented JSON object.
func (r Result) WriteJSON(w io.Writer) error {
	data, err := encode(r)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// WriteText writes the result for people.
func (r Result) WriteText(w io.Writer) error {
	var b strings.Builder
	about := or(r.App, r.Period)
	if r.Grant != "" {
		about = "grant " + r.Grant + " for " + r.App
	}
	switch {
	case !r.OK:
		fmt.Fprintf(&b, "The pack does not verify: %d problems.\n", r.Found)
	case r.OwnKey:
		fmt.Fprintf(&b, "The pack of %s agrees with itself, but only with its own key.\nCompare the fingerprint below with the platform team, or give their key with --key.\n", about)
	default:
		fmt.Fprintf(&b, "The pack of %s verifies: nothing in it was changed.\n", about)
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "\n- %s\n  where: %s\n  next:  %s\n", p.What, p.Where, p.Fix)
	}
	if more := r.Found - len(r.Problems); more > 0 {
		fmt.Fprintf(&b, "\nand %d more.\n", more)
	}
	if r.OK {
		b.WriteString("\nProven\n")
		for _, p := range r.Proven {
			fmt.Fprintf(&b, "%8d  %s\n", p.Count, p.What)
		}
		if r.Coverage.First >= 0 {
			fmt.Fprintf(&b, "          no event is missing from log index %d to %d\n", r.Coverage.First, r.Coverage.Last)
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "\nNote: %s\n", n)
	}
	fmt.Fprintf(&b, "\nlog          %s, %d events\nperiod       %s to %s\nmade         %s\nkey          %s\nfingerprint  %s\n",
		r.Origin, r.Size, or(r.From, "the beginning"), r.To, r.MadeAt, r.Key, r.Fingerprint)
	_, err := io.WriteString(w, b.String())
	return err
}
