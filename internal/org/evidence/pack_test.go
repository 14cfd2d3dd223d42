package evidence_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/evidence"
)

// TestPackVerifies: a pack verifies with the trusted key alone, and says
// plainly when it was only held against its own key (NEW-5).
func TestPackVerifies(t *testing.T) {
	w := newWorld(t).live()
	pack := w.export()
	r := w.verified(pack)
	if !r.OK || r.OwnKey || r.App != "tracker" {
		t.Fatalf("%+v", r)
	}
	for kind, n := range map[string]int{"events": 15, "decisions": 4, "approvals": 1, "artifacts": 1, "deployments": 1, "grants": 2, "incidents": 1, "vendors": 2,
		"costs": 1, "reports": 1, "people": 2, "certificates": 1, "governance": 2, "lifecycle": 2, "changes": 1, "access": 0} {
		if r.Counts[kind].Asked != n {
			t.Errorf("%s: %d, want %d", kind, r.Counts[kind].Asked, n)
		}
	}
	for what, n := range map[string]int{"replayed": 4, "came before them": 1, "rest on a decision": 1, "revisions": 2, "lead to the signed checkpoint": 18} {
		if proven(r, what) != n {
			t.Errorf("%s: %d, want %d of %+v", what, proven(r, what), n, r.Proven)
		}
	}
	own, err := evidence.Verify(t.Context(), bytes.NewReader(pack), int64(len(pack)), "")
	ok(t, err)
	var text strings.Builder
	ok(t, own.WriteText(&text))
	if !own.OK || !own.OwnKey || !strings.Contains(text.String(), "only with its own key") || !strings.Contains(text.String(), own.Fingerprint) {
		t.Fatal(text.String())
	}
}

// proven says how often something was proven.
func proven(r evidence.Result, what string) int {
	for _, p := range r.Proven {
		if strings.Contains(p.What, what) {
			return p.Count
		}
	}
	return 0
}

// TestSameBytes: the same records give the same pack.
func TestSameBytes(t *testing.T) {
	w := newWorld(t).live()
	if !bytes.Equal(w.export(), w.export()) {
		t.Fatal("two exports differ")
	}
}

// TestOrdinaryZip: ordinary tools open the pack.
func TestOrdinaryZip(t *testing.T) {
	pack := newWorld(t).live().export()
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	ok(t, err)
	var names []string
	for _, f := range z.File {
		r, err := f.Open()
		ok(t, err)
		data, err := io.ReadAll(r)
		ok(t, err)
		names = append(names, f.Name)
		if strings.HasSuffix(f.Name, ".json") && !json.Valid(data) {
			t.Errorf("%s is no JSON", f.Name)
		}
		if strings.HasSuffix(f.Name, ".csv") {
			if rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll(); err != nil || len(rows) == 0 {
				t.Errorf("%s is no CSV: %v", f.Name, err)
			}
		}
		if f.Mode().Perm() != 0o644 || f.Modified.Year() != 1980 {
			t.Error(f.Name, f.Mode(), f.Modified)
		}
	}
	if names[0] != "index.html" || names[len(names)-1] != "manifest.sig" {
		t.Fatal(names)
	}
}

// TestUnknownApp and other refusals.
func TestRefusals(t *testing.T) {
	w := newWorld(t).live()
	if _, err := w.exp.Export(t.Context(), evidence.Scope{App: "nobody"}, io.Discard); core.CodeOf(err) != core.NotFound {
		t.Error(err)
	}
	if _, err := evidence.Verify(t.Context(), bytes.NewReader(nil), 0, "no key"); err != nil {
		t.Error("an empty pack is a problem, not an error:", err)
	}
	pack := w.export()
	if _, err := evidence.Verify(t.Context(), bytes.NewReader(pack), int64(len(pack)), "no key"); core.CodeOf(err) != core.Invalid {
		t.Error(err)
	}
	_, stranger, err := note.GenerateKey(rand.Reader, "paddock.local/other")
	ok(t, err)
	if r, err := evidence.Verify(t.Context(), bytes.NewReader(pack), int64(len(pack)), stranger); err != nil || r.OK || r.Problems[0].Where != "manifest.sig" {
		t.Error(r, err)
	}
}

