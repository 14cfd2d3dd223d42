package store_test

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/testkit"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// A server under more load than it has connections for uses exactly as many as
// the guide says, and three of them fit into PostgreSQL's usual limit.
func TestMostConnections(t *testing.T) {
	g := testkit.On(t, store.Postgres)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	hold := func(context.Context) error { <-ctx.Done(); return ctx.Err() }
	jobs := g.SQL()
	listener, err := g.Listener(ctx)
	g.Must(err)
	defer listener.Close()
	leader := g.Leader("test")
	defer leader.Close()
	defer func() { cancel(); wg.Wait() }() // before the pools close
	if _, err := leader.Leads(ctx); err != nil {
		t.Fatal(err)
	}
	wg.Go(func() {
		_ = g.Follow(ctx, func(context.Context, store.News) {}, func(context.Context) {})
	})
	for i := range 12 {
		wg.Go(func() { _ = g.InTx(ctx, hold) })
		wg.Go(func() { _, _ = g.Alone(ctx, string(rune('a'+i)), hold) })
		wg.Go(func() {
			if c, err := jobs.Conn(ctx); err == nil {
				_ = hold(ctx)
				c.Close()
			}
		})
		wg.Go(func() {
			if c, err := listener.Acquire(ctx); err == nil {
				_ = hold(ctx)
				c.Release()
			}
		})
		wg.Go(func() {
			for ctx.Err() == nil {
				_, _ = g.People(ctx)
			}
		})
	}
	most, want := 0, store.MostConnections
	for end := time.Now().Add(time.Minute); most != want && time.Now().Before(end); {
		n, err := postgres.Shared(t).Connections(g.Database)
		g.Must(err)
		most = max(most, n)
	}
	for range 50 {
		n, err := postgres.Shared(t).Connections(g.Database)
		g.Must(err)
		most = max(most, n)
	}
	if most != want || 3*want > 97 { // 3 are for the superuser
		t.Errorf("%d connections at most, not %d", most, want)
	}
	guide, err := os.ReadFile("../../../docs/guides/platform.md")
	g.Must(err)
	if !strings.Contains(string(guide), "at most 31 connections") || want != 31 {
		t.Errorf("the guide does not say that a server uses at most %d connections", want)
	}
}
