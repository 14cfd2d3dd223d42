package deploy_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/life/deploy"
	"github.com/paddock-dev/paddock/internal/life/run"
	"github.com/paddock-dev/paddock/internal/testkit/town"
)

// runtime is what one process runs: it is gone with the process.
type runtime struct {
	runs   map[core.ID]core.ID // app -> deployment
	starts int
	err    error // what the next start answers
	allow  map[core.ID]error
}

func (r *runtime) Deploy(_ context.Context, s run.Spec) error {
	r.starts++
	if r.err == nil {
		r.runs[s.AppID] = s.Deployment
	}
	return r.err
}

func (r *runtime) Allow(app core.ID, _ []core.Vendor) error { return r.allow[app] }

func (r *runtime) Follow(ctx context.Context, s run.Spec) error { return r.Deploy(ctx, s) }

func (r *runtime) Runs(app core.ID) core.ID { return r.runs[app] }

func (r *runtime) Known() []core.ID { return slices.Collect(maps.Keys(r.runs)) }

func (r *runtime) Stop(_ context.Context, app core.ID, _ string) error {
	delete(r.runs, app)
	return nil
}

// dock deploys one app's artifacts; evidence and runtime are shams.
type dock struct {
	*town.Town
	*deploy.Service
	sagas   *job.Sagas
	runtime *runtime
	app     core.App
	proof   map[string]deploy.Proof
	leases  map[core.ID]error // what lending an app answers
	lent    []string

	tags     map[string]string // by app.tag
	moved    func()            // called while a decision is made
	verdicts []deploy.Verdict
	unsigned error // what signing a summary answers
}

// Verify implements deploy.Evidence.
func (d *dock) Verify(_ context.Context, digest string) (deploy.Proof, error) {
	p, ok := d.proof[digest]
	if !ok {
		return p, core.Errorf(core.NotFound, "There is no evidence of %s.", digest)
	}
	return p, nil
}

// Load implements deploy.Evidence.
func (d *dock) Load(context.Context, string) (deploy.Bundle, error) {
	return deploy.Bundle{Worker: []byte("export default {}")}, nil
}

// Resolve implements deploy.Evidence.
func (d *dock) Resolve(_ context.Context, app, tag string) (string, error) {
	digest, ok := d.tags[app+"."+tag]
	if !ok {
		return "", core.Errorf(core.NotFound, "There is no tag %q.", tag)
	}
	return digest, nil
}

// Summarise implements deploy.Evidence.
func (d *dock) Summarise(_ context.Context, digest string, v deploy.Verdict) (string, error) {
	if d.moved != nil {
		d.moved() // in the middle of the decision
	}
	d.verdicts = append(d.verdicts, v)
	return "sha256:summary-of-" + digest, d.unsigned
}

// Lease implements deploy.Leases.
func (d *dock) Lease(_ context.Context, app core.ID, secret string, _ time.Duration) (core.Lease, error) {
	d.lent = append(d.lent, d.name(app)+":"+secret)
	return core.Lease{}, d.leases[app]
}

func (d *dock) name(app core.ID) string {
	a, err := d.Town.App(d.Ctx(), app)
	d.Must(err)
	return a.Name
}

func newDock(t *testing.T) *dock {
	d := &dock{tags: map[string]string{}, Town: town.New(t), proof: map[string]deploy.Proof{}, leases: map[core.ID]error{}}
	d.app = d.berth("payroll")
	d.restart()
	return d
}

// berth adds an app that uses the talent directory.
func (d *dock) berth(name string) core.App {
	a := d.NewApp(name, d.Hana)
	a.Descriptor.Vendors, a.Descriptor.Audience = []core.VendorUse{{Name: "talent-directory", Hosts: []string{"talent.example"}}}, "organisation"
	d.Must(d.Quietly(d.Ctx(), func(ctx context.Context) error { return d.SetDescriptor(ctx, a.ID, a.Descriptor) }))
	return d.Reload(a)
}

