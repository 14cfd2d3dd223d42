package app

import (
	"context"
	"crypto/rand"
	"database/sql"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/adapter/forge/local"
	"github.com/paddock-dev/paddock/internal/adapter/registry/ocilayout"
	"github.com/paddock-dev/paddock/internal/adapter/registry/remote"
	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/adapter/target/workerd"
	"github.com/paddock-dev/paddock/internal/adapter/target/workerd/appdb"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/admission"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/door/desk"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/door/git"
	"github.com/paddock-dev/paddock/internal/engine/attest/sigstore"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/audit/copies"
	"github.com/paddock-dev/paddock/internal/engine/audit/witness"
	"github.com/paddock-dev/paddock/internal/engine/fact"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/engine/identity/issuer"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/engine/notify"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/life/build"
	"github.com/paddock-dev/paddock/internal/life/change"
	"github.com/paddock-dev/paddock/internal/life/deploy"
	"github.com/paddock-dev/paddock/internal/life/govern"
	"github.com/paddock-dev/paddock/internal/life/provision"
	"github.com/paddock-dev/paddock/internal/life/retire"
	"github.com/paddock-dev/paddock/internal/life/retire/archive"
	"github.com/paddock-dev/paddock/internal/life/run"
	"github.com/paddock-dev/paddock/internal/life/unsaved"
	"github.com/paddock-dev/paddock/internal/org/access"
	"github.com/paddock-dev/paddock/internal/org/approval"
	"github.com/paddock-dev/paddock/internal/org/budget"
	"github.com/paddock-dev/paddock/internal/org/directory"
	"github.com/paddock-dev/paddock/internal/org/owner"
	"github.com/paddock-dev/paddock/internal/org/pipeline"
	"github.com/paddock-dev/paddock/internal/org/preview"
	"github.com/paddock-dev/paddock/internal/org/review"
	"github.com/paddock-dev/paddock/internal/org/secret"
	"github.com/paddock-dev/paddock/internal/org/training"
	"github.com/paddock-dev/paddock/internal/org/vex"
)

// house is every part of a running Paddock. open makes it, close takes it down;
// in between the background parts run.
type house struct {
	config  cli.Config
	version string
	log     *slog.Logger
	clock   core.Clock
	lab     *labClock // nil unless this is a laboratory
	ids     core.IDs

	lock      *os.File // keeps servers off the data folder that may not share it
	place     place    // what belongs to this process alone
	store     *store.DB
	jobPool   *sql.DB
	listener  *pgxpool.Pool // on PostgreSQL
	keys      *seal.Keyring
	audit     auditor
	leader    *store.Leader // of the audit log's sequencer, and who brings checkpoints away
	sequencer *audit.Sequencer
	reader    *audit.Reader
	verifier  note.Verifier
	ticker    *time.Ticker
	witness   *witness.Witness
	asker     *witness.Asker
	copier    *copies.Copier

	forge     *local.Forge
	hooks     *git.HookServer
	warehouse warehouse
	workerd   *workerd.Engine
	runtime   *run.Manager

	shelf     *shelf
	ruled     *bell // rings when rules come into force
	identity  *identity.Service
	signIns   signIns
	gates     *gate.Gates
	approvals *approval.Approvals
	pipelines *pipeline.Service
	notifier  *notify.Notifier
	access    *access.Service
	vex       *vex.Book
	issuer    *issuer.Issuer
	reviews   *review.Reviews
	owners    *owner.Service
	directory *directory.Service
	secrets   *secret.Service
	school    school
	facts     *fact.Book
	activity  *activity
	sagas     *job.Sagas
	queue     *job.Queue

	provision *provision.Service
	changes   *change.Service
	unsaved   *unsaved.Service
	deploys   *deploy.Service
	archives  *archive.Service
	govern    *govern.Service
	ending    retire.Parts

	desk   *desk.Desk
	table  *edge.Table
	edge   edge.Options // what the router was made of
	router *edge.Router

	admissions *gate.Admissions
	admission  *admission.Server // nil unless the configuration names an address
}

// open makes the house, from the ground up. On an error everything made so far
// is closed again.
func open(ctx context.Context, c cli.Config, version string, log *slog.Logger) (*house, error) {
	h := &house{config: c, version: version, log: log, clock: core.SystemClock{}, ids: core.IDs{}}
	for _, lay := range []func(ctx context.Context) error{h.ground, h.walls, h.rooms, h.doors, h.settleIn} {
		if err := lay(ctx); err != nil {
			h.close(context.WithoutCancel(ctx))
			return nil, err
		}
	}
	return h, nil
}

