package access_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// idle is a queue that nobody works on.
type idle struct{}

func (idle) Add(context.Context, string, any) error { return nil }

// works is the runner of a server, with work of two steps.
func (tw *town) works() *job.Sagas {
	r := &job.Sagas{Store: tw.ground, Audit: tw.Audit, Queue: idle{}, Clock: tw.clock, IDs: tw.IDs, As: authz.Late, Under: func(ctx context.Context) core.ID {
		grant, _ := authz.Under(ctx)
		return grant
	}}
	step := func(name string) job.Step {
		return job.Step{Name: name, Do: func(_ context.Context, s *core.Saga) (*core.Event, error) {
			return &core.Event{Action: "walk." + name, Actor: s.Actor, AppID: s.AppID, Code: "ok"}, nil
		}}
	}
	r.Register(job.Kind{Name: "walk", Steps: []job.Step{step("one"), step("two")}})
	return r
}

// begin starts work by who, in a context that may name a grant.
func (tw *town) begin(ctx context.Context, r *job.Sagas, key string, who core.Person) (s core.Saga) {
	tw.ground.Must(tw.ground.InTx(ctx, func(ctx context.Context) (err error) {
		if s, err = r.Start(ctx, "walk", key, tw.app.ID, nil, person(who)); err != nil {
			return err
		}
		return tw.Audit.Append(ctx, core.Event{Action: "walk.begin", Actor: person(who), AppID: tw.app.ID, Code: "ok"})
	}))
	return s
}

// Work that somebody began under a grant is done under it to the end: by the
// queue of another process, and after the grant has ended. What somebody else
// began is not, even if a request under a grant runs it.
func TestLaterStepsAreListed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, ground *testkit.Ground) {
		tw := newTown(t, ground)
		g := tw.ask(t, core.GrantViewer, time.Hour)
		ctx := authz.Carry(t.Context())
		ground.Must(tw.May(ctx, tw.ada, person(tw.ada), authz.AppRead, tw.app, ""))
		mine := tw.begin(ctx, tw.works(), "mine", tw.ada)
		others := tw.begin(t.Context(), tw.works(), "others", tw.owner)
		_, err := tw.works().Run(ctx, others.ID)
		ground.Must(err)
		_, err = tw.Drop(t.Context(), tw.ada, person(tw.ada), g.ID)
		ground.Must(err)
		s, err := tw.works().Run(t.Context(), mine.ID)
		if err != nil || s.State != core.SagaDone || s.Grant != g.ID {
			t.Fatalf("the work: %+v %v", s, err)
		}
		uses, err := ground.GrantUses(t.Context(), g.ID, "", 100)
		ground.Must(err)
		var listed []string
		for _, u := range uses {
			e, err := ground.EventByID(t.Context(), u.Event)
			ground.Must(err)
			listed = append(listed, e.Action)
		}
		if want := []string{"access.use", "walk.begin", "walk.one", "walk.two"}; !slices.Equal(listed, want) {
			t.Errorf("listed: %v, want %v", listed, want)
		}
	})
}
