package core

import (
	"slices"
	"strings"
	"time"
)

// GrantRole is what a grant makes somebody for one app, while it lasts. What
// each may do stands in engine/authz.
type GrantRole string

// The roles that are granted for a while.
const (
	GrantViewer     GrantRole = "viewer"      // sees the app, its log, and opens it
	GrantEditor     GrantRole = "editor"      // pushes code and opens changes
	GrantDeployer   GrantRole = "deployer"    // deploys what has passed
	GrantOperator   GrantRole = "operator"    // deploys, archives, restores
	GrantOwner      GrantRole = "owner"       // whatever an owner may
	GrantDataReader GrantRole = "data-reader" // reads the app's database
	GrantDataWriter GrantRole = "data-writer" // reads and changes the app's database
)

// GrantRoles lists them all.
var GrantRoles = []GrantRole{GrantViewer, GrantEditor, GrantDeployer, GrantOperator, GrantOwner, GrantDataReader, GrantDataWriter}

// Valid reports whether r is known.
func (r GrantRole) Valid() bool { return slices.Contains(GrantRoles, r) }

// TouchesData reports whether the role reaches what the app keeps.
func (r GrantRole) TouchesData() bool { return r == GrantDataReader || r == GrantDataWriter }

// PerEnvironment reports whether the role can be limited to one target. The
// others are about things of which an app has one: code, data, its life.
func (r GrantRole) PerEnvironment() bool { return r == GrantDeployer }

// GrantStage is the last thing that somebody did to a grant. What time has done
// since is not in it: see [Grant.State].
type GrantStage string

// The stages.
const (
	StageDraft     GrantStage = "draft"
	StageAsked     GrantStage = "asked"
	StageGranted   GrantStage = "granted"
	StageDenied    GrantStage = "denied"
	StageWithdrawn GrantStage = "withdrawn"
	StageRevoked   GrantStage = "revoked"
)

// GrantState is where a grant is at one moment.
type GrantState string

// The states of a grant. Nothing leads out of the last five.
const (
	GrantDraft     GrantState = "draft"
	GrantPending   GrantState = "pending"
	GrantScheduled GrantState = "scheduled"
	GrantActive    GrantState = "active"
	GrantExpired   GrantState = "expired"
	GrantRevoked   GrantState = "revoked"
	GrantDenied    GrantState = "denied"
	GrantWithdrawn GrantState = "withdrawn"
	GrantLapsed    GrantState = "lapsed" // nobody answered in time
)

// Over reports whether nothing can come of the grant any more.
func (s GrantState) Over() bool {
	return !slices.Contains([]GrantState{GrantDraft, GrantPending, GrantScheduled, GrantActive}, s)
}

// Bounds of grants that no policy can lift.
const (
	LeastGrant = time.Minute
	MostGrant  = 14 * 24 * time.Hour // nothing that is granted is for ever
	MostAhead  = 30 * 24 * time.Hour // how far ahead a start may lie
)

// Grant is a right for one app that somebody asked for, with a reason, and that
// ends by itself. Moments are Stamps of the database's clock, 0 for never.
type Grant struct {
	ID          ID
	Person      ID // who asked and who holds it
	AppID       ID
	Role        GrantRole
	Environment string // name of the one target; empty for all
	Reason      string // the business justification
	Ticket      string
	Length      int64 // microseconds
	Wanted      int64 // the start that was wished for; 0 for as soon as it is approved
	Extends     ID    // the earlier grant that this one carries on; empty for none
	Stage       GrantStage

	RequestID  ID // of the approval; empty if none was needed
	DecisionID ID // what the gate said last

	Created int64
	Asked   int64
	Lapses  int64 // without an answer by then, the request is over
	Granted int64
	Starts  int64
	Expires int64
	Ended   int64 // by a person: denied, withdrawn, dropped, revoked
	EndedBy ID
	Cause   string // of that end: dropped, revoked, approver, policy, person, or a note
	Told    string // which ends have been told, see org/access
	Uses    int64  // acts that were done under it
}

// State says where the grant is at the moment now: a Stamp of the database's
// clock.
func (g Grant) State(now int64) GrantState {
	switch g.Stage {
	case StageAsked:
		if now >= g.Lapses {
			return GrantLapsed
		}
		return GrantPending
	case StageGranted:
		switch {
		case now >= g.Expires:
			return GrantExpired
		case now < g.Starts:
			return GrantScheduled
		}
		return GrantActive
	}
	return GrantState(g.Stage)
}

// InForce reports whether the grant gives its right at the moment now.
func (g Grant) InForce(now int64) bool { return g.State(now) == GrantActive }

// Duration is how long it lasts once it has begun.
func (g Grant) Duration() time.Duration { return time.Duration(g.Length) * time.Microsecond }

// Same reports whether two grants give the same right: of one person, for one
// app, in one role and environment. Such grants are counted: the right is there
// while at least one of them is in force.
func (g Grant) Same(o Grant) bool {
	return g.Person == o.Person && g.AppID == o.AppID && g.Role == o.Role && strings.EqualFold(g.Environment, o.Environment)
}

// GrantUse is one act that was done under a grant.
type GrantUse struct {
	Grant ID
	Event ID    // of the audit log
	At    int64 // by the database's clock
}
