package store_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit"
)

func TestSagas(t *testing.T) { testkit.Each(t, testSagas) }

func testSagas(t *testing.T, g *testkit.Ground) {
	s := core.Saga{ID: "s1", Kind: "provision", Key: "k", AppID: "a", State: core.SagaRunning, Data: []byte(`{"x":1}`), Actor: core.System("x"), Created: 5, Updated: 5}
	add := func(s core.Saga) (kept core.Saga, made bool) {
		write(g, func(ctx context.Context) (err error) { kept, made, err = g.AddSaga(ctx, s); return err })
		return kept, made
	}
	if kept, made := add(s); !made {
		t.Error("not made")
	} else {
		same(t, "first", kept, s)
	}
	again := s
	again.ID, again.Data = "s2", []byte(`{}`)
	if kept, made := add(again); made || kept.ID != "s1" {
		t.Errorf("the same key twice: %+v", kept)
	}
	s.Step, s.Data, s.Updated = 1, []byte(`{"x":2}`), 6
	write(g, func(ctx context.Context) error { return g.AdvanceSaga(ctx, 0, s) })
	refuse(t, g, "a step done twice", core.Conflict, func(ctx context.Context) error { return g.AdvanceSaga(ctx, 0, s) })
	running, err := g.RunningSagas(t.Context())
	g.Must(err)
	same(t, "running", running, []core.Saga{s})
	s.State, s.Problem, s.Attempts = core.SagaFailed, "no", 3
	write(g, func(ctx context.Context) error { return g.AdvanceSaga(ctx, 1, s) })
	refuse(t, g, "going on after a failure", core.Conflict, func(ctx context.Context) error { return g.AdvanceSaga(ctx, 1, s) })
	write(g, func(ctx context.Context) error { return g.ReopenSaga(ctx, "s1", 9) })
	refuse(t, g, "reopening what runs", core.Conflict, func(ctx context.Context) error { return g.ReopenSaga(ctx, "s1", 9) })
	got, err := g.Saga(t.Context(), "s1")
	g.Must(err)
	if got.State != core.SagaRunning || got.Step != 1 || got.Attempts != 0 || got.Problem != "" {
		t.Errorf("reopened: %+v", got)
	}
	_, err = g.Saga(t.Context(), "nothing")
	missing(t, "no such saga", err)
}

func TestSecretsAndLeases(t *testing.T) { testkit.Each(t, testSecretsAndLeases) }

func testSecretsAndLeases(t *testing.T, g *testkit.Ground) {
	a := g.NewApp("alpha", g.Somebody("ana@example.org"))
	for i, sealed := range [][]byte{{0, 1, 255}, {2}} {
		write(g, func(ctx context.Context) error {
			v, err := g.AddSealed(ctx, core.ID(rune('1'+i)), "mailer", sealed, a.OwnerID, 5)
			if v != i+1 {
				t.Errorf("version %d", v)
			}
			return err
		})
	}
	sealed, v, err := g.Sealed(t.Context(), "mailer")
	if err != nil || v != 2 || !bytes.Equal(sealed, []byte{2}) {
		t.Errorf("newest: %v %d %v", sealed, v, err)
	}
	write(g, func(ctx context.Context) error { return g.DropSecret(ctx, "mailer", 9) })
	_, _, err = g.Sealed(t.Context(), "mailer")
	missing(t, "a dropped secret", err)
	refuse(t, g, "dropping twice", core.NotFound, func(ctx context.Context) error { return g.DropSecret(ctx, "mailer", 9) })
	write(g, func(ctx context.Context) error {
		v, err := g.AddSealed(ctx, "3", "mailer", []byte{3}, a.OwnerID, 10)
		if v != 3 {
			t.Errorf("a version was used again: %d", v)
		}
		return err
	})

	l := core.Lease{ID: "l1", AppID: a.ID, Secret: "mailer", Created: 10, Expires: 20}
	write(g, func(ctx context.Context) error { return g.AddLease(ctx, l) })
	for now, want := range map[int64]bool{10: true, 19: true, 20: false, 30: false} {
		if _, ok, err := g.LeaseInForce(t.Context(), a.ID, "mailer", now); ok != want || err != nil {
			t.Errorf("in force at %d: %v, %v", now, ok, err)
		}
	}
	write(g, func(ctx context.Context) error { return g.ExtendLease(ctx, "l1", 40) })
	write(g, func(ctx context.Context) error {
		n, err := g.RevokeLeases(ctx, a.ID, 30, "archived")
		if n != 1 {
			t.Errorf("revoked %d", n)
		}
		return err
	})
	if _, ok, _ := g.LeaseInForce(t.Context(), a.ID, "mailer", 31); ok {
		t.Error("a revoked lease is in force")
	}
	refuse(t, g, "extending a revoked lease", core.Conflict, func(ctx context.Context) error { return g.ExtendLease(ctx, "l1", 99) })
	all, err := g.Leases(t.Context(), a.ID)
	g.Must(err)
	l.Expires, l.Revoked, l.Why = 40, 30, "archived"
	same(t, "leases", all, []core.Lease{l})
}

