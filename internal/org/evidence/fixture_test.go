package evidence_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/org/evidence"
	"github.com/paddock-dev/paddock/internal/testkit"
)

const (
	theApp = core.ID("01980000-0000-7000-8000-00000000000a")
	owner  = core.ID("01980000-0000-7000-8000-0000000000a1")
	boss   = core.ID("01980000-0000-7000-8000-0000000000b2")
	head   = "1111111111111111111111111111111111111111"
)

var now = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// clock stands still until a test moves it.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

// at is a moment so many minutes after the world's beginning.
func at(minutes int) int64 { return core.Stamp(now.Add(time.Duration(minutes) * time.Minute)) }

// world is a real store with a real log and keyring, and one app's life in it.
type world struct {
	t     testing.TB
	db    *store.DB
	clock *clock
	keys  *seal.Keyring
	log   *audit.Log
	seq   *audit.Sequencer
	blobs map[string][]byte
	exp   *evidence.Exporter
	rules *policy.Set
	gone  bool // the governance repository cannot be read
}

func newWorld(t testing.TB) *world {
	t.Helper()
	dir := testkit.Folder(t)
	db, err := store.Open(t.Context(), dir)
	ok(t, err)
	t.Cleanup(func() { ok(t, db.Close()) })
	keys, err := seal.Open(dir+"/keys", rand.Reader)
	ok(t, err)
	verifier, err := note.NewVerifier(keys.AuditKey())
	ok(t, err)
	w := &world{t: t, db: db, clock: &clock{now}, keys: keys, blobs: map[string][]byte{}}
	w.log = audit.NewLog(db, w.clock, core.IDs{}, rand.Reader)
	w.seq = audit.NewSequencer(db, keys.NoteSigner(), verifier, nil, slog.New(slog.DiscardHandler))
	w.exp = &evidence.Exporter{Signer: keys.NoteSigner(), AuditKey: keys.AuditKey(), SigningKey: keys.PublicPEM(), Clock: w.clock,
		Temp: dir, Source: evidence.Source{Apps: db, Judged: judged{db}, Ran: db, Grants: []evidence.Grants{leases{db}}, Access: access{db}, Around: around{}, Governance: w, Blobs: w,
			Attestations: none{}, Log: log{w}, Proofs: proofs{audit.NewReader(db, verifier)}}}
	set, err := policy.Compile(t.Context(), map[string][]byte{"policies/all.rego": []byte(rules)}, nil, policy.Rollout{"later": {Stage: policy.Warn}})
	ok(t, err)
	w.rules = set
	return w
}

func (w *world) Get(_ context.Context, digest string) ([]byte, error) {
	data, found := w.blobs[digest]
	if !found {
		return nil, core.Errorf(core.NotFound, "no blob %s", digest)
	}
	return data, nil
}

// rules ask security for restricted apps, and refuse those that are named bad.
const rules = `package paddock.change.merge

approve contains {"role": "security", "reason": "It holds restricted data."} if input.app.classification == "restricted"

deny contains {"code": "bad_name", "message": "The name <script>alert(1)</script> is bad.", "fix": "Choose another."} if startswith(input.app.name, "bad")

deny contains {"code": "later", "message": "This will be refused later.", "fix": "Change it."} if input.app.region == "eu-sovereign"
`

// Revision is the governance repository at any commit.
func (w *world) Revision(_ context.Context, commit string) (evidence.Revision, error) {
	if w.gone {
		return evidence.Revision{}, core.Errorf(core.NotFound, "no commit %s", commit)
	}
	v := core.Vendor{Name: "mailer", State: core.VendorApproved, Hosts: []string{"api.mailer.example"}, DPASigned: true, PrivacyState: "approved"}
	if commit == firstRevision {
		v.State, v.DPASigned, v.PrivacyState = core.VendorPending, false, "pending"
	}
	return evidence.Revision{Commit: commit, Policy: w.rules.Source(), PolicyID: w.rules.Revision(), Vendors: map[string]core.Vendor{"mailer": v},
		Files: map[string][]byte{"vendors/mailer.yaml": []byte("state: " + string(v.State)), "vendors/other.yaml": []byte("x")}}, nil
}

