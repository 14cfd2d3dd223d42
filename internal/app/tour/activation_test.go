package tour

import (
	"testing"

	"github.com/paddock-dev/paddock/internal/app/visit"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// TestActivationKilled kills the real server with SIGKILL between any two steps of
// putting a revision in force. After a restart the revision before decides, or the
// one after, and fsck replays every decision by the revision that it names.
func TestActivationKilled(t *testing.T) {
	needEngine(t)
	r := settle(t, t.TempDir(), "")
	hold(t, r.people(t.Context()))
	people := kept(t, r, stage{})
	hold(t, r.server.Stop(t.Context()))
	for point, after := range map[string]bool{"before": false, "inside": false, "recorded": true, "taken": true, "after": true} {
		t.Run(point, func(t *testing.T) { people.activates(t, point, after) })
	}
}

func (s stage) activates(t *testing.T, point string, after bool) {
	ctx := t.Context()
	r := s.again(t, "govern:"+point)
	var was, is view.Governance
	hold(t, r.admin.Call(ctx, "GET", "/governance", nil, &was))
	rules, err := r.cloneOf(ctx, r.admin, "governance", "rules")
	hold(t, err, rules.Edit("templates/simple-dashboard/template.yaml", "owner: analytics", "owner: number-crunchers"), rules.Commit(ctx, "Give a template to another team"))
	head, err := rules.Run(ctx, "rev-parse", "HEAD")
	hold(t, err)
	_, _ = rules.Run(ctx, "push", "-q", "origin", "HEAD:main") // the server dies meanwhile
	killed, err := r.server.Ended(ctx)
	hold(t, err, visit.Must(killed, "the server was not killed at %s", point), r.server.Start(ctx, ""), r.admin.Call(ctx, "GET", "/governance", nil, &is))
	want := was.InForce.Commit
	if after {
		want = head
	}
	if is.InForce.Commit != want && is.InForce.Commit+"\n" != want {
		t.Errorf("%s is in force, want %s", is.InForce.Commit, want)
	}
	if is.MainAhead == after {
		t.Errorf("main is ahead: %v", is.MainAhead)
	}
	r.sound(t)
}
