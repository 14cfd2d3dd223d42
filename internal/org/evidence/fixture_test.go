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
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/org/evidence"
)

const (
	theApp = core.ID("01980000-0000-7000-8000-00000000000a")
	owner  = core.ID("01980000-0000-7000-8000-0000000000a1")
	boss   = core.ID("01980000-0000-7000-8000-0000000000b2")
	head   = "1111111111111111111111111111111111111111"
)

type fixedClock struct{}

func (fixedClock) Now() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }

// world is a real store with a real log and keyring, and one app's life in it.
type world struct {
	t     testing.TB
	db    *store.DB
	keys  *seal.Keyring
	log   *audit.Log
	seq   *audit.Sequencer
	blobs map[string][]byte
	exp   *evidence.Exporter
}

func newWorld(t testing.TB) *world {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(t.Context(), dir)
	ok(t, err)
	t.Cleanup(func() { ok(t, db.Close()) })
	keys, err := seal.Open(dir+"/keys", rand.Reader)
	ok(t, err)
	verifier, err := note.NewVerifier(keys.AuditKey())
	ok(t, err)
	w := &world{t: t, db: db, keys: keys, blobs: map[string][]byte{}}
	w.log = audit.NewLog(db, fixedClock{}, core.IDs{}, rand.Reader)
	w.seq = audit.NewSequencer(db, keys.NoteSigner(), verifier, nil, slog.New(slog.DiscardHandler))
	w.exp = &evidence.Exporter{Signer: keys.NoteSigner(), AuditKey: keys.AuditKey(), SigningKey: keys.PublicPEM(), Clock: fixedClock{},
		Source: evidence.Source{Apps: db, Judged: db, Ran: db, Around: around{}, Blobs: w, Log: w, Proofs: audit.NewReader(db, verifier)}}
	return w
}

func (w *world) Get(_ context.Context, digest string) ([]byte, error) {
	data, found := w.blobs[digest]
	if !found {
		return nil, core.Errorf(core.NotFound, "no blob %s", digest)
	}
	return data, nil
}

func (w *world) IntegrateNow(ctx context.Context) (int, error) { return w.seq.IntegrateNow(ctx) }

func (w *world) EachEvent(ctx context.Context, app core.ID, fn func(int64, string, string) error) error {
	events, err := w.db.EventsOf(ctx, app)
	if err != nil {
		return err
	}
	for _, e := range events {
		if e.Index >= 0 {
			if err := fn(e.Index, e.Leaf, e.Opening); err != nil {
				return err
			}
		}
	}
	return nil
}

type around struct{}

func (around) Vendors(_ context.Context, names []string) ([]core.Vendor, error) {
	var out []core.Vendor
	for _, n := range names {
		out = append(out, core.Vendor{Name: n, State: core.VendorApproved, Hosts: []string{"api." + n + ".example"}, DPASigned: true})
	}
	return out, nil
}

func (around) Costs(context.Context, core.App) ([]evidence.Cost, error) {
	return []evidence.Cost{{Period: "2026-03", Amount: 1.25, Budget: 10, Currency: "EUR", Requests: 42}}, nil
}

