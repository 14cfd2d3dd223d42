package evidence

import (
	"encoding/json"
	"fmt"
	"io"
)

// maxProblems is how many problems are kept; more are only counted.
const maxProblems = 100

// Problem is one thing that is wrong with a pack.
type Problem struct {
	What  string `json:"what"`
	Where string `json:"where"` // the file, its line, or the byte of the pack
	Fix   string `json:"fix"`
}

// Result is what was checked and found.
type Result struct {
	OK          bool           `json:"ok"`
	App         string         `json:"app"`
	From        string         `json:"from"`
	To          string         `json:"to"`
	Origin      string         `json:"origin"` // the audit log
	Size        int64          `json:"size"`   // of the tree the proofs lead to
	Counts      map[string]int `json:"counts"`
	Key         string         `json:"key"`         // verifier key that was used
	Fingerprint string         `json:"fingerprint"` // of that key, to compare by eye
	OwnKey      bool           `json:"own_key"`     // the key came from the pack itself
	Found       int            `json:"problems_found"`
	Problems    []Problem      `json:"problems"` // at most 100, the first ones
}

const fixPack = "Do not rely on this pack. Export it again, or ask who sent it for the original."

func (r *Result) add(where, what string, args ...any) {
	r.OK = false
	if r.Found++; len(r.Problems) < maxProblems {
		r.Problems = append(r.Problems, Problem{fmt.Sprintf(what, args...), where, fixPack})
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
	b, err := json.Marshal(r.Counts) // maps are written in order
	if err != nil {
		return err
	}
	var text string
	switch {
	case !r.OK:
		text = fmt.Sprintf("The pack does not verify: %d problems.\n", r.Found)
	case r.OwnKey:
		text = fmt.Sprintf("The pack of %s agrees with itself, but only with its own key.\nCompare the fingerprint below with the platform team, or give their key with --key.\n", r.App)
	default:
		text = fmt.Sprintf("The pack of %s verifies: nothing in it was changed.\n", r.App)
	}
	for _, p := range r.Problems {
		text += fmt.Sprintf("\n- %s\n  where: %s\n  next:  %s\n", p.What, p.Where, p.Fix)
	}
	if more := r.Found - len(r.Problems); more > 0 {
		text += fmt.Sprintf("\nand %d more.\n", more)
	}
	text += fmt.Sprintf("\nlog          %s, %d events\nperiod       %s to %s\nholds        %s\nkey          %s\nfingerprint  %s\n",
		r.Origin, r.Size, r.From, r.To, b, r.Key, r.Fingerprint)
	_, err = io.WriteString(w, text)
	return err
}
