package policy

import "github.com/paddock-dev/paddock/internal/core"

// Access is a right for one app that a person asks for, for a while.
type Access struct {
	Role        core.GrantRole `json:"role" doc:"viewer, editor, deployer, operator, owner, data-reader or data-writer."`
	Environment string         `json:"environment" doc:"Name of the one target; empty for all."`
	Minutes     int            `json:"minutes" doc:"How long it is to last, in minutes, rounded up."`
	Reason      string         `json:"reason" doc:"The business justification, as the person wrote it."`
	Ticket      string         `json:"ticket" doc:"As the person wrote it; empty if none was given."`
	Extends     bool           `json:"extends" doc:"It carries on an earlier grant."`
	Held        int            `json:"held" doc:"How many grants give the person the same right now, or will."`
	Begins      string         `json:"begins" doc:"When it would begin, RFC 3339 in UTC."`
	Ahead       int            `json:"ahead" doc:"In how many minutes it would begin; 0 for as soon as it is approved."`
	Weekday     string         `json:"weekday" doc:"Of the beginning, in the organisation's time zone: monday to sunday."`
	Hour        int            `json:"hour" doc:"Of the beginning, in the organisation's time zone: 0 to 23."`
	Limits      AccessLimits   `json:"limits" doc:"What paddock.yaml says under access."`
}

// AccessLimits are the organisation's settings for grants.
type AccessLimits struct {
	LongestMinutes int      `json:"longest_minutes" doc:"The most that any grant may last."`
	TicketPattern  string   `json:"ticket_pattern" doc:"Regular expression that a ticket must match; empty for any text."`
	FromHour       int      `json:"from_hour" doc:"Grants begin at this hour or later."`
	ToHour         int      `json:"to_hour" doc:"Grants begin before this hour; 24 for the end of the day."`
	Weekdays       []string `json:"weekdays" doc:"Days on which grants may begin; empty for all."`
}
