package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/engine/notify"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/org/access"
	"github.com/paddock-dev/paddock/internal/org/approval"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// grantRounds is how often a grant is asked for, approved, used on each server
// and revoked.
const grantRounds = 60

// skews are the clocks of the servers: five minutes early, right, and late.
func skews() []time.Duration { return []time.Duration{-5 * time.Minute, 0, 5 * time.Minute} }

// grants measures how long after a yes a grant works on every server, and how
// long after its end it works on none: three servers on one PostgreSQL, with
// clocks that are ten minutes apart, and no worker at all.
func (b *bench) grants(ctx context.Context) error {
	cluster, err := postgres.Start()
	if err != nil {
		return err
	}
	defer cluster.Stop()
	err = cluster.Make("grants", func(owner string) error {
		return store.Prepare(ctx, owner, store.Roles{Server: postgres.Server, Read: postgres.Read}, job.Migrate)
	})
	if err != nil {
		return err
	}
	var all []*replica
	for _, skew := range skews() {
		r, err := newReplica(ctx, cluster.URL(postgres.Server, "grants"), skew)
		if err != nil {
			return err
		}
		defer r.db.Close()
		all = append(all, r)
	}
	t, err := newTown(ctx, all[0])
	if err != nil {
		return err
	}
	var effective, revoked []time.Duration
	for i := range grantRounds {
		asked, answered, ended := all[i%3], all[(i+1)%3], all[(i+2)%3]
		on, off, err := t.round(ctx, all, asked, answered, ended)
		if err != nil {
			return err
		}
		effective, revoked = append(effective, on), append(revoked, off)
	}
	began, over, err := t.byTime(ctx, all)
	if err != nil {
		return err
	}
	b.atMost("grant effective on 3 servers, clocks 10 min apart: worst", slices.Max(effective).Seconds(), 1, "s")
	b.atMost("revocation effective on 3 servers: worst", slices.Max(revoked).Seconds(), 1, "s")
	b.atMost("start by time: worst server, from the moment on", began.Seconds(), 1, "s")
	b.atMost("end by time: worst server, from the moment on", over.Seconds(), 1, "s")
	return nil
}

// askew is a clock that is off.
type askew struct{ by time.Duration }

// Now implements core.Clock.
func (a askew) Now() time.Time { return time.Now().UTC().Add(a.by) }

// replica is one server's part in grants: its own connections and clock.
type replica struct {
	db     *store.DB
	access *access.Service
	asks   *approval.Approvals
	log    *audit.Log
	book   *policy.Set
}

// Rules implements gate.Policy.
func (r *replica) Rules() gate.Rules { return r.book }

// Append binds events as a server's auditor does.
func (r *replica) Append(ctx context.Context, e core.Event) error {
	if grant, late := authz.Under(ctx); grant != "" {
		var err error
		if e, err = r.access.Bind(ctx, grant, late, r.log.Named(e)); err != nil {
			return err
		}
	}
	return r.log.Append(ctx, e)
}

func newReplica(ctx context.Context, url string, skew time.Duration) (*replica, error) {
	db, err := store.OpenAt(ctx, store.Where{URL: url})
	if err != nil {
		return nil, err
	}
	set, err := policy.Compile(ctx, map[string][]byte{"access.rego": []byte("package paddock.access.elevate\n\napprove contains {\"role\": \"security\", \"reason\": \"Rights are raised.\"}\n")}, nil, nil)
	if err != nil {
		return nil, err
	}
	clock, ids := askew{skew}, core.IDs{}
	r := &replica{db: db, log: audit.NewLog(db, clock, ids, rand.Reader), book: set}
	tell := notify.New(db, db, r, clock, ids)
	r.asks = approval.New(db, r, tell, clock, ids, 0)
	r.access = &access.Service{Store: db, Approvals: r.asks, Audit: r, Tell: tell, IDs: ids,
		Gates: &gate.Gates{Policy: r, Store: db, Approvals: r.asks, Audit: r, Clock: clock, IDs: ids},
		Time:  func(ctx context.Context) (time.Time, error) { return db.SharedTime(ctx, clock, 0) },
		Facts: func(_ context.Context, who core.Person, a core.App) (policy.Input, error) {
			return policy.Input{Actor: policy.Actor{Email: who.Email, Roles: who.Roles}, App: policy.AppFacts(a.Descriptor, nil)}, nil
		},
		Settings: func() access.Settings { return access.Settings{Pending: 24 * time.Hour, Zone: time.UTC} }}
	return r, nil
}

// act is an act under a grant, in a transaction with its event. Errors:
// Forbidden without a grant that is in force.
func (r *replica) act(ctx context.Context, who core.Person, a core.App) error {
	ctx = authz.Carry(ctx)
	if err := r.access.May(ctx, who, who.As("bench"), authz.AppDeploy, a, ""); err != nil {
		return err
	}
	return r.db.InTx(ctx, func(ctx context.Context) error {
		return r.Append(ctx, core.Event{Action: "app.deploy", Actor: who.As("bench"), AppID: a.ID, Target: "eu", Code: "ok"})
	})
}

// town is who asks, who says yes, and for what.
type town struct {
	ada, sec core.Person
	app      core.App
}

