package directory

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity/scim"
)

// Group returns a group of a provider. Errors: NotFound.
func (s *Service) Group(ctx context.Context, p Provider, id core.ID) (core.BroughtGroup, error) {
	g, err := s.Store.BroughtGroup(ctx, p.Name, id)
	if core.CodeOf(err) == core.NotFound {
		return g, missing("group", id)
	}
	return g, err
}

// Groups lists groups of a provider, and how many there are in all.
func (s *Service) Groups(ctx context.Context, p Provider, terms []scim.Term, skip, most int) ([]core.BroughtGroup, int, error) {
	var f core.BroughtGroupFilter
	var a asked
	for _, t := range terms {
		switch t.Attr {
		case scim.ByID:
			a.text(&f.ID, t.Text)
		case scim.ByName:
			a.text(&f.Name, strings.ToLower(t.Text))
		case scim.ByExternalID:
			a.text(&f.ExternalID, t.Text)
		case scim.ByMember:
			a.text(&f.Member, t.Text)
		}
	}
	if a.clash {
		return nil, 0, nil
	}
	return s.Store.SearchBroughtGroups(ctx, p.Name, f, skip, most)
}

// InGroup lists up to most people of a group.
func (s *Service) InGroup(ctx context.Context, g core.BroughtGroup, most int) ([]core.BroughtMember, error) {
	return s.Store.BroughtMembers(ctx, g.Provider, g.Name, most)
}

// AddGroup takes in a group. Errors: Conflict (uniqueness) for a name that another
// has, Forbidden for a provider whose groups do not come by SCIM, Invalid for a
// member whom the provider has not brought.
func (s *Service) AddGroup(ctx context.Context, by core.Actor, p Provider, in scim.Group) (core.BroughtGroup, error) {
	var g core.BroughtGroup
	err := s.act(ctx, by, p, func(ctx context.Context) error {
		if err := p.bringsGroups(); err != nil {
			return err
		}
		if err := s.freeName(ctx, p, in.DisplayName, ""); err != nil {
			return err
		}
		now := s.now()
		g = core.BroughtGroup{ID: s.IDs.New(core.Moment(now)), Provider: p.Name, Name: in.DisplayName, ExternalID: in.ExternalID, Created: now, Changed: now}
		if err := s.Store.AddBroughtGroup(ctx, g); err != nil {
			return err
		}
		if err := s.Store.EmptyGroup(ctx, p.Name, g.Name); err != nil { // whoever was in one of this name before
			return err
		}
		joined, left, err := s.members(ctx, by, p, g, g.Name, []scim.Members{{How: scim.Join, IDs: in.Members}})
		if err != nil {
			return err
		}
		return s.recordGroup(ctx, "directory.add_group", by, g, joined, left)
	})
	return g, err
}

// ChangeGroup changes a group: its names, and who is in it. Roles follow at the
// next request. Errors: NotFound, and those of AddGroup; Forbidden when nobody
// would be left in the platform team.
func (s *Service) ChangeGroup(ctx context.Context, by core.Actor, p Provider, id core.ID, c scim.Change) (core.BroughtGroup, error) {
	var out core.BroughtGroup
	err := s.act(ctx, by, p, func(ctx context.Context) error {
		if err := p.bringsGroups(); err != nil {
			return err
		}
		g, err := s.Group(ctx, p, id)
		if err != nil {
			return err
		}
		was := g
		if c.DisplayName != nil {
			g.Name = *c.DisplayName
		}
		if c.ExternalID != nil {
			g.ExternalID = *c.ExternalID
		}
		if g.Name != was.Name {
			if err := s.freeName(ctx, p, g.Name, g.ID); err != nil {
				return err
			}
		}
		joined, left, err := s.members(ctx, by, p, g, was.Name, c.Members)
		if err != nil {
			return err
		}
		if out = g; g == was && joined+left == 0 {
			return nil
		}
		g.Changed = s.now()
		if err := s.Store.UpdateBroughtGroup(ctx, g); err != nil {
			return err
		}
		out = g
		return s.recordGroup(ctx, "directory.change_group", by, g, joined, left)
	})
	return out, err
}

// RemoveGroup takes a group away, and with it the roles that people have from it.
// Errors: NotFound, also for one that is gone already; Forbidden when nobody would
// be left in the platform team.
func (s *Service) RemoveGroup(ctx context.Context, by core.Actor, p Provider, id core.ID) error {
	return s.act(ctx, by, p, func(ctx context.Context) error {
		g, err := s.Group(ctx, p, id)
		if err != nil {
			return err
		}
		_, left, err := s.members(ctx, by, p, g, g.Name, []scim.Members{{How: scim.Only}})
		if err != nil {
			return err
		}
		if err := s.Store.RemoveBroughtGroup(ctx, g); err != nil {
			return err
		}
		return s.recordGroup(ctx, "directory.remove_group", by, g, 0, left)
	})
}

func (p Provider) bringsGroups() error {
	if p.Groups {
		return nil
	}
	return core.Errorf(core.Forbidden, "The groups of %s do not come by SCIM here.", p.Title).Hinted("Set groups: scim for it in the identity file, or stop sending groups.")
}