// restart is what a new process begins with: nothing runs.
func (d *dock) restart() {
	d.runtime = &runtime{runs: map[core.ID]core.ID{}, allow: map[core.ID]error{}}
	d.Service = &deploy.Service{Store: d.DB, Evidence: d, Runtime: d.runtime, Leases: d, Catalog: d.Town, Gates: d.Town.Gates, Training: d.Town, Tell: d.Town.Tell,
		Audit: d.Ground.Audit, Clock: d.Ground.Clock, IDs: d.Ground.IDs}
	d.sagas = d.Town.Sagas(d.Kind())
	d.Service.Sagas = d.sagas
	live, err := d.AllLive(d.Ctx())
	d.Must(err)
	for _, l := range live { // as people come to them
		spec, err := d.Running(d.Ctx(), l.AppID)
		d.Must(err)
		d.runtime.runs[l.AppID] = spec.Deployment
	}
}

// artifact keeps one with its evidence.
func (d *dock) artifact(app core.App, digest string) string {
	d.Must(d.Quietly(d.Ctx(), func(ctx context.Context) error {
		return d.PutArtifact(ctx, core.Artifact{Digest: digest, AppID: app.ID, Commit: strings.Repeat("a", 40), SBOM: "sha256:s", Provenance: "sha256:p", Size: 1, Created: 1})
	}))
	d.proof[digest] = deploy.Proof{SBOM: "sha256:s", Provenance: "sha256:p", Signed: true}
	return digest
}

func (d *dock) deploy(digest, target string) (core.Deployment, error) {
	return d.Deploy(d.Ctx(), d.Hana, d.Actor(d.Hana), d.app, digest, target)
}

// live demands which deployment is live, for the store and for the runtime.
func (d *dock) live(t *testing.T, want core.ID) {
	t.Helper()
	x, err := d.DB.Live(d.Ctx(), d.app.ID)
	d.Must(err)
	if x.ID != want || d.runtime.runs[d.app.ID] != want {
		t.Errorf("live is %s, %s runs, want %s", x.ID, d.runtime.runs[d.app.ID], want)
	}
}

// states lists the app's deployments, newest first.
func (d *dock) states() (out []core.DeploymentState) {
	list, err := d.Deployments(d.Ctx(), d.app.ID)
	d.Must(err)
	for _, x := range list {
		out = append(out, x.State)
	}
	return out
}

func TestDeployReplacesTheOld(t *testing.T) {
	d := newDock(t)
	one, err := d.deploy(d.artifact(d.app, "sha256:1"), "eu-sovereign")
	d.Must(err)
	d.live(t, one.ID)
	d.Ground.Clock.Move(time.Minute)
	two, err := d.deploy(d.artifact(d.app, "sha256:2"), "eu-sovereign")
	d.Must(err)
	d.live(t, two.ID)
	if got := d.states(); !slices.Equal(got, []core.DeploymentState{core.DeployLive, core.DeployReplaced}) || d.runtime.starts != 2 {
		t.Errorf("deployments: %v, %d starts", got, d.runtime.starts)
	}
	if d.Count("app.deploy") != 2 || d.Count("deploy.credentials") != 2 || !slices.Equal(d.lent, []string{"payroll:talent-directory-token", "payroll:talent-directory-token"}) {
		t.Errorf("events %v, lent %v", d.Events(0), d.lent)
	}
	if two.Decision == "" || two.Region != "eu-sovereign" || two.State != core.DeployLive {
		t.Errorf("%+v", two)
	}
}

// CHK-4: what cannot be proven does not run.
func TestMissingEvidenceIsDenied(t *testing.T) {
	for what, p := range map[string]*deploy.Proof{"no evidence": nil, "no SBOM": {Provenance: "sha256:p", Signed: true}, "no provenance": {SBOM: "sha256:s", Signed: true},
		"no signature": {SBOM: "sha256:s", Provenance: "sha256:p"}} {
		d := newDock(t)
		digest := d.artifact(d.app, "sha256:1")
		if delete(d.proof, digest); p != nil {
			d.proof[digest] = *p
		}
		_, err := d.deploy(digest, "eu-sovereign")
		if core.CodeOf(err) != core.Denied || len(core.AsError(err).Problems) == 0 || d.runtime.starts != 0 || len(d.states()) != 0 {
			t.Errorf("%s: %v, %d starts, deployments %v", what, err, d.runtime.starts, d.states())
		}
	}
}

