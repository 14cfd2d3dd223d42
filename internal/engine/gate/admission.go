package gate

import (
	"context"
	"strconv"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/engine/policy/projection"
)

// How admissions are kept.
const (
	sameFor     = time.Hour // a decision stands for later ones that it is equal to
	mostDenials = 30        // that are kept of one app in a minute; further equal ones are counted
	mostKnown   = 1 << 14   // decisions that are remembered
	keepTime    = 20 * time.Second
)

// WorkloadRules is one revision of policy that can say which workloads it does
// not tell apart.
type WorkloadRules interface {
	Rules
	Key(gate core.Gate, doc []byte) (projection.Key, error)
	ReadsObject(gate core.Gate) bool
}

// Repeats keeps how often decisions were made again.
type Repeats interface {
	// Quietly is a transaction for book-keeping.
	Quietly(ctx context.Context, fn func(ctx context.Context) error) error
	// AddRepeats adds to the counts of decisions, in the caller's transaction.
	AddRepeats(ctx context.Context, times map[core.ID]int64, at int64) error
}

// Admissions decides on workloads, many of which are alike: the copies of one
// Pod. The first of them is decided and kept as at every gate, before it is
// answered. Later ones that no rule can tell from it, within an hour, get its
// answer and are counted. Denials are kept one by one, up to a bound.
//
// All fields are required. It is safe for concurrent use.
type Admissions struct {
	Gates   *Gates
	Repeats Repeats

	once     sync.Once
	known    *lru.Cache[sameness, *standing]
	keeper   keeper
	mu       sync.Mutex
	deciding map[sameness]*turn
	repeats  map[core.ID]int64
	denials  map[core.ID]int // by app, in the minute
	minute   int64
}

// Workload is the question whether a workload may run.
type Workload struct {
	AppID   core.ID
	Subject string // what it is: "Pod payroll/web-1"
	Actor   core.Actor
	Facts   *policy.Prepared // of gate workload.admit
	Load    policy.Workload  // without its object
	// Object returns the object as policy sees it. It is only called when it is needed.
	Object func() (policy.Object, error)
	Rules  WorkloadRules
	// Watch is set where nothing is refused: the decision says so.
	Watch bool
	// Echo is a second question about the same review, which is not counted again.
	Echo bool
}

// sameness is equal for questions that have equal answers: the same rules, the
// same facts of the app, and a workload that no rule can tell from the other. The
// day is in it, for exemptions end with one.
type sameness struct {
	app   core.ID
	rules string
	facts [32]byte
	day   string
	watch bool
	key   projection.Key
}

// standing is a decision that was kept, without its input.
type standing struct {
	core.Decision
	made time.Time
}

// turn lets equal questions wait for the one that is being decided.
type turn struct {
	done     chan struct{}
	decision core.Decision
	err      error
}

// Admit decides. When it returns, the decision has been kept with its event, or
// stands for an equal one that was. A dry run (Load.DryRun) is decided and leaves
// no trace; its decision has no id. Errors: those of the rules and of the store,
// and Unavailable when ctx ends; the caller must then not act.
func (a *Admissions) Admit(ctx context.Context, w Workload) (core.Decision, error) {
	a.once.Do(a.start)
	same, err := w.same(a.now())
	if err != nil {
		return core.Decision{}, err
	}
	now := a.Gates.Clock.Now()
	if d, ok := a.known.Get(same); ok && now.Sub(d.made) < sameFor && a.counts(w, d, now) {
		return d.Decision, nil
	}
	if w.Load.DryRun {
		d, err := a.decide(ctx, w, now)
		d.ID = ""
		return d, err
	}
	return a.take(ctx, w, same)
}

func (a *Admissions) start() {
	known, err := lru.New[sameness, *standing](mostKnown)
	if err != nil {
		panic("gate: a memory needs room for at least one decision")
	}
	a.known, a.deciding, a.repeats, a.denials = known, map[sameness]*turn{}, map[core.ID]int64{}, map[core.ID]int{}
	a.keeper.write = a.write
}

func (a *Admissions) now() string { return a.Gates.Clock.Now().Format(time.RFC3339) }

// same finds out which other questions have the same answer. The object is left
// out where no rule can read it.
func (w *Workload) same(now string) (sameness, error) {
	load := w.Load
	if w.Rules.ReadsObject(core.GateWorkloadAdmit) {
		var err error
		if load.Object, err = w.Object(); err != nil {
			return sameness{}, err
		}
	}
	doc, err := w.Facts.Append(make([]byte, 0, 4<<10), now, load)
	if err != nil {
		return sameness{}, err
	}
	key, err := w.Rules.Key(core.GateWorkloadAdmit, doc)
	return sameness{app: w.AppID, rules: w.Rules.Revision(), facts: w.Facts.Sum(), day: now[:len(time.DateOnly)], watch: w.Watch, key: key}, err
}

