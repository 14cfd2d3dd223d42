package desk

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// Sessions lists the browsers that the caller is signed in with, newest first.
// here is the session that they came with.
func (d *Desk) Sessions(ctx context.Context, who core.Person, here core.Secret) ([]view.Session, error) {
	own, err := d.Identity.SignedIn(ctx, here)
	if err != nil && core.CodeOf(err) != core.Unauthorized {
		return nil, err
	}
	all, err := d.Identity.Sessions(ctx, who.ID)
	out := []view.Session{}
	for _, c := range all {
		out = append(out, view.Session{ID: c.ID, Provider: c.Provider, Started: moment(c.Created), LastUsed: moment(max(c.Used, c.Created)), Ends: moment(c.Expires), Here: c.ID == own.ID})
	}
	return out, err
}

// EndSession ends one of the caller's sessions.
func (d *Desk) EndSession(ctx context.Context, who core.Person, id core.ID) error {
	return d.Identity.At(actor(ctx, who).Door).EndOwn(ctx, who, id)
}

// EndSessions ends all of the caller's sessions.
func (d *Desk) EndSessions(ctx context.Context, who core.Person) error {
	return d.Identity.At(actor(ctx, who).Door).EndAll(ctx, who)
}
