// Package authz says who may do what (promise 11).
//
// One table gives each permission to roles, to an app's owner and co-owners, and
// to machines for their own app; whatever is not in it is denied. The table is
// the only place that knows roles: use cases ask [Can] for one app, doors ask
// [May] before they know the app. What somebody may do for a while stands in
// [ByGrant], which is asked after Can. The organisation's own rules can refuse what
// these allow: see org/access.Ruled. Approvals
// have a further rule of their own, four eyes, in org/approval.
package authz

import (
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Can returns nil if p may do perm. app is the app it is about, or nil when it
// is about no app in particular; owners' rights count only for their own app.
// Errors: Unauthorized without a person, Forbidden with plain words else.
func Can(p core.Person, perm Permission, app *core.App) error {
	switch {
	case p.ID == "":
		return core.Errorf(core.Unauthorized, "You are not signed in.").Hinted("Open your sign-in link.")
	case p.Disabled:
		return core.Errorf(core.Forbidden, "Your account is switched off.").Hinted("Ask the platform team to switch it on again.")
	}
	r, known := rules[perm]
	if !known {
		return core.Errorf(core.Forbidden, "Nobody may do %q: there is no such right.", perm).Hinted("Tell the platform team.")
	}
	if p.Service != nil {
		return serves(*p.Service, perm, r, app)
	}
	if ReadOnly(p) && r.effect == acts {
		return core.Errorf(core.Forbidden, "You may not %s: you hold the role auditor, which only reads.", r.words).
			Hinted("Ask somebody else, or the platform team to take the role from you.")
	}
	if err := bound(p, app); err != nil {
		return err
	}
	if r.all || p.Has(r.roles...) {
		return nil
	}
	if app != nil && r.forApp(p, *app) {
		return nil
	}
	return refusal(r, app)
}

// forApp reports whether r gives p a right to one app.
func (r rule) forApp(p core.Person, app core.App) bool {
	return (r.owners || r.owner) && IsOwner(p, app) || r.owners && Owns(p, app) || r.audience && invited(app)
}

// aboutApps reports whether r can be held for one app.
func (r rule) aboutApps() bool { return r.owners || r.owner || r.audience || r.granted || r.service }

// ReadOnly reports whether p only reads, whatever other roles they hold.
func ReadOnly(p core.Person) bool { return p.Has(core.RoleAuditor) }

// May reports whether p may do perm for at least one app that could exist. It
// guards routes, where the app is not known yet; the use case asks Can.
func May(p core.Person, perm Permission) bool {
	r := rules[perm]
	if p.ID == "" || p.Disabled || ReadOnly(p) && r.effect == acts {
		return false
	}
	if p.Service != nil {
		return r.service && p.Service.May(string(perm))
	}
	if len(p.Only) > 0 && !r.aboutApps() {
		return false
	}
	return r.all || r.owners || r.owner || r.audience || r.granted || p.Has(r.roles...)
}

// serves holds a pipeline to its one app and to what its access token is for. The
// rights of the person who answers for it do not count.
func serves(s core.Service, perm Permission, r rule, app *core.App) error {
	if r.service && s.May(string(perm)) && app != nil && s.App != "" && app.ID == s.App {
		return nil
	}
	return core.Errorf(core.Forbidden, "A pipeline's access token may not %s here.", r.words).Hinted("It is for its own app, and for: %s.", strings.Join(s.Scopes, ", "))
}

// Acts reports whether perm changes something that is not the caller's own, or
// reaches what an app keeps: the organisation's own rules are asked about it.
func Acts(perm Permission) bool { return rules[perm].effect == acts || rules[perm].granted }

// Own reports whether perm is about the caller's own things only, such as their
// access tokens.
func Own(perm Permission) bool { return rules[perm].effect == own }

// IsOwner reports whether p is the owner of app; co-owners are not.
func IsOwner(p core.Person, app core.App) bool { return p.ID != "" && app.OwnerID == p.ID }

// Reaches reports whether the access token that p came by, if they did, lets them
// act on an app: it is bound to none, or to this one.
func Reaches(p core.Person, app core.ID) bool {
	return len(p.Only) == 0 || slices.Contains(p.Only, app)
}

// bound refuses whatever lies outside of the apps that the access token of p is
// bound to, if it is.
func bound(p core.Person, app *core.App) error {
	if app == nil && len(p.Only) == 0 || app != nil && Reaches(p, app.ID) {
		return nil
	}
	if app == nil {
		return core.Errorf(core.Forbidden, "This access token is for certain apps only, and this is about none of them.").Hinted("Make a token for all apps.")
	}
	return core.Errorf(core.Forbidden, "This access token is not for the app %q.", app.Name).Hinted("Make a token for that app.")
}

// Owns reports whether p is the owner or a co-owner of app. A pipeline owns nothing.
func Owns(p core.Person, app core.App) bool {
	if p.ID == "" || p.Service != nil {
		return false
	}
	return app.OwnerID == p.ID || slices.ContainsFunc(app.Descriptor.CoOwners, func(email string) bool {
		return p.Email != "" && strings.EqualFold(strings.TrimSpace(email), p.Email)
	})
}

// invited reports whether everybody in the organisation may open app's own
// address. An unknown audience invites nobody but the owners.
func invited(app core.App) bool {
	return slices.Contains([]string{"", "organisation", "public"}, app.Descriptor.Audience)
}

func refusal(r rule, app *core.App) error {
	where := ""
	if app != nil {
		where = ` for the app "` + app.Name + `"`
	}
	var ask []string
	if (r.owners || r.owner) && app != nil && app.OwnerEmail != "" {
		ask = append(ask, "its owner, "+app.OwnerEmail)
	}
	if r.granted {
		ask = append(ask, "for a grant, on the page Access")
	}
	for _, role := range r.roles {
		ask = append(ask, "somebody with the role "+string(role))
	}
	err := core.Errorf(core.Forbidden, "You may not %s%s.", r.words, where)
	if len(ask) > 0 {
		err = err.Hinted("Ask %s.", strings.Join(ask, ", or "))
	}
	return err
}
