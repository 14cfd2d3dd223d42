package torture

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/desk"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/fact"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/engine/notify"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/deploy"
	"github.com/paddock-dev/paddock/internal/life/provision"
	"github.com/paddock-dev/paddock/internal/life/retire"
	"github.com/paddock-dev/paddock/internal/life/retire/archive"
	"github.com/paddock-dev/paddock/internal/org/approval"
	"github.com/paddock-dev/paddock/internal/org/secret"
	"github.com/paddock-dev/paddock/internal/org/training"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// source is the name of the source of last use.
const source = "front-door"

// start is what the clock shows when a day begins.
var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// world is one process of Paddock as internal/app ties it, but for the doors;
// forge, runtime and registry are shams.
type world struct {
	dir   string
	db    *store.DB
	pool  *sql.DB // for plain SQL, and for the queue
	clock *testkit.Clock
	log   *slog.Logger
	rev   *catalog.Revision
	ids   core.IDs

	audit     auditor
	sequencer *audit.Sequencer
	queue     *job.Queue
	sagas     *job.Sagas

	forge     forge
	runtime   *runtime
	warehouse warehouse

	identity  *identity.Service
	approvals *approval.Approvals
	gates     *gate.Gates
	secrets   *secret.Service
	school    *training.School
	facts     *fact.Book
	provision *provision.Service
	deploys   *deploy.Service
	archives  *archive.Service
	retirer   *retire.Retirer

	unreadable atomic.Bool // the source of last use
}

// auditor appends events and wakes the sequencer once they are committed.
type auditor struct {
	*audit.Log
	db   *store.DB
	wake func()
}

// Append writes an event in the caller's transaction.
func (a auditor) Append(ctx context.Context, e core.Event) error {
	if err := a.Log.Append(ctx, e); err != nil {
		return err
	}
	a.db.AfterCommit(ctx, a.wake)
	return nil
}

// rules are the starter rules.
func rules(ctx context.Context) (*catalog.Revision, error) {
	return catalog.Load(ctx, governance.FS(), "test")
}

// place is where a world keeps what it knows.
type place struct {
	Dir string `json:"dir"`
	URL string `json:"url"` // of a PostgreSQL database; "" for SQLite in the folder
}

