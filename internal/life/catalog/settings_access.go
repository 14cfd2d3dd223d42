package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// Access says how rights are given for a while. The rules of access.elevate read
// it; only PendingHours is the engine's.
type Access struct {
	LongestMinutes int      `yaml:"longest_minutes" doc:"The most that any grant may last, in minutes. Default 480."`
	PendingHours   int      `yaml:"pending_hours" doc:"Hours until a request that nobody answers lapses. Default 24."`
	TicketPattern  string   `yaml:"ticket_pattern" doc:"Regular expression (RE2) that a ticket must match. Default: letters, a dash and a number, such as OPS-123. Empty takes any text."`
	FromHour       int      `yaml:"from_hour" doc:"Grants begin at this hour or later. Default 0."`
	ToHour         int      `yaml:"to_hour" doc:"Grants begin before this hour. Default 24."`
	Weekdays       []string `yaml:"weekdays" enum:"monday,tuesday,wednesday,thursday,friday,saturday,sunday" doc:"Days on which grants may begin. Default: all."`
	TimeZone       string   `yaml:"time_zone" doc:"Time zone of these hours and days, such as Europe/Berlin. Default UTC."`
}

// Pending is how long a request waits for an answer.
func (a Access) Pending() time.Duration { return time.Duration(a.PendingHours) * time.Hour }

// Limits returns what the rules see of the settings.
func (a Access) Limits() policy.AccessLimits {
	return policy.AccessLimits{LongestMinutes: a.LongestMinutes, TicketPattern: a.TicketPattern, FromHour: a.FromHour, ToHour: a.ToHour, Weekdays: a.Weekdays}
}

// Zone returns the time zone of the hours; the settings must be valid.
func (a Access) Zone() *time.Location {
	zone, err := time.LoadLocation(a.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

func (a Access) check(f *faults) {
	most := int(core.MostGrant / time.Minute)
	for _, c := range []struct {
		key             string
		value, from, to int
	}{{"longest_minutes", a.LongestMinutes, 1, most}, {"pending_hours", a.PendingHours, 1, 24 * 30}, {"from_hour", a.FromHour, 0, 23}, {"to_hour", a.ToHour, 1, 24}} {
		if c.value < c.from || c.value > c.to {
			f.add("access."+c.key, fmt.Sprintf("Use a number from %d to %d.", c.from, c.to), "%q cannot be %d.", "access."+c.key, c.value)
		}
	}
	if a.FromHour >= a.ToHour {
		f.add("access.to_hour", "Make it later than from_hour.", "Grants would begin from %d to %d o'clock: never.", a.FromHour, a.ToHour)
	}
	if _, err := regexp.Compile(a.TicketPattern); err != nil || len(a.TicketPattern) > 200 {
		f.add("access.ticket_pattern", "Write a regular expression of at most 200 letters, such as ^OPS-[0-9]+$.", "The ticket pattern %.60q cannot be read.", a.TicketPattern)
	}
	days := []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
	for i, day := range a.Weekdays {
		if !slices.Contains(days, day) {
			f.add(fmt.Sprintf("access.weekdays.%d", i), hintOneOf(day, days), "There is no day %q.", day)
		}
	}
	if _, err := time.LoadLocation(a.TimeZone); err != nil || strings.EqualFold(a.TimeZone, "local") {
		f.add("access.time_zone", "Use a name such as UTC or Europe/Berlin.", "The time zone %.40q is not known.", a.TimeZone)
	}
}
