package view

import (
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Governance is which revision of the rules decides, and what is proposed.
type Governance struct {
	InForce   Activation         `json:"in_force"`
	MainAhead bool               `json:"main_ahead" doc:"The main branch holds another commit than the one in force."`
	Warnings  []string           `json:"warnings" doc:"Exemptions that end soon or have ended, and what was read although it is not quite right."`
	Open      []GovernanceChange `json:"open" doc:"Changes that are not published, without their reports."`
}

// Activation is a revision that was put in force.
type Activation struct {
	Number   int       `json:"number"`
	Commit   string    `json:"commit"`
	Policy   string    `json:"policy_revision"`
	Halted   []string  `json:"halted" doc:"Rules that only warn, because they would have newly blocked more apps than they may."`
	How      string    `json:"how" doc:"start, publish or rollback."`
	Restores int       `json:"restores,omitempty" doc:"The activation that a rollback brought back."`
	Change   int       `json:"change,omitempty"`
	Decision core.ID   `json:"decision,omitempty"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

// GovernanceChange is a proposed revision of the rules.
type GovernanceChange struct {
	Number  int              `json:"number"`
	Branch  string           `json:"branch"`
	Head    string           `json:"head"`
	State   core.ChangeState `json:"state"`
	Author  string           `json:"author"`
	Updated time.Time        `json:"updated"`
	OK      bool             `json:"ok" doc:"It has no faults."`
	Says    []string         `json:"says,omitempty" doc:"The report in plain words: faults, or what would change and for which apps."`
}

// Published is what a publication or a rollback has done.
type Published struct {
	InForce Activation `json:"in_force"`
	Former  string     `json:"former" doc:"The commit that was in force before."`
	Says    []string   `json:"says"`
}
