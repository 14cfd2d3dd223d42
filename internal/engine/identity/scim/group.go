package scim

import (
	"strings"
)

// Group is what a provider says of a group.
type Group struct {
	DisplayName string
	ExternalID  string
	Members     []string // ids of users here
}

// ReadGroup reads a whole group.
func ReadGroup(o Object) (Group, error) {
	var g Group
	if err := speaks(o, GroupSchema); err != nil {
		return g, err
	}
	c := Change{}
	for _, name := range sorted(o) {
		if readOnly(name) {
			continue
		}
		if err := c.set(place{attr: name}, o[name], false); err != nil {
			return g, err
		}
	}
	if c.DisplayName == nil {
		return g, bad(InvalidValue, "The group has no displayName.")
	}
	g.DisplayName = *c.DisplayName
	if c.ExternalID != nil {
		g.ExternalID = *c.ExternalID
	}
	for _, m := range c.Members {
		g.Members = append(g.Members, m.IDs...)
	}
	return g, nil
}

// How a step changes the members of a group.
const (
	Join  = "join"
	Leave = "leave"
	Only  = "only" // these, and nobody else
)

// Members is one step that changes who is in a group.
type Members struct {
	How string
	IDs []string
}

// Change is what a PATCH makes of a group. It is not applied to the members
// here: a group may have many, and a change is mostly about one.
type Change struct {
	DisplayName *string
	ExternalID  *string
	Members     []Members
	named       int
}

// PatchGroup reads what operations make of a group.
//
// Entra removes a member by a remove of the path members with the member as its
// value, which RFC 7644 does not know: read strictly, the value is nothing and
// the group is emptied. Here it removes the members that it names.
func PatchGroup(ops []Operation) (Change, error) {
	var c Change
	for _, op := range ops {
		err := op.each(GroupSchema, func(at place, v any) error {
			if op.Op == "remove" {
				return c.remove(at, op)
			}
			return c.set(at, v, op.Op == "add")
		})
		if err != nil {
			return Change{}, err
		}
	}
	return c, nil
}

func (c *Change) set(at place, v any, add bool) error {
	switch at.attr {
	case "displayname":
		s, err := text("displayName", v)
		if err == nil && s == "" {
			err = bad(InvalidValue, "The group has no displayName.")
		}
		c.DisplayName = &s
		return err
	case "externalid":
		s, err := optional("externalId", v)
		c.ExternalID = &s
		return err
	case "members":
		if at.where != nil || at.sub != "" {
			return bad(InvalidPath, "Members are added and removed, not changed.")
		}
		how := Only
		if add {
			how = Join
		}
		return c.members(how, v)
	}
	if strings.HasPrefix(at.attr, "urn:") {
		return nil
	}
	return bad(InvalidPath, "A group has no attribute %q.", clip(at.attr))
}

func (c *Change) remove(at place, op Operation) error {
	switch {
	case at.attr == "displayname":
		return bad(Mutability, "displayName cannot be removed; replace it.")
	case at.attr != "members":
		return c.set(at, nil, false)
	case at.where != nil:
		name, id, ok := equal(at.where)
		if !ok || name != "value" || id == "" || at.sub != "" {
			return bad(InvalidPath, "Name a member by its id: members[value eq \"ID\"].")
		}
		return c.members(Leave, []any{Object{"value": id}})
	case at.sub != "":
		return bad(InvalidPath, "Name a member by its id: members[value eq \"ID\"].")
	case op.Has && op.Value != nil:
		return c.members(Leave, op.Value)
	}
	return c.members(Only, nil)
}

// members reads a list of members, which Okta sends as one object if there is one.
func (c *Change) members(how string, v any) error {
	list, ok := v.([]any)
	if _, one := v.(Object); one {
		list, ok = []any{v}, true
	}
	if v != nil && !ok {
		return bad(InvalidValue, "members must be a list.")
	}
	step := Members{How: how, IDs: []string{}}
	for _, v := range list {
		id, err := member(v)
		if err != nil {
			return err
		}
		step.IDs = append(step.IDs, id)
	}
	if c.named += len(step.IDs); c.named > MaxMembers {
		return bad(TooMany, "More than %d members are named; send fewer at once.", MaxMembers)
	}
	c.Members = append(c.Members, step)
	return nil
}

func member(v any) (string, error) {
	o, ok := v.(Object)
	if !ok {
		return "", bad(InvalidValue, "Each member must be an object with a value.")
	}
	if kind, err := optional("members.type", o["type"]); err != nil || kind != "" && !strings.EqualFold(kind, "User") {
		return "", bad(InvalidValue, "Only users are members; groups in groups are not taken.")
	}
	id, err := text("members.value", o["value"])
	if err == nil && id == "" {
		err = bad(InvalidValue, "A member has no value.")
	}
	return id, err
}
