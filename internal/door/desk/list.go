package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/org/fleet"
)

// The size of a page of apps.
const (
	usualApps = 50
	mostApps  = 200
)

// Apps lists a page of the apps that the caller may see, with counts that speak
// of those apps only. Errors: Invalid, with the query's field, for a filter that
// cannot be.
func (d *Desk) Apps(ctx context.Context, who core.Person, q view.AppQuery) (view.AppPage, error) {
	ask, err := d.ask(ctx, who, q)
	if err != nil {
		return view.AppPage{}, err
	}
	out := view.AppPage{Items: []view.AppRow{}, Exact: true, Facets: facetsView(fleet.Facets{})}
	if who.ID == "" || who.Disabled || ask.Filter.Owner == nobody {
		return out, nil
	}
	if len(who.Only) > 0 {
		return d.bound(ctx, who)
	}
	p, err := d.Fleet.List(ctx, ask)
	if err != nil {
		return out, err
	}
	out.Total, out.Exact, out.Facets = p.Total, p.Exact, facetsView(p.Facets)
	if p.Next.Set {
		out.Next = cursorText(ask.Order, p.Next)
	}
	names := make([]string, len(p.Apps))
	for i, b := range p.Apps {
		names[i] = b.Name
	}
	apps, err := d.Store.AppsNamed(ctx, names)
	if err != nil {
		return out, err
	}
	out.Items, err = d.rows(ctx, apps)
	return out, err
}

// nobody is an owner without apps: an e-mail that no person has.
const nobody = core.ID("nobody")

func (d *Desk) ask(ctx context.Context, who core.Person, q view.AppQuery) (fleet.Ask, error) {
	ask := fleet.Ask{Viewer: viewer(who), Order: core.AppOrder(q.Sort), Most: usualApps}
	if q.Limit > 0 {
		ask.Most = min(q.Limit, mostApps)
	}
	switch ask.Order {
	case "":
		ask.Order = core.ByName
	case core.ByName, core.ByRecent:
	default:
		return ask, core.Errorf(core.Invalid, "Apps cannot be sorted by %q.", q.Sort).At("sort").Hinted("Sort by name or recent.")
	}
	var bad []*core.Error
	ask.Filter.States = known(q.States, "state", states, &bad)
	ask.Filter.Classifications = known(q.Classifications, "classification", core.Classifications, &bad)
	ask.Filter.Regions, ask.Filter.Templates = q.Regions, q.Templates
	if len(q.Text) > 100 {
		bad = append(bad, core.Errorf(core.Invalid, "The search has %d characters; 100 are read.", len(q.Text)).At("q"))
	}
	ask.Filter.Words = fleet.Words(q.Text)
	if q.After != "" {
		c, err := cursor(ask.Order, q.After)
		if err != nil {
			bad = append(bad, err)
		}
		ask.After = c
	}
	if len(bad) > 0 {
		return ask, core.Join(core.Invalid, "The list cannot be shown.", bad)
	}
	if q.Owner == "" {
		return ask, nil
	}
	p, err := d.Store.PersonByEmail(ctx, strings.ToLower(strings.TrimSpace(q.Owner)))
	if core.CodeOf(err) == core.NotFound {
		ask.Filter.Owner = nobody
		return ask, nil
	}
	ask.Filter.Owner = p.ID
	return ask, err
}

// states are the states that a list can be narrowed to.
var states = []core.AppState{core.AppProvisioning, core.AppActive, core.AppIdle, core.AppArchived, core.AppFailed}

// known reads the values of a filter; those that cannot be are told of.
func known[T ~string](values []string, field string, all []T, bad *[]*core.Error) []T {
	var out []T
	for _, v := range values {
		if slices.Contains(all, T(v)) {
			out = append(out, T(v))
			continue
		}
		words := make([]string, len(all))
		for i, a := range all {
			words[i] = string(a)
		}
		*bad = append(*bad, core.Errorf(core.Invalid, "There is no %s %q.", field, v).At(field).Hinted("It is one of %s. %s", strings.Join(words, ", "), core.DidYouMean(v, words)))
	}
	return out
}