// dir returns a folder inside the data folder.
func (h *house) dir(name ...string) string {
	return filepath.Join(append([]string{h.config.Data}, name...)...)
}

// ground is what everything stands on: folders, keys, store, clock, audit log.
func (h *house) ground(ctx context.Context) error {
	data, err := filepath.Abs(h.config.Data)
	if err != nil {
		return core.Hidden("Finding the data folder", err)
	}
	h.config.Data = data
	if err := os.MkdirAll(data, 0o700); err != nil {
		return core.Errorf(core.Unavailable, "The data folder %q cannot be made: %w.", data, err).Hinted("Choose another folder with --data.")
	}
	if err := h.moveIn(); err != nil {
		return err
	}
	if h.keys, err = seal.Open(h.dir("keys"), rand.Reader); err != nil {
		return err
	}
	if h.store, err = store.OpenAt(ctx, store.Where{Dir: data, URL: string(h.config.Database.Database)}); err != nil {
		return err
	}
	if h.jobPool, err = h.store.JobPool(); err != nil {
		return err
	}
	if h.listener, err = h.store.Listener(ctx); err != nil {
		return err
	}
	if h.store.Owner() {
		h.log.WarnContext(ctx, "the server owns its database, and could change the audit log: give it a role of its own with paddock database prepare")
	}
	if h.config.Lab {
		h.lab = &labClock{}
		h.clock = h.lab
		if err := h.lab.restore(ctx, h.store); err != nil {
			return err
		}
	}
	if h.verifier, err = note.NewVerifier(h.keys.AuditKey()); err != nil {
		return core.Hidden("Reading the audit key", err)
	}
	h.ticker = time.NewTicker(audit.Interval)
	h.sequencer = audit.NewSequencer(h.store, h.keys.NoteSigner(), h.verifier, h.ticker.C, h.log)
	h.leader = h.store.Leader("audit")
	h.sequencer.Lead = h.leader.Leads
	h.reader = audit.NewReader(h.store, h.verifier)
	h.audit = auditor{log: audit.NewLog(h.store, h.clock, h.ids, rand.Reader), store: h.store, wake: h.sequencer.Wake,
		bind: func(ctx context.Context, grant core.ID, late bool, e core.Event) (core.Event, error) {
			return h.access.Bind(ctx, grant, late, e)
		}}
	return nil
}

// walls are the adapters: forge, registry, runtime.
func (h *house) walls(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return core.Hidden("Finding this program", err)
	}
	socket := h.place.hooks()
	if len(socket) > 100 {
		return core.Errorf(core.Invalid, "The data folder %q has too long a name for a socket inside it.", h.config.Data).Hinted("Choose a shorter path with --data.")
	}
	h.forge, err = local.New(local.Options{Root: h.dir("git"), Log: h.log, Clock: h.clock, HookCommand: []string{self, "hook"}, HookSocket: socket, Replica: h.place.replica})
	if err != nil {
		return err
	}
	registry, err := h.openRegistry()
	if err != nil {
		return err
	}
	abroad := func(repository string) (build.Registry, error) {
		return openRemote(repository, h.config.RegistryAuth)
	}
	h.warehouse = warehouse{abroad: abroad, allowed: func() []string { return h.shelf.Current().Settings.ApprovedRegistries }, registry: registry, signer: h.keys, id: h.keys.Installation(), clock: h.clock,
		verifier: build.Verifier{Own: h.keys.VerifyDSSE, Clock: h.clock, Outside: func() sigstore.Trust { return h.shelf.Current().Trust }}}
	if h.workerd, err = workerd.New(workerd.Options{Binary: h.config.Workerd, Log: h.log}); err != nil {
		return err
	}
	h.runtime, err = run.New(run.Options{Dir: h.config.Data, Sockets: h.place.sockets(), Engine: engine(h.workerd), OpenDB: appdb.Open, Clock: h.clock, IDs: h.ids, Log: h.log,
		Credentials: func(ctx context.Context, app core.ID, v core.Vendor) (core.Secret, string, string, error) {
			return h.secrets.ForVendor(ctx, app, v)
		},
		Identity: (&tokens{house: h}).Give,
		Absent:   func(ctx context.Context, app core.ID) (run.Spec, error) { return h.deploys.Running(ctx, app) },
		Meter:    meter{store: h.store, budgets: h.budgets, log: h.log}, Incidents: incidents{store: h.store, audit: h.audit}})
	return err
}

