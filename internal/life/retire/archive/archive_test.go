package archive_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/retire/archive"
	"github.com/paddock-dev/paddock/internal/testkit/town"
)

// barn archives one deployed app; running and deploying are shams.
type barn struct {
	*town.Town
	*archive.Service
	sagas    *job.Sagas
	app      core.App
	stopped  int
	deployed []string
	denies   error // what deploying answers
}

// Stop implements archive.Runtime.
func (b *barn) Stop(context.Context, core.ID, string) error {
	b.stopped++
	return nil
}

// Deploy implements archive.Deployer.
func (b *barn) Deploy(_ context.Context, _ core.Person, _ core.Actor, a core.App, digest, target string) (core.Deployment, error) {
	if a.State != core.AppActive {
		panic("deployed while it is " + a.State)
	}
	b.deployed = append(b.deployed, digest+"@"+target)
	return core.Deployment{}, b.denies
}

// Facts implements archive.Facts.
func (b *barn) Facts(who core.Person, a core.App) policy.Input {
	return b.Rev.Input(who, nil, a.Descriptor)
}

func newBarn(t *testing.T) *barn {
	b := &barn{Town: town.New(t)}
	b.app = b.NewApp("payroll", b.Hana)
	b.Seed(b.app, map[string]string{"README.md": "# Payroll\n"})
	b.Must(b.Quietly(b.Ctx(), func(ctx context.Context) error {
		if err := b.PutArtifact(ctx, core.Artifact{Digest: "sha256:1", AppID: b.app.ID, Commit: "c1", Created: 1}); err != nil {
			return err
		}
		if err := b.AddLease(ctx, core.Lease{ID: b.Ground.IDs.New(b.Now()), AppID: b.app.ID, Secret: "token", Created: 1, Expires: core.Stamp(b.Now()) + 1e9}); err != nil {
			return err
		}
		d := core.Decision{ID: b.Ground.IDs.New(b.Now()), Gate: core.GateAppDeploy, AppID: b.app.ID, Result: core.Allow, Input: []byte("{}"), At: 1}
		if err := b.AddDecision(ctx, d); err != nil {
			return err
		}
		return b.AddDeployment(ctx, core.Deployment{ID: b.Ground.IDs.New(b.Now()), AppID: b.app.ID, Decision: d.ID, Artifact: "sha256:1", Target: "eu-sovereign", Region: "eu-sovereign", State: core.DeployLive, By: b.Hana.ID, Created: 1})
	}))
	b.restart()
	return b
}

// Now is what the clock shows.
func (b *barn) Now() time.Time { return b.Ground.Clock.Now() }

// restart is what a new process begins with.
func (b *barn) restart() {
	b.Service = &archive.Service{Store: b.DB, People: b.DB, Runtime: b, Forge: b.Town.Forge, Deploy: b, Facts: b, Gates: b.Town.Gates, Tell: b.Town.Tell, Audit: b.Ground.Audit, Clock: b.Ground.Clock}
	b.sagas = b.Town.Sagas(b.Kind(), b.RestoreKind())
	b.Service.Sagas = b.sagas
}

func (b *barn) archive() error {
	return b.Archive(b.Ctx(), b.Reload(b.app), b.Actor(b.Hana), "by hana@example.org")
}

func (b *barn) restore() error {
	return b.Restore(b.Ctx(), b.Hana, b.Actor(b.Hana), b.Reload(b.app))
}

// away demands an app that is out of service: not deployed, without credentials,
// frozen; each event once, the owner told once, nothing destroyed.
func (b *barn) away(t *testing.T) {
	t.Helper()
	a := b.Reload(b.app)
	_, live := b.DB.Live(b.Ctx(), a.ID)
	frozen, err := b.Town.Forge.Frozen(b.Ctx(), a.Name)
	b.Must(err)
	leases, err := b.Leases(b.Ctx(), a.ID)
	b.Must(err)
	told, err := b.Notices(b.Ctx(), b.Hana.ID)
	b.Must(err)
	if a.State != core.AppArchived || a.Archived == 0 || core.CodeOf(live) != core.NotFound || !frozen || len(leases) != 1 || leases[0].Revoked == 0 || b.stopped == 0 || len(told) != 1 {
		t.Errorf("%s since %d, live %v, frozen %v, leases %+v, stopped %d, told %d", a.State, a.Archived, live, frozen, leases, b.stopped, len(told))
	}
	b.Once("app.stop", "lease.revoke", "app.freeze", "app.archive")
}