func TestDeployRefusals(t *testing.T) {
	d := newDock(t)
	digest := d.artifact(d.app, "sha256:1")
	other := d.artifact(d.berth("holidays"), "sha256:2")
	if e := core.AsError(errOf(d.deploy(digest, "eu-sovereing"))); e.Code != core.Invalid || e.Field != "target" || !strings.Contains(e.Hint, "eu-sovereign") {
		t.Errorf("an unknown target: %v", e)
	}
	for what, x := range map[string]string{"unknown": "sha256:9", "another app's": other} {
		if e := core.AsError(errOf(d.deploy(x, "eu-sovereign"))); e.Code != core.NotFound || e.Field != "artifact" {
			t.Errorf("an artifact that is %s: %v", what, e)
		}
	}
	if err := errOf(d.deploy(digest, "us-east-1")); core.CodeOf(err) != core.Denied {
		t.Errorf("another region: %v", err)
	}
	d.app.State = core.AppArchived
	if err := errOf(d.deploy(digest, "eu-sovereign")); core.CodeOf(err) != core.Conflict {
		t.Errorf("an archived app: %v", err)
	}
	if d.runtime.starts != 0 {
		t.Errorf("%d starts", d.runtime.starts)
	}
}

// last is the newest event of an action.
func (d *dock) last(action string) core.Event {
	list, err := d.SearchEvents(d.Ctx(), store.EventFilter{Action: action, Most: 1})
	d.Must(err)
	return list[0].Event
}

func errOf(_ core.Deployment, err error) error { return err }

// What ran before goes on running when the new one cannot.
func TestFailureKeepsTheOld(t *testing.T) {
	for what, spoil := range map[string]func(d *dock){
		"it does not start":      func(d *dock) { d.runtime.err = core.Errorf(core.Invalid, "worker.js:1 throws.") },
		"its credential is gone": func(d *dock) { d.leases[d.app.ID] = core.Errorf(core.NotFound, "There is no such secret.") },
	} {
		d := newDock(t)
		one, err := d.deploy(d.artifact(d.app, "sha256:1"), "eu-sovereign")
		d.Must(err)
		spoil(d)
		d.Ground.Clock.Move(time.Minute)
		_, err = d.deploy(d.artifact(d.app, "sha256:2"), "eu-sovereign")
		if core.CodeOf(err) != core.Unavailable || !strings.Contains(core.AsError(err).Hint, "What ran before goes on running") {
			t.Errorf("%s: %v", what, err)
		}
		d.live(t, one.ID)
		told, _ := d.Notices(d.Ctx(), d.Hana.ID)
		if got := d.states(); !slices.Equal(got, []core.DeploymentState{core.DeployFailed, core.DeployLive}) || len(told) != 1 {
			t.Errorf("%s: deployments %v, told %d", what, got, len(told))
		}
	}
}

