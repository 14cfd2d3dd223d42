// Package desk is where all doors are served: it finds the app a caller means,
// checks the caller's right to it, calls the use case and fills the views. So a
// page, the API and any later door tell the same story. It holds no rules of
// its own; those are in policy, authz and the use cases.
package desk

import (
	"context"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// Desk serves the doors. All fields are required but Lab.
type Desk struct {
	Parts
	Clock     core.Clock
	BaseURL   string                   // how people reach this server, without a slash at the end
	AppURL    func(name string) string // an app's own address
	AuditKey  string                   // the log's public key
	Scratch   string                   // folder for temporary files; "" is the system's
	AuditRead func(ctx context.Context, path string) (mediaType string, body []byte, err error)
	Version   string // of Paddock
	Lab       Lab    // nil unless the server is a laboratory

	heard heard
}

// Catalog is the governance revision in force.
type Catalog interface {
	Current() *catalog.Revision
}

// Lab moves the clock and breaks sources on purpose.
type Lab interface {
	MoveClock(ctx context.Context, by time.Duration) (time.Time, error)
	SetSource(ctx context.Context, name string, readable bool) error
}

// app finds an app that the caller may see, and checks a right to it. Errors:
// NotFound also for an app that the caller may not see.
func (d *Desk) app(ctx context.Context, who core.Person, name string, perm authz.Permission) (core.App, error) {
	a, err := d.Store.AppByName(ctx, name)
	if core.CodeOf(err) == core.NotFound {
		return core.App{}, missing(name)
	}
	if err != nil {
		return core.App{}, err // a failed read is not absence
	}
	if authz.Can(who, authz.AppRead, &a) != nil {
		return core.App{}, missing(name)
	}
	return a, authz.Can(who, perm, &a)
}

func missing(name string) error {
	return core.Errorf(core.NotFound, "There is no app named %q that you may see.", name).Hinted("Look at your list of apps.")
}

// actor names the caller for the audit log.
func actor(ctx context.Context, who core.Person) core.Actor {
	if a := edge.Actor(ctx); a.Kind != core.ActorUnknown {
		return a
	}
	return who.As("web")
}

// moment turns a stamp into a time; zero stays zero.
func moment(us int64) time.Time { return core.Moment(us) }

// email returns a person's e-mail, or their id if they cannot be found.
func (d *Desk) email(ctx context.Context, id core.ID) string {
	if id == "" {
		return ""
	}
	p, err := d.Store.Person(ctx, id)
	if err != nil {
		return string(id)
	}
	return p.Email
}
