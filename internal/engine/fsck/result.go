package fsck

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

// maxEach is how many problems of one kind are told.
const maxEach = 100

// Problem is one record that breaks a promise.
type Problem struct {
	Check string `json:"check"` // stable name of the check
	What  string `json:"what"`
	Value string `json:"value"`
	Where string `json:"where"`
	Fix   string `json:"fix"`
}

// Result is what was looked at and found.
type Result struct {
	OK       bool          `json:"ok"`
	Audit    verify.Result `json:"audit"`
	Replay   Replayed      `json:"replay"`
	Checks   []string      `json:"checks"`   // names of the checks that were made
	Problems []Problem     `json:"problems"` // at most 100 of each check
}

func (r *Result) add(p Problem) {
	r.OK = false
	r.Problems = append(r.Problems, p)
}

// WriteJSON writes the result as one indented JSON object.
func (r Result) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// WriteText writes the result for people.
func (r Result) WriteText(w io.Writer) error {
	text := fmt.Sprintf("The data folder is sound: %d checks, nothing wrong.\n", len(r.Checks))
	if !r.OK {
		text = fmt.Sprintf("The data folder has %d problems.\n", len(r.Problems))
	}
	for _, p := range r.Problems {
		text += fmt.Sprintf("\n- %s\n  where: %s\n", p.What, p.Where)
		if p.Value != "" {
			text += fmt.Sprintf("  value: %s\n", p.Value)
		}
		text += fmt.Sprintf("  next:  %s\n", p.Fix)
	}
	text += r.Replay.text()
	if _, err := io.WriteString(w, text+"\n"); err != nil {
		return err
	}
	return r.Audit.WriteText(w)
}

// text says what was replayed, for people.
func (r Replayed) text() string {
	if r.Skipped {
		return "\nDecisions were not replayed.\n"
	}
	text := fmt.Sprintf("\n%d decisions replayed by %d revisions of the rules, %d differ.\n", r.Decisions, r.Revisions, r.Differ)
	if r.Unknown > 0 {
		text += fmt.Sprintf("%d decisions were not replayed: their rules cannot be found.\n", r.Unknown)
	}
	return text
}
