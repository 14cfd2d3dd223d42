package scim

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity/scim"
)

// mostShown is how many members one answer holds, over all of its groups.
const mostShown = 10_000

// group is one group with its members, if they are wanted. left is how many more
// members the answer may hold.
func (c call) group(g core.BroughtGroup, s scim.Shape, left *int) (map[string]any, error) {
	var members []scim.Member
	if s.Wants("members") {
		in, err := c.d.Directory.InGroup(c.r.Context(), g, *left+1)
		if err != nil {
			return nil, err
		}
		if *left -= len(in); *left < 0 {
			return nil, core.Errorf(core.Invalid, "There are more than %d members to show.", mostShown).At(scim.TooMany).Hinted("Ask with excludedAttributes=members.")
		}
		for _, m := range in {
			members = append(members, scim.Member{Value: string(m.ID), Display: m.Name, Type: "User", Ref: c.base() + "/Users/" + string(m.ID)})
		}
	}
	return scim.WriteGroup(scim.Group{DisplayName: g.Name, ExternalID: g.ExternalID}, members, c.meta("/Groups/", g.ID, g.Created, g.Changed), s), nil
}

func listGroups(c call) error {
	l, err := c.listing(scim.GroupFilter)
	if err != nil {
		return err
	}
	page, all, err := c.d.Directory.Groups(c.r.Context(), c.p, l.terms, l.skip, l.most)
	if err != nil {
		return err
	}
	var out []map[string]any
	left := mostShown
	for _, g := range page {
		one, err := c.group(g, l.shape, &left)
		if err != nil {
			return err
		}
		out = append(out, one)
	}
	return c.list(l.skip, all, out)
}

func getGroup(c call) error {
	return c.sayGroup(http.StatusOK, func() (core.BroughtGroup, error) {
		return c.d.Directory.Group(c.r.Context(), c.p, c.id())
	})
}

func addGroup(c call) error {
	return c.sayGroup(http.StatusCreated, func() (core.BroughtGroup, error) {
		g, err := c.sentGroup()
		if err != nil {
			return core.BroughtGroup{}, err
		}
		return c.d.Directory.AddGroup(c.r.Context(), c.by, c.p, g)
	})
}

func putGroup(c call) error {
	return c.sayGroup(http.StatusOK, func() (core.BroughtGroup, error) {
		g, err := c.sentGroup()
		if err != nil {
			return core.BroughtGroup{}, err
		}
		whole := scim.Change{DisplayName: &g.DisplayName, ExternalID: &g.ExternalID, Members: []scim.Members{{How: scim.Only, IDs: g.Members}}}
		return c.d.Directory.ChangeGroup(c.r.Context(), c.by, c.p, c.id(), whole)
	})
}

// patchGroup answers without the group, which may be large, unless attributes are
// asked for.
func patchGroup(c call) error {
	change := func() (core.BroughtGroup, error) {
		o, err := c.body()
		if err != nil {
			return core.BroughtGroup{}, err
		}
		ops, err := scim.Patch(o)
		if err != nil {
			return core.BroughtGroup{}, err
		}
		change, err := scim.PatchGroup(ops)
		if err != nil {
			return core.BroughtGroup{}, err
		}
		return c.d.Directory.ChangeGroup(c.r.Context(), c.by, c.p, c.id(), change)
	}
	if c.r.URL.Query().Has("attributes") {
		return c.sayGroup(http.StatusOK, change)
	}
	if _, err := change(); err != nil {
		return err
	}
	return c.none()
}

func deleteGroup(c call) error {
	if err := c.d.Directory.RemoveGroup(c.r.Context(), c.by, c.p, c.id()); err != nil {
		return err
	}
	return c.none()
}

// sayGroup does something and answers with the group.
func (c call) sayGroup(status int, do func() (core.BroughtGroup, error)) error {
	s, err := c.shape()
	if err != nil {
		return err
	}
	g, err := do()
	if err != nil {
		return err
	}
	left := mostShown
	out, err := c.group(g, s, &left)
	if err != nil {
		return err
	}
	if status == http.StatusCreated {
		c.w.Header().Set("Location", c.base()+"/Groups/"+string(g.ID))
	}
	return c.answer(status, out)
}

// sentGroup reads the group that a request sends.
func (c call) sentGroup() (scim.Group, error) {
	o, err := c.body()
	if err != nil {
		return scim.Group{}, err
	}
	return scim.ReadGroup(o)
}
