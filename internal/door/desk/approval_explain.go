package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// ExplainApproval shows one request, and says why these people are asked. Errors:
// NotFound, also for one that the caller may not see.
func (d *Desk) ExplainApproval(ctx context.Context, who core.Person, id core.ID) (view.ApprovalExplained, error) {
	r, err := d.Store.Request(ctx, id)
	if err != nil {
		return view.ApprovalExplained{}, err
	}
	a, err := d.Store.App(ctx, r.AppID)
	if err != nil && core.CodeOf(err) != core.NotFound {
		return view.ApprovalExplained{}, err
	}
	m, err := d.Parts.Approvals.Matter(ctx, r)
	if err != nil {
		return view.ApprovalExplained{}, err
	}
	v := view.ApprovalExplained{Approval: d.approvalView(ctx, who, a.Name, m), Why: []view.NeedExplained{}, Kept: []view.PersonWhy{}}
	if !authz.Reaches(who, r.AppID) || !v.CanAnswer && r.Requester != who.ID && authz.Can(who, authz.AppRead, &a) != nil {
		return view.ApprovalExplained{}, noRequest(id)
	}
	rules, err := d.rulesOf(ctx, r)
	if err != nil {
		return v, err
	}
	e := m.Explain()
	for _, n := range e.Needs {
		x := view.NeedExplained{Role: n.Need.Role, Rules: rules[n.Need.Role], May: []view.PersonWhy{}, Lack: []view.PersonWhy{}}
		for _, p := range n.May {
			why := p.Why
			if p.Basis == core.ByRole {
				if why, err = d.roleBy(ctx, p.Person, n.Need.Role, why); err != nil {
					return v, err
				}
			}
			x.May = append(x.May, view.PersonWhy{Person: d.email(ctx, p.Person), Why: why})
		}
		for _, p := range n.Lacks {
			x.Lack = append(x.Lack, view.PersonWhy{Person: d.email(ctx, p.Person), Why: p.Why})
		}
		v.Why = append(v.Why, x)
	}
	for _, p := range e.Kept {
		v.Kept = append(v.Kept, view.PersonWhy{Person: d.email(ctx, p.Person), Why: p.Why})
	}
	return v, nil
}

// rulesOf finds where the needs of a request were asked: by the rules that fired in
// its newest decision, and by paddock.yaml as it is in force.
func (d *Desk) rulesOf(ctx context.Context, r core.ApprovalRequest) (map[core.Role][]string, error) {
	out := map[core.Role][]string{}
	decisions, err := d.Store.Decisions(ctx, r.AppID)
	if err != nil {
		return out, err
	}
	for _, x := range slices.Backward(decisions) {
		if x.RequestID != r.ID {
			continue
		}
		var in struct {
			App struct {
				Classification core.Classification `json:"classification"`
			} `json:"app"`
		}
		_ = json.Unmarshal(x.Input, &in)
		for _, n := range r.Needs {
			out[n.Role] = append(out[n.Role], d.Catalog.Current().NeedPlaces(r.Gate, in.App.Classification, n.Role)...)
		}
		for _, f := range x.Fired {
			if role := core.Role(f.Code); f.Answer == "approve" {
				out[role] = append(out[role], strings.TrimSpace(f.Rule+" "+f.Place))
			}
		}
		break
	}
	for _, n := range r.Needs {
		if out[n.Role] == nil {
			out[n.Role] = []string{}
		}
	}
	return out, nil
}

// roleBy adds to a reason whether a role was given by hand, or by which group.
func (d *Desk) roleBy(ctx context.Context, person core.ID, role core.Role, why string) (string, error) {
	p, err := d.Store.Person(ctx, person)
	if err != nil {
		return why, err
	}
	var by []string
	if slices.Contains(p.Given, role) {
		by = append(by, "given by hand")
	}
	groups, err := d.Store.Memberships(ctx, person)
	for _, g := range groups {
		if slices.Contains(d.Catalog.Current().Groups[g.Group], role) {
			by = append(by, "through the group "+g.Group.Name+" of "+g.Group.Provider)
		}
	}
	head := "holds the role " + string(role)
	if len(by) > 0 && strings.HasPrefix(why, head) {
		why = head + " (" + strings.Join(by, ", and ") + ")" + why[len(head):]
	}
	return why, err
}
