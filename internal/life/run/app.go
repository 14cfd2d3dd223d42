package run

import (
	"context"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/run/appdata"
)

// notYet is the reason an app is off before its first Adopt or Deploy.
const notYet = "It was not deployed yet."

// app is one app: its version, its process if there is one, and what it used.
type app struct {
	m      *Manager
	id     core.ID
	name   string
	lines  *ring
	ledger *ledger
	start  chan struct{} // holds one token: only one start or switch at a time

	mu       sync.Mutex // guards what follows
	spec     Spec
	off      string // why the app is not served; "" when it is
	cur      *instance
	slots    *slots
	store    *appdata.Store // nil until the first process
	lastUsed time.Time
	falls    int // ends on its own or over a limit, without a quiet time between
	lastFall time.Time
}

func newApp(m *Manager, s Spec) *app {
	a := &app{m: m, id: s.AppID, name: s.Name, lines: newRing(), ledger: newLedger(s.AppID), start: make(chan struct{}, 1),
		off: notYet, lastUsed: m.o.Clock.Now()}
	a.start <- struct{}{}
	return a
}

// use makes s the version to serve. The caller holds mu.
func (a *app) use(s Spec) {
	a.spec, a.off, a.name = s, "", s.Name
	a.slots = newSlots(s.Guardrails.Concurrency)
	a.lastUsed = a.m.o.Clock.Now()
}

// turn waits for the right to start or switch the process.
func (a *app) turn(ctx context.Context) (done func(), err error) {
	select {
	case <-a.start:
		return func() { a.start <- struct{}{} }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (a *app) deploy(ctx context.Context, s Spec) error {
	done, err := a.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	var fresh *instance
	if len(s.Worker) > 0 {
		if fresh, err = a.launch(ctx, s); err != nil {
			return err
		}
	}
	a.mu.Lock()
	old := a.cur
	a.cur, a.falls = fresh, 0
	a.use(s)
	a.mu.Unlock()
	a.retire(old, "replaced")
	return nil
}

// follow is deploy for a version that another server has started already: here it
// needs a process only if the version before has one.
func (a *app) follow(ctx context.Context, s Spec) error {
	a.mu.Lock()
	same, cold := a.off == "" && a.spec.Deployment == s.Deployment, a.cur == nil
	if !same && cold {
		a.falls = 0
		a.use(s)
	}
	a.mu.Unlock()
	if same || cold {
		return nil
	}
	return a.deploy(ctx, s)
}

func (a *app) stop(ctx context.Context, why string) error {
	done, err := a.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	a.mu.Lock()
	old := a.cur
	a.cur = nil
	a.off = why
	if why == "" {
		a.off = "It was switched off."
	}
	a.mu.Unlock()
	if old != nil {
		old.drain(ctx)
		old.end("stopped")
	}
	return a.closeStore()
}

// close ends everything at once, for the end of the server.
func (a *app) close() error {
	<-a.start // kept: nothing starts any more
	a.mu.Lock()
	old := a.cur
	a.cur, a.off = nil, "The server is stopping."
	a.mu.Unlock()
	if old != nil {
		old.end("stopped")
	}
	a.start <- struct{}{}
	return a.closeStore()
}

// retire lets an old version finish its requests in the background, then ends it.
func (a *app) retire(old *instance, why string) {
	if old == nil {
		return
	}
	a.m.retired.Go(func() {
		old.drain(context.Background())
		old.end(why)
	})
}

func (a *app) allow(vendors []core.Vendor) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.spec.Vendors = vendors
	if a.cur != nil {
		a.cur.gateway.SetVendors(vendors)
	}
}

func (a *app) condition() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.off != "":
		return "stopped"
	case a.cur == nil && len(a.spec.Worker) > 0:
		return "cold"
	}
	return "warm"
}

// sleepIfIdle ends the process of an app that nobody used for a while.
func (a *app) sleepIfIdle(now time.Time) {
	a.mu.Lock()
	idle := a.cur
	if idle == nil || idle.busy > 0 || now.Sub(a.lastUsed) < a.m.o.Idle {
		a.mu.Unlock()
		return
	}
	a.cur = nil
	a.mu.Unlock()
	idle.end("idle")
}

// openStore returns the app's database, opening it for the first process. The
// caller has the turn to start.
func (a *app) openStore(quotaMiB int) (*appdata.Store, error) {
	a.mu.Lock()
	store := a.store
	a.mu.Unlock()
	if store != nil {
		return store, store.Resize(quotaMiB)
	}
	store, err := appdata.Open(appdata.Options{OpenDB: a.m.o.OpenDB, Clock: a.m.o.Clock, QuotaMiB: quotaMiB}, a.m.dataFile(a.id))
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.store = store
	return store, nil
}

func (a *app) closeStore() error {
	a.mu.Lock()
	store := a.store
	a.store = nil
	a.mu.Unlock()
	if store == nil {
		return nil
	}
	return store.Close()
}