// LIF-2, promise 4: archiving takes everything off, restoring brings it back.
func TestArchiveAndRestore(t *testing.T) {
	b := newBarn(t)
	b.Must(b.archive())
	b.away(t)
	if err := b.archive(); err != nil { // the answer was lost
		t.Errorf("the same wish again: %v", err)
	}
	if err := b.Archive(b.Ctx(), b.Reload(b.app), b.Actor(b.Pia), "by pia"); core.CodeOf(err) != core.Conflict {
		t.Errorf("somebody else archives it again: %v", err)
	}
	b.away(t)
	b.Must(b.restore())
	a := b.Reload(b.app)
	frozen, err := b.Town.Forge.Frozen(b.Ctx(), a.Name)
	b.Must(err)
	if a.State != core.AppActive || a.Archived != 0 || a.LastActive == 0 || frozen || !slices.Equal(b.deployed, []string{"sha256:1@eu-sovereign"}) {
		t.Errorf("%+v, frozen %v, deployed %v", a, frozen, b.deployed)
	}
	if err := b.restore(); err != nil {
		t.Errorf("the same wish again: %v", err)
	}
	if err := b.Restore(b.Ctx(), b.Pia, b.Actor(b.Pia), b.Reload(b.app)); core.CodeOf(err) != core.Conflict {
		t.Errorf("somebody else restores it again: %v", err)
	}
	b.Once("app.restore")
	if len(b.deployed) != 1 {
		t.Errorf("deployed %v", b.deployed)
	}
	b.Ground.Clock.Move(time.Minute)
	b.Must(b.archive())
	if b.Reload(b.app).State != core.AppArchived || b.Count("app.archive") != 2 {
		t.Errorf("archived again: %s, events %v", b.Reload(b.app).State, b.Events(0))
	}
}

// Promise 8: a crash at any point, then the queue goes on, or somebody presses
// the button again, or both.
func TestCrashAtEveryStep(t *testing.T) {
	for step := 1; step <= 4; step++ {
		for _, when := range []string{"before", "after"} {
			for _, again := range []bool{false, true} {
				t.Run(fmt.Sprintf("%d %s, pressed again %v", step, when, again), func(t *testing.T) {
					t.Parallel()
					b := newBarn(t)
					b.Crash(b.sagas, fmt.Sprintf("archive:%d:%s", step, when), func() { _ = b.archive() })
					b.restart()
					if again {
						b.Must(b.archive())
					}
					b.RunAll(b.sagas)
					b.away(t)
				})
			}
		}
	}
}

// Promise 8: restoring survives a crash at any point, too, and deploys once.
func TestRestoreCrashAtEveryStep(t *testing.T) {
	for i := range 8 {
		step, when, again := 1+i/4, []string{"before", "after"}[i/2%2], i%2 == 1
		t.Run(fmt.Sprintf("%d %s, pressed again %v", step, when, again), func(t *testing.T) {
			t.Parallel()
			b := newBarn(t)
			b.Must(b.archive())
			b.Crash(b.sagas, fmt.Sprintf("restore:%d:%s", step, when), func() { _ = b.restore() })
			if b.Reload(b.app).State != core.AppActive || b.Count("app.restore") != 1 {
				t.Errorf("after the crash it is %s", b.Reload(b.app).State)
			}
			b.restart()
			if again {
				b.Must(b.restore())
			}
			b.RunAll(b.sagas)
			frozen, err := b.Town.Forge.Frozen(b.Ctx(), "payroll")
			b.Must(err)
			if frozen || b.Count("app.restore") != 1 || len(b.deployed) == 0 {
				t.Errorf("frozen %v, restored %d times, deployed %v", frozen, b.Count("app.restore"), b.deployed)
			}
		})
	}
}

// What the deploy gate denies stays off; the app and its repository are back.
func TestRestoreWithoutDeployment(t *testing.T) {
	b := newBarn(t)
	b.Must(b.archive())
	b.denies = &core.Error{Code: core.Denied, Msg: "The rules do not allow this.", Problems: []*core.Error{{Code: core.Denied, Msg: "The region is closed."}}}
	for range 2 { // the second time the answer was lost
		if e := core.AsError(b.restore()); e == nil || e.Code != core.Denied || len(e.Problems) != 1 || e.Problems[0].Msg != "The region is closed." {
			t.Errorf("%v", e)
		}
		b.restart()
	}
	frozen, err := b.Town.Forge.Frozen(b.Ctx(), "payroll")
	b.Must(err)
	if b.Reload(b.app).State != core.AppActive || frozen {
		t.Errorf("%s, frozen %v", b.Reload(b.app).State, frozen)
	}
}

// Who wants back an app whose archiving has begun and said "try again" is told
// what goes on, not that nothing does.
func TestRestoreWhileArchiving(t *testing.T) {
	b := newBarn(t)
	b.Crash(b.sagas, "archive:2:before", func() { _ = b.archive() })
	b.restart()
	if e := core.AsError(b.restore()); e == nil || e.Code != core.Conflict || !strings.Contains(e.Msg, "being archived") || e.Hint == "" {
		t.Errorf("%v", e)
	}
	b.RunAll(b.sagas)
	b.away(t)
	b.Must(b.restore())
}

func TestNotInService(t *testing.T) {
	b := newBarn(t)
	for _, state := range []core.AppState{core.AppProvisioning, core.AppFailed, core.AppArchived, core.AppDeleted} {
		a := b.app
		a.State = state
		if err := b.Archive(b.Ctx(), a, b.Actor(b.Hana), "x"); core.CodeOf(err) != core.Conflict {
			t.Errorf("archiving what is %s: %v", state, err)
		}
	}
	if len(b.Tasks) != 0 || b.Count("gate.decide") != 0 {
		t.Errorf("tasks %v", b.Tasks)
	}
}