// freeName refuses a name that another group has, in whatever case.
func (s *Service) freeName(ctx context.Context, p Provider, name string, own core.ID) error {
	folded := strings.ToLower(name)
	all, _, err := s.Store.SearchBroughtGroups(ctx, p.Name, core.BroughtGroupFilter{Name: &folded}, 0, 1)
	if err == nil && len(all) > 0 && all[0].ID != own {
		return conflict("There is a group with this displayName already: %s.", all[0].ID).Hinted("The rules give roles to groups by name, so a name is there once.")
	}
	return err
}

// members changes who is in a group that was called name until now, and counts
// who joined and who left. It tells of roles that change.
func (s *Service) members(ctx context.Context, by core.Actor, p Provider, g core.BroughtGroup, name string, steps []scim.Members) (joined, left int, err error) {
	before, after, err := s.apply(ctx, p, name, g.Name != name, steps)
	if err != nil {
		return 0, 0, err
	}
	var in, out []core.ID
	for id := range after {
		if !before[id] {
			in = append(in, id)
		}
	}
	for id := range before {
		if !after[id] {
			out = append(out, id)
		}
	}
	slices.Sort(in)
	slices.Sort(out)
	affected := slices.Concat(in, out)
	if g.Name != name {
		for id := range before {
			if after[id] {
				affected = append(affected, id)
			}
		}
	}
	err = s.watched(ctx, by, p, []string{name, g.Name}, affected, func() error {
		if g.Name != name {
			if err := s.Store.RenameGroup(ctx, p.Name, name, g.Name); err != nil {
				return err
			}
		}
		if err := s.Store.LeaveGroup(ctx, p.Name, g.Name, out); err != nil {
			return err
		}
		return s.Store.JoinGroup(ctx, p.Name, g.Name, in, s.now())
	})
	return len(in), len(out), err
}

// apply works out who is in a group before and after some steps: everybody, or
// just those whom the steps name where nobody else can be affected.
func (s *Service) apply(ctx context.Context, p Provider, name string, whole bool, steps []scim.Members) (before, after map[core.ID]bool, err error) {
	var named []string
	for _, step := range steps {
		whole = whole || step.How == scim.Only
		named = append(named, step.IDs...)
	}
	people, err := s.Store.PeopleBrought(ctx, p.Name, named)
	if err != nil {
		return nil, nil, err
	}
	group := core.Group{Provider: p.Name, Name: name}
	var all []core.ID
	if whole {
		all, err = s.Store.Members(ctx, group)
	} else {
		all, err = s.Store.AmongMembers(ctx, group, slices.Collect(maps.Values(people)))
	}
	if err != nil {
		return nil, nil, err
	}
	before, after = map[core.ID]bool{}, map[core.ID]bool{}
	for _, id := range all {
		before[id], after[id] = true, true
	}
	for _, step := range steps {
		if step.How == scim.Only {
			clear(after)
		}
		for _, id := range step.IDs {
			person, known := people[id]
			switch {
			case step.How == scim.Leave:
				delete(after, person)
			case !known:
				return nil, nil, wrong("There is no user with the id %.60q to be a member.", id)
			default:
				after[person] = true
			}
		}
	}
	return before, after, nil
}

// watched runs do and tells of the roles in force that it changed for some people.
// It fails if nobody would be left in the platform team.
func (s *Service) watched(ctx context.Context, by core.Actor, p Provider, groups []string, people []core.ID, do func() error) error {
	of := s.Roles()
	matters := slices.ContainsFunc(groups, func(name string) bool { return len(of[core.Group{Provider: p.Name, Name: name}]) > 0 })
	if !matters {
		return do()
	}
	before := make(map[core.ID]core.Person, len(people))
	for _, id := range people {
		who, err := s.Store.Person(ctx, id)
		if err != nil {
			return err
		}
		before[id] = who
	}
	if err := do(); err != nil {
		return err
	}
	lost := false
	for _, id := range people {
		who, err := s.Store.Person(ctx, id)
		if err != nil {
			return err
		}
		was := before[id]
		if slices.Equal(was.Roles, who.Roles) {
			continue
		}
		lost = lost || !who.Disabled && was.Has(core.RolePlatform) && !who.Has(core.RolePlatform)
		err = s.Audit.Append(ctx, core.Event{Action: "person.groups", Actor: by, Target: string(id), Code: "ok",
			Data: map[string]string{"provider": p.Name, "roles_before": words(was.Roles), "roles": words(who.Roles)}})
		if err != nil {
			return err
		}
	}
	if !lost {
		return nil
	}
	all, err := s.Store.People(ctx)
	if err == nil && !slices.ContainsFunc(all, func(o core.Person) bool { return !o.Disabled && o.Has(core.RolePlatform) }) {
		return errLast
	}
	return err
}

func (s *Service) recordGroup(ctx context.Context, action string, by core.Actor, g core.BroughtGroup, joined, left int) error {
	return s.Audit.Append(ctx, core.Event{Action: action, Actor: by, Target: g.Name, Code: "ok",
		Data: map[string]string{"provider": g.Provider, "group": string(g.ID), "joined": number(int64(joined)), "left": number(int64(left))}})
}

func words(roles []core.Role) string {
	s := make([]string, len(roles))
	for i, r := range roles {
		s[i] = string(r)
	}
	return strings.Join(s, ",")
}
