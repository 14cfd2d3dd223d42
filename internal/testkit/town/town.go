// Package town is a small organisation for tests of what happens to apps: the
// starter rules on a real store, forge, gates and approvals, with people in every
// role and sagas that the test runs by hand.
package town

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/adapter/forge/local"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/engine/notify"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/org/approval"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// Task is one that was enqueued.
type Task struct {
	Name    string
	Payload json.RawMessage
}

// Town is a Ground with an organisation on it.
type Town struct {
	*testkit.Ground
	Forge     *local.Forge
	Gates     *gate.Gates
	Approvals *approval.Approvals
	Tell      *notify.Notifier
	Rev       *catalog.Revision // the rules in force
	Tasks     []Task

	Hana, Pia, Sam, Dora core.Person // maker, platform, security, data owner
	t                    testing.TB
}

// New returns a town that is closed with the test.
func New(t testing.TB) *Town {
	t.Helper()
	g := testkit.New(t)
	w := &Town{Ground: g, t: t, Hana: g.Somebody("hana@example.org", core.RoleMaker), Pia: g.Somebody("pia@example.org", core.RolePlatform),
		Sam: g.Somebody("sam@example.org", core.RoleSecurity), Dora: g.Somebody("dora@example.org", core.RoleDataOwner)}
	var err error
	w.Rev, err = catalog.Load(t.Context(), governance.FS(), "test")
	g.Must(err)
	w.Forge, err = local.New(local.Options{Root: filepath.Join(g.Dir, "git"), Log: g.Log, Clock: g.Clock, HookCommand: []string{"/bin/false"}, HookSocket: filepath.Join(g.Dir, "none.sock")})
	g.Must(err)
	w.Tell = notify.New(g, g, g.Audit, g.Clock, g.IDs)
	w.Approvals = approval.New(g, g.Audit, w.Tell, g.Clock, g.IDs, 0)
	w.Gates = &gate.Gates{Policy: w, Store: g.DB, Approvals: w.Approvals, Audit: g.Audit, Clock: g.Clock, IDs: g.IDs}
	return w
}

// Current returns the rules in force.
func (w *Town) Current() *catalog.Revision { return w.Rev }

// Rules implements gate.Policy.
func (w *Town) Rules() gate.Rules { return w.Rev.Policy }

// Valid says that nobody has passed any course.
func (w *Town) Valid(context.Context, core.ID) ([]string, error) { return nil, nil }

// Add remembers a task; outside a transaction it fails.
func (w *Town) Add(ctx context.Context, name string, payload any) error {
	if _, in := w.SQLTx(ctx); !in {
		return errors.New("enqueued outside a transaction")
	}
	b, err := json.Marshal(payload)
	w.Tasks = append(w.Tasks, Task{name, b})
	return err
}

// Sagas is the runner of a newly started process. It knows the given kinds.
func (w *Town) Sagas(kinds ...job.Kind) *job.Sagas {
	r := &job.Sagas{Store: w.DB, Audit: w.Audit, Queue: w, Clock: w.Clock, IDs: w.IDs, Log: w.Log}
	for _, k := range kinds {
		r.Register(k)
	}
	return r
}

// RunAll runs every saga that is not finished.
func (w *Town) RunAll(r *job.Sagas) {
	w.t.Helper()
	left, err := w.RunningSagas(w.Ctx())
	w.Must(err)
	for _, s := range left {
		_, err := r.Run(w.Ctx(), s.ID)
		w.Must(err)
	}
}

// crash is what stands for the end of a process.
type crash struct{}

// Crash runs act with a runner that is killed at a point, which act must reach.
func (w *Town) Crash(r *job.Sagas, point string, act func()) {
	w.t.Helper()
	r.Point = func(name string) {
		if name == point {
			panic(crash{})
		}
	}
	defer func() {
		r.Point = nil
		switch p := recover(); p {
		case crash{}:
		case nil:
			w.t.Fatalf("%s was never reached", point)
		default:
			panic(p)
		}
	}()
	act()
}

// Count is how often an action is in the audit log.
func (w *Town) Count(action string) int {
	n := 0
	for _, a := range w.Events(0) {
		if a == action {
			n++
		}
	}
	return n
}

// Once demands that each action is in the audit log exactly once.
func (w *Town) Once(actions ...string) {
	w.t.Helper()
	for _, a := range actions {
		if n := w.Count(a); n != 1 {
			w.t.Errorf("%s is recorded %d times", a, n)
		}
	}
}

// Actor names a person for the audit log.
func (w *Town) Actor(p core.Person) core.Actor {
	return core.Actor{Kind: core.ActorPerson, ID: p.ID, Name: p.Email, Door: "web"}
}

// Say answers the one request that is open.
func (w *Town) Say(who core.Person, yes bool) core.ApprovalRequest {
	w.t.Helper()
	open, err := w.PendingRequests(w.Ctx())
	w.Must(err)
	if len(open) != 1 {
		w.t.Fatalf("%d requests are open", len(open))
	}
	req, err := w.Approvals.Answer(w.Ctx(), w.Actor(who), open[0].ID, open[0].Digest, yes, "because")
	w.Must(err)
	return req
}