// openRegistry opens the registry that the configuration names, or else the
// folder in the data folder.
func (h *house) openRegistry() (build.Registry, error) {
	if h.config.Registry == "" {
		return ocilayout.Open(h.dir("oci"))
	}
	return openRemote(h.config.Registry, h.config.RegistryAuth)
}

// openRemote opens a repository of some registry, with the credentials in a file.
func openRemote(repository, auth string) (build.Registry, error) {
	o := remote.Options{Repository: repository}
	if auth != "" {
		var err error
		if o.Auth, err = remote.ReadAuth(auth); err != nil {
			return nil, err
		}
	}
	return remote.Open(o)
}

// budgets counts money at the prices in force.
func (h *house) budgets() *budget.Budgets {
	return budget.New(h.store, h.audit, h.notifier, h.clock, h.shelf.tariff())
}

// rooms are the use cases.
func (h *house) rooms(ctx context.Context) error {
	h.notifier = notify.New(h.store, h.store, h.audit, h.clock, h.ids)
	h.ruled = newBell()
	h.shelf = &shelf{forge: h.forge, store: h.store, tx: h.store.InTx, audit: h.audit, changed: h.governanceChanged}
	err := h.shelf.open(ctx, func(files map[string][]byte) (string, error) {
		return h.forge.Seed(ctx, GovernanceRepo, files, "Paddock <paddock@localhost>", "Start the governance repository", h.clock.Now())
	})
	if err != nil {
		return err
	}
	h.store.UseGroupRoles(func() core.GroupRoles { return h.shelf.Current().Groups })
	h.vex = &vex.Book{Store: h.store, Audit: h.audit, Clock: h.clock, IDs: h.ids, Governance: func() (string, []openvex.Source) {
		rev := h.shelf.Current()
		return rev.ID, rev.VEX
	}}
	h.watching()
	h.copier = h.newCopier()
	if err := h.openSignIns(); err != nil {
		return err
	}
	h.identity = identity.New(h.store, h.audit, h.clock, h.ids, rand.Reader).Limit(h.signIns.file.Sessions.Limits())
	if len(h.signIns.providers) > 0 {
		h.identity = h.identity.ByProvider()
	}
	h.owners = &owner.Service{Store: h.store, Tell: h.notifier, Audit: h.audit, Clock: h.clock}
	h.identity = h.identity.WhenOff(h.owners.Left)
	h.directory = h.newDirectory()
	if err := h.directory.Start(ctx); err != nil {
		return err
	}
	h.issuer = &issuer.Issuer{Keys: h.store, Sealer: h.keys, Audit: h.audit, Clock: h.clock, IDs: h.ids, URL: h.issuerURL()}
	h.approvals = approval.New(h.store, h.audit, h.notifier, h.clock, h.ids, h.shelf.Current().Settings.Approvals.Expiry())
	h.approvals.Members = func(ctx context.Context, provider, group string) ([]core.ID, error) {
		return h.store.Members(ctx, core.Group{Provider: provider, Name: group})
	}
	h.approvals.SignedIn = h.signedInAt
	h.gates = &gate.Gates{Policy: rulebook{h.shelf}, Store: h.store, Approvals: h.approvals, Audit: h.audit, Clock: h.clock, IDs: h.ids}
	if h.pipelines, err = h.newPipelines(); err != nil {
		return err
	}
	h.access = h.elevation()
	h.reviews = h.accessReviews()
	h.secrets = secret.New(secret.Options{Sealer: h.keys, Store: h.store, Leases: h.store, Live: h.store, Tx: h.store, Audit: h.audit, Clock: h.clock, IDs: h.ids,
		Allowed: func() []string { return h.shelf.Current().Settings.AllowedStores() }})
	h.school = school{shelf: h.shelf, School: training.New(h.store, h.store, h.audit, h.clock)}
	h.facts = fact.New(h.store, h.audit, h.clock)
	h.activity = &activity{store: h.store, flush: h.runtime.Flush, clock: h.clock, idle: func() time.Duration { return h.clocks().IdleAfter }}
	if err := h.work(ctx); err != nil {
		return err
	}
	return h.life()
}

