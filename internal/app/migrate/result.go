package migrate

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/paddock-dev/paddock/internal/adapter/store/move"
)

// Result is what was moved.
type Result struct {
	OK            bool       `json:"ok"`
	Database      string     `json:"database"`
	Before        bool       `json:"before,omitempty"` // it had moved already
	Ahead         bool       `json:"ahead,omitempty"`  // the bulk is copied; the server must stop for the rest
	Rows          int64      `json:"rows"`
	Mended        int64      `json:"changed_meanwhile"` // rows that changed while they were copied
	Tasks         int        `json:"tasks"`             // waiting tasks that were taken over
	Tables        []move.Sum `json:"tables"`
	Audit         move.Log   `json:"audit"`
	Kept          string     `json:"kept"` // name of the old database
	Seconds       float64    `json:"seconds"`
	CopySeconds   float64    `json:"copy_seconds"`
	VerifySeconds float64    `json:"verify_seconds"`
}

// Good reports whether the records have moved.
func (r Result) Good() bool { return r.OK }

// WriteJSON writes the result as one indented JSON object.
func (r Result) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// WriteText writes the result for people.
func (r Result) WriteText(w io.Writer) error {
	if r.Before {
		_, err := fmt.Fprintf(w, "The records moved to %s before. The old database is kept as %s.\n", r.Database, r.Kept)
		return err
	}
	t := fmt.Sprintf("The records are in %s.\n\n", r.Database)
	empty := 0
	for _, s := range r.Tables {
		if s.Rows == 0 {
			empty++
			continue
		}
		t += fmt.Sprintf("  %-20s %9d rows  %.23s\n", s.Table, s.Rows, s.Digest)
	}
	t += fmt.Sprintf("  and %d empty tables\n", empty)
	t += fmt.Sprintf("\n  rows     %d, each compared with the one here; %d had changed while they were copied\n", r.Rows, r.Mended)
	t += fmt.Sprintf("  audit    %d events have the same root on both sides, computed from the rows\n", r.Audit.Size)
	t += fmt.Sprintf("  root     %s\n", r.Audit.Root)
	t += fmt.Sprintf("  tasks    %d waiting tasks were taken over\n", r.Tasks)
	t += fmt.Sprintf("  time     %.1f s: copied in %.1f s, verified in %.1f s (%d rows/s)\n", r.Seconds, r.CopySeconds, r.VerifySeconds, rate(r.Rows, r.CopySeconds))
	t += fmt.Sprintf("  kept     %s, which lacks everything from now on\n\nStart the server with the same data folder and --database.\n", r.Kept)
	_, err := io.WriteString(w, t)
	return err
}

func rate(rows int64, seconds float64) int64 {
	if seconds <= 0 {
		return rows
	}
	return int64(float64(rows) / seconds)
}
