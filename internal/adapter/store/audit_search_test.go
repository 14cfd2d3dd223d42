package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// busyLog writes 240 events, one a minute: of three people and a job, on three
// apps, every fifth denied, every fourth at a gate.
func busyLog(t *testing.T, g *testkit.Ground) []core.Event {
	t.Helper()
	var all []core.Event
	for i := range 240 {
		e := core.Event{Action: []string{"change.merge", "app.deploy"}[i%2], Code: "ok", AppID: core.ID(fmt.Sprint("app", i%3)), Target: fmt.Sprint(i),
			Actor: core.Actor{Kind: core.ActorPerson, ID: core.ID(fmt.Sprint("p", i%4)), Name: fmt.Sprintf("p%d@example.org", i%4), Door: "web"}}
		if i%4 == 3 {
			e.Actor = core.System("sweep")
		}
		if i%5 == 0 {
			e.Code = "denied"
		}
		if i%4 == 0 {
			e.Gate = core.GateAppDeploy
		}
		e.At = core.Stamp(g.Clock.Now())
		g.Must(g.InTx(t.Context(), func(ctx context.Context) error { return g.Audit.Append(ctx, e) }))
		all = append(all, e)
		g.Clock.Move(time.Minute)
	}
	return all
}

// matches is what a filter means, said plainly.
func matches(f store.EventFilter, e core.Event) bool {
	return (f.App == "" || e.AppID == f.App) && (f.Actor == "" || e.Actor.ID == f.Actor) && (f.Name == "" || e.Actor.Name == f.Name) && (f.Action == "" || e.Action == f.Action) &&
		(f.Code == "" || e.Code == f.Code) && (f.Gate == "" || e.Gate == f.Gate) && (f.From == 0 || e.At >= f.From) && (f.To == 0 || e.At < f.To)
}

// TestFindEvents: each filter, and each pair of them, finds page by page what
// it means, newest first, and counts and hands out the same, oldest first.
func TestFindEvents(t *testing.T) {
	testkit.Each(t, func(t *testing.T, g *testkit.Ground) {
		all := busyLog(t, g)
		size := int64(len(all))
		g.Must(plant(t, g, all))
		single := []func(f *store.EventFilter){
			func(f *store.EventFilter) { f.App = "app1" }, func(f *store.EventFilter) { f.Actor = "p2" }, func(f *store.EventFilter) { f.Name = "sweep" },
			func(f *store.EventFilter) { f.Action = "app.deploy" }, func(f *store.EventFilter) { f.Code = "denied" }, func(f *store.EventFilter) { f.Code = "ok" },
			func(f *store.EventFilter) { f.Gate = core.GateAppDeploy }, func(f *store.EventFilter) { f.From, f.To = all[50].At, all[150].At }, func(*store.EventFilter) {},
		}
		for i, one := range single {
			for _, other := range single[i:] {
				f := store.EventFilter{Most: 7}
				one(&f)
				other(&f)
				var want, got, back []string
				for _, e := range all {
					if matches(f, e) {
						want = append(want, e.Target)
					}
				}
				page := f
				for {
					events, next, err := g.FindEvents(t.Context(), page)
					g.Must(err)
					for _, e := range events {
						if e.Index < 0 {
							t.Fatalf("event %s has no place", e.Target)
						}
						got = append(got, e.Target)
					}
					if page.Before = next; next == "" {
						break
					}
				}
				slices.Reverse(got)
				g.Must(g.EachEvent(t.Context(), f, size, func(e store.IndexedEvent) error { back = append(back, e.Target); return nil }))
				n, err := g.CountEvents(t.Context(), f, size)
				g.Must(err)
				if !slices.Equal(got, want) || !slices.Equal(back, want) || n != int64(len(want)) {
					t.Errorf("%+v: found %d, handed out %d, counted %d, want %d", f, len(got), len(back), n, len(want))
				}
			}
		}
		n, err := g.CountEvents(t.Context(), store.EventFilter{App: "app1"}, 100)
		g.Must(err)
		var some int64
		g.Must(g.EachEvent(t.Context(), store.EventFilter{App: "app1"}, 100, func(store.IndexedEvent) error { some++; return nil }))
		if n != some || n == 0 || n > 100 {
			t.Errorf("in the first 100 leaves: counted %d, handed out %d", n, some)
		}
	})
}

// plant puts the events into the tree, with hashes that nobody looks at.
func plant(t *testing.T, g *testkit.Ground, all []core.Event) error {
	pending, err := g.Pending(t.Context(), len(all))
	if err != nil {
		return err
	}
	b := core.AuditBatch{Events: pending, Leaves: make([][32]byte, len(pending)), Checkpoint: "signed"}
	return g.Integrate(t.Context(), b)
}

// TestWatchRecords: what a witness cosigned grows by compare and swap, and
// states and cosignatures are kept.
func TestWatchRecords(t *testing.T) {
	testkit.Each(t, func(t *testing.T, g *testkit.Ground) {
		ctx := t.Context()
		one, two := core.WitnessHead{Size: 1, Root: [32]byte{1}, Note: "one"}, core.WitnessHead{Size: 2, Root: [32]byte{2}, Note: "two"}
		if h, err := g.WitnessHead(ctx, "log"); h != (core.WitnessHead{}) || err != nil {
			t.Errorf("%+v %v", h, err)
		}
		g.Must(g.SwapWitnessHead(ctx, "log", core.WitnessHead{}, one))
		if err := g.SwapWitnessHead(ctx, "log", core.WitnessHead{}, two); core.CodeOf(err) != core.Conflict {
			t.Errorf("swapped from nothing: %v", err)
		}
		g.Must(g.SwapWitnessHead(ctx, "log", one, two))
		if err := g.SwapWitnessHead(ctx, "log", one, two); core.CodeOf(err) != core.Conflict {
			t.Errorf("swapped from what is gone: %v", err)
		}
		if h, err := g.WitnessHead(ctx, "log"); h != two || err != nil {
			t.Errorf("%+v %v", h, err)
		}
		s := core.WitnessState{Witness: "w1", State: core.WitnessOK, Size: 2, Answered: 5, Since: 4}
		g.Must(g.PutWitnessState(ctx, s, &core.Cosignature{Size: 1, Witness: "w1", Line: "a", At: 3}))
		s.Told, s.Problem, s.State = true, "gone", core.WitnessSilent
		g.Must(g.PutWitnessState(ctx, s, &core.Cosignature{Size: 2, Witness: "w1", Line: "b", At: 4}))
		states, err := g.WitnessStates(ctx)
		g.Must(err)
		recent, err := g.RecentCosignatures(ctx, 1)
		g.Must(err)
		of, err := g.CosignaturesOf(ctx, 1)
		g.Must(err)
		if len(states) != 1 || states[0] != s || len(recent) != 1 || recent[0].Line != "b" || len(of) != 1 || of[0].At != 3 {
			t.Errorf("%+v %+v %+v", states, recent, of)
		}
		c := core.CheckpointCopy{Place: "there", Size: 3, At: 4, Since: 5, Told: true, Problem: "no"}
		g.Must(g.PutCheckpointCopy(ctx, c))
		if copies, err := g.CheckpointCopies(ctx); err != nil || len(copies) != 1 || copies[0] != c {
			t.Errorf("%+v %v", copies, err)
		}
	})
}