// counts notes that a decision was made once more. It reports false for a denial
// that is to be kept by itself.
func (a *Admissions) counts(w Workload, d *standing, now time.Time) bool {
	if w.Load.DryRun || w.Echo {
		return true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if d.Result != core.Allow {
		if m := now.Unix() / 60; m != a.minute {
			a.minute = m
			clear(a.denials)
		}
		if a.denials[w.AppID] < mostDenials {
			a.denials[w.AppID]++
			return false
		}
	}
	a.repeats[d.ID]++
	return true
}

// take decides, or waits for the same question's decision under way.
func (a *Admissions) take(ctx context.Context, w Workload, same sameness) (core.Decision, error) {
	a.mu.Lock()
	if t := a.deciding[same]; t != nil {
		a.mu.Unlock()
		select {
		case <-t.done:
		case <-ctx.Done():
			return core.Decision{}, interrupted(ctx.Err())
		}
		if t.err == nil && !w.Echo {
			a.mu.Lock()
			a.repeats[t.decision.ID]++
			a.mu.Unlock()
		}
		return t.decision, t.err
	}
	if d, ok := a.known.Get(same); ok && d.Result == core.Allow && a.Gates.Clock.Now().Sub(d.made) < sameFor { // kept a moment ago
		if !w.Echo {
			a.repeats[d.ID]++
		}
		a.mu.Unlock()
		return d.Decision, nil
	}
	t := &turn{done: make(chan struct{})}
	a.deciding[same] = t
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		delete(a.deciding, same)
		a.mu.Unlock()
		close(t.done)
	}()
	t.err = core.Errorf(core.Unavailable, "The decision was interrupted.").Hinted("Try again.") // stands if what follows panics
	now := a.Gates.Clock.Now()
	d, err := a.decide(ctx, w, now)
	if err == nil {
		err = a.keeper.keep(ctx, record{w, d})
	}
	if err != nil {
		t.err = err
		return core.Decision{}, err
	}
	d.Input = nil
	a.known.Add(same, &standing{d, now})
	t.decision, t.err = d, nil
	return d, nil
}

// decide asks the rules about the whole workload.
func (a *Admissions) decide(ctx context.Context, w Workload, now time.Time) (core.Decision, error) {
	var err error
	if w.Load.Object, err = w.Object(); err != nil {
		return core.Decision{}, err
	}
	doc, digest, err := w.Facts.Canonical(now.Format(time.RFC3339), w.Load)
	if err != nil {
		return core.Decision{}, err
	}
	return a.Gates.answer(ctx, w.question(), w.Rules, now, doc, digest)
}

func (w *Workload) question() Question {
	return Question{Gate: core.GateWorkloadAdmit, AppID: w.AppID, Digest: w.Subject, Actor: w.Actor}
}

// write keeps decisions with their events, all or none.
func (a *Admissions) write(ctx context.Context, list []record) error {
	return a.Gates.Store.InTx(ctx, func(ctx context.Context) error {
		for _, r := range list {
			q := r.workload.question()
			q.Note = func(context.Context, core.Decision) (map[string]string, error) {
				return map[string]string{"operation": r.workload.Load.Operation, "refused": strconv.FormatBool(!r.workload.Watch && r.decision.Result != core.Allow)}, nil
			}
			if err := a.Gates.record(ctx, q, r.decision); err != nil {
				return err
			}
		}
		return nil
	})
}

// Flush keeps the counts of what was decided again. Counts that could not be
// kept are kept for the next time.
func (a *Admissions) Flush(ctx context.Context) error {
	a.once.Do(a.start)
	a.mu.Lock()
	times := a.repeats
	a.repeats = map[core.ID]int64{}
	a.mu.Unlock()
	if len(times) == 0 {
		return nil
	}
	err := a.Repeats.Quietly(ctx, func(ctx context.Context) error {
		return a.Repeats.AddRepeats(ctx, times, core.Stamp(a.Gates.Clock.Now()))
	})
	if err != nil {
		a.mu.Lock()
		for id, n := range times {
			a.repeats[id] += n
		}
		a.mu.Unlock()
	}
	return err
}

func interrupted(err error) error {
	return &core.Error{Code: core.Unavailable, Msg: "The decision was interrupted.", Hint: "Try again.", Err: err}
}
