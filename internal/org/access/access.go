// Package access gives people more rights for one app, for a while (WFL-3):
// grants. Somebody asks, with a reason; the gate access.elevate decides and
// others approve; the right begins at the approval or at a later start, and ends
// by itself.
//
//	draft ──> pending ──> scheduled ──> active ──> expired
//	  │         │  │  │        │           │
//	  │         │  │  │        └───────────┴─> revoked   dropped by who holds it, or ended by others
//	  │         │  │  └──────> lapsed                    nobody answered in time
//	  │         │  └─────────> denied                    an approver said no, or the rules did
//	  └─────────┴────────────> withdrawn
//
// What people do is kept (core.GrantStage); what time does is read from the
// grant's moments at each use (promise 6), by the database's clock, so that no
// job has to run and servers whose clocks differ agree.
//
// The right itself stands in one place, authz.ByGrant. [Service.Find] asks it,
// and each event that is written under a grant goes through [Service.Bind], in
// the act's own transaction: an act that would commit after the grant has ended
// is undone.
package access

import (
	"context"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// Grants keeps grants.
type Grants interface {
	AddGrant(ctx context.Context, g core.Grant) error
	// MoveGrant keeps what became of a grant that was at a stage. Errors: Conflict.
	MoveGrant(ctx context.Context, g core.Grant, was core.GrantStage) error
	TellGrant(ctx context.Context, id core.ID, told string) error
	// Grant returns a grant. Errors: NotFound.
	Grant(ctx context.Context, id core.ID) (core.Grant, error)
	GrantOfRequest(ctx context.Context, request core.ID) (g core.Grant, ok bool, err error)
	// HeldGrants lists what was granted to a person for an app, the last to end first.
	HeldGrants(ctx context.Context, person, app core.ID) ([]core.Grant, error)
	// UntoldGrants lists grants that end by the moment by, whose end was not told.
	UntoldGrants(ctx context.Context, by int64) ([]core.Grant, error)
	// UseGrant notes an act, so that no end of the grant commits before it. Errors:
	// Conflict when it has ended, unless late says that this does not matter.
	UseGrant(ctx context.Context, u core.GrantUse, late bool) error
}

// Store is what grants rest on.
type Store interface {
	Grants
	// InTx runs fn in one transaction; a call inside a transaction joins it.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	Quietly(ctx context.Context, fn func(ctx context.Context) error) error
	// App and Person return one. Errors: NotFound.
	App(ctx context.Context, id core.ID) (core.App, error)
	Person(ctx context.Context, id core.ID) (core.Person, error)
}

// Gates decides.
type Gates interface {
	Pass(ctx context.Context, q gate.Question, act func(ctx context.Context, d core.Decision) error) (core.Decision, error)
	Preview(ctx context.Context, q gate.Question) (core.Decision, error)
}

// Approvals ends a request that nobody has to answer any longer.
type Approvals interface {
	Close(ctx context.Context, by core.Actor, request core.ID) error
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Teller tells people, once for each key, in the caller's transaction.
type Teller interface {
	Tell(ctx context.Context, n core.Notice) error
}

// Settings are the organisation's, as they are in force.
type Settings struct {
	Pending time.Duration  // until a request that nobody answers lapses
	Zone    *time.Location // of hours and days
	Limits  policy.AccessLimits
}

// Service gives rights for a while. All exported fields but Rules are required. It is safe for
// concurrent use if its parts are.
type Service struct {
	Store     Store
	Gates     Gates
	Approvals Approvals
	Audit     Audit
	Tell      Teller
	IDs       core.IDs
	// Time is the clock that all servers share: see store.SharedTime.
	Time func(ctx context.Context) (time.Time, error)
	// Facts are what the gate knows of a person and an app.
	Facts    func(ctx context.Context, who core.Person, app core.App) (policy.Input, error)
	Settings func() Settings
	// Rules asks the organisation's own rules about an act; nil where there are none.
	Rules func(ctx context.Context, a Act) ([]core.Reason, error)

	mu    sync.Mutex
	looks map[string]int64 // when a look was last recorded; no right depends on it
}

// now is the moment by the shared clock.
func (s *Service) now(ctx context.Context) (int64, error) {
	t, err := s.Time(ctx)
	return core.Stamp(t), err
}

// record writes an event about a grant.
func (s *Service) record(ctx context.Context, action string, by core.Actor, g core.Grant, more map[string]string) error {
	data := map[string]string{"person": string(g.Person), "role": string(g.Role)}
	for k, v := range more {
		if v != "" {
			data[k] = v
		}
	}
	if g.Environment != "" {
		data["environment"] = g.Environment
	}
	return s.Audit.Append(ctx, core.Event{Action: action, Actor: by, AppID: g.AppID, Gate: core.GateAccessElevate, Target: string(g.ID), Code: "ok", Data: data})
}

func stamp(us int64) string {
	if us == 0 {
		return ""
	}
	return core.Moment(us).Format(time.RFC3339Nano)
}
