package app

import (
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/identity"
)

// WFL-5: in a whole house a review lists who may do what, is decided by somebody
// who neither holds nor gave the right, and what goes is gone at once.
func TestAccessReview(t *testing.T) {
	h := openHouse(t)
	sec := somebody(t, h, core.RoleSecurity)
	admin, err := h.identity.AddPerson(t.Context(), core.System("test"), "admin@example.org", "", []core.Role{core.RolePlatform})
	must(t, err)
	joe, err := h.identity.AddPerson(t.Context(), identity.ActorOf(admin, "web"), "joe@example.org", "", []core.Role{core.RoleFinance})
	must(t, err)
	token(t, h, joe, identity.ScopeRead)
	running(t, h, "payroll", joe)
	_, err = h.desk.OpenReview(t.Context(), sec)
	must(t, err)
	all, err := h.desk.AccessReviews(t.Context(), sec)
	must(t, err)
	if len(all) != 1 || !all[0].Whole || all[0].Open != all[0].Rights || all[0].Rights != 5 {
		t.Fatalf("reviews: %+v", all)
	}
	find := func(who core.Person, words string) view.Right {
		t.Helper()
		page, err := h.desk.ReviewRights(t.Context(), who, all[0].Name, view.RightQuery{})
		must(t, err)
		for _, r := range page.Items {
			if r.Person+" "+r.Words == words {
				return r
			}
		}
		t.Fatalf("%q is not in %+v", words, page.Items)
		return view.Right{}
	}
	role := find(admin, "joe@example.org the role finance")
	if role.CanDecide {
		t.Error("who gave a role may decide on it")
	}
	if _, err := h.desk.DecideRight(t.Context(), admin, role.ID, "keep", "I gave it."); core.CodeOf(err) != core.Forbidden {
		t.Errorf("who gave it decides: %v", err)
	}
	for words, gone := range map[string]bool{"joe@example.org the role finance": true, "joe@example.org the access token read": true, "joe@example.org the place of owner of the app payroll": false} {
		r, err := h.desk.DecideRight(t.Context(), sec, find(sec, words).ID, "remove", "He left.")
		must(t, err)
		if (r.Gone != nil) != gone {
			t.Errorf("%s: %+v", words, r)
		}
	}
	joe, err = h.store.Person(t.Context(), joe.ID)
	must(t, err)
	if joe.Has(core.RoleFinance) {
		t.Error("the role still stands")
	}
	left, err := h.identity.Tokens(t.Context(), joe.ID)
	must(t, err)
	if len(left) != 0 {
		t.Errorf("tokens: %+v", left)
	}
	must(t, h.identity.SwitchOff(t.Context(), core.System("test"), joe.ID))
	must(t, h.reviews.Run(t.Context()))
	if r := find(sec, "joe@example.org the place of owner of the app payroll"); r.Gone == nil {
		t.Error("a right of somebody who is switched off still stands")
	}
}
