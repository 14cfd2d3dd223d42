package cli

import (
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/access"
)

// startTime reads when something is to begin, as people say it: a moment, a day,
// a time of today or the next one to come, tomorrow with or without a time, or a
// while from now. What has no zone is of the zone of now. "" is the zero time.
// Errors: Invalid.
func startTime(text string, now time.Time) (time.Time, error) {
	word := strings.ToLower(strings.Join(strings.Fields(text), " "))
	if word == "" || word == "now" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, strings.ToUpper(word)); err == nil {
		return t, nil
	}
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02t15:04", "2006-01-02 15:04:05", "2006-01-02t15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(form, word, now.Location()); err == nil {
			return t, nil
		}
	}
	if rest, ok := strings.CutPrefix(word, "in "); ok {
		if length, err := access.ParseLength(rest); err == nil {
			return now.Add(length), nil
		}
	}
	clock, days := word, 0
	if rest, ok := strings.CutPrefix(word, "tomorrow"); ok {
		clock, days = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest), "at ")), 1
		if clock == "" {
			clock = "00:00"
		}
	}
	if t, err := time.Parse("15:04", clock); err == nil {
		at := time.Date(now.Year(), now.Month(), now.Day()+days, t.Hour(), t.Minute(), 0, 0, now.Location())
		if days == 0 && !at.After(now) {
			at = time.Date(now.Year(), now.Month(), now.Day()+1, t.Hour(), t.Minute(), 0, 0, now.Location())
		}
		return at, nil
	}
	return time.Time{}, core.Errorf(core.Invalid, "The start %.40q is not a time.", text).At("start").Hinted("Write for example 2026-11-30T09:00:00Z, \"2026-11-30 09:00\", 09:00, tomorrow, or \"in 2h\".")
}
