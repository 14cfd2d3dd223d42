package app

import (
	"context"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	scimdoor "github.com/paddock-dev/paddock/internal/door/scim"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/org/directory"
)

// newDirectory takes in what the providers of this server bring.
func (h *house) newDirectory() *directory.Service {
	s := &directory.Service{Parts: directory.Parts{Store: h.store, People: h.identity.At(string(edge.SCIM)), Tell: h.notifier, Audit: h.audit, Clock: h.clock, IDs: h.ids, Log: h.log,
		Email: identity.Email, Roles: func() core.GroupRoles { return h.shelf.Current().Groups }}}
	for _, c := range h.signIns.file.Providers {
		if c.SCIM {
			s.Providers = append(s.Providers, directory.Provider{Name: c.Name, Title: c.Title, Domains: c.Domains, Groups: c.Groups == "scim", Removals: c.SCIMRemovals})
		}
	}
	return s
}

// scimRoutes let providers in that come with a token of their own.
func (h *house) scimRoutes() []edge.Route {
	return (&scimdoor.Door{Directory: h.directory, BaseURL: h.baseURL(), BoundTo: func(ctx context.Context) string {
		c := edge.Token(ctx)
		if c == nil || c.Scope != identity.ScopeSCIM {
			return ""
		}
		return c.Provider
	}}).Routes()
}

// directories shows the desk where providers stand.
type directories struct{ *directory.Service }

// List implements desk.Directories.
func (d directories) List(ctx context.Context) ([]view.Directory, error) {
	out := []view.Directory{}
	for _, p := range d.Providers {
		h, err := d.Hold(ctx, p)
		if err != nil {
			return nil, err
		}
		out = append(out, view.Directory{Provider: p.Name, Title: p.Title, Groups: p.Groups, Removed: h.Removed, Most: h.Most, HeldSince: whenever(h.Since), FreeUntil: whenever(h.Free)})
	}
	return out, nil
}

// Lift implements desk.Directories.
func (d directories) Lift(ctx context.Context, by core.Actor, provider string) error {
	p, err := d.Provider(provider)
	if err != nil {
		return err
	}
	return d.Service.Lift(ctx, by, p)
}

// whenever is a stamp as time; 0 is never.
func whenever(at int64) time.Time {
	if at == 0 {
		return time.Time{}
	}
	return core.Moment(at)
}
