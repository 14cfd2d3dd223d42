package fact_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/fact"
	"github.com/paddock-dev/paddock/internal/testkit"
)

const day = 24 * time.Hour

// ground is one app whose use a source called "traffic" reports.
type ground struct {
	*testkit.Ground
	*fact.Book
	app  core.App
	used time.Time // zero for never
	down bool
}

func newGround(t *testing.T) *ground {
	g := testkit.New(t)
	x := &ground{Ground: g, Book: fact.New(g, g.Audit, g.Clock), app: g.NewApp("payroll", g.Somebody("ana@example.org"))}
	x.used = g.Clock.Now()
	return x
}

func (x *ground) read() error {
	return x.Read(context.Background(), "traffic", func(context.Context) (map[core.ID]core.Fact, error) {
		if x.down {
			return nil, errors.New("connection refused")
		}
		f := fact.NeverUsed(core.Moment(x.app.Created))
		if !x.used.IsZero() {
			f = fact.UsedAt(x.used)
		}
		return map[core.ID]core.Fact{x.app.ID: f}, nil
	})
}

// after moves the clock and reads.
func (x *ground) after(d time.Duration, down bool) {
	x.Clock.Move(d)
	x.down = down
	if err := x.read(); (err != nil) != down || down && core.CodeOf(err) != core.Unavailable {
		x.Must(errors.New("reading gave " + err.Error()))
	}
}

func (x *ground) idle(t *testing.T, want time.Duration) {
	t.Helper()
	got, known, err := x.Idle(context.Background(), x.app.ID, "traffic")
	if err != nil || !known || got != want {
		t.Errorf("idle = %s, %v, %v; want %s", got, known, err, want)
	}
}

func TestIdleRunsWhileReadable(t *testing.T) {
	x := newGround(t)
	if _, known, err := x.Idle(t.Context(), x.app.ID, "traffic"); known || err != nil {
		t.Errorf("known before the first look: %v", err)
	}
	x.after(0, false)
	x.idle(t, 0)
	x.after(40*day, false)
	x.idle(t, 40*day)
	x.after(50*day, false) // nobody looked for 50 days, but the source remembers
	x.idle(t, 90*day)
}

// Promise 3: while the source cannot be read the clock stands still, and what
// it stood is not counted afterwards.
func TestClockStandsStillInAnOutage(t *testing.T) {
	x := newGround(t)
	x.after(10*day, false)
	x.after(5*day, true)
	x.idle(t, 10*day)
	x.after(100*day, true)
	x.idle(t, 10*day)
	x.after(day, false)
	x.idle(t, 10*day)
	x.after(7*day, false)
	x.idle(t, 17*day)
	s, err := x.Status(t.Context(), "traffic")
	if err != nil || s.Status != core.Seen || s.Stood != (106*day).Microseconds() {
		t.Errorf("source %+v, %v", s, err)
	}
	if got := strings.Join(x.Events(0), " "); got != "source.lost source.back" {
		t.Errorf("events: %s", got)
	}
}

// An outage before the last use has nothing to do with the time after it.
func TestOutageBeforeUseDoesNotCount(t *testing.T) {
	x := newGround(t)
	x.after(day, false)
	x.after(20*day, true)
	x.after(day, false)
	x.Clock.Move(day)
	x.used = x.Clock.Now()
	x.after(day, false)
	x.idle(t, day)
	x.after(29*day, false)
	x.idle(t, 30*day)
}

// Use in the middle of an outage: only the part of the outage after it counts
// as standing still.
func TestUseDuringAnOutage(t *testing.T) {
	x := newGround(t)
	x.after(day, false)
	x.after(4*day, true)
	x.used = x.Clock.Now()
	x.after(6*day, false)
	x.idle(t, 0)
	x.after(2*day, false)
	x.idle(t, 2*day)
}

// A source that reports use late is counted exactly, past outages included.
func TestLateReport(t *testing.T) {
	x := newGround(t)
	start := x.Clock.Now()
	x.after(10*day, false)
	x.after(5*day, true)
	x.after(5*day, false)        // outage from day 10 to day 20
	x.used = start.Add(15 * day) // learnt late: used on day 15
	x.after(10*day, false)       // day 30
	x.idle(t, 10*day)            // day 15 to 30, minus day 15 to 20
	x.used = start.Add(12 * day) // the source takes it back
	x.after(day, false)          // day 31
	x.idle(t, 11*day)            // what was seen stays seen
	x.used = time.Time{}         // the source lost its memory
	x.after(day, false)          // day 32
	x.idle(t, 12*day)            // absence now does not undo use then
}

func TestNeverUsed(t *testing.T) {
	x := newGround(t)
	x.used = time.Time{}
	x.after(3*day, false)
	x.idle(t, 3*day) // since the app was made
}