func newTown(ctx context.Context, r *replica) (*town, error) {
	now := time.Now()
	person := func(name string, role core.Role) core.Person {
		return core.Person{ID: core.IDs{}.New(now), Email: name + "@example.org", Name: name, Given: []core.Role{role}, Roles: []core.Role{role}, Created: core.Stamp(now)}
	}
	t := &town{ada: person("ada", core.RoleMaker), sec: person("sec", core.RoleSecurity)}
	owner := person("owner", core.RoleMaker)
	t.app = core.App{ID: core.IDs{}.New(now), Name: "payroll", OwnerID: owner.ID, OwnerEmail: owner.Email, State: core.AppProvisioning, Created: core.Stamp(now), Version: 1,
		Descriptor: core.Descriptor{Name: "payroll", Owner: owner.Email, Classification: core.InternalUse, Runtime: core.Serverless}}
	return t, r.db.Quietly(ctx, func(ctx context.Context) error {
		for _, p := range []core.Person{t.ada, t.sec, owner} {
			if err := r.db.AddPerson(ctx, p); err != nil {
				return err
			}
		}
		if err := r.db.AddApp(ctx, t.app); err != nil {
			return err
		}
		t.app.State = core.AppActive
		was := t.app
		was.State = core.AppProvisioning
		return r.db.MoveApp(ctx, was, core.AppActive, 0, 0)
	})
}

// ask asks for a grant at one server and says yes to it at another.
func (t *town) ask(ctx context.Context, asked, answered *replica, start time.Time) (g core.Grant, yes time.Time, err error) {
	g, err = asked.access.Request(ctx, t.ada, t.ada.As("bench"), access.Ask{App: t.app, Role: core.GrantDeployer, Reason: "A user waits for a fix.", Ticket: "OPS-1", Length: time.Minute, Start: start})
	if err != nil {
		return g, yes, err
	}
	if err := answered.act(ctx, t.ada, t.app); core.CodeOf(err) != core.Forbidden {
		return g, yes, fmt.Errorf("an act before the yes: %v", err)
	}
	yes = time.Now()
	return g, yes, answered.db.InTx(ctx, func(ctx context.Context) error {
		req, err := answered.asks.Answer(ctx, t.sec.As("bench"), g.RequestID, access.Digest(g), true, "Go on.")
		if err != nil {
			return err
		}
		return answered.access.Settle(ctx, t.sec.As("bench"), req)
	})
}

// round is one grant from the yes to its end: how long until every server lets
// ada act, and until none does.
func (t *town) round(ctx context.Context, all []*replica, asked, answered, ended *replica) (on, off time.Duration, err error) {
	g, yes, err := t.ask(ctx, asked, answered, time.Time{})
	if err == nil {
		on, err = t.until(ctx, all, true, yes)
	}
	if err != nil {
		return 0, 0, err
	}
	stop := time.Now()
	if _, err = ended.access.Revoke(ctx, t.sec, t.sec.As("bench"), g.ID, "It is done."); err == nil {
		off, err = t.until(ctx, all, false, stop)
	}
	return on, off, err
}

// byTime is one grant that begins in two seconds and ends by itself a minute
// later, measured by the database's clock: how late the last server noticed. An
// error says that one was early.
func (t *town) byTime(ctx context.Context, all []*replica) (began, over time.Duration, err error) {
	now, err := all[1].access.Time(ctx)
	if err != nil {
		return 0, 0, err
	}
	away := time.Until(now) // of the database's clock from this process's
	g, _, err := t.ask(ctx, all[0], all[2], now.Add(2*time.Second))
	if err != nil {
		return 0, 0, err
	}
	if g, err = all[0].db.Grant(ctx, g.ID); err != nil {
		return 0, 0, err
	}
	began, err = t.until(ctx, all, true, core.Moment(g.Starts).Add(-away))
	if err == nil {
		select {
		case <-time.After(time.Until(core.Moment(g.Expires).Add(-away)) - time.Second):
		case <-ctx.Done():
			return 0, 0, ctx.Err()
		}
		over, err = t.until(ctx, all, false, core.Moment(g.Expires).Add(-away))
	}
	if err == nil && (began < -10*time.Millisecond || over < -10*time.Millisecond) {
		err = fmt.Errorf("a server was early: %v before the start, %v before the end", -began, -over)
	}
	return began, over, err
}

// until waits until each server finds a right or finds none, and an act there
// agrees, and returns how long after a moment the last of them did so. The moment
// of an answer is when it was asked for.
func (t *town) until(ctx context.Context, all []*replica, allowed bool, from time.Time) (last time.Duration, err error) {
	var mu sync.Mutex
	var wait sync.WaitGroup
	last = -time.Hour
	for _, r := range all {
		wait.Go(func() {
			at, e := t.found(ctx, r, allowed)
			mu.Lock()
			defer mu.Unlock()
			if last = max(last, at.Sub(from)); e != nil {
				err = e
			}
		})
	}
	wait.Wait()
	return last, err
}

// found looks at one server, 200 times a second, until there is a right, or none.
func (t *town) found(ctx context.Context, r *replica, allowed bool) (time.Time, error) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		at := time.Now()
		_, ok, err := r.access.Find(ctx, t.ada, authz.AppDeploy, t.app.ID, "")
		if err != nil {
			return at, err
		}
		if ok == allowed {
			return at, t.agrees(ctx, r, allowed)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return at, ctx.Err()
		}
	}
}

// agrees acts at a server, as often as others are in the way.
func (t *town) agrees(ctx context.Context, r *replica, allowed bool) error {
	for {
		switch err := r.act(ctx, t.ada, t.app); {
		case core.CodeOf(err) == core.Unavailable:
		case (err == nil) == allowed && (err == nil || core.CodeOf(err) == core.Forbidden):
			return nil
		default:
			return fmt.Errorf("an act, allowed %v: %w", allowed, err)
		}
	}
}
