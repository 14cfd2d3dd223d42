package retire_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/fact"
	"github.com/paddock-dev/paddock/internal/engine/notify"
	"github.com/paddock-dev/paddock/internal/life/retire"
	"github.com/paddock-dev/paddock/internal/testkit"
)

const day = 24 * time.Hour

// fleet is a ground with apps, their use, and an archiver that only moves them.
type fleet struct {
	*testkit.Ground
	*retire.Retirer
	facts        *fact.Book
	owner, plat  core.Person
	used         map[core.ID]time.Time
	down         bool
	broken       string // name of the app that cannot be archived
	archived     []string
	archiveCalls int
}

func newFleet(t *testing.T) *fleet {
	g := testkit.New(t)
	f := &fleet{Ground: g, facts: fact.New(g, g.Audit, g.Clock), used: map[core.ID]time.Time{},
		owner: g.Somebody("ana@example.org", core.RoleMaker), plat: g.Somebody("plat@example.org", core.RolePlatform)}
	f.Retirer = retire.New(retire.Parts{Store: g, Activity: f.facts, Refresh: f.refresh, Archiver: f,
		Teller: notify.New(g, g, g.Audit, g.Clock, g.IDs), Audit: g.Audit, Clock: g.Clock, Log: g.Log}, retire.Default("traffic"))
	return f
}

func (f *fleet) refresh(ctx context.Context) error {
	return f.facts.Read(ctx, "traffic", func(context.Context) (map[core.ID]core.Fact, error) {
		if f.down {
			return nil, errors.New("connection refused")
		}
		facts := map[core.ID]core.Fact{}
		for id, at := range f.used {
			facts[id] = fact.UsedAt(at)
		}
		return facts, nil
	})
}

// Archive does what the archive saga does to the record.
func (f *fleet) Archive(ctx context.Context, a core.App, actor core.Actor, why string) error {
	f.archiveCalls++
	if a.Name == f.broken {
		return errors.New("the target does not answer")
	}
	f.archived = append(f.archived, a.Name)
	return f.InTx(ctx, func(ctx context.Context) error {
		if err := f.MoveApp(ctx, a, core.AppArchived, a.IdleSince, core.Stamp(f.Ground.Clock.Now())); err != nil {
			return err
		}
		return f.Ground.Audit.Append(ctx, core.Event{Action: "app.archive", Actor: actor, AppID: a.ID, Code: "ok", Data: map[string]string{"why": why}})
	})
}

// newApp adds an app that is used now.
func (f *fleet) newApp(name string, coOwners ...string) core.App {
	a := f.NewApp(name, f.owner, coOwners...)
	f.used[a.ID] = f.Ground.Clock.Now()
	return a
}

func (f *fleet) sweepAfter(t *testing.T, d time.Duration) retire.Swept {
	t.Helper()
	f.Ground.Clock.Move(d)
	s, err := f.Sweep(t.Context())
	f.Must(err)
	return s
}

func (f *fleet) state(a core.App) core.AppState { return f.Reload(a).State }

func (f *fleet) titles(p core.Person) (titles []string) {
	all, err := f.Notices(context.Background(), p.ID)
	f.Must(err)
	for _, n := range all {
		titles = append(titles, n.Title)
	}
	slices.Sort(titles)
	return titles
}

