package core

import "slices"

// Role is what a person may do in the organisation.
type Role string

// The roles.
const (
	RoleMaker     Role = "maker"
	RolePlatform  Role = "platform"
	RoleSecurity  Role = "security"
	RoleDataOwner Role = "data-owner"
	RolePrivacy   Role = "privacy"
	RoleFinance   Role = "finance"
	RoleAuditor   Role = "auditor" // only reads, whatever else it is given
)

// Roles lists all roles that a person can be given; RoleService is not one.
var Roles = []Role{RoleMaker, RolePlatform, RoleSecurity, RoleDataOwner, RolePrivacy, RoleFinance, RoleAuditor}

// Valid reports whether r is known.
func (r Role) Valid() bool { return slices.Contains(Roles, r) }

// Person is somebody who can sign in.
type Person struct {
	ID       ID
	Email    string // unique, lower case
	Name     string
	Given    []Role // roles given by hand: what is kept with the person
	Roles    []Role // roles in force: the given ones and those of the person's groups; read at each use, never kept
	Disabled bool
	Created  int64 // Stamp
	// Service is set when a pipeline acts, and the person answers for it: then the
	// person's own roles and apps do not count.
	Service *Service
	// Only, if not empty, names the apps that the person may act on here: they came
	// by an access token that is bound to them. It is no property of the person and
	// is not kept.
	Only []ID
}

// Has reports whether the person holds any of the roles.
func (p Person) Has(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(p.Roles, r) })
}

// ActorKind says what kind of party acts.
type ActorKind string

// The kinds of actors.
const (
	ActorPerson  ActorKind = "person"
	ActorApp     ActorKind = "app"
	ActorSystem  ActorKind = "system"
	ActorUnknown ActorKind = "unknown"
)

// Actor is who did something, as the audit log names it.
type Actor struct {
	Kind ActorKind
	ID   ID     // the person's or app's id; empty for the system
	Name string // e-mail, app name, or the name of a background service
	Door string // the door it came through: web, api, git, cli, app, job
}

// As names the person as the audit log does, at a door; a pipeline that acts for
// them is named instead of them.
func (p Person) As(door string) Actor {
	if p.Service != nil {
		return Actor{Kind: ActorService, ID: p.Service.Pipeline, Name: p.Service.Name, Door: door}
	}
	return Actor{Kind: ActorPerson, ID: p.ID, Name: p.Email, Door: door}
}

// System returns the actor for work that Paddock does by itself.
func System(service string) Actor { return Actor{Kind: ActorSystem, Name: service, Door: "job"} }
