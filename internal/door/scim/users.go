package scim

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity/scim"
	"github.com/paddock-dev/paddock/internal/org/directory"
)

func (c call) user(b core.Brought, s scim.Shape) map[string]any {
	return scim.WriteUser(directory.Read(b), c.meta("/Users/", b.ID, b.Created, b.Changed), s)
}

func (c call) meta(path string, id core.ID, created, changed int64) scim.Meta {
	return scim.Meta{ID: string(id), Location: c.base() + path + string(id), Created: core.Moment(created), Modified: core.Moment(changed)}
}

func listUsers(c call) error {
	l, err := c.listing(scim.UserFilter)
	if err != nil {
		return err
	}
	page, all, err := c.d.Directory.Users(c.r.Context(), c.p, l.terms, l.skip, l.most)
	if err != nil {
		return err
	}
	var out []map[string]any
	for _, b := range page {
		out = append(out, c.user(b, l.shape))
	}
	return c.list(l.skip, all, out)
}

func getUser(c call) error {
	return c.sayUser(http.StatusOK, func() (core.Brought, error) {
		return c.d.Directory.User(c.r.Context(), c.p, c.id())
	})
}

func addUser(c call) error {
	return c.sayUser(http.StatusCreated, func() (core.Brought, error) {
		o, err := c.body()
		if err != nil {
			return core.Brought{}, err
		}
		u, err := scim.ReadUser(o, true)
		if err != nil {
			return core.Brought{}, err
		}
		return c.d.Directory.AddUser(c.r.Context(), c.by, c.p, u)
	})
}

func putUser(c call) error {
	return c.changeUser(func(o scim.Object) (func(scim.User) (scim.User, error), error) {
		return func(was scim.User) (scim.User, error) { return scim.ReadUser(o, was.Active) }, nil
	})
}

func patchUser(c call) error {
	return c.changeUser(func(o scim.Object) (func(scim.User) (scim.User, error), error) {
		ops, err := scim.Patch(o)
		return func(was scim.User) (scim.User, error) { return scim.PatchUser(was, ops) }, err
	})
}

func (c call) changeUser(read func(scim.Object) (func(scim.User) (scim.User, error), error)) error {
	return c.sayUser(http.StatusOK, func() (core.Brought, error) {
		o, err := c.body()
		if err != nil {
			return core.Brought{}, err
		}
		change, err := read(o)
		if err != nil {
			return core.Brought{}, err
		}
		return c.d.Directory.ChangeUser(c.r.Context(), c.by, c.p, c.id(), change)
	})
}

func deleteUser(c call) error {
	if err := c.d.Directory.RemoveUser(c.r.Context(), c.by, c.p, c.id()); err != nil {
		return err
	}
	return c.none()
}

// sayUser does something and answers with the user.
func (c call) sayUser(status int, do func() (core.Brought, error)) error {
	s, err := c.shape()
	if err != nil {
		return err
	}
	b, err := do()
	if err != nil {
		return err
	}
	if status == http.StatusCreated {
		c.w.Header().Set("Location", c.base()+"/Users/"+string(b.ID))
	}
	return c.answer(status, c.user(b, s))
}