// act writes records and an event in one transaction.
func (w *world) act(e core.Event, records ...func(ctx context.Context) error) {
	w.t.Helper()
	if e.AppID == "" {
		e.AppID = theApp
	}
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

// decide keeps a decision with its event, as the gate does.
func (w *world) decide(d core.Decision) {
	w.t.Helper()
	d.AppID, d.PolicyRevision, d.At = theApp, "rev-1", core.Stamp(fixedClock{}.Now())
	d.Actor = core.Actor{Kind: core.ActorPerson, ID: owner, Name: "ada@example.org", Door: "web"}
	d.Input = []byte(`{"gate":"` + string(d.Gate) + `","html":"<script>alert(1)</script>"}`)
	d.InputDigest = digest(d.Input)
	code := map[core.Result]string{core.Allow: "ok", core.Deny: "denied", core.Waiting: "pending"}[d.Result]
	w.act(core.Event{Action: "gate.decide", Actor: d.Actor, Gate: d.Gate, Target: d.Subject, Code: code,
		Data: map[string]string{"decision": string(d.ID), "policy": d.PolicyRevision, "input": d.InputDigest, "request": string(d.RequestID)}},
		func(ctx context.Context) error { return w.db.AddDecision(ctx, d) })
}

// live puts one app's whole life into the world.
func (w *world) live() *world {
	w.t.Helper()
	db, who := w.db, core.Actor{Kind: core.ActorPerson, ID: owner, Name: "ada@example.org", Door: "web"}
	w.act(core.Event{Action: "person.add", Actor: who}, func(ctx context.Context) error {
		if err := db.AddPerson(ctx, core.Person{ID: owner, Email: "ada@example.org", Name: "Ada", Roles: []core.Role{core.RoleMaker}, Created: 1}); err != nil {
			return err
		}
		return db.AddPerson(ctx, core.Person{ID: boss, Email: "bob@example.org", Name: "Bob", Roles: []core.Role{core.RoleSecurity}, Created: 1})
	})
	w.act(core.Event{Action: "app.create", Actor: who, Gate: core.GateAppCreate, Target: "tracker", Code: "ok"}, func(ctx context.Context) error {
		return db.AddApp(ctx, core.App{ID: theApp, Name: "tracker", OwnerID: owner, OwnerEmail: "ada@example.org", State: core.AppProvisioning, Created: 1e15,
			Descriptor: core.Descriptor{Name: "tracker", Classification: core.Restricted, Region: "eu-sovereign", Vendors: []core.VendorUse{{Name: "mailer"}}}})
	})
	w.decide(core.Decision{ID: "d-create", Gate: core.GateAppCreate, Subject: "sha256:form", Result: core.Allow})
	ask := core.ApprovalRequest{ID: "r-merge", Gate: core.GateChangeMerge, AppID: theApp, Subject: "Change 1 of tracker", Digest: head,
		Needs: []core.Need{{Role: core.RoleSecurity, Reason: "restricted"}}, Requester: owner, Excluded: []core.ID{owner}, Created: 2e15, Expires: 3e15}
	logged := core.Event{Action: "approval.ask", Actor: who, Gate: ask.Gate, Target: string(ask.ID), Code: "ok", Data: map[string]string{"digest": ask.Digest}}
	w.act(logged, func(ctx context.Context) error { return db.AddRequest(ctx, ask) })
	w.decide(core.Decision{ID: "d-wait", Gate: core.GateChangeMerge, Subject: head, Result: core.Waiting, RequestID: ask.ID})
	logged.Action = "approval.answer"
	w.act(logged, func(ctx context.Context) error {
		if err := db.AddApproval(ctx, core.Approval{ID: "a1", Request: ask.ID, Role: core.RoleSecurity, Approver: boss, Yes: true, Note: "fine <b>", Digest: head, At: 21e14}); err != nil {
			return err
		}
		return db.MoveRequest(ctx, ask.ID, core.ApprovalPending, core.ApprovalGranted)
	})
	w.decide(core.Decision{ID: "d-merge", Gate: core.GateChangeMerge, Subject: head, Result: core.Allow, RequestID: ask.ID})
	w.run(who)
	return w
}

// run builds and deploys the app.
func (w *world) run(who core.Actor) {
	w.t.Helper()
	db := w.db
	sbom := w.blob([]byte(`{"bomFormat":"CycloneDX","specVersion":"1.6"}`))
	art := core.Artifact{Digest: digest([]byte("the artifact")), AppID: theApp, Commit: head, SBOM: sbom, Size: 12, Created: 22e14}
	art.Provenance = w.blob(w.provenance(art.Digest))
	w.act(core.Event{Action: "change.build", Actor: who, Target: art.Digest, Code: "ok"}, func(ctx context.Context) error { return db.PutArtifact(ctx, art) })
	target := core.Target{Name: "here"}
	w.decide(core.Decision{ID: "d-deploy", Gate: core.GateAppDeploy, Subject: art.Digest + "@" + target.Name, Result: core.Allow})
	w.act(core.Event{Action: "app.deploy", Actor: who, Target: art.Digest, Code: "ok"}, func(ctx context.Context) error {
		if err := db.AddLease(ctx, core.Lease{ID: "l1", AppID: theApp, Secret: "mailer-key", Created: 23e14, Expires: 24e14}); err != nil {
			return err
		}
		if err := db.AddIncident(ctx, core.Incident{ID: "i1", Kind: "egress_refused", AppID: theApp, Actor: who, What: "call to evil.example", Place: "evil.example", At: 23e14}); err != nil {
			return err
		}
		return db.AddDeployment(ctx, core.Deployment{ID: "x1", AppID: theApp, Artifact: art.Digest, Target: target.Name, Region: "eu-sovereign", State: core.DeployLive,
			Decision: "d-deploy", By: owner, Created: 23e14})
	})
	w.act(core.Event{Action: "check.run", Actor: who, Target: head, Code: "ok"}, func(ctx context.Context) error {
		return db.PutReport(ctx, "rep1", theApp, core.Report{Tool: "paddock test", App: "tracker", Commit: head, PolicyRevision: "rev-1", Verdict: core.Passed,
			Checks: []core.CheckResult{{Name: "secrets", Verdict: core.Passed, Looked: "3 files"}}}, 22e14)
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
	ok(w.t, w.exp.Export(w.t.Context(), "tracker", &b))
	return b.Bytes()
}

// verified checks a pack with the world's key.
func (w *world) verified(pack []byte) evidence.Result {
	w.t.Helper()
	r, err := evidence.Verify(bytes.NewReader(pack), int64(len(pack)), w.keys.AuditKey())
	ok(w.t, err)
	return r
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, core.AsError(err).Err)
	}
}