// TestDishonestExporter: whoever holds the key cannot make a pack whose parts
// contradict the log or one another.
func TestDishonestExporter(t *testing.T) {
	type lie func(w *world)
	sql := func(change func(ctx context.Context, w *world) error) lie {
		return func(w *world) {
			ok(w.t, w.db.Quietly(w.t.Context(), func(ctx context.Context) error { return change(ctx, w) }))
		}
	}
	for name, c := range map[string]struct {
		lie  lie
		what string
	}{
		"decision that was never logged": {sql(func(ctx context.Context, w *world) error {
			return w.db.AddDecision(ctx, core.Decision{ID: "d9", Gate: core.GateAppDeploy, AppID: theApp, Result: core.Allow, Input: []byte("{}"), InputDigest: digest([]byte("{}"))})
		}), "no such decision"},
		"input of another decision": {func(w *world) {
			w.exp.Source.Judged = lying{judged{w.db}, func(d *core.Decision) { d.Input = []byte(`{"gate":"other"}`) }, nil}
		}, "not the one that its digest names"},
		"input and digest of another decision": {func(w *world) {
			w.exp.Source.Judged = lying{judged{w.db}, func(d *core.Decision) { d.Input = []byte(`{}`); d.InputDigest = digest(d.Input) }, nil}
		}, "says something else"},
		"another policy revision": {func(w *world) {
			w.exp.Source.Judged = lying{judged{w.db}, func(d *core.Decision) { d.PolicyRevision = "sha256:00" }, nil}
		}, "says something else"},
		"another answer": {func(w *world) {
			w.exp.Source.Judged = lying{judged{w.db}, func(d *core.Decision) { d.Result = core.Deny }, nil}
		}, "another answer"},
		"another subject": {func(w *world) {
			w.exp.Source.Judged = lying{judged{w.db}, func(d *core.Decision) { d.Subject = "x" }, nil}
		}, "about something else"},
		"approval of another digest": {func(w *world) {
			w.exp.Source.Judged = lying{judged{w.db}, nil, func(r *core.ApprovalRequest) { r.Approvals[0].Digest = "x" }}
		}, "bound to another digest"},
		"request for another digest": {func(w *world) {
			w.exp.Source.Judged = lying{judged{w.db}, nil, func(r *core.ApprovalRequest) { r.Digest, r.Approvals[0].Digest = "x", "x" }}
		}, "no such request for this digest"},
		"self-approval": {func(w *world) {
			w.exp.Source.Judged = lying{judged{w.db}, nil, func(r *core.ApprovalRequest) { r.Approvals[0].Approver = owner }}
		}, "their own request"},
		"granted by nobody": {func(w *world) {
			w.exp.Source.Judged = lying{judged{w.db}, nil, func(r *core.ApprovalRequest) { r.Approvals = nil }}
		}, "nobody said yes"},
		"other reasons": {func(w *world) {
			w.exp.Source.Judged = lying{judged{w.db}, func(d *core.Decision) { d.Verdicts.Warn = nil }, nil}
		}, "the same rules give another answer"},
		"decision left out": {func(w *world) {
			w.exp.Source.Judged = lying{judged{w.db}, func(d *core.Decision) { d.At = at(1000) }, nil}
		}, "which the pack leaves out"},
		"another answer to a request": {func(w *world) {
			w.exp.Source.Judged = lying{judged{w.db}, nil, func(r *core.ApprovalRequest) { r.Approvals[0].Yes = false }}
		}, "no such answer"},
		"an answer that was never given": {func(w *world) {
			w.exp.Source.Judged = lying{judged{w.db}, nil, func(r *core.ApprovalRequest) {
				r.Approvals = append(r.Approvals, core.Approval{Role: core.RolePrivacy, Approver: "p9", Yes: true, Digest: r.Digest, At: at(0)})
			}}
		}, "no such answer"},
		"a yes after the act": {func(w *world) {
			w.exp.Source.Judged = lying{judged{w.db}, nil, func(r *core.ApprovalRequest) { r.Approvals[0].At = at(5) }}
		}, "before the yes"},
		"approval left out": {func(w *world) {
			w.exp.Source.Judged = lying{judged{w.db}, nil, func(r *core.ApprovalRequest) { r.ID = "r-other" }}
		}, "which is not there"},
		"provenance of another artifact": {sql(func(ctx context.Context, w *world) error {
			art, err := w.db.Artifacts(ctx, theApp)
			ok(w.t, err)
			art[0].Provenance = w.blob(w.provenance(digest([]byte("another"))))
			art[0].Digest = digest([]byte("fourth"))
			return w.db.PutArtifact(ctx, art[0])
		}), "about another artifact"},
		"provenance signed by somebody else": {func(w *world) {
			other := newWorld(w.t)
			sql(func(ctx context.Context, w *world) error {
				d := digest([]byte("fifth"))
				return w.db.PutArtifact(ctx, core.Artifact{Digest: d, AppID: theApp, Commit: head, Provenance: w.blob(other.provenance(d))})
			})(w)
		}, "not signed by keys/signing.pub"},
		"provenance of several artifacts": {sql(func(ctx context.Context, w *world) error {
			d := digest([]byte("sixth"))
			return w.db.PutArtifact(ctx, core.Artifact{Digest: d, AppID: theApp, Commit: head, Provenance: w.blob(w.provenance(d, digest([]byte("x"))))})
		}), "about one artifact"},
		"deployment without evidence": {sql(func(ctx context.Context, w *world) error {
			d := digest([]byte("third"))
			if err := w.db.PutArtifact(ctx, core.Artifact{Digest: d, AppID: theApp, Commit: head}); err != nil {
				return err
			}
			return w.db.AddDeployment(ctx, core.Deployment{ID: "x2", AppID: theApp, Artifact: d, Target: "here", State: core.DeployStopped, Decision: "d-deploy", By: owner})
		}), "no SBOM"},
		"deployment under another decision": {sql(func(ctx context.Context, w *world) error {
			art, err := w.db.Artifacts(ctx, theApp)
			ok(w.t, err)
			return w.db.AddDeployment(ctx, core.Deployment{ID: "x3", AppID: theApp, Artifact: art[0].Digest, Target: "there", State: core.DeployStopped, Decision: "d-merge", By: owner})
		}), "does not allow it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).live()
			c.lie(w)
			r := w.verified(w.export())
			if r.OK || !told(r, c.what) {
				t.Fatalf("%+v", r.Problems)
			}
		})
	}
}

// lying is a source that changes what it lists.
type lying struct {
	evidence.Judged
	decision func(*core.Decision)
	request  func(*core.ApprovalRequest)
}

func (l lying) Decisions(ctx context.Context, app core.ID) ([]core.Decision, error) {
	all, err := l.Judged.Decisions(ctx, app)
	for i := range all {
		if l.decision != nil && all[i].ID == "d-merge" {
			l.decision(&all[i])
		}
	}
	return all, err
}

func (l lying) RequestsOf(ctx context.Context, app core.ID) ([]core.ApprovalRequest, error) {
	all, err := l.Judged.RequestsOf(ctx, app)
	for i := range all {
		if l.request != nil {
			l.request(&all[i])
		}
	}
	return all, err
}

func told(r evidence.Result, what string) bool {
	for _, p := range r.Problems {
		if strings.Contains(p.What, what) {
			return true
		}
	}
	return false
}
