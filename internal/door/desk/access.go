package desk

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/org/access"
)

// GrantStore reads grants for views.
type GrantStore interface {
	Grant(ctx context.Context, id core.ID) (core.Grant, error)
	GrantsOf(ctx context.Context, person, before core.ID, n int) ([]core.Grant, error)
	Grants(ctx context.Context, before core.ID, n int) ([]core.Grant, error)
	GrantUses(ctx context.Context, grant, after core.ID, n int) ([]core.GrantUse, error)
	HeldGrants(ctx context.Context, person, app core.ID) ([]core.Grant, error)
}

// grantsAtOnce is how many grants are on a page, and mostActs how many acts a
// grant's own page lists.
const (
	grantsAtOnce = 50
	mostActs     = 500
)

// Grants lists grants, the newest first: the caller's own, or everybody's, which
// needs the right to.
func (d *Desk) Grants(ctx context.Context, who core.Person, everybody bool, before core.ID) (view.GrantPage, error) {
	var list []core.Grant
	err := authz.Can(who, authz.AccessRead, nil)
	switch {
	case !everybody:
		list, err = d.Store.GrantsOf(ctx, who.ID, before, grantsAtOnce)
	case err == nil:
		list, err = d.Store.Grants(ctx, before, grantsAtOnce)
	}
	if err != nil {
		return view.GrantPage{}, err
	}
	page := view.GrantPage{Grants: []view.Grant{}}
	now, err := d.Access.Time(ctx)
	if err != nil {
		return page, err
	}
	for _, g := range list {
		page.Grants = append(page.Grants, d.grantView(ctx, g, core.Stamp(now)))
	}
	if len(list) == grantsAtOnce {
		page.Next = string(list[len(list)-1].ID)
	}
	return page, nil
}

// RequestGrant asks for access, or keeps a draft. The app is named without the
// right to see it: whoever needs access often lacks that.
func (d *Desk) RequestGrant(ctx context.Context, who core.Person, n view.NewGrant) (view.GrantDetail, error) {
	ask, err := d.wish(ctx, n)
	if err != nil {
		return view.GrantDetail{}, err
	}
	do := d.Access.Request
	if n.Draft {
		do = d.Access.Draft
	}
	g, err := do(ctx, who, actor(ctx, who), ask)
	return d.granted(ctx, who, g, err)
}

// PreviewGrant says what the rules have against a request, and whom they would
// ask.
func (d *Desk) PreviewGrant(ctx context.Context, who core.Person, n view.NewGrant) (core.Decision, error) {
	ask, err := d.wish(ctx, n)
	if err != nil {
		return core.Decision{}, err
	}
	return d.Access.Preview(ctx, who, actor(ctx, who), ask)
}

func (d *Desk) wish(ctx context.Context, n view.NewGrant) (access.Ask, error) {
	if n.App == "" {
		return access.Ask{}, core.Errorf(core.Invalid, "No app is named.").At("app").Hinted("Write the name of the app, as in its address.")
	}
	a, err := d.Store.AppByName(ctx, n.App)
	if core.CodeOf(err) == core.NotFound {
		return access.Ask{}, core.Errorf(core.NotFound, "There is no app named %q.", n.App).At("app").Hinted("Write its name as in its address.")
	}
	if err != nil {
		return access.Ask{}, err
	}
	length, err := access.ParseLength(n.For)
	if err != nil {
		return access.Ask{}, err
	}
	if err := d.knownTarget(n.Environment); err != nil {
		return access.Ask{}, err
	}
	return access.Ask{App: a, Role: n.Role, Environment: n.Environment, Reason: n.Reason, Ticket: n.Ticket, Length: length, Start: n.Start}, nil
}

func (d *Desk) knownTarget(name string) error {
	if name == "" {
		return nil
	}
	var names []string
	for _, t := range d.Catalog.Current().Targets() {
		if t.Name == name {
			return nil
		}
		names = append(names, t.Name)
	}
	return core.Errorf(core.Invalid, "There is no environment %q.", name).At("environment").Hinted("%s", core.DidYouMean(name, names))
}

