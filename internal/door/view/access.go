package view

import (
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// NewGrant is what somebody asks for.
type NewGrant struct {
	App         string         `json:"app" doc:"Name of the app."`
	Role        core.GrantRole `json:"role" enum:"viewer,editor,deployer,operator,owner,data-reader,data-writer"`
	Environment string         `json:"environment,omitempty" doc:"Name of the one target, for the role deployer; empty for all."`
	Reason      string         `json:"reason" doc:"What you will do, and why."`
	Ticket      string         `json:"ticket,omitempty"`
	For         string         `json:"for" doc:"How long it is to last: 30m, 2h, 1d or 1h30m."`
	Start       time.Time      `json:"start,omitzero" doc:"When it is to begin; left out for as soon as it is approved."`
	Draft       bool           `json:"draft,omitempty" doc:"Only keep it; nobody is asked until it is submitted."`
}

// Extension is what somebody asks for to carry on a grant.
type Extension struct {
	For    string `json:"for" doc:"How much longer: 30m, 2h or 1d, from the approval on."`
	Reason string `json:"reason"`
	Ticket string `json:"ticket,omitempty"`
}

// GrantAct is what the caller may do with a grant now.
type GrantAct struct {
	Submit   bool `json:"submit"`
	Withdraw bool `json:"withdraw"`
	Drop     bool `json:"drop"`
	Revoke   bool `json:"revoke"`
	Extend   bool `json:"extend"`
	Export   bool `json:"export" doc:"Take its evidence."`
}

// Grant is a right that ends by itself, in a list.
type Grant struct {
	ID          core.ID         `json:"id"`
	Person      string          `json:"person" doc:"E-mail of who asked and holds it."`
	App         string          `json:"app"`
	Role        core.GrantRole  `json:"role"`
	Environment string          `json:"environment"`
	Reason      string          `json:"reason"`
	Ticket      string          `json:"ticket"`
	Minutes     int             `json:"minutes"`
	State       core.GrantState `json:"state" enum:"draft,pending,scheduled,active,expired,revoked,denied,withdrawn,lapsed"`
	Created     time.Time       `json:"created_at"`
	Asked       time.Time       `json:"asked_at"`
	Lapses      time.Time       `json:"lapses_at" doc:"Without an answer by then the request is over."`
	Granted     time.Time       `json:"granted_at"`
	Wanted      time.Time       `json:"wanted_start" doc:"The start that was asked for; zero for as soon as it is approved."`
	Starts      time.Time       `json:"starts_at"`
	Expires     time.Time       `json:"expires_at"`
	Ended       time.Time       `json:"ended_at" doc:"When a person ended it before its time."`
	EndedBy     string          `json:"ended_by"`
	Cause       string          `json:"cause" doc:"Of that end: dropped, revoked, withdrawn, approver, policy, person or app."`
	Uses        int64           `json:"uses" doc:"Acts and looks under it."`
	Link        string          `json:"link"`
}

// GrantPage is one page of grants.
type GrantPage struct {
	Grants []Grant
	Next   string
}

// GrantDetail is all that is known of one grant.
type GrantDetail struct {
	Grant
	Digest   string     `json:"digest" doc:"What an approval binds to."`
	Extends  core.ID    `json:"extends,omitempty"`
	Decision core.ID    `json:"decision" doc:"What the gate said last."`
	Policy   string     `json:"policy" doc:"Revision of the rules that decided."`
	Input    string     `json:"input_digest"`
	Approval *Approval  `json:"approval,omitempty"`
	Others   int        `json:"others" doc:"Other grants in force that give the same right: it stays until the last of them ends."`
	Gives    []string   `json:"gives" doc:"The permissions it gives, for the one app."`
	May      GrantAct   `json:"may" doc:"What you may do with it."`
	Acts     []GrantUse `json:"acts" doc:"What was done under it, oldest first."`
	More     bool       `json:"more" doc:"There are further acts; the evidence has them all."`
}

// GrantUse is one act under a grant.
type GrantUse struct {
	Event  core.ID   `json:"event"`
	At     time.Time `json:"at" doc:"By the database's clock."`
	Action string    `json:"action"`
	Target string    `json:"target"`
	Code   string    `json:"code"`
	Door   string    `json:"door"`
	Detail string    `json:"detail"`
}

// DataAnswer is what an app's database answered.
type DataAnswer struct {
	Columns []string `json:"columns"`
	Rows    [][]any  `json:"rows"`
	Changed int64    `json:"changed"`
	Grant   core.ID  `json:"grant" doc:"The grant under which it was read."`
}
