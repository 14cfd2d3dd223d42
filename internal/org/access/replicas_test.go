package access_test

import (
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// askew is a clock that is off.
type askew struct{ by time.Duration }

func (a askew) Now() time.Time { return time.Now().UTC().Add(a.by) }

// otherServer is a further server on a ground's database, with connections and a
// clock of its own.
func otherServer(t *testing.T, g *testkit.Ground, by time.Duration) *server {
	db, err := store.OpenAt(t.Context(), g.Where)
	g.Must(err)
	t.Cleanup(func() { db.Close() })
	clock := askew{by}
	there := *g
	there.DB, there.Audit = db, audit.NewLog(db, clock, core.IDs{}, rand.Reader)
	return serve(t, &there, clock)
}

// Two servers whose clocks are ten minutes apart, on one PostgreSQL, with no
// worker at all: a grant works on both as soon as the approval is kept, ends on
// both at once, and at the same moment by itself.
func TestReplicasAgree(t *testing.T) {
	g := testkit.On(t, store.Postgres)
	early, late := otherServer(t, g, -5*time.Minute), otherServer(t, g, 5*time.Minute)
	tw := newTown(t, g)
	both := []*server{early, late}
	may := func(want bool, what string) {
		t.Helper()
		for i, s := range both {
			if err := s.act(tw.ada, authz.AppDeploy, tw.app, ""); (err == nil) != want {
				t.Errorf("%s, server %d: %v", what, i, err)
			}
		}
	}
	for i, s := range both { // asked and approved here, used there, ended here
		other := both[1-i]
		grant, err := s.Request(t.Context(), tw.ada, person(tw.ada), tw.wish(core.GrantDeployer, 2*time.Minute))
		g.Must(err)
		may(false, "before the approval")
		g.Must(other.answer(tw.sec, grant, true))
		may(true, "after the approval")
		if _, err := s.Drop(t.Context(), tw.ada, person(tw.ada), grant.ID); err != nil {
			t.Fatal(err)
		}
		may(false, "after the drop")
	}
	// A start in two minutes has come on neither, one a moment ago on both.
	for wait, want := range map[time.Duration]bool{2 * time.Minute: false, -time.Second: true} {
		ask := tw.wish(core.GrantDeployer, time.Minute)
		now, err := g.SharedTime(t.Context(), g.Clock, 0)
		g.Must(err)
		ask.Start = now.Add(wait)
		grant, err := early.Request(t.Context(), tw.ada, person(tw.ada), ask)
		g.Must(err)
		g.Must(late.answer(tw.sec, grant, true))
		may(want, "a start in "+wait.String())
		_, err = late.Drop(t.Context(), tw.ada, person(tw.ada), grant.ID)
		g.Must(err)
	}
}

// A revocation and acts on other servers race: no act is kept after the
// revocation is.
func TestRevocationRaces(t *testing.T) {
	g := testkit.On(t, store.Postgres)
	tw, there := newTown(t, g), otherServer(t, g, 5*time.Minute)
	grant := tw.ask(t, core.GrantViewer, time.Hour)
	ctx := authz.Carry(t.Context())
	g.Must(there.May(ctx, tw.ada, person(tw.ada), authz.AppRead, tw.app, ""))
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 5 {
				_ = there.actUnder(ctx, tw.ada, tw.app)
			}
		})
	}
	_, err := tw.Revoke(t.Context(), tw.sec, person(tw.sec), grant.ID, "Now.")
	g.Must(err)
	kept, err := g.Grant(t.Context(), grant.ID)
	g.Must(err)
	if err := there.actUnder(ctx, tw.ada, tw.app); core.CodeOf(err) != core.Forbidden {
		t.Errorf("after the revocation: %v", err)
	}
	wait.Wait()
	uses, err := g.GrantUses(t.Context(), grant.ID, "", 100)
	g.Must(err)
	after, err := g.Grant(t.Context(), grant.ID)
	g.Must(err)
	if after.Uses != kept.Uses || int(after.Uses) != len(uses) {
		t.Errorf("%d uses when the revocation was kept, %d in the end, %d listed", kept.Uses, after.Uses, len(uses))
	}
}