// open makes a world at a place. Its clock shows now.
func open(ctx context.Context, p place, rev *catalog.Revision, now time.Time, log *slog.Logger) (*world, error) {
	w := &world{dir: p.Dir, rev: rev, clock: testkit.NewClock(now), log: log, forge: forge{filepath.Join(p.Dir, "forge")},
		runtime: &runtime{runs: map[core.ID]core.ID{}}, warehouse: warehouse{filepath.Join(p.Dir, "oci", "blobs", "sha256")}}
	keys, err := seal.Open(filepath.Join(p.Dir, "keys"), rand.Reader)
	if err != nil {
		return nil, err
	}
	if w.db, err = store.OpenAt(ctx, store.Where{Dir: p.Dir, URL: p.URL}); err != nil {
		return nil, err
	}
	if w.pool, err = w.db.JobPool(); err != nil {
		return nil, errors.Join(err, w.db.Close())
	}
	if err := w.lay(ctx, keys); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func (w *world) close() error { return errors.Join(w.pool.Close(), w.db.Close()) }

func (w *world) lay(ctx context.Context, keys *seal.Keyring) error {
	verifier, err := note.NewVerifier(keys.AuditKey())
	if err != nil {
		return err
	}
	w.sequencer = audit.NewSequencer(w.db, keys.NoteSigner(), verifier, nil, w.log)
	w.audit = auditor{audit.NewLog(w.db, w.clock, w.ids, rand.Reader), w.db, w.sequencer.Wake}
	tell := notify.New(w.db, w.db, w.audit, w.clock, w.ids)
	w.identity = identity.New(w.db, w.audit, w.clock, w.ids, rand.Reader).At("web")
	w.approvals = approval.New(w.db, w.audit, tell, w.clock, w.ids, 0)
	w.gates = &gate.Gates{Policy: w, Store: w.db, Approvals: w.approvals, Audit: w.audit, Clock: w.clock, IDs: w.ids}
	w.secrets = secret.New(secret.Options{Sealer: keys, Store: w.db, Leases: w.db, Live: w.db, Tx: w.db, Audit: w.audit, Clock: w.clock, IDs: w.ids,
		Allowed: func() []string { return []string{secret.Platform} }})
	w.school = training.New(w.db, w.db, w.audit, w.clock)
	w.facts = fact.New(w.db, w.audit, w.clock)
	w.sagas = &job.Sagas{Store: w.db, Audit: w.audit, Clock: w.clock, IDs: w.ids, Log: w.log}
	w.queue, err = job.NewQueue(ctx, job.Options{Pool: w.pool, Postgres: w.db.Engine() == store.Postgres, Replica: w.ids.New(time.Now()).String(), Transactions: w.db, Log: w.log, Work: map[string]job.Work{
		job.SagaTask: w.sagas.Work, desk.GrantedTask: w.granted}})
	if err != nil {
		return err
	}
	w.sagas.Queue = w.queue
	w.provision = &provision.Service{Store: w.db, People: w.db, Forge: w.forge, Sagas: w.sagas, Catalog: w, Gates: w.gates, Training: w, Tell: tell, Audit: w.audit,
		Buddy: training.Buddy, Clock: w.clock, IDs: w.ids}
	w.deploys = &deploy.Service{Store: w.db, Evidence: w.warehouse, Runtime: w.runtime, Leases: w.secrets, Sagas: w.sagas, Catalog: w, Gates: w.gates, Training: w, Tell: tell,
		Audit: w.audit, Clock: w.clock, IDs: w.ids}
	w.archives = &archive.Service{Store: w.db, People: w.db, Runtime: w.runtime, Forge: w.forge, Sagas: w.sagas, Deploy: w.deploys, Facts: appFacts{w}, Gates: w.gates,
		Tell: tell, Audit: w.audit, Clock: w.clock}
	for _, k := range []job.Kind{w.provision.Kind(), w.deploys.Kind(), w.archives.Kind(), w.archives.RestoreKind()} {
		w.sagas.Register(k)
	}
	w.retirer = retire.New(retire.Parts{Store: w.db, Activity: w.facts, Archiver: w.archives, Teller: tell, Audit: w.audit, Clock: w.clock, Log: w.log,
		Refresh: func(ctx context.Context) error { return w.facts.Read(ctx, source, w.activity) }}, retire.Default(source))
	return nil
}

// Current implements the use cases' Catalog.
func (w *world) Current() *catalog.Revision { return w.rev }

// Rules implements gate.Policy.
func (w *world) Rules() gate.Rules { return w.rev.Policy }

// Valid implements the use cases' Training: nobody has passed any course.
func (w *world) Valid(context.Context, core.ID) ([]string, error) { return nil, nil }

// activity is the source of last use, as internal/app reads it.
func (w *world) activity(ctx context.Context) (map[core.ID]core.Fact, error) {
	if w.unreadable.Load() {
		return nil, errors.New("the source cannot be read")
	}
	out := map[core.ID]core.Fact{}
	for _, state := range []core.AppState{core.AppActive, core.AppIdle} {
		apps, err := w.db.AppsIn(ctx, state)
		if err != nil {
			return nil, err
		}
		for _, a := range apps {
			if out[a.ID] = fact.UsedAt(core.Moment(a.LastActive)); a.LastActive == 0 {
				out[a.ID] = fact.NeverUsed(core.Moment(a.Created))
			}
		}
	}
	return out, nil
}

// granted goes on with what an approval has let pass.
func (w *world) granted(ctx context.Context, payload json.RawMessage) error {
	var id core.ID
	if err := json.Unmarshal(payload, &id); err != nil {
		return err
	}
	d := &desk.Desk{Parts: desk.Parts{Approvals: w.approvals, Provision: w.provision}}
	return d.Granted(ctx, id)
}

// recover does what a started server does first; the runtime takes up every app
// at once, as if somebody came to each.
func (w *world) recover(ctx context.Context) error {
	all, err := w.db.AllLive(ctx)
	if err != nil {
		return err
	}
	for _, d := range all {
		if err := w.deploys.Follow(ctx, d.AppID); err != nil {
			return err
		}
	}
	return w.sagas.Resume(ctx)
}

// The secrets that are there when a day begins: the credential of the vendor that
// the template's apps call, and one that apps hold leases on by hand.
const (
	vendorSecret = "talent-directory-token"
	leaseSecret  = "mail-key"
)