const (
	firstRevision  = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	secondRevision = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

// log reads the events as the house does.
type log struct{ w *world }

func (l log) IntegrateNow(ctx context.Context) (int, error) { return l.w.seq.IntegrateNow(ctx) }

func (l log) EventsOf(ctx context.Context, app, after core.ID, n int) ([]evidence.Event, error) {
	rows, err := l.w.db.EventsOfAfter(ctx, app, after, n)
	return converted(rows), err
}

func (l log) EventsOfAction(ctx context.Context, action string, after core.ID, n int) ([]evidence.Event, error) {
	rows, err := l.w.db.EventsOfActionAfter(ctx, action, after, n)
	return converted(rows), err
}

func (l log) AppsWithEvents(ctx context.Context, s evidence.Span, after core.ID, n int) ([]core.ID, error) {
	return l.w.db.AppsWithEvents(ctx, store.Span(s), after, n)
}

func (l log) LeafSpan(ctx context.Context, s evidence.Span) (int64, int64, error) {
	return l.w.db.LeafSpan(ctx, store.Span(s))
}

func (l log) StrayLeaves(ctx context.Context, low, high int64, s evidence.Span, n int) ([]core.Event, error) {
	return l.w.db.StrayLeaves(ctx, low, high, store.Span(s), n)
}

func converted(rows []store.ProvenEvent) []evidence.Event {
	var out []evidence.Event
	for _, r := range rows {
		out = append(out, evidence.Event(r))
	}
	return out
}

type proofs struct{ *audit.Reader }

func (p proofs) Prover(signed string, c audit.Checkpoint) evidence.Prover {
	return p.Reader.Prover(signed, c)
}

type judged struct{ *store.DB }

func (j judged) Reports(ctx context.Context, app core.ID) ([]evidence.Report, error) {
	rows, err := j.ReportsMade(ctx, app)
	var out []evidence.Report
	for _, r := range rows {
		out = append(out, evidence.Report(r))
	}
	return out, err
}

type leases struct{ db *store.DB }

func (l leases) Grants(ctx context.Context, app core.ID) ([]evidence.Grant, error) {
	all, err := l.db.Leases(ctx, app)
	var out []evidence.Grant
	for _, x := range all {
		out = append(out, evidence.Grant{Kind: "lease", ID: x.ID, To: string(app), What: x.Secret, Created: x.Created, Expires: x.Expires, Revoked: x.Revoked, Why: x.Why})
	}
	return out, err
}

type none struct{}

func (none) Attestations(context.Context, string) ([]string, error) { return nil, nil }

type around struct{}

func (around) Costs(_ context.Context, a core.App, _, _ int64) ([]evidence.Cost, error) {
	return []evidence.Cost{{Period: "2026-03", Amount: 1.25, Budget: 10, Currency: "EUR", Requests: 42}}, nil
}

func (around) Certificates(_ context.Context, person core.ID) ([]evidence.Certificate, error) {
	if person != owner {
		return nil, nil
	}
	return []evidence.Certificate{{Course: "safe-apps", Passed: at(-50)}}, nil
}

// act writes records and an event about the app in one transaction.
func (w *world) act(e core.Event, records ...func(ctx context.Context) error) {
	w.t.Helper()
	if e.AppID == "" {
		e.AppID = theApp
	}
	w.org(e, records...)
}

// org is act for what is about no app.
func (w *world) org(e core.Event, records ...func(ctx context.Context) error) {
	w.t.Helper()
	ok(w.t, w.db.InTx(w.t.Context(), func(ctx context.Context) error {
		for _, r := range records {
			if err := r(ctx); err != nil {
				return err
			}
		}
		return w.log.Append(ctx, e)
	}))
}

// blob keeps bytes under their digest.
func (w *world) blob(data []byte) string {
	d := digest(data)
	w.blobs[d] = data
	return d
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// decide judges by the world's rules and keeps the decision with its event, as
// the gate does; granted is the request that lets it pass.
func (w *world) decide(d core.Decision, granted bool) {
	w.t.Helper()
	w.decideFor(theApp, d, granted)
}

func (w *world) decideFor(app core.ID, d core.Decision, granted bool) {
	w.t.Helper()
	d.AppID, d.PolicyRevision, d.At = app, w.rules.Revision(), core.Stamp(w.clock.Now())
	d.Actor = core.Actor{Kind: core.ActorPerson, ID: owner, Name: "ada@example.org", Door: "web"}
	in := policy.Input{Gate: d.Gate, Now: w.clock.Now().Format(time.RFC3339), App: policy.App{Name: "tracker", Classification: core.Restricted, Region: "eu-sovereign",
		Vendors: []policy.Vendor{{Name: "mailer"}}}}
	var err error
	d.Input, d.InputDigest, err = in.Canonical()
	ok(w.t, err)
	said, err := w.rules.Answer(w.t.Context(), d.Gate, d.Input)
	ok(w.t, err)
	d.Verdicts, d.Fired, d.Took = said.Verdicts, said.Fired, 40
	d.Result = core.Allow
	if len(d.Verdicts.Approve) > 0 && !granted {
		d.Result = core.Waiting
	}
	code := map[core.Result]string{core.Allow: "ok", core.Deny: "denied", core.Waiting: "pending"}[d.Result]
	w.act(core.Event{Action: "gate.decide", AppID: app, Actor: d.Actor, Gate: d.Gate, Target: d.Subject, Code: code,
		Data: map[string]string{"decision": string(d.ID), "policy": d.PolicyRevision, "input": d.InputDigest, "request": string(d.RequestID), "denied": "0", "rules": ""}},
		func(ctx context.Context) error { return w.db.AddDecision(ctx, d) })
}

// live puts one app's whole life into the world.
func (w *world) live() *world {
	w.t.Helper()
	db, who := w.db, core.Actor{Kind: core.ActorPerson, ID: owner, Name: "ada@example.org", Door: "web"}
	w.org(core.Event{Action: "governance.activate", Actor: core.System("start"), Target: firstRevision, Code: "ok"})
	w.org(core.Event{Action: "session.start", Actor: core.Actor{Kind: core.ActorPerson, ID: "somebody", Name: "sam@example.org", Door: "web"}, Target: "s1", Code: "ok"})
	w.org(core.Event{Action: "person.add", Actor: who, Target: string(owner), Code: "ok", Data: map[string]string{"email": "ada@example.org", "roles": "maker"}}, func(ctx context.Context) error {
		if err := db.AddPerson(ctx, core.Person{ID: owner, Email: "ada@example.org", Name: "Ada", Given: []core.Role{core.RoleMaker}, Created: 1}); err != nil {
			return err
		}
		return db.AddPerson(ctx, core.Person{ID: boss, Email: "bob@example.org", Name: "Bob", Given: []core.Role{core.RoleSecurity}, Created: 1})
	})
	w.act(core.Event{Action: "app.create", Actor: who, Gate: core.GateAppCreate, Target: "tracker", Code: "ok"}, func(ctx context.Context) error {
		return db.AddApp(ctx, core.App{ID: theApp, Name: "tracker", OwnerID: owner, OwnerEmail: "ada@example.org", State: core.AppProvisioning, Created: at(0),
			Descriptor: core.Descriptor{Name: "tracker", Classification: core.Restricted, Region: "eu-sovereign", Vendors: []core.VendorUse{{Name: "mailer"}}}})
	})
	w.decide(core.Decision{ID: "d-create", Gate: core.GateAppCreate, Subject: "sha256:form"}, false)
	ask := core.ApprovalRequest{ID: "r-merge", Gate: core.GateChangeMerge, AppID: theApp, Subject: "Change 1 of tracker", Digest: head,
		Needs: []core.Need{{Role: core.RoleSecurity, Reason: "restricted"}}, Requester: owner, Excluded: []core.ID{owner}, Created: at(0), Expires: at(600)}
	logged := core.Event{Action: "approval.ask", Actor: who, Gate: ask.Gate, Target: string(ask.ID), Code: "ok", Data: map[string]string{"digest": ask.Digest}}
	w.act(logged, func(ctx context.Context) error { return db.AddRequest(ctx, ask) })
	w.decide(core.Decision{ID: "d-wait", Gate: core.GateChangeMerge, Subject: head, RequestID: ask.ID}, false)
	logged.Action, logged.Actor = "approval.answer", core.Actor{Kind: core.ActorPerson, ID: boss, Name: "bob@example.org", Door: "web"}
	logged.Data = map[string]string{"digest": ask.Digest, "answer": "yes", "role": "security", "state": "granted"}
	w.act(logged, func(ctx context.Context) error {
		if err := db.AddApproval(ctx, core.Approval{ID: "a1", Request: ask.ID, Role: core.RoleSecurity, Approver: boss, Yes: true, Note: "fine <b>", Digest: head, At: at(0)}); err != nil {
			return err
		}
		return db.MoveRequest(ctx, ask.ID, core.ApprovalPending, core.ApprovalGranted)
	})
	w.decide(core.Decision{ID: "d-merge", Gate: core.GateChangeMerge, Subject: head, RequestID: ask.ID}, true)
	w.org(core.Event{Action: "governance.activate", Actor: core.System("start"), Target: secondRevision, Code: "ok"})
	w.clock.now = now.Add(2 * time.Minute)
	w.run(who)
	w.clock.now = now.Add(10 * time.Minute)
	return w
}

// run builds and deploys the app.
func (w *world) run(who core.Actor) {
	w.t.Helper()
	db := w.db
	sbom := w.blob([]byte(`{"bomFormat":"CycloneDX","specVersion":"1.6"}`))
	art := core.Artifact{Digest: digest([]byte("the artifact")), AppID: theApp, Commit: head, SBOM: sbom, Size: 12, Created: at(1)}
	art.Provenance = w.blob(w.provenance(art.Digest))
	w.act(core.Event{Action: "change.build", Actor: who, Target: art.Digest, Code: "ok"}, func(ctx context.Context) error { return db.PutArtifact(ctx, art) })
	target := core.Target{Name: "here"}
	w.decide(core.Decision{ID: "d-deploy", Gate: core.GateAppDeploy, Subject: art.Digest + "@" + target.Name}, false)
	w.act(core.Event{Action: "app.deploy", Actor: who, Target: art.Digest, Code: "ok"}, func(ctx context.Context) error {
		if err := db.AddLease(ctx, core.Lease{ID: "l1", AppID: theApp, Secret: "mailer-key", Created: at(2), Expires: at(60)}); err != nil {
			return err
		}
		if err := db.AddIncident(ctx, core.Incident{ID: "i1", Kind: "egress_refused", AppID: theApp, Actor: who, What: "call to evil.example", Place: "evil.example", At: at(2)}); err != nil {
			return err
		}
		return db.AddDeployment(ctx, core.Deployment{ID: "x1", AppID: theApp, Artifact: art.Digest, Target: target.Name, Region: "eu-sovereign", State: core.DeployLive,
			Decision: "d-deploy", By: owner, Created: at(2)})
	})
	w.act(core.Event{Action: "check.run", Actor: who, Target: head, Code: "ok"}, func(ctx context.Context) error {
		return db.PutReport(ctx, "rep1", theApp, core.Report{Tool: "paddock test", App: "tracker", Commit: head, PolicyRevision: "rev-1", Verdict: core.Passed,
			Checks: []core.CheckResult{{Name: "secrets", Verdict: core.Passed, Looked: "3 files"}}}, at(1))
	})
	for i := range 5 {
		w.act(core.Event{Action: "vendor.use", Actor: core.Actor{Kind: core.ActorApp, ID: theApp, Name: "tracker", Door: "app"}, Target: fmt.Sprint("call ", i), Code: "ok"})
	}
}

// provenance is a signed statement about artifacts, as a Sigstore bundle.
func (w *world) provenance(digests ...string) []byte {
	w.t.Helper()
	var subjects []string
	for _, d := range digests {
		subjects = append(subjects, `{"digest":{"sha256":"`+d[7:]+`"}}`)
	}
	payload := `{"_type":"https://in-toto.io/Statement/v1","subject":[` + strings.Join(subjects, ",") + `],"predicateType":"https://slsa.dev/provenance/v1","predicate":{}}`
	env, err := w.keys.SignDSSE("application/vnd.in-toto+json", []byte(payload))
	ok(w.t, err)
	return []byte(`{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"` + w.keys.KeyID() + `"}},"dsseEnvelope":` + string(env) + `}`)
}

// export returns the app's pack.
func (w *world) export() []byte {
	w.t.Helper()
	var b bytes.Buffer
	_, err := w.exp.Export(w.t.Context(), evidence.Scope{App: "tracker"}, &b)
	ok(w.t, err)
	return b.Bytes()
}

// verified checks a pack with the world's key.
func (w *world) verified(pack []byte) evidence.Result {
	w.t.Helper()
	r, err := evidence.Verify(w.t.Context(), bytes.NewReader(pack), int64(len(pack)), w.keys.AuditKey())
	ok(w.t, err)
	return r
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, core.AsError(err).Err)
	}
}
