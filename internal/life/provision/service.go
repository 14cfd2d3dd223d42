// Package provision makes an app out of a form: it asks the gate, then makes
// repository, protection, identity, onboarding ticket and buddy, in steps that
// resume after a crash (CAT-4, WFL-2, promise 8).
package provision

import (
	"context"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// Store keeps apps and what belongs to a new one.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	AddApp(ctx context.Context, a core.App) error
	App(ctx context.Context, id core.ID) (core.App, error)
	AppByName(ctx context.Context, name string) (core.App, error)
	MoveApp(ctx context.Context, a core.App, to core.AppState, idleSince, archived int64) error
	SetBuddy(ctx context.Context, id, buddy core.ID) error
	AddTicket(ctx context.Context, t core.Ticket) (bool, error)
	PutFact(ctx context.Context, f core.Fact) error
	Facts(ctx context.Context, app core.ID) ([]core.Fact, error)
	// Decisions lists the decisions about an app, oldest first.
	Decisions(ctx context.Context, app core.ID) ([]core.Decision, error)
	BuddyLoad(ctx context.Context) (map[core.ID]int, error)
}

// People finds people.
type People interface {
	Person(ctx context.Context, id core.ID) (core.Person, error)
	PersonByEmail(ctx context.Context, email string) (core.Person, error)
	People(ctx context.Context) ([]core.Person, error)
}

// Forge makes repositories. Every call may be repeated.
type Forge interface {
	Create(ctx context.Context, name string) error
	Seed(ctx context.Context, name string, files map[string][]byte, author, message string, at time.Time) (commit string, err error)
	Protect(ctx context.Context, name string, p core.Protection) error
	Exists(ctx context.Context, name string) (bool, error)
}

// Sagas runs multi-step acts.
type Sagas interface {
	Start(ctx context.Context, kind, key string, app core.ID, data any, actor core.Actor) (core.Saga, error)
	Enqueue(ctx context.Context, id core.ID) error
}

// Catalog is the governance revision in force.
type Catalog interface {
	Current() *catalog.Revision
}

// Training knows the courses a person has passed.
type Training interface {
	Valid(ctx context.Context, person core.ID) ([]string, error)
}

// Teller tells people something once.
type Teller interface {
	Tell(ctx context.Context, n core.Notice) error
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Buddy chooses the platform engineer who helps a maker; "" if there is none.
type Buddy func(people []core.Person, load map[core.ID]int, owner core.ID) core.ID

// Service makes apps. All fields are required.
type Service struct {
	Store    Store
	People   People
	Forge    Forge
	Sagas    Sagas
	Catalog  Catalog
	Gates    *gate.Gates
	Training Training
	Tell     Teller
	Audit    Audit
	Buddy    Buddy
	Clock    core.Clock
	IDs      core.IDs
	Reserved []string // names of repositories that no app may take; may be empty
}
