package view

import (
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Said is what OpenVEX statements say about one known hole in a component.
type Said struct {
	Vulnerability string    `json:"vulnerability"`
	Status        string    `json:"status" doc:"not_affected, affected, fixed or under_investigation."`
	SetAside      bool      `json:"set_aside" doc:"The hole does not count for this app."`
	Justification string    `json:"justification,omitempty"`
	Impact        string    `json:"impact_statement,omitempty"`
	Author        string    `json:"author"`
	From          string    `json:"from" doc:"Who vouches for it: a file of the governance repository, or an e-mail."`
	At            time.Time `json:"at"`
}

// VEX is an OpenVEX document in force.
type VEX struct {
	ID         core.ID    `json:"id,omitempty" doc:"Empty for a file of the governance repository."`
	Digest     string     `json:"digest"`
	Document   string     `json:"document" doc:"Its @id."`
	Author     string     `json:"author"`
	From       string     `json:"from" doc:"A file of the governance repository, or the e-mail of who added it."`
	Statements int        `json:"statements"`
	At         time.Time  `json:"timestamp"`
	Added      *time.Time `json:"added,omitempty"`
}
