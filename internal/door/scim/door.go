// Package scim is the door by which sign-in providers bring their people and
// groups (RFC 7644), one path for each provider: /scim/v2/NAME. An access token
// opens it that has the scope scim and is bound to that provider; no other token
// does, and no session.
//
// What is not offered is said in ServiceProviderConfig: bulk, sorting, versions
// (ETags) and changing passwords. A sort that is asked for changes nothing.
package scim

import (
	"context"
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/engine/identity/scim"
	"github.com/paddock-dev/paddock/internal/org/directory"
)

// Directory takes in what providers say.
type Directory interface {
	Provider(name string) (directory.Provider, error)

	User(ctx context.Context, p directory.Provider, id core.ID) (core.Brought, error)
	Users(ctx context.Context, p directory.Provider, terms []scim.Term, skip, most int) ([]core.Brought, int, error)
	AddUser(ctx context.Context, by core.Actor, p directory.Provider, u scim.User) (core.Brought, error)
	ChangeUser(ctx context.Context, by core.Actor, p directory.Provider, id core.ID, change func(scim.User) (scim.User, error)) (core.Brought, error)
	RemoveUser(ctx context.Context, by core.Actor, p directory.Provider, id core.ID) error

	Group(ctx context.Context, p directory.Provider, id core.ID) (core.BroughtGroup, error)
	Groups(ctx context.Context, p directory.Provider, terms []scim.Term, skip, most int) ([]core.BroughtGroup, int, error)
	InGroup(ctx context.Context, g core.BroughtGroup, most int) ([]core.BroughtMember, error)
	AddGroup(ctx context.Context, by core.Actor, p directory.Provider, g scim.Group) (core.BroughtGroup, error)
	ChangeGroup(ctx context.Context, by core.Actor, p directory.Provider, id core.ID, c scim.Change) (core.BroughtGroup, error)
	RemoveGroup(ctx context.Context, by core.Actor, p directory.Provider, id core.ID) error
}

// Door answers below /scim/v2/.
type Door struct {
	Directory Directory
	BaseURL   string
	// BoundTo returns the provider that the caller's access token is bound to, or ""
	// for a caller without such a token.
	BoundTo func(ctx context.Context) string
}

// prefix is where a provider's resources are.
const prefix = "/scim/v2/{provider}"

// Permission is what a caller needs besides the right token.
const Permission = "people.provision"

// maxBody bounds a request.
const maxBody = 1 << 20

// call is one request of a provider that was let in.
type call struct {
	w  http.ResponseWriter
	r  *http.Request
	p  directory.Provider
	by core.Actor
	d  *Door
}

// Routes lists what the door answers.
func (d *Door) Routes() []edge.Route {
	row := func(method, path, audit, example string, f func(c call) error) edge.Route {
		return edge.Route{Door: edge.SCIM, Method: method, Pattern: prefix + path, Permission: Permission, Audit: audit, Example: "/scim/v2/acme" + example, Limit: maxBody, Handler: d.let(f)}
	}
	const reads, nobody = "none: read only", "/019caf00-0000-7000-8000-000000000000"
	return []edge.Route{
		row("GET", "/ServiceProviderConfig", reads, "/ServiceProviderConfig", about),
		row("GET", "/ResourceTypes", reads, "/ResourceTypes", resourceTypes),
		row("GET", "/ResourceTypes/{name}", reads, "/ResourceTypes/User", resourceTypes),
		row("GET", "/Schemas", reads, "/Schemas", schemas),
		row("GET", "/Schemas/{name}", reads, "/Schemas/"+scim.UserSchema, schemas),
		row("GET", "/Users", reads, "/Users", listUsers),
		row("POST", "/Users", "directory.add_user", "/Users", addUser),
		row("GET", "/Users/{id}", reads, "/Users"+nobody, getUser),
		row("PUT", "/Users/{id}", "directory.change_user", "/Users"+nobody, putUser),
		row("PATCH", "/Users/{id}", "directory.change_user", "/Users"+nobody, patchUser),
		row("DELETE", "/Users/{id}", "directory.remove_user", "/Users"+nobody, deleteUser),
		row("GET", "/Groups", reads, "/Groups", listGroups),
		row("POST", "/Groups", "directory.add_group", "/Groups", addGroup),
		row("GET", "/Groups/{id}", reads, "/Groups"+nobody, getGroup),
		row("PUT", "/Groups/{id}", "directory.change_group", "/Groups"+nobody, putGroup),
		row("PATCH", "/Groups/{id}", "directory.change_group", "/Groups"+nobody, patchGroup),
		row("DELETE", "/Groups/{id}", "directory.remove_group", "/Groups"+nobody, deleteGroup),
	}
}

// let serves a provider that came with its own token.
func (d *Door) let(f func(c call) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := func() error {
			name := r.PathValue("provider")
			if bound := d.BoundTo(r.Context()); bound == "" || bound != name {
				return core.Errorf(core.Forbidden, "Only an access token with the scope scim, bound to this sign-in provider, is taken here.").Hinted("Make one on the page Access tokens: People of a sign-in provider.")
			}
			p, err := d.Directory.Provider(name)
			if err != nil {
				return err
			}
			return f(call{w: w, r: r, p: p, by: edge.Actor(r.Context()), d: d})
		}()
		if err != nil {
			edge.Note(r.Context(), err)
			Refuse(w, r, core.AsError(err))
		}
	})
}

// base is where the provider's resources are.
func (c call) base() string { return c.d.BaseURL + "/scim/v2/" + c.p.Name }
