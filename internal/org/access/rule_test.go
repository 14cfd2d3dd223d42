package access_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/org/access"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// The organisation's rules are asked about acts, never about looks; what they
// refuse is told and logged, and while they cannot be asked nothing is done.
func TestRuled(t *testing.T) {
	tw := newTown(t, testkit.New(t))
	var asked []authz.Permission
	var why []core.Reason
	var trouble error
	tw.Service.Rules = func(_ context.Context, a access.Act) ([]core.Reason, error) {
		asked = append(asked, a.Permission)
		return why, trouble
	}
	ask := func(perm authz.Permission) error {
		return tw.Ruled(t.Context(), person(tw.owner), access.Act{Who: tw.owner, Permission: perm, App: tw.app})
	}
	for _, perm := range []authz.Permission{authz.AppRead, authz.AppOpen, authz.AuditRead, authz.NoticeRead, authz.AppDeploy, authz.DataRead} {
		if err := ask(perm); err != nil {
			t.Errorf("%s: %v", perm, err)
		}
	}
	if want := []authz.Permission{authz.AppDeploy, authz.DataRead}; !slices.Equal(asked, want) {
		t.Errorf("asked about %v", asked)
	}
	why = []core.Reason{{Code: "late", Message: "Not at night.", Fix: "Wait."}, {Code: "frozen", Message: "It is frozen."}}
	e := core.AsError(ask(authz.AppDeploy))
	if e.Code != core.Denied || e.Msg != "Not at night." || e.Hint != "Wait." || len(e.Problems) != 2 || e.Problems[1].Msg != "It is frozen." {
		t.Errorf("the refusal: %+v", e)
	}
	trouble = errors.New("lost")
	if err := ask(authz.AppDeploy); core.CodeOf(err) != core.Unavailable {
		t.Errorf("rules that cannot be asked: %v", err)
	}
	if got := tw.ground.Events(0); !slices.Equal(got, []string{"authz.deny"}) {
		t.Errorf("events %v", got)
	}
	tw.Service.Rules = nil
	if err := ask(authz.AppDeploy); err != nil {
		t.Errorf("without rules: %v", err)
	}
}
