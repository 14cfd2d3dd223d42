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
	"github.com/paddock-dev/paddock/internal/org/access"
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
	return d.appIn(ctx, who, name, perm, "")
}

// appIn is app for an act that is about one target. Who has no right of their own
// may have a grant; the request then acts under it.
func (d *Desk) appIn(ctx context.Context, who core.Person, name string, perm authz.Permission, environment string) (core.App, error) {
	a, err := d.Store.AppByName(ctx, name)
	if core.CodeOf(err) == core.NotFound {
		return core.App{}, missing(name)
	}
	if err != nil {
		return core.App{}, err // a failed read is not absence
	}
	if authz.Can(who, perm, &a) == nil && authz.Can(who, authz.AppRead, &a) == nil {
		return a, d.ruled(ctx, who, a, perm, environment)
	}
	may := d.Access.May(ctx, who, actor(ctx, who), perm, a, environment) // each granted role may see its app
	if may == nil {
		may = d.ruled(ctx, who, a, perm, environment)
	}
	if code := core.CodeOf(may); may == nil || code != core.Forbidden && code != core.Unauthorized {
		return a, may
	}
	if d.Access.May(ctx, who, actor(ctx, who), authz.AppRead, a, "") != nil {
		return core.App{}, missing(name)
	}
	return a, may
}

// ruled asks the organisation's own rules about an act that is allowed.
func (d *Desk) ruled(ctx context.Context, who core.Person, a core.App, perm authz.Permission, environment string) error {
	return d.Access.Ruled(ctx, actor(ctx, who), access.Act{Who: who, Permission: perm, App: a, Environment: environment})
}

// can reports whether the caller may do something with an app, by a right of
// their own or by a grant, for pages to offer it.
func (d *Desk) can(ctx context.Context, who core.Person, perm authz.Permission, a core.App) bool {
	if authz.Can(who, perm, &a) == nil {
		return true
	}
	_, ok, err := d.Access.Find(ctx, who, perm, a.ID, "")
	return ok && err == nil
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