// Promise 8: a crash at any point of a deployment that replaces another, and in
// the end the new one is live and runs.
func TestCrashAtEveryStep(t *testing.T) {
	for i := range 12 {
		step, when, again := 1+i/4, []string{"before", "after"}[i/2%2], i%2 == 1
		t.Run(fmt.Sprintf("%d %s, pressed again %v", step, when, again), func(t *testing.T) {
			t.Parallel()
			d := newDock(t)
			one, err := d.deploy(d.artifact(d.app, "sha256:1"), "eu-sovereign")
			d.Must(err)
			d.Ground.Clock.Move(time.Minute)
			digest := d.artifact(d.app, "sha256:2")
			d.Crash(d.sagas, fmt.Sprintf("deploy:%d:%s", step, when), func() { _, _ = d.deploy(digest, "eu-sovereign") })
			d.restart()
			d.live(t, one.ID)
			if again {
				two, err := d.deploy(digest, "eu-sovereign")
				d.Must(err)
				d.live(t, two.ID)
			}
			d.RunAll(d.sagas)
			list, err := d.Deployments(d.Ctx(), d.app.ID)
			d.Must(err)
			d.live(t, list[0].ID)
			if len(list) != 2 || d.Count("app.deploy") != 2 || d.Count("deploy.credentials") != 2 || list[0].Artifact != digest {
				t.Errorf("events %v, %+v", d.Events(0), list)
			}
		})
	}
}

// Two deployments at once: the one that is live in the end is the one that runs.
func TestLastSwitchRuns(t *testing.T) {
	d := newDock(t)
	first, second := d.artifact(d.app, "sha256:1"), d.artifact(d.app, "sha256:2")
	var inner core.Deployment
	d.sagas.Point = func(name string) {
		if name == "deploy:3:before" {
			d.sagas.Point = nil
			var err error
			inner, err = d.deploy(second, "eu-sovereign")
			d.Must(err)
		}
	}
	outer, err := d.deploy(first, "eu-sovereign")
	d.Must(err)
	if inner.ID == "" {
		t.Fatal("the second deployment did not come between")
	}
	d.live(t, outer.ID)
}

// Promise 9: an app whose credential or place is gone does not stop the others.
func TestOneAppDoesNotStopTheOthers(t *testing.T) {
	d := newDock(t)
	_, err := d.deploy(d.artifact(d.app, "sha256:1"), "eu-sovereign")
	d.Must(err)
	other := d.berth("holidays")
	_, err = d.Deploy(d.Ctx(), d.Hana, d.Actor(d.Hana), other, d.artifact(other, "sha256:2"), "eu-sovereign")
	d.Must(err)
	for _, broken := range []core.App{d.app, other} {
		gone := errors.New("gone")
		d.lent, d.leases, d.runtime.allow = nil, map[core.ID]error{broken.ID: gone}, map[core.ID]error{broken.ID: gone}
		if err := d.Refresh(d.Ctx()); !errors.Is(err, gone) || len(d.lent) != 2 {
			t.Errorf("%s is broken: %v, lent %v", broken.Name, err, d.lent)
		}
	}
	if _, err := d.Running(d.Ctx(), "nothing"); core.CodeOf(err) != core.NotFound {
		t.Errorf("running what is not deployed: %v", err)
	}
}

// A tag is looked up once; a tag that moves while the gate decides changes
// nothing, and no other app's tag counts.
func TestMutableTag(t *testing.T) {
	d := newDock(t)
	one, two := d.artifact(d.app, "sha256:1"), d.artifact(d.app, "sha256:2")
	other := d.artifact(d.berth("holidays"), "sha256:3")
	d.tags = map[string]string{"payroll.main": one, "holidays.main": other, "payroll.stolen": other}
	d.moved = func() { d.tags["payroll.main"] = two }
	x, err := d.deploy("main", "eu-sovereign")
	d.Must(err)
	d.live(t, x.ID)
	if x.Artifact != one {
		t.Errorf("%s is deployed, but main stood for %s", x.Artifact, one)
	}
	if e := d.last("gate.decide"); e.Target != one+"@eu-sovereign" || e.Data["tag"] != "main" || e.Data["summary"] != "sha256:summary-of-"+one {
		t.Errorf("%+v", e)
	}
	for _, ref := range []string{"gone", "stolen", ""} {
		if e := core.AsError(errOf(d.deploy(ref, "eu-sovereign"))); e.Code != core.NotFound || e.Field != "artifact" {
			t.Errorf("tag %q: %v", ref, e)
		}
	}
}

