// Package retire ends apps that nobody uses (LIF-1, LIF-2).
//
//	active --90 proven idle days--> idle --120 proven idle days--> archived
//	   ^                             |  (owner asked to reactivate)
//	   +------ used again, or reactivated
//
// Only proven idle time counts (promise 3): while the source of activity cannot
// be read, the clock stands still. Nothing is destroyed (promise 4): archiving
// keeps data and can be undone. One app's failure never stops a sweep, and a
// sweep that would archive too many apps at once archives none (promise 9).
package retire

import (
	"context"
	"log/slog"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Rules are the life-cycle clocks of an organisation.
type Rules struct {
	Source       string        // name of the source of activity facts
	IdleAfter    time.Duration // proven idle time until an app is queued for retirement
	ArchiveAfter time.Duration // proven idle time until it is archived
	Notice       time.Duration // least time in the queue before that, by the wall clock
	MostAtOnce   int           // this many apps may always be archived in one sweep
	MostShare    float64       // or this share of the active apps, if that is more
}

// Default returns the published clocks: 90 and 120 days, and a sweep that
// archives at most 10 apps or 5 % of the active ones.
func Default(source string) Rules {
	const day = 24 * time.Hour
	return Rules{Source: source, IdleAfter: 90 * day, ArchiveAfter: 120 * day, Notice: 7 * day, MostAtOnce: 10, MostShare: 0.05}
}

// Apps are the apps of the organisation.
type Apps interface {
	// App returns an app. Errors: NotFound.
	App(ctx context.Context, id core.ID) (core.App, error)
	CountApps(ctx context.Context, state core.AppState) (int, error)
	// UnusedApps lists up to most apps in a state that were neither made nor used
	// since a moment, by id from after on.
	UnusedApps(ctx context.Context, state core.AppState, before int64, after core.ID, most int) ([]core.App, error)
	// MoveApp changes an app's state. Errors: Conflict when it has moved meanwhile.
	MoveApp(ctx context.Context, a core.App, to core.AppState, idleSince, archived int64) error
}

// People is the list of people.
type People interface {
	People(ctx context.Context) ([]core.Person, error)
}

// Settings keeps small facts of the organisation.
type Settings interface {
	// Setting returns a setting, "" when it was never set.
	Setting(ctx context.Context, name string) (string, error)
	PutSetting(ctx context.Context, name, value string) error
}

// Store is what the life-cycle keeps its records in.
type Store interface {
	Apps
	People
	Settings
	// InTx runs fn in one transaction; a call inside a transaction joins it.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Activity knows for how long apps are proven to be idle.
type Activity interface {
	// Idle returns the proven idle time; known is false when nobody ever looked.
	Idle(ctx context.Context, app core.ID, source string) (idle time.Duration, known bool, err error)
	// Touch counts as use at this moment, in the caller's transaction.
	Touch(ctx context.Context, app core.ID, source string) error
}

// Archiver takes an app out of service: address off, credentials revoked, data
// kept. It is idempotent, writes its own events and tells the owners.
type Archiver interface {
	Archive(ctx context.Context, app core.App, actor core.Actor, why string) error
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Teller tells people, once for each key, in the caller's transaction.
type Teller interface {
	Tell(ctx context.Context, n core.Notice) error
}

// Parts are what a Retirer works with; all are needed.
type Parts struct {
	Store    Store
	Activity Activity
	// Refresh reads the source of activity, just before a sweep looks at it. Its
	// failure is logged and stops nothing: time stands still.
	Refresh  func(ctx context.Context) error
	Archiver Archiver
	Teller   Teller
	Audit    Audit
	Clock    core.Clock
	Log      *slog.Logger
}

// Retirer moves apps through the end of their life. Only one sweep should run
// at a time; two do no harm, because the store refuses the second move.
type Retirer struct {
	Parts
	rules Rules
}

// New returns a retirer.
func New(parts Parts, rules Rules) *Retirer { return &Retirer{Parts: parts, rules: rules} }

// actor is who acts in a sweep.
func actor() core.Actor { return core.System("retire") }

func (r *Retirer) now() int64 { return core.Stamp(r.Clock.Now()) }