// ExtendGrant asks for a new grant that carries on one of the caller's own.
func (d *Desk) ExtendGrant(ctx context.Context, who core.Person, id core.ID, x view.Extension) (view.GrantDetail, error) {
	old, err := d.visible(ctx, who, id)
	if err != nil {
		return view.GrantDetail{}, err
	}
	a, err := d.Store.App(ctx, old.AppID)
	if err != nil {
		return view.GrantDetail{}, err
	}
	length, err := access.ParseLength(x.For)
	if err != nil {
		return view.GrantDetail{}, err
	}
	if x.Ticket == "" {
		x.Ticket = old.Ticket
	}
	g, err := d.Access.Request(ctx, who, actor(ctx, who), access.Ask{App: a, Role: old.Role, Environment: old.Environment, Reason: x.Reason, Ticket: x.Ticket, Length: length, Extends: old.ID})
	return d.granted(ctx, who, g, err)
}

// EndGrant does one of submit, withdraw, drop and revoke with a grant; why is
// for revoke. Errors: Invalid for another word, and those of org/access.
func (d *Desk) EndGrant(ctx context.Context, who core.Person, id core.ID, what, why string) (view.GrantDetail, error) {
	if _, err := d.visible(ctx, who, id); err != nil {
		return view.GrantDetail{}, err
	}
	var g core.Grant
	var err error
	switch by := actor(ctx, who); what {
	case "submit":
		g, err = d.Access.Submit(ctx, who, by, id)
	case "withdraw":
		g, err = d.Access.Withdraw(ctx, who, by, id)
	case "drop":
		g, err = d.Access.Drop(ctx, who, by, id)
	case "revoke":
		g, err = d.Access.Revoke(ctx, who, by, id, why)
	default:
		err = core.Errorf(core.Invalid, "A grant cannot be %q.", what).Hinted("Use submit, withdraw, drop or revoke.")
	}
	return d.granted(ctx, who, g, err)
}

// Grant shows one grant: to who holds it, to the app's owners, to those who may
// be asked for a yes, and to those who see everybody's. Errors: NotFound also for
// one that the caller may not see.
func (d *Desk) Grant(ctx context.Context, who core.Person, id core.ID) (view.GrantDetail, error) {
	g, err := d.visible(ctx, who, id)
	return d.granted(ctx, who, g, err)
}

func (d *Desk) visible(ctx context.Context, who core.Person, id core.ID) (core.Grant, error) {
	none := core.Errorf(core.NotFound, "There is no grant with the id %.60q that you may see.", id).Hinted("Look at the list on the page Access.")
	g, err := d.Store.Grant(ctx, id)
	if core.CodeOf(err) == core.NotFound {
		return g, none
	}
	if err != nil || g.Person == who.ID && who.ID != "" || authz.Can(who, authz.AccessRead, nil) == nil || authz.Can(who, authz.ApprovalAnswer, nil) == nil {
		return g, err
	}
	a, err := d.Store.App(ctx, g.AppID)
	if err == nil && authz.Owns(who, a) {
		return g, nil
	}
	return g, none
}

