package export

import (
	"io"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Head says what an export is.
type Head struct {
	ID         core.ID // of this export; the event audit.export names it
	Population int64   // how many events match, and so how many rows follow
	Query      string  // the request that made it
	At         time.Time
	By         core.Actor
	Size       int64  // of the log, in the checkpoint
	Checkpoint string // signed
	Origin     string // the log's name
	Version    string // of Paddock
}

// Event is one row.
type Event struct {
	core.Event
	Index int64  // its place in the log
	App   string // the app's name, "" if it is about none
}

// Writer writes one export. Begin comes first, then each event, then End. What
// is written goes to the reader as it comes; nothing is gathered.
type Writer interface {
	Begin(h Head) error
	Write(e Event) error
	End() error
}

// Format is a form of export.
type Format struct {
	Name, Type, Extension string
	New                   func(w io.Writer) Writer
}

// Formats lists the forms.
func Formats() []Format {
	return []Format{
		{"ocsf", "application/x-ndjson", ".jsonl", func(w io.Writer) Writer { return newOCSF(w) }},
		{"csv", "text/csv; charset=utf-8", ".csv", func(w io.Writer) Writer { return newCSV(w) }},
	}
}

// FormatOf finds a form by its name; "" is the first. Errors: Invalid.
func FormatOf(name string) (Format, error) {
	for _, f := range Formats() {
		if name == f.Name || name == "" {
			return f, nil
		}
	}
	return Format{}, core.Errorf(core.Invalid, "There is no export format %q.", name).Hinted("Use ocsf or csv.").At("format")
}
