package desk_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// Whoever may see a request learns who may answer it and why, who is kept out and
// why, and which rule wanted it; others learn nothing, not even that it is there.
func TestExplainApproval(t *testing.T) {
	o := newOffice(t)
	both := o.Somebody("both@example.org", core.RoleSecurity, core.RoleMaker)
	by := core.Actor{Kind: core.ActorPerson, ID: o.hana.ID, Name: o.hana.Email}
	var id core.ID
	o.Must(o.InTx(o.Ctx(), func(ctx context.Context) error {
		r, err := o.desk.Parts.Approvals.Ask(ctx, by, core.ApprovalRequest{Gate: core.GateChangeMerge, AppID: o.payroll.ID, Digest: "c1", Subject: "Change 1 of payroll", Requester: o.hana.ID,
			Excluded: []core.ID{both.ID}, Needs: []core.Need{{Role: core.RoleSecurity, Reason: "It is new."}, {Role: core.RoleFinance, Reason: "It costs."}}})
		id = r.ID
		if err != nil {
			return err
		}
		return o.AddDecision(ctx, core.Decision{ID: "d1", Gate: core.GateChangeMerge, AppID: o.payroll.ID, Subject: "c1", Result: core.Waiting, RequestID: id, At: 1,
			Input: []byte(`{"app":{"classification":"restricted"}}`), Fired: []core.Fired{{Answer: "approve", Code: "security", Rule: "data.paddock.change.merge.approve", Place: "policies/all.rego:3"}}})
	}))
	for _, who := range []core.Person{o.hana, o.sam, o.pia, o.aude} {
		x, err := o.desk.ExplainApproval(o.Ctx(), who, id)
		if err != nil || len(x.Why) != 2 {
			t.Fatalf("%s: %+v %v", who.Email, x, err)
		}
		sec, fin := x.Why[0], x.Why[1]
		if sec.Role != core.RoleSecurity || !slices.ContainsFunc(sec.May, named(o.sam.Email, "security")) || slices.ContainsFunc(sec.May, named(both.Email, "")) {
			t.Errorf("%s: security may be answered by %+v", who.Email, sec.May)
		}
		if !slices.Contains(sec.Rules, "data.paddock.change.merge.approve policies/all.rego:3") {
			t.Errorf("%s: the rules are %q", who.Email, sec.Rules)
		}
		if fin.Role != core.RoleFinance || len(fin.May) != 0 {
			t.Errorf("%s: finance may be answered by %+v", who.Email, fin.May)
		}
		if !slices.ContainsFunc(x.Kept, named(both.Email, "worked on")) {
			t.Errorf("%s: kept out are %+v", who.Email, x.Kept)
		}
		if x.CanAnswer != (who.ID == o.sam.ID) {
			t.Errorf("%s may answer: %v", who.Email, x.CanAnswer)
		}
	}
	for _, id := range []core.ID{id, "none"} {
		if _, err := o.desk.ExplainApproval(o.Ctx(), o.colin, id); core.CodeOf(err) != core.NotFound {
			t.Errorf("somebody else learns of %s: %v", id, err)
		}
	}
}

// named finds a person with words in why.
func named(email, words string) func(view.PersonWhy) bool {
	return func(p view.PersonWhy) bool {
		return p.Person == email && strings.Contains(strings.ToLower(p.Why), words)
	}
}