func TestUsageAndAlerts(t *testing.T) { testkit.Each(t, testUsageAndAlerts) }

func testUsageAndAlerts(t *testing.T, g *testkit.Ground) {
	a := g.NewApp("alpha", g.Somebody("ana@example.org"))
	u := core.Usage{AppID: a.ID, Hour: 100, Requests: 1, Errors: 2, WallMS: 3, CPUMS: 4, MiBMS: 5, BytesOut: 6, EgressOut: 7}
	write(g, func(ctx context.Context) error { return g.AddUsage(ctx, u) })
	write(g, func(ctx context.Context) error { return g.AddUsage(ctx, u) })
	got, err := g.Usage(t.Context(), a.ID, 100, 101)
	g.Must(err)
	same(t, "an hour added up", got, []core.Usage{{AppID: a.ID, Hour: 100, Requests: 2, Errors: 4, WallMS: 6, CPUMS: 8, MiBMS: 10, BytesOut: 12, EgressOut: 14}})
	if got, _ = g.Usage(t.Context(), a.ID, 0, 100); len(got) != 0 {
		t.Error("the end is not exclusive")
	}
	for _, want := range []bool{true, false} {
		write(g, func(ctx context.Context) error {
			first, err := g.AddBudgetAlert(ctx, a.ID, "2026-03", 80, 5)
			if first != want {
				t.Errorf("first %v", first)
			}
			return err
		})
	}
	shares, err := g.BudgetAlerts(t.Context(), a.ID, "2026-03")
	g.Must(err)
	same(t, "alerts", shares, []int{80})
	if shares, _ = g.BudgetAlerts(t.Context(), a.ID, "2026-04"); len(shares) != 0 {
		t.Error("another month's alerts")
	}
}

func TestFactsAndSources(t *testing.T) { testkit.Each(t, testFactsAndSources) }

func testFactsAndSources(t *testing.T, g *testkit.Ground) {
	a := g.NewApp("alpha", g.Somebody("ana@example.org"))
	f := core.Fact{AppID: a.ID, Kind: "last_use", Source: "s", Status: core.Seen, Value: "1", Observed: 5}
	write(g, func(ctx context.Context) error { return g.PutFact(ctx, f) })
	f.Value, f.Observed = "2", 6
	write(g, func(ctx context.Context) error { return g.PutFact(ctx, f) })
	facts, err := g.Facts(t.Context(), a.ID)
	g.Must(err)
	same(t, "facts", facts, []core.Fact{f})
	if _, ok, err := g.Source(t.Context(), "s"); ok || err != nil {
		t.Errorf("a source that was never read: %v", err)
	}
	src := core.Source{Name: "s", Status: core.ReadFailed, Since: 1, ReadAt: 2, Stood: 3}
	write(g, func(ctx context.Context) error { return g.PutSource(ctx, src) })
	got, ok, err := g.Source(t.Context(), "s")
	g.Must(err)
	same(t, "source", got, src)
	if !ok {
		t.Error("not known")
	}
	for _, o := range []core.Outage{{Source: "s", Began: 10, Ended: 20}, {Source: "s", Began: 30, Ended: 30}, {Source: "s", Began: 30, Ended: 35}, {Source: "x", Began: 1, Ended: 99}} {
		write(g, func(ctx context.Context) error { return g.AddOutage(ctx, o) })
	}
	outages, err := g.Outages(t.Context(), "s", 20)
	g.Must(err)
	same(t, "outages after 20", outages, []core.Outage{{Source: "s", Began: 30, Ended: 35}})
	refuse(t, g, "an outage that ends before it began", core.Internal, func(ctx context.Context) error {
		return g.AddOutage(ctx, core.Outage{Source: "s", Began: 50, Ended: 40})
	})
}