// LIF-2: 90 days to the queue, 120 to the archive, the owners told once each.
func TestLifeOfAnUnusedApp(t *testing.T) {
	f := newFleet(t)
	co := f.Somebody("co@example.org", core.RoleMaker)
	a := f.newApp("payroll", "CO@example.org", "gone@example.org")
	f.sweepAfter(t, 0)
	f.sweepAfter(t, 90*day-time.Second)
	if f.state(a) != core.AppActive {
		t.Fatal("queued too early")
	}
	if s := f.sweepAfter(t, time.Second); !slices.Equal(s.Queued, []string{"payroll"}) || f.state(a) != core.AppIdle {
		t.Fatalf("day 90: %+v, %s", s, f.state(a))
	}
	at, err := f.ArchivesAt(t.Context(), f.Reload(a))
	if err != nil || core.Moment(at) != f.Ground.Clock.Now().Add(30*day) {
		t.Errorf("archives at %s, %v", core.Moment(at), err)
	}
	for range 3 {
		f.sweepAfter(t, day)
	}
	for _, p := range []core.Person{f.owner, co} {
		if got := f.titles(p); !slices.Equal(got, []string{"payroll: still needed?"}) {
			t.Errorf("%s was told %v", p.Email, got)
		}
	}
	if s := f.sweepAfter(t, 27*day-time.Second); len(s.Archived) != 0 {
		t.Fatal("archived too early")
	}
	if s := f.sweepAfter(t, time.Second); !slices.Equal(s.Archived, []string{"payroll"}) || f.state(a) != core.AppArchived {
		t.Fatalf("day 120: %+v, %s", s, f.state(a))
	}
	f.sweepAfter(t, day)
	if got := f.titles(f.owner); !slices.Equal(got, []string{"payroll: still needed?"}) || f.archiveCalls != 1 {
		t.Errorf("told %v, archived %d times", got, f.archiveCalls)
	}
	if got := strings.Join(f.Events(0), " "); got != "app.idle app.archive" {
		t.Errorf("events: %s", got)
	}
	all, _ := f.Notices(t.Context(), f.owner.ID)
	for _, n := range all {
		if n.Link != "/apps/payroll" || n.AppID != a.ID {
			t.Errorf("notice %+v", n)
		}
	}
}

// Promise 3: with the source unreadable nothing moves, however long it takes.
func TestUnreadableSourceStopsTheClock(t *testing.T) {
	f := newFleet(t)
	a := f.newApp("payroll")
	f.sweepAfter(t, 0)
	f.sweepAfter(t, 90*day)
	f.down = true
	for range 4 {
		if s := f.sweepAfter(t, 100*day); len(s.Archived) != 0 || f.state(a) != core.AppIdle {
			t.Fatalf("archived on a failed read: %+v", s)
		}
	}
	f.down = false
	if s := f.sweepAfter(t, day); len(s.Archived) != 0 {
		t.Fatal("the time of the outage was counted afterwards")
	}
	if s := f.sweepAfter(t, 30*day); len(s.Archived) != 1 {
		t.Errorf("30 proven days later: %+v", s)
	}
}

// An app that nobody ever looked at is not idle.
func TestUnknownUseIsNotIdle(t *testing.T) {
	f := newFleet(t)
	a := f.NewApp("payroll", f.owner)
	if s := f.sweepAfter(t, 500*day); len(s.Queued) != 0 || f.state(a) != core.AppActive {
		t.Errorf("queued on no facts: %+v", s)
	}
}

func TestUseWakesAnIdleApp(t *testing.T) {
	f := newFleet(t)
	a := f.newApp("payroll")
	f.sweepAfter(t, 0)
	f.sweepAfter(t, 95*day)
	f.used[a.ID] = f.Ground.Clock.Now()
	if s := f.sweepAfter(t, day); !slices.Equal(s.Woken, []string{"payroll"}) || f.state(a) != core.AppActive || f.Reload(a).IdleSince != 0 {
		t.Fatalf("used again: %+v, %+v", s, f.Reload(a))
	}
	f.sweepAfter(t, 90*day)
	if got := f.titles(f.owner); len(got) != 2 {
		t.Errorf("the second time in the queue: told %v", got)
	}
}

func TestReactivate(t *testing.T) {
	f := newFleet(t)
	a := f.newApp("payroll")
	by := core.Actor{Kind: core.ActorPerson, ID: f.owner.ID, Name: f.owner.Email, Door: "web"}
	if err := f.Reactivate(t.Context(), a.ID, by); core.CodeOf(err) != core.Conflict {
		t.Errorf("an active app: %v", err)
	}
	f.sweepAfter(t, 0)
	f.sweepAfter(t, 119*day)
	f.Must(f.Reactivate(t.Context(), a.ID, by))
	if s := f.sweepAfter(t, 5*day); len(s.Queued) != 0 || f.state(a) != core.AppActive {
		t.Errorf("queued again at once: %+v", s)
	}
	if s := f.sweepAfter(t, 85*day); len(s.Queued) != 1 {
		t.Errorf("90 days after it was reactivated: %+v", s)
	}
	if err := f.Reactivate(t.Context(), "nothing", by); core.CodeOf(err) != core.NotFound {
		t.Errorf("no such app: %v", err)
	}
}