// granted shows what became of a grant; err stands if the act has failed.
func (d *Desk) granted(ctx context.Context, who core.Person, g core.Grant, err error) (view.GrantDetail, error) {
	if err != nil {
		return view.GrantDetail{Grant: view.Grant{ID: g.ID, Link: access.Link(g)}}, err
	}
	t, err := d.Access.Time(ctx)
	if err != nil {
		return view.GrantDetail{}, err
	}
	if g, err = d.Store.Grant(ctx, g.ID); err != nil {
		return view.GrantDetail{}, err
	}
	now := core.Stamp(t)
	v := view.GrantDetail{Grant: d.grantView(ctx, g, now), Digest: access.Digest(g), Extends: g.Extends, Decision: g.DecisionID, Gives: authz.Given(g.Role), Acts: []view.GrantUse{}}
	if err := d.grantReasons(ctx, who, g, &v); err != nil {
		return v, err
	}
	if err := d.grantActs(ctx, g, &v); err != nil {
		return v, err
	}
	held, err := d.Store.HeldGrants(ctx, g.Person, g.AppID)
	for _, o := range held {
		if o.ID != g.ID && o.Same(g) && o.InForce(now) {
			v.Others++
		}
	}
	own, live := g.Person == who.ID, v.State == core.GrantActive || v.State == core.GrantScheduled
	v.May = view.GrantAct{Submit: own && v.State == core.GrantDraft, Withdraw: own && (v.State == core.GrantDraft || v.State == core.GrantPending), Drop: own && live, Extend: own && live,
		Revoke: !own && live && authz.Can(who, authz.AccessRevoke, nil) == nil}
	if a, err := d.Store.App(ctx, g.AppID); err == nil {
		v.May.Export = d.can(ctx, who, authz.AppRead, a)
	}
	return v, err
}

// grantReasons adds what was decided and who was asked.
func (d *Desk) grantReasons(ctx context.Context, who core.Person, g core.Grant, v *view.GrantDetail) error {
	if g.DecisionID != "" {
		x, err := d.Recall.Records.Decision(ctx, g.DecisionID)
		if err != nil {
			return err
		}
		v.Policy, v.Input = x.PolicyRevision, x.InputDigest
	}
	if g.RequestID == "" {
		return nil
	}
	req, ok, err := d.Store.RequestFor(ctx, core.GateAccessElevate, g.AppID, access.Digest(g))
	if err != nil || !ok {
		return err
	}
	look, err := d.Parts.Approvals.Look(ctx)
	if err != nil {
		return err
	}
	m, err := look.Matter(ctx, req)
	if err != nil {
		return err
	}
	a := d.approvalView(ctx, who, v.App, m)
	v.Approval = &a
	return nil
}

// grantActs adds what was done under a grant.
func (d *Desk) grantActs(ctx context.Context, g core.Grant, v *view.GrantDetail) error {
	uses, err := d.Store.GrantUses(ctx, g.ID, "", mostActs+1)
	if err != nil {
		return err
	}
	if len(uses) > mostActs {
		uses, v.More = uses[:mostActs], true
	}
	for _, u := range uses {
		e, err := d.Log.Event(ctx, u.Event)
		if err != nil {
			return err
		}
		row := view.GrantUse{Event: u.Event, At: moment(u.At), Action: e.Action, Target: e.Target, Code: e.Code, Door: e.Actor.Door}
		for _, key := range []string{"permission", "statement", "decision", "commit", "branch"} {
			if s := e.Data[key]; s != "" && row.Detail == "" {
				row.Detail = s
			}
		}
		v.Acts = append(v.Acts, row)
	}
	return nil
}

func (d *Desk) grantView(ctx context.Context, g core.Grant, now int64) view.Grant {
	name := string(g.AppID)
	if a, err := d.Store.App(ctx, g.AppID); err == nil {
		name = a.Name
	}
	return view.Grant{ID: g.ID, Person: d.email(ctx, g.Person), App: name, Role: g.Role, Environment: g.Environment, Reason: g.Reason, Ticket: g.Ticket, Minutes: int(g.Duration().Minutes()),
		State: g.State(now), Created: moment(g.Created), Asked: moment(g.Asked), Lapses: moment(g.Lapses), Granted: moment(g.Granted), Wanted: moment(g.Wanted), Starts: moment(g.Starts),
		Expires: moment(g.Expires), Ended: moment(g.Ended), EndedBy: d.email(ctx, g.EndedBy), Cause: g.Cause, Uses: g.Uses, Link: access.Link(g)}
}
