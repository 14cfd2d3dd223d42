package verify

import (
	"encoding/json"
	"fmt"
	"io"
)

// maxProblems is how many problems are kept; more are only counted.
const maxProblems = 100

// Problem is one thing that is wrong.
type Problem struct {
	Index int64  `json:"index"` // of the leaf at fault, the first if there are several; -1 if it is no leaf
	What  string `json:"what"`
	Where string `json:"where"` // the row to look at
	Value string `json:"value,omitempty"`
	Fix   string `json:"fix"`
}

// Result is what was checked and found.
type Result struct {
	OK         bool      `json:"ok"`
	Events     int64     `json:"events"`  // leaves checked
	Pending    int64     `json:"pending"` // events that are not in the tree yet, so nothing proves them
	Erased     int64     `json:"erased"`  // commitments whose personal value was erased
	Origin     string    `json:"origin"`
	Size       int64     `json:"size"` // of the newest checkpoint
	Root       string    `json:"root"` // root hash of all leaves, base64
	Checkpoint string    `json:"checkpoint,omitempty"`
	Signed     int64     `json:"checkpoints"`     // checkpoints whose signature and root were checked
	Key        string    `json:"key"`             // verifier key that was used
	OwnKey     bool      `json:"own_key"`         // the key came from the same folder: compare it
	FirstBad   int64     `json:"first_bad_index"` // -1 if no leaf is bad
	Found      int64     `json:"problems_found"`
	Problems   []Problem `json:"problems"` // at most 100, the first ones
}

func (r *Result) add(p Problem) {
	r.OK = false
	r.Found++
	if p.Index >= 0 && (r.FirstBad < 0 || p.Index < r.FirstBad) {
		r.FirstBad = p.Index
	}
	if len(r.Problems) < maxProblems {
		r.Problems = append(r.Problems, p)
	}
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
	t := printer{w: w}
	if r.OK {
		t.line("The audit log is intact: %d events, %d checkpoints, nothing changed.", r.Events, r.Signed)
	} else {
		t.line("The audit log is damaged: %d problems.", r.Found)
		if r.FirstBad >= 0 {
			t.line("The first bad index is %d.", r.FirstBad)
		}
	}
	for _, p := range r.Problems {
		t.line("\n- %s", p.What)
		t.line("  where: %s", p.Where)
		if p.Value != "" {
			t.line("  value: %s", p.Value)
		}
		t.line("  next:  %s", p.Fix)
	}
	if more := r.Found - int64(len(r.Problems)); more > 0 {
		t.line("\nand %d more.", more)
	}
	t.line("\nlog      %s", r.Origin)
	t.line("size     %d", r.Size)
	t.line("root     %s", r.Root)
	t.line("key      %s", r.Key)
	if r.OwnKey {
		t.line("         This key lies beside the log. Compare it with a copy that you keep elsewhere.")
	}
	if r.Erased > 0 {
		t.line("erased   %d personal values; their proofs still hold", r.Erased)
	}
	if r.Pending > 0 {
		t.line("pending  %d events are not in the tree yet, so nothing proves them", r.Pending)
	}
	return t.err
}

// printer writes lines and keeps the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}