// An owner has a week between the notice and the archive, even when an app
// comes to light that was idle for years.
func TestOldAppIsQueuedFirst(t *testing.T) {
	f := newFleet(t)
	a := f.newApp("payroll")
	f.sweepAfter(t, 0)
	f.sweepAfter(t, 1000*day)
	if f.state(a) != core.AppIdle {
		t.Fatalf("state %s", f.state(a))
	}
	if s := f.sweepAfter(t, 7*day-time.Second); len(s.Archived) != 0 {
		t.Error("archived within a week of the notice")
	}
	if s := f.sweepAfter(t, time.Second); len(s.Archived) != 1 {
		t.Error("not archived after a week")
	}
}

// Promise 9: one app that cannot be archived stops no other, and is tried again.
func TestOneFailureStopsNothing(t *testing.T) {
	f := newFleet(t)
	a, b, c := f.newApp("alpha"), f.newApp("beta"), f.newApp("gamma")
	f.broken = "beta"
	f.sweepAfter(t, 0)
	f.sweepAfter(t, 90*day)
	s := f.sweepAfter(t, 30*day)
	if !slices.Equal(s.Failed, []string{"beta"}) || f.state(a) != core.AppArchived || f.state(b) != core.AppIdle || f.state(c) != core.AppArchived {
		t.Fatalf("swept %+v", s)
	}
	f.broken = ""
	if s := f.sweepAfter(t, time.Hour); !slices.Equal(s.Archived, []string{"beta"}) || f.state(b) != core.AppArchived {
		t.Errorf("the next sweep: %+v", s)
	}
}

// Promise 9: too many at once look like a fault; none is archived and the
// platform team is told once for each time.
func TestBlastRadius(t *testing.T) {
	f := newFleet(t)
	var apps []core.App
	for i := range 11 {
		apps = append(apps, f.newApp(fmt.Sprintf("app-%02d", i)))
	}
	f.sweepAfter(t, 0)
	f.sweepAfter(t, 90*day)
	for range 3 {
		if s := f.sweepAfter(t, 30*day); len(s.Held) != 11 || len(s.Archived) != 0 {
			t.Fatalf("swept %+v", s)
		}
	}
	if got := f.titles(f.plat); !slices.Equal(got, []string{"11 apps would go to the archive at once"}) {
		t.Errorf("the platform team was told %v", got)
	}
	f.Must(f.Reactivate(t.Context(), apps[0].ID, core.System("test")))
	if s := f.sweepAfter(t, time.Hour); len(s.Archived) != 10 || len(s.Held) != 0 {
		t.Fatalf("ten are not too many: %+v", s)
	}
	events := strings.Join(f.Events(0), " ")
	if strings.Count(events, "retire.hold") != 1 || strings.Count(events, "retire.release") != 1 {
		t.Errorf("events: %s", events)
	}
}

// In a large fleet five of a hundred may go at once.
func TestBlastRadiusGrowsWithTheFleet(t *testing.T) {
	f := newFleet(t)
	for i := range 11 {
		f.newApp(fmt.Sprintf("old-%02d", i))
	}
	f.sweepAfter(t, 0)
	f.sweepAfter(t, 90*day)
	f.Ground.Clock.Move(30 * day)
	for i := range 220 {
		f.newApp(fmt.Sprintf("new-%03d", i))
	}
	if s := f.sweepAfter(t, 0); len(s.Archived) != 11 {
		t.Errorf("11 of 220: archived %d, held %d", len(s.Archived), len(s.Held))
	}
}

// Promise 10: when no owner is there any more, the platform team is told.
func TestOwnerHasLeft(t *testing.T) {
	f := newFleet(t)
	f.newApp("payroll")
	f.sweepAfter(t, 0)
	f.SetDisabled(f.owner, true)
	f.sweepAfter(t, 90*day)
	if len(f.titles(f.owner)) != 0 || len(f.titles(f.plat)) != 1 {
		t.Errorf("owner %v, platform %v", f.titles(f.owner), f.titles(f.plat))
	}
}
