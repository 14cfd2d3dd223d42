package evidence

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/evidence/controls"
	"github.com/paddock-dev/paddock/internal/org/evidence/parcel"
)

//go:embed pages
var pageFiles embed.FS

// pageData is what the pages show.
type pageData struct {
	M        Manifest
	Title    string
	OneApp   bool
	Grant    *grantRecord // the one that the pack is about
	Holder   string
	Key      string
	Open     bool // the time had not ended when the pack was made
	Days     string
	Covered  int64 // events of the covered stretch; 0 for none
	Sections []section
	Mapped   []controls.Mapped
	Problems []string
	Refused  int
	Waited   int
}

// section is one kind of records on the page.
type section struct {
	kind
	File, List string
	Count      Count
	Rows       []row
	Apps       bool // whether a row names its app
	Log        bool // whether rows have a place in the log
}

// pages returns index.html and controls.html: no script, nothing from outside.
func (b *builder) pages(m Manifest, mapped []controls.Mapped) ([]parcel.Member, error) {
	d := pageData{M: m, Title: m.Scope.label(), OneApp: b.scope.ByApp(), Key: fingerprint(b.AuditKey), Mapped: mapped, Problems: b.problems,
		Open: !b.scope.To.IsZero() && b.scope.To.After(b.now), Days: span2(m.Scope, b.scope)}
	if m.Coverage.First >= 0 {
		d.Covered = m.Coverage.Last - m.Coverage.First + 1
	}
	if r := b.tables["grants"].one; m.Scope.Grant != "" && r != nil {
		d.Grant, d.Holder, d.Title = r, b.who(context.Background(), core.ID(r.To)), m.Scope.App
	}
	for name, n := range m.Results {
		switch {
		case strings.HasSuffix(name, " deny"):
			d.Refused += n
		case strings.HasSuffix(name, " pending"):
			d.Waited += n
		}
	}
	for _, k := range kinds {
		t := b.tables[k.Name]
		s := section{kind: k, File: fileOf(k.Name), List: populationOf(k.Name), Count: m.Counts[k.Name], Rows: t.shown, Apps: !d.OneApp}
		for _, r := range t.shown {
			s.Log = s.Log || r.Event >= 0
		}
		d.Sections = append(d.Sections, s)
	}
	t, err := template.New("").Funcs(template.FuncMap{"day": day, "date": date, "short": short, "tone": tone, "file": fileOf, "many": many}).ParseFS(pageFiles, "pages/*.tmpl")
	if err != nil {
		return nil, err
	}
	var out []parcel.Member
	for _, name := range []string{"index", "controls"} {
		var page bytes.Buffer
		if err := t.ExecuteTemplate(&page, name+".tmpl", d); err != nil {
			return nil, err
		}
		out = append(out, parcel.Bytes(name+".html", page.Bytes()))
	}
	return out, nil
}

// span2 says the time in days, both included.
func span2(m ManifestScope, s Scope) string {
	to := stamp(m.To)
	if !s.To.IsZero() {
		to -= time.Hour.Microseconds() // the last day, not the one after it
	}
	if m.From == "" {
		return "from the beginning to " + date(moment(to))
	}
	return date(m.From) + " to " + date(moment(to))
}

// date keeps the day of a moment.
func date(at string) string {
	if t, err := time.Parse(time.RFC3339Nano, at); err == nil {
		return t.Format("2 January 2006")
	}
	return at
}

// many says a number with thin groups of three digits.
func many(n any) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// tone is how an outcome is shown.
func tone(outcome string) string {
	switch outcome {
	case "allow", "granted", "live", "approved", "pass", "ok", "active", "built", "valid", "in force", "within budget":
		return "good"
	case "deny", "denied", "refused", "failed", "blocked", "over budget", "rejected", "revoked", "without evidence", "unreadable", "unlisted":
		return "bad"
	case "pending", "incomplete", "idle", "voided":
		return "wait"
	}
	return "plain"
}
