package evidence

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Scope says what a pack is about: the whole life of one app, one grant for it,
// or everything that happened in a period. The zero To is the moment of the export.
type Scope struct {
	App    string  // name of the app; empty for all of them
	Grant  core.ID // the one grant for the app that it is about; empty for all that happened
	Period string  // as it was asked for; empty without a period
	From   time.Time
	To     time.Time // not included
}

// ByApp reports whether the pack is about one app.
func (s Scope) ByApp() bool { return s.App != "" }

// label names the scope in file names and titles.
func (s Scope) label() string {
	if s.Grant != "" {
		return s.App + "-access-" + string(s.Grant)
	}
	if s.ByApp() {
		return s.App
	}
	return strings.ReplaceAll(s.Period, "..", "-to-")
}

// FileName is the name that a pack is offered under.
func (s Scope) FileName(now time.Time) string {
	return strings.ToLower(s.label()) + "-evidence-" + now.UTC().Format(time.DateOnly) + ".zip"
}

var (
	yearForm    = regexp.MustCompile(`^\d{4}$`)
	quarterForm = regexp.MustCompile(`^(\d{4})-[Qq]([1-4])$`)
	monthForm   = regexp.MustCompile(`^\d{4}-\d{2}$`)
	dayForm     = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
)

// ParsePeriod reads a period of UTC: 2026, 2026-Q3, 2026-11, 2026-11-05, or
// two of those with two dots between them, both included. Errors: Invalid.
func ParsePeriod(text string) (Scope, error) {
	first, last, two := strings.Cut(strings.TrimSpace(text), "..")
	from, to, ok := span(first)
	if two && ok {
		_, to, ok = span(last)
	}
	if !ok || !from.Before(to) || from.Year() < 1971 || to.Year() > 9998 {
		return Scope{}, core.Errorf(core.Invalid, "The period %.40q is not a time.", text).
			Hinted("Write for example 2026, 2026-Q3, 2026-11 or 2026-11-01..2026-11-30.").At("period")
	}
	return Scope{Period: strings.TrimSpace(text), From: from, To: to}, nil
}

// IsPeriod reports whether a word is meant as a period: names of apps do not
// begin with a digit.
func IsPeriod(text string) bool { return text != "" && text[0] >= '0' && text[0] <= '9' }

// ForApp returns the scope of one app, in the times that are given; an empty
// one leaves that end open. Both days are included. Errors: Invalid.
func ForApp(app, from, to string) (Scope, error) {
	s := Scope{App: app}
	if from != "" {
		p, err := ParsePeriod(from)
		if err != nil {
			return s, core.AsError(err).At("from")
		}
		s.From = p.From
	}
	if to != "" {
		p, err := ParsePeriod(to)
		if err != nil {
			return s, core.AsError(err).At("to")
		}
		s.To = p.To
	}
	if from != "" && to != "" && !s.From.Before(s.To) {
		return s, core.Errorf(core.Invalid, "The time ends (%s) before it begins (%s).", to, from).At("to")
	}
	return s, nil
}

// ForGrant returns the scope of one grant for an app: the request, who said yes,
// each act under it, and the end.
func ForGrant(app string, grant core.ID) Scope { return Scope{App: app, Grant: grant} }

func span(text string) (from, to time.Time, ok bool) {
	var err error
	switch {
	case yearForm.MatchString(text):
		from, err = time.Parse("2006", text)
		to = from.AddDate(1, 0, 0)
	case quarterForm.MatchString(text):
		m := quarterForm.FindStringSubmatch(text)
		from, err = time.Parse("2006", m[1])
		q, _ := strconv.Atoi(m[2])
		from = from.AddDate(0, 3*(q-1), 0)
		to = from.AddDate(0, 3, 0)
	case monthForm.MatchString(text):
		from, err = time.Parse("2006-01", text)
		to = from.AddDate(0, 1, 0)
	case dayForm.MatchString(text):
		from, err = time.Parse(time.DateOnly, text)
		to = from.AddDate(0, 0, 1)
	default:
		return from, to, false
	}
	return from, to, err == nil
}

// times is a scope's time as it is stored.
type times struct{ from, to int64 }

func (t times) holds(at int64) bool { return at >= t.from && at < t.to }

// overlaps reports whether something that began and perhaps ended (0: not yet)
// was there at any moment of the time.
func (t times) overlaps(began, ended int64) bool {
	return began < t.to && (ended == 0 || ended >= t.from)
}

// setBack is how far a clock may have been set back: ids never go back.
const setBack = 24 * time.Hour

// span returns the time with the range of ids of its events: ids are UUIDv7,
// which begin with the millisecond.
func (t times) span() Span {
	return Span{t.from, t.to, idAt(t.from), idAt(t.to + setBack.Microseconds())}
}

func idAt(us int64) core.ID {
	ms := strconv.FormatInt(max(us, 0)/1000, 16)
	ms = strings.Repeat("0", max(0, 12-len(ms))) + ms
	return core.ID(ms[:8] + "-" + ms[8:12])
}