func TestClockBackward(t *testing.T) {
	x := newGround(t)
	x.after(10*day, false)
	x.idle(t, 10*day)
	x.after(-8*day, false) // it may have been wrong before
	x.idle(t, 2*day)
	x.after(day, true)
	x.after(day, false)
	x.idle(t, 2*day)
	x.used = x.Clock.Now().Add(365 * day) // a source with a clock of its own
	x.after(day, false)
	x.idle(t, 0)
}

// Promise 3: a clock that is wrong for a moment, in which somebody looks, proves
// nothing once it is right again; also while nobody can look.
func TestClockLeapsAndComesBack(t *testing.T) {
	x := newGround(t)
	x.after(130*day, false)
	x.idle(t, 130*day) // as far as anybody can know
	x.Clock.Move(-129 * day)
	x.idle(t, day)
	x.used = x.Clock.Now()
	x.after(time.Hour, false)
	x.idle(t, time.Hour)
	x.after(0, true)
	x.after(40*day, true)
	x.after(time.Hour, false)
	x.idle(t, time.Hour)
	x.after(2*day, false)
	x.idle(t, 2*day+time.Hour)
}

func TestTouchStartsAgain(t *testing.T) {
	x := newGround(t)
	x.after(95*day, false)
	x.Must(x.Touch(t.Context(), x.app.ID, "traffic"))
	x.idle(t, 0)
	x.after(day, false)
	x.idle(t, day)
	x.after(10*day, true)
	x.Must(x.Touch(t.Context(), x.app.ID, "traffic"))
	x.after(5*day, false)
	x.idle(t, 0) // the rest of the outage stands still too
	x.after(-50*day, false)
	x.Must(x.Touch(t.Context(), x.app.ID, "traffic"))
	x.idle(t, 0)
	x.after(0, false) // proven up to a later moment than the machine's clock shows now
	x.idle(t, 0)
}

// An app that the source could not look at stays as it was known, though the
// source itself was readable.
func TestPartialReading(t *testing.T) {
	x := newGround(t)
	x.after(10*day, false)
	for name, facts := range map[string]map[core.ID]core.Fact{
		"missing":     {},
		"read failed": {x.app.ID: {Kind: fact.LastUse, Status: core.ReadFailed}},
	} {
		x.Clock.Move(day)
		x.Must(x.Read(t.Context(), "traffic", func(context.Context) (map[core.ID]core.Fact, error) { return facts, nil }))
		if got, known, _ := x.Idle(t.Context(), x.app.ID, "traffic"); !known || got != 10*day {
			t.Errorf("%s: idle %s, %v", name, got, known)
		}
	}
	x.Must(x.Read(t.Context(), "traffic", func(context.Context) (map[core.ID]core.Fact, error) {
		return map[core.ID]core.Fact{x.app.ID: {Kind: fact.LastUse, Status: core.Gone}}, nil
	}))
	if _, known, _ := x.Idle(t.Context(), x.app.ID, "traffic"); known {
		t.Error("the idle time of an app that is gone is known")
	}
}

// A fact that makes no sense is reported and harms no other app.
func TestOddFacts(t *testing.T) {
	x := newGround(t)
	other := x.NewApp("survey", core.Person{ID: x.app.OwnerID})
	for name, odd := range map[string]core.Fact{
		"no kind":   {Status: core.Seen, Value: "1"},
		"no status": {Kind: fact.LastUse, Value: "1"},
		"no moment": {Kind: fact.LastUse, Status: core.Seen},
		"words":     {Kind: fact.LastUse, Status: core.Seen, Value: "yesterday"},
		"negative":  {Kind: fact.LastUse, Status: core.Seen, Value: "-5"},
	} {
		x.Clock.Move(day)
		err := x.Read(t.Context(), "traffic", func(context.Context) (map[core.ID]core.Fact, error) {
			return map[core.ID]core.Fact{x.app.ID: odd, other.ID: fact.UsedAt(x.Clock.Now())}, nil
		})
		if core.CodeOf(err) != core.Internal {
			t.Errorf("%s: %v", name, err)
		}
		if got, known, _ := x.Idle(t.Context(), other.ID, "traffic"); !known || got != 0 {
			t.Errorf("%s: the other app is idle for %s, %v", name, got, known)
		}
		if _, known, _ := x.Idle(t.Context(), x.app.ID, "traffic"); known {
			t.Errorf("%s: it was believed", name)
		}
	}
}

// A use between the start of a reading and its end is not hidden by it.
func TestReadingProvesUpToItsStart(t *testing.T) {
	x := newGround(t)
	x.after(0, false)
	x.Clock.Move(10 * day)
	x.Must(x.Read(t.Context(), "traffic", func(context.Context) (map[core.ID]core.Fact, error) {
		x.Clock.Move(day) // a slow source
		return map[core.ID]core.Fact{x.app.ID: fact.UsedAt(x.used)}, nil
	}))
	x.idle(t, 10*day)
}
