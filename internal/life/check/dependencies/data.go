package dependencies

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/osv"
)

//go:embed starter/npm.zip
var starterZip []byte

// Data is what is known about holes when a check begins.
type Data struct {
	DB      *osv.DB     // nil if it could not be opened
	Starter bool        // it is the built-in list
	Fault   *core.Error // why it could not be opened
	// MaxAge is how old the data about an ecosystem may be, in days; older data
	// leaves the check incomplete. 0 sets no bound.
	MaxAge int
}

// Starter loads the built-in database of ten records.
func Starter() Data {
	h := osv.NewHarvest(false, nil)
	if err := h.AddZip(context.Background(), "npm.zip", "npm", bytes.NewReader(starterZip), int64(len(starterZip))); err != nil {
		return Data{Fault: core.AsError(err)}
	}
	db, err := osv.Memory(h)
	return Data{DB: db, Starter: true, Fault: core.AsError(err)}
}

// Date returns the day of the oldest data among the named ecosystems, or of the
// newest record if there are none; YYYY-MM-DD, "" if nobody knows.
func (d Data) Date(ecosystems []string) string {
	if d.DB == nil {
		return ""
	}
	oldest := ""
	for _, name := range ecosystems {
		if e, ok := d.DB.Ecosystem(name); ok && (oldest == "" || e.Newest < oldest) {
			oldest = e.Newest
		}
	}
	if oldest == "" {
		return d.DB.Date()
	}
	return oldest
}

// About says in words what the database is, for reports.
func (d Data) About() string {
	if d.DB == nil {
		return "no database of known holes"
	}
	s := fmt.Sprintf("%d known holes, newest of %s", d.DB.Records(), d.DB.Date())
	if d.Starter {
		s += " (the small built-in list; most holes are not in it)"
	}
	return s
}

// stale reports whether data of a day is older than is allowed.
func (d Data) stale(day string, now time.Time) bool {
	t, err := time.Parse(time.DateOnly, day)
	return d.MaxAge > 0 && (err != nil || now.Sub(t) > time.Duration(d.MaxAge)*24*time.Hour)
}
