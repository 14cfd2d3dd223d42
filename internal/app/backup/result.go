package backup

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/paddock-dev/paddock/internal/engine/fsck"
)

// Result is what was made or looked at.
type Result struct {
	OK       bool           `json:"ok"`
	Place    string         `json:"place"` // folder or file
	Backup   Note           `json:"backup"`
	HeldMS   int64          `json:"held_ms,omitempty"` // how long acts had to wait
	Seconds  float64        `json:"seconds"`
	Checks   []string       `json:"checks"`
	Size     int64          `json:"audit_size"` // of the newest checkpoint
	Root     string         `json:"audit_root"`
	Pending  int64          `json:"audit_pending"`
	Problems []fsck.Problem `json:"problems"`
	Restored *Restored      `json:"restored,omitempty"`
	text     string         // the first line for people
}

// Restored is what is particular to a restore.
type Restored struct {
	Known    int64    `json:"known_events"` // the checkpoint that was given, 0 for none
	Lost     int64    `json:"lost_events"`  // what that checkpoint counts and the backup does not have
	Database string   `json:"database,omitempty"`
	Warnings []string `json:"warnings"`
}

// Good reports whether everything verifies.
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
	t := r.text + "\n"
	t += fmt.Sprintf("  moment   %s\n", r.Backup.Moment.UTC().Format(time.RFC3339))
	t += fmt.Sprintf("  content  %d files, %s; audit log of %d events, %d of them signed\n", r.Backup.Files, bytesText(r.Backup.Bytes), r.Backup.Events, r.Size)
	t += fmt.Sprintf("  root     %s\n", r.Root)
	if r.Backup.Keys {
		t += "  keys     included: whoever has this copy can open every secret and sign as this server\n"
	} else {
		t += "  keys     left out: to restore, keys/keyring must come from elsewhere\n"
	}
	if r.HeldMS > 0 {
		t += fmt.Sprintf("  waiting  acts waited for %d ms\n", r.HeldMS)
	}
	if r.Restored != nil {
		t += r.Restored.text(r.Backup)
	}
	if len(r.Problems) > 0 {
		t += fmt.Sprintf("\nIt does not verify: %d problems.\n", len(r.Problems))
	}
	for _, p := range r.Problems {
		t += fmt.Sprintf("\n- %s\n  where: %s\n  value: %s\n  next:  %s\n", p.What, p.Where, p.Value, p.Fix)
	}
	_, err := io.WriteString(w, t)
	return err
}

func (r *Restored) text(n Note) string {
	t := ""
	if r.Known > 0 {
		t += fmt.Sprintf("  lost     the log had %d events by the checkpoint you gave, the backup has %d: ", r.Known, n.Events)
		if r.Lost > 0 {
			t += fmt.Sprintf("%d events are lost\n", r.Lost)
		} else {
			t += "nothing that was signed by then is lost\n"
		}
	}
	if r.Database != "" {
		t += fmt.Sprintf("  records  in %s\n", r.Database)
	}
	for _, w := range r.Warnings {
		t += "  note     " + w + "\n"
	}
	return t
}

func bytesText(n int64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 10<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 10<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
