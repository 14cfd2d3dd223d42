package desk

import (
	"context"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/org/inventory"
)

// Components finds the apps that hold a component, among those that the caller
// may see. Errors: Invalid with the place in the query, such as "q:8".
func (d *Desk) Components(ctx context.Context, who core.Person, q view.ComponentQuery) (view.ComponentPage, error) {
	out := view.ComponentPage{Where: q.Where, Items: []view.ComponentHolder{}, Versions: []string{}, Uncompared: []string{}}
	if len(who.Only) > 0 {
		return out, authz.Can(who, authz.AppRead, nil) // which says that the token is bound
	}
	query, err := inventory.Parse(q.Text)
	if err != nil {
		return out, err
	}
	where := core.Where(q.Where)
	if where == "" {
		where = core.WhereLive
	}
	if !slices.Contains(core.Wheres, where) {
		return out, core.Errorf(core.Invalid, "There is no place %q to look in.", q.Where).At("where").Hinted("Look in live, latest or any.")
	}
	a, err := d.Inventory.Search(ctx, inventory.Ask{Query: query, Where: where, Viewer: viewer(who), After: q.After, Most: q.Limit})
	if err != nil {
		return out, err
	}
	out.Query, out.Where, out.Next, out.Others = query.String(), string(where), a.Next, a.Others
	if a.Counted {
		out.Total, out.Unlisted = &a.Total, &a.Unlisted
	}
	out.Versions, out.Uncompared = purls(a.Versions), purls(a.Uncompared)
	for _, h := range a.Holders {
		out.Items = append(out.Items, holderView(h))
	}
	return out, nil
}

func purls(list []core.Component) []string {
	out := []string{}
	for _, c := range list[:min(len(list), 100)] {
		out = append(out, inventory.PURL(c))
	}
	return out
}

func holderView(h inventory.Holder) view.ComponentHolder {
	v := view.ComponentHolder{App: h.Name, Owner: h.Owner, State: string(h.State), Classification: h.Classification, Target: h.Target, Region: h.Region}
	for _, x := range h.Holdings {
		direct := map[core.Directness]string{core.Direct: "yes", core.Indirect: "no"}[x.Direct]
		if direct == "" {
			direct = "unknown"
		}
		v.Components = append(v.Components, view.HeldComponent{PURL: inventory.PURL(x.What), Ecosystem: x.What.Ecosystem, Name: x.What.Name, Version: x.What.Version,
			Artifact: x.Artifact, Direct: direct, BuildOnly: x.Build, Live: x.Live, Latest: x.Latest, VEX: said(x.VEX)})
	}
	return v
}
