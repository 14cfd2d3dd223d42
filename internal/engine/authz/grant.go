package authz

import (
	"context"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// elevations say what each granted role may do, for the one app of the grant.
// What is not here is never granted: no grant approves, manages people, reads
// the organisation's secrets or publishes rules.
var elevations = map[core.GrantRole][]Permission{
	core.GrantViewer:     {AppRead, AppOpen, ApprovalRead, AuditRead},
	core.GrantEditor:     {AppRead, AppEdit, ReportAdd},
	core.GrantDeployer:   {AppRead, AppDeploy},
	core.GrantOperator:   {AppRead, AppDeploy, AppArchive, AppKeep, AuditRead},
	core.GrantOwner:      {AppRead, AppOpen, AppEdit, AppDeploy, AppArchive, AppKeep, ChangeMerge, ApprovalRead, AuditRead, ReportAdd},
	core.GrantDataReader: {AppRead, DataRead},
	core.GrantDataWriter: {AppRead, DataRead, DataWrite},
}

// Gives reports whether a granted role holds perm.
func Gives(role core.GrantRole, perm Permission) bool {
	return slices.Contains(elevations[role], perm)
}

// Given lists what a granted role may do, sorted.
func Given(role core.GrantRole) []string {
	out := []string{}
	for _, p := range elevations[role] {
		out = append(out, string(p))
	}
	slices.Sort(out)
	return out
}

// ByGrant returns the grant, of those that are in force at the moment now, under
// which p may do perm for the app in an environment ("" for an act that is about
// none); ok is false if there is none. The grant that ends last is taken, so that
// of several that give one right the end of the first takes nothing away. It is
// the one place that turns a grant into a right. It says nothing of the rights
// that p has without a grant: ask [Can] first.
func ByGrant(p core.Person, perm Permission, app core.ID, environment string, grants []core.Grant, now int64) (best core.Grant, ok bool) {
	if p.ID == "" || p.Disabled || p.Service != nil || app == "" || ReadOnly(p) && rules[perm].effect == acts || !Reaches(p, app) {
		return core.Grant{}, false // no grant makes an auditor act, is a pipeline's, or widens an access token
	}
	for _, g := range grants {
		if g.Person != p.ID || g.AppID != app || !g.InForce(now) || !Gives(g.Role, perm) {
			continue
		}
		if g.Environment != "" && g.Environment != environment && perm != AppRead {
			continue
		}
		if !ok || g.Expires > best.Expires || g.Expires == best.Expires && g.ID < best.ID {
			best, ok = g, true
		}
	}
	return best, ok
}

// holder is where the grant of a request is noted: one per request.
type holder struct {
	grant core.ID
	late  bool
}

type holderKey struct{}

// Carry returns a context in which the grant under which somebody acts can be
// noted. Where there is no such place a grant gives nothing, because the act
// could not be told to be done under it.
func Carry(ctx context.Context) context.Context {
	return context.WithValue(ctx, holderKey{}, &holder{})
}

// Note notes that what follows is done under a grant. It reports false if the
// context has no place for it. One request is served by one goroutine; others
// must not call it for the same context.
func Note(ctx context.Context, grant core.ID) bool {
	h, ok := ctx.Value(holderKey{}).(*holder)
	if ok {
		h.grant = grant
	}
	return ok
}

// Late returns a context in which what follows is told as done under a grant,
// even if that has ended since; under none if grant is "". It is for what follows
// from an act that was let through and cannot be undone, such as a push that git
// has kept, and for the later steps of a deployment.
func Late(ctx context.Context, grant core.ID) context.Context {
	return context.WithValue(ctx, holderKey{}, &holder{grant: grant, late: grant != ""})
}

// Under returns the grant under which the caller acts, "" for none, and whether
// it may have ended since.
func Under(ctx context.Context) (grant core.ID, late bool) {
	if h, ok := ctx.Value(holderKey{}).(*holder); ok {
		return h.grant, h.late
	}
	return "", false
}
