package cli

import (
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// People say when access is to begin in their own words, in their own zone.
func TestStartTime(t *testing.T) {
	zone := time.FixedZone("CET", 3600)
	now := time.Date(2026, 11, 29, 23, 30, 0, 0, zone)
	for text, want := range map[string]string{
		"2026-11-30T09:00:00Z":      "2026-11-30T09:00:00Z",
		"2026-11-30t09:00:00+02:00": "2026-11-30T09:00:00+02:00",
		"2026-11-30 09:00":          "2026-11-30T09:00:00+01:00",
		"2026-11-30T09:00":          "2026-11-30T09:00:00+01:00",
		"2026-12-01":                "2026-12-01T00:00:00+01:00",
		"23:45":                     "2026-11-29T23:45:00+01:00",
		"09:00":                     "2026-11-30T09:00:00+01:00",
		"tomorrow":                  "2026-11-30T00:00:00+01:00",
		" Tomorrow  at 9:05 ":       "2026-11-30T09:05:00+01:00",
		"tomorrow 14:00":            "2026-11-30T14:00:00+01:00",
		"in 2h":                     "2026-11-30T01:30:00+01:00",
	} {
		if got, err := startTime(text, now); err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%q: %s %v, want %s", text, got.Format(time.RFC3339), err, want)
		}
	}
	for _, text := range []string{"", "now"} {
		if got, err := startTime(text, now); err != nil || !got.IsZero() {
			t.Errorf("%q: %s %v", text, got, err)
		}
	}
	for _, text := range []string{"soon", "tomorow", "25:00", "2026-13-01", "in a while", "in 2", "yesterday", "-1h", "tomorrow at noon"} {
		e := core.AsError(func() error { _, err := startTime(text, now); return err }())
		if e == nil || e.Code != core.Invalid || e.Field != "start" || e.Hint == "" {
			t.Errorf("%q: %+v", text, e)
		}
	}
}
