package web

import (
	"time"
)

// stamp is the moment in the machine's form, for <time datetime>.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// clockTime is the moment in full for people.
func clockTime(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04:05 UTC") }

// day is the date for people.
func day(t time.Time) string { return t.UTC().Format("2 Jan 2006") }

// dayOf reads a YYYY-MM-DD date as "2 Jan"; other text stays as it is.
func dayOf(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return t.Format("2 Jan")
}

// away says how far t is from now, both ways.
func away(now, t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	if t.After(now) {
		if d := t.Sub(now); d >= time.Minute {
			return "in " + span(d)
		}
		return "in a moment"
	}
	if d := now.Sub(t); d >= time.Minute {
		return span(d) + " ago"
	}
	return "just now"
}

// span writes a duration in its largest whole unit.
func span(d time.Duration) string {
	switch {
	case d < time.Hour:
		return plural(int(d/time.Minute), "minute", "minutes")
	case d < 48*time.Hour:
		return plural(int(d/time.Hour), "hour", "hours")
	}
	return plural(int(d/(24*time.Hour)), "day", "days")
}

// utcTime is the moment under a heading that says UTC.
func utcTime(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04:05") }