// Each decision is signed as a summary; one that cannot be is not made.
func TestSummaries(t *testing.T) {
	d := newDock(t)
	digest := d.artifact(d.app, "sha256:1")
	_, err := d.deploy(digest, "eu-sovereign")
	d.Must(err)
	_ = errOf(d.deploy(digest, "us-east-1"))
	if len(d.verdicts) != 2 || !d.verdicts[0].Passed || d.verdicts[1].Passed || d.verdicts[1].Target != "us-east-1" || !slices.Equal(d.verdicts[0].Inputs, []string{"sha256:p", "sha256:s"}) ||
		d.verdicts[0].Policy == "" || d.verdicts[0].At.IsZero() {
		t.Errorf("%+v", d.verdicts)
	}
	d.unsigned = core.Errorf(core.Unavailable, "The disk is full.")
	before := d.runtime.starts
	if _, err := d.deploy(digest, "eu-sovereign"); core.CodeOf(err) != core.Unavailable || d.runtime.starts != before || d.Count("gate.decide") != 2 {
		t.Errorf("%v, %d starts, %d decisions", err, d.runtime.starts, d.Count("gate.decide"))
	}
}

// A decision that waited gets its summary when its request is answered: once more
// with the same words if it is told again, and none without an answer.
func TestWaitingIsSettled(t *testing.T) {
	d := newDock(t)
	digest := d.artifact(d.app, "sha256:"+strings.Repeat("1", 64))
	for _, c := range []struct {
		state   core.ApprovalState
		gate    core.Gate
		answers int64
		signed  int
		passed  bool
	}{
		{core.ApprovalGranted, core.GateAppDeploy, 7, 1, true},
		{core.ApprovalRefused, core.GateAppDeploy, 8, 1, false},
		{core.ApprovalExpired, core.GateAppDeploy, 0, 0, false},
		{core.ApprovalVoided, core.GateAppDeploy, 0, 0, false},
		{core.ApprovalGranted, core.GateChangeMerge, 7, 0, false},
	} {
		id := core.ID("req-" + string(c.state) + string(c.gate))
		d.Must(d.Quietly(d.Ctx(), func(ctx context.Context) error {
			return d.AddDecision(ctx, core.Decision{ID: "dec-" + id, Gate: c.gate, AppID: d.app.ID, Subject: digest + "@eu-sovereign", Result: core.Waiting, PolicyRevision: "rev", RequestID: id, At: 3})
		}))
		req := core.ApprovalRequest{ID: id, Gate: c.gate, AppID: d.app.ID, Digest: digest + "@eu-sovereign", State: c.state}
		if c.answers > 0 {
			req.Approvals = []core.Approval{{Yes: true, At: 2}, {Yes: c.passed, At: c.answers}}
		}
		d.verdicts = nil
		d.Must(d.Settle(d.Ctx(), req))
		d.Must(d.Settle(d.Ctx(), req))
		if len(d.verdicts) != 2*c.signed {
			t.Fatalf("%s at %s: %+v", c.state, c.gate, d.verdicts)
		}
		if c.signed > 0 {
			v := d.verdicts[0]
			if v.Passed != c.passed || v.App != "payroll" || v.Target != "eu-sovereign" || v.Policy != "rev" || core.Stamp(v.At) != c.answers || len(v.Inputs) != 2 || fmt.Sprint(v) != fmt.Sprint(d.verdicts[1]) {
				t.Errorf("%s: %+v", c.state, d.verdicts)
			}
		}
	}
	if d.Count("deploy.settle") != 4 {
		t.Errorf("%v", d.Events(0))
	}
	d.unsigned = core.Errorf(core.Unavailable, "The registry cannot be reached.")
	if err := d.Settle(d.Ctx(), core.ApprovalRequest{ID: "req-grantedapp.deploy", Gate: core.GateAppDeploy, AppID: d.app.ID, Digest: digest + "@eu-sovereign", State: core.ApprovalGranted, Approvals: []core.Approval{{Yes: true, At: 7}}}); core.CodeOf(err) != core.Unavailable {
		t.Errorf("a registry that is away: %v", err)
	}
}
