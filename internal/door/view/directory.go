package view

import "time"

// Directory is a sign-in provider that brings people by SCIM.
type Directory struct {
	Provider  string    `json:"provider"`
	Title     string    `json:"title"`
	Groups    bool      `json:"groups" doc:"It brings groups too."`
	Removed   int       `json:"removed_last_hour" doc:"How many people it has switched off within the last hour."`
	Most      int       `json:"most_per_hour" doc:"How many it may, before it is held."`
	HeldSince time.Time `json:"held_since,omitzero" doc:"It wanted more. Nobody is switched off until somebody lifts that."`
	FreeUntil time.Time `json:"free_until,omitzero" doc:"It was lifted: until then it may switch off anybody."`
}