// life is what happens to apps. The sagas' kinds are made known here.
func (h *house) life() error {
	valid := schooling{clock: h.clock, certs: h.store}
	h.provision.Store, h.provision.People, h.provision.Forge = h.store, h.store, h.forge
	h.provision.Sagas, h.provision.Catalog, h.provision.Gates, h.provision.Training = h.sagas, h.shelf, h.gates, valid
	h.provision.Tell, h.provision.Audit, h.provision.Buddy = h.notifier, h.audit, training.Buddy

	checks, scanner, err := h.checks()
	if err != nil {
		return err
	}
	h.changes.Store, h.changes.Forge, h.changes.Checks, h.changes.Scanner = h.store, h.forge, checks, scanner
	h.changes.Builder = &build.Builder{Registry: h.warehouse.registry, Signer: h.keys, Bundler: build.Isolated{Command: selfCommand(BundleArg)}, Clock: h.clock, IDs: h.ids, Version: h.version, Secrets: scanner}
	h.changes.People, h.changes.Approvals, h.changes.Sagas, h.changes.Queue = h.store, h.approvals, h.sagas, h.queue
	h.changes.VEX, h.changes.Catalog, h.changes.Gates, h.changes.Training, h.changes.Tell, h.changes.Audit = h.vex, h.shelf, h.gates, valid, h.notifier, h.audit

	h.unsaved = &unsaved.Service{Checks: h.apartNow(checks), Catalog: h.shelf, VEX: h.vex, Training: valid, Forge: h.forge, Clock: h.clock, Turns: unsaved.NewTurns(h.clock, max(2, runtime.NumCPU()))}

	h.deploys.Store, h.deploys.Evidence, h.deploys.Runtime, h.deploys.Leases = h.store, h.warehouse, h.runtime, h.secrets
	h.deploys.Sagas, h.deploys.Catalog, h.deploys.Gates, h.deploys.Training = h.sagas, h.shelf, h.gates, valid
	h.deploys.Tell, h.deploys.Audit = h.notifier, h.audit

	h.archives.People, h.archives.Store, h.archives.Runtime, h.archives.Forge, h.archives.Sagas = h.store, h.store, h.runtime, h.forge, h.sagas
	h.archives.Deploy, h.archives.Facts, h.archives.Gates, h.archives.Tell, h.archives.Audit = h.deploys, appFacts{h.shelf}, h.gates, h.notifier, h.audit

	h.govern = &govern.Service{Forge: h.forge, Store: h.store, Shelf: h.shelf, Gates: h.gates, Audit: h.audit, Clock: h.clock, IDs: h.ids, Link: "/approvals",
		Preview: fleetPreview{h.shelf, preview.Previews{Store: h.store, Clock: h.clock}}}
	if h.config.LabCrash != "" {
		crash := h.crashAt(h.config.LabCrash)
		h.govern.Point = func(name string) { crash("govern:" + name) }
	}

	h.ending = retire.Parts{Store: h.store, Activity: h.facts, Archiver: h.archives, Teller: h.notifier, Audit: h.audit, Clock: h.clock, Log: h.log,
		Refresh: func(ctx context.Context) error { return h.facts.Read(ctx, activitySource, h.activity.read) }}
	return nil
}

// retirer moves apps through the end of their life by the clocks in force.
func (h *house) retirer() *retire.Retirer { return retire.New(h.ending, h.clocks()) }

// clocks are the life-cycle clocks in force.
func (h *house) clocks() retire.Rules {
	r, s := retire.Default(activitySource), h.shelf.Current().Settings.Lifecycle
	r.IdleAfter, r.ArchiveAfter = time.Duration(s.IdleDays)*24*time.Hour, time.Duration(s.ArchiveDays)*24*time.Hour
	return r
}

// baseURL is how people reach this server.
func (h *house) baseURL() string {
	if h.config.BaseURL != "" {
		return h.config.BaseURL
	}
	return "http://localhost:" + h.port()
}

// appURL is an app's own address.
func (h *house) appURL(name string) string {
	u, err := url.Parse(h.baseURL())
	if err != nil {
		return ""
	}
	host := name + "." + h.config.AppDomain
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	return u.Scheme + "://" + host
}
