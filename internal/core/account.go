package core

import "slices"

// Account is a person at a sign-in provider. Provider and subject name it: a
// provider never gives a subject to somebody else, but e-mails it does.
type Account struct {
	Provider string // name of the provider, as the server's configuration has it
	Subject  string // the person at the provider
	Person   ID
	Email    string // as the provider said it last; it links nobody by itself
	Created  int64
	Used     int64 // last sign-in; 0 for none yet
}

// Group is a group of people at a sign-in provider.
type Group struct{ Provider, Name string }

// Membership says that a person is in a group, as the provider said it last.
type Membership struct {
	Person ID
	Group  Group
	Since  int64
}

// GroupRoles is which group of a provider has which roles. Names are held
// against letter by letter.
type GroupRoles map[Group][]Role

// InForce returns the roles that a person has: those given by hand, then those of
// the groups in the order of Roles, each once.
func (g GroupRoles) InForce(given []Role, groups []Group) []Role {
	out := slices.Clone(given)
	if len(groups) == 0 || len(g) == 0 {
		return out
	}
	for _, r := range Roles {
		of := func(group Group) bool { return slices.Contains(g[group], r) }
		if !slices.Contains(out, r) && slices.ContainsFunc(groups, of) {
			out = append(out, r)
		}
	}
	return out
}