// viewer is nil for those who see every app.
func viewer(who core.Person) *core.Person {
	if authz.Can(who, authz.AppRead, nil) == nil {
		return nil
	}
	return &who
}

// cursorText writes a place in a list; for the order by use it holds the moment.
func cursorText(order core.AppOrder, c core.AppCursor) string {
	if order == core.ByRecent {
		return strconv.FormatInt(c.LastActive, 10) + "~" + c.Name
	}
	return c.Name
}

func cursor(order core.AppOrder, text string) (core.AppCursor, *core.Error) {
	c := core.AppCursor{Name: text, Set: true}
	if order == core.ByRecent {
		us, name, ok := strings.Cut(text, "~")
		n, err := strconv.ParseInt(us, 10, 64)
		if !ok || err != nil {
			return c, core.Errorf(core.Invalid, "%.60q is no place in this list.", text).At("after").Hinted("Take it from next_cursor of the page before.")
		}
		c.Name, c.LastActive = name, n
	}
	return c, nil
}

func facetsView(f fleet.Facets) view.Facets {
	list := func(counts []fleet.Count) []view.Count {
		out := make([]view.Count, len(counts))
		for i, c := range counts {
			out[i] = view.Count(c)
		}
		return out
	}
	v := view.Facets{States: list(f.States), Classifications: list(f.Classifications), Regions: list(f.Regions), Templates: list(f.Templates), Owners: []view.Count{}}
	for _, o := range f.Owners {
		v.Owners = append(v.Owners, view.Count{Value: o.Email, N: o.N})
	}
	return v
}

// rows shows apps in a list, in a fixed number of queries.
func (d *Desk) rows(ctx context.Context, apps []core.App) ([]view.AppRow, error) {
	ids := make([]core.ID, len(apps))
	for i, a := range apps {
		ids[i] = a.ID
	}
	costs, currency, err := d.Costs.Last30(ctx, ids)
	if err != nil {
		return nil, err
	}
	standings, err := d.Store.Standings(ctx, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]view.AppRow, len(apps))
	for i, a := range apps {
		rows[i] = view.AppRow{ID: a.ID, Name: a.Name, State: a.State, Owner: a.OwnerEmail, Classification: string(a.Descriptor.Classification), Region: a.Descriptor.Region,
			Template: a.Descriptor.Template, Created: moment(a.Created), LastActive: moment(a.LastActive), Cost30d: costs[a.ID], Currency: currency, Waiting: next(a.State, standings[a.ID])}
	}
	return rows, nil
}

// next says the one thing that the maker should do now.
func next(state core.AppState, s core.Standing) string {
	switch state {
	case core.AppProvisioning:
		if slices.Contains(s.Creation, core.ApprovalPending) {
			return "Wait for approval."
		}
		return "Paddock is making it."
	case core.AppFailed:
		if slices.Contains(s.Creation, core.ApprovalRefused) {
			return "Read the approver's note: it was refused."
		}
		return "Ask your buddy: it could not be made."
	case core.AppIdle:
		return "Use it, or reactivate it: it will be archived."
	case core.AppArchived:
		return "Restore it, or leave it archived."
	}
	switch {
	case !s.Changed:
		return "Clone it and push your first change."
	case s.Open == 0:
		return ""
	case s.Verdict == "":
		return fmt.Sprintf("Change %d is being checked.", s.Open)
	case s.Verdict == core.Passed:
		return fmt.Sprintf("Merge change %d.", s.Open)
	}
	return fmt.Sprintf("Mend change %d.", s.Open)
}

// bound lists the apps that the caller's access token is bound to, all of them.
func (d *Desk) bound(ctx context.Context, who core.Person) (view.AppPage, error) {
	out := view.AppPage{Items: []view.AppRow{}, Exact: true, Facets: facetsView(fleet.Facets{})}
	var apps []core.App
	for _, id := range who.Only {
		a, err := d.Store.App(ctx, id)
		if err != nil && core.CodeOf(err) != core.NotFound {
			return out, err
		}
		if err == nil && authz.Can(who, authz.AppRead, &a) == nil {
			apps = append(apps, a)
		}
	}
	var err error
	out.Items, err = d.rows(ctx, apps)
	out.Total = len(out.Items)
	return out, err
}
