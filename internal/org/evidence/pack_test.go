package evidence_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/net/html"

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
	for kind, n := range map[string]int{"events": 16, "decisions": 4, "approvals": 1, "artifacts": 1, "deployments": 1, "sbom": 1, "provenance": 1,
		"leases": 1, "incidents": 1, "vendors": 1, "costs": 1, "reports": 1, "people": 2} {
		if r.Counts[kind] != n {
			t.Errorf("%s: %d, want %d", kind, r.Counts[kind], n)
		}
	}
	own, err := evidence.Verify(bytes.NewReader(pack), int64(len(pack)), "")
	ok(t, err)
	var text strings.Builder
	ok(t, own.WriteText(&text))
	if !own.OK || !own.OwnKey || !strings.Contains(text.String(), "only with its own key") || !strings.Contains(text.String(), own.Fingerprint) {
		t.Fatal(text.String())
	}
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
		if f.Mode().Perm() != 0o644 || f.Modified.Year() != 1980 {
			t.Error(f.Name, f.Mode(), f.Modified)
		}
	}
	if names[0] != "index.html" || names[len(names)-1] != "manifest.sig" {
		t.Fatal(names)
	}
}

// TestPage: the page loads nothing, runs nothing and escapes everything.
func TestPage(t *testing.T) {
	pack := newWorld(t).live().export()
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	ok(t, err)
	f, err := z.Open("index.html")
	ok(t, err)
	root, err := html.Parse(f)
	ok(t, err)
	text := ""
	for n := range root.Descendants() {
		switch n.Data {
		case "script", "link", "img", "iframe", "object", "form", "b":
			if n.Type == html.ElementNode {
				t.Errorf("element %s", n.Data)
			}
		}
		for _, a := range n.Attr {
			if strings.Contains(a.Val, "://") || strings.HasPrefix(a.Key, "on") || a.Key == "src" {
				t.Errorf("%s=%s", a.Key, a.Val)
			}
		}
		if n.Type == html.TextNode {
			text += n.Data
		}
	}
	for _, want := range []string{"<script>alert(1)</script>", "fine <b>", "tracker", "mailer", "gate.decide", "ada@example.org"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
}

// TestUnknownApp and other refusals.
func TestRefusals(t *testing.T) {
	w := newWorld(t).live()
	if err := w.exp.Export(t.Context(), "nobody", io.Discard); core.CodeOf(err) != core.NotFound {
		t.Error(err)
	}
	if _, err := evidence.Verify(bytes.NewReader(nil), 0, "no key"); err != nil {
		t.Error("an empty pack is a problem, not an error:", err)
	}
	pack := w.export()
	if _, err := evidence.Verify(bytes.NewReader(pack), int64(len(pack)), "no key"); core.CodeOf(err) != core.Invalid {
		t.Error(err)
	}
	_, stranger, err := note.GenerateKey(rand.Reader, "paddock.local/other")
	ok(t, err)
	if r, err := evidence.Verify(bytes.NewReader(pack), int64(len(pack)), stranger); err != nil || r.OK || r.Problems[0].Where != "manifest.sig" {
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
			w.exp.Source.Judged = lying{w.db, func(d *core.Decision) { d.Input = []byte(`{"gate":"other"}`) }, nil}
		}, "not the one that its digest names"},
		"input and digest of another decision": {func(w *world) {
			w.exp.Source.Judged = lying{w.db, func(d *core.Decision) { d.Input = []byte(`{}`); d.InputDigest = digest(d.Input) }, nil}
		}, "says something else"},
		"another policy revision": {func(w *world) {
			w.exp.Source.Judged = lying{w.db, func(d *core.Decision) { d.PolicyRevision = "rev-2" }, nil}
		}, "says something else"},
		"another answer": {func(w *world) {
			w.exp.Source.Judged = lying{w.db, func(d *core.Decision) { d.Result = core.Deny }, nil}
		}, "another answer"},
		"another subject": {func(w *world) {
			w.exp.Source.Judged = lying{w.db, func(d *core.Decision) { d.Subject = "x" }, nil}
		}, "about something else"},
		"approval of another digest": {func(w *world) {
			w.exp.Source.Judged = lying{w.db, nil, func(r *core.ApprovalRequest) { r.Approvals[0].Digest = "x" }}
		}, "bound to another digest"},
		"request for another digest": {func(w *world) {
			w.exp.Source.Judged = lying{w.db, nil, func(r *core.ApprovalRequest) { r.Digest, r.Approvals[0].Digest = "x", "x" }}
		}, "no such request for this digest"},
		"self-approval": {func(w *world) {
			w.exp.Source.Judged = lying{w.db, nil, func(r *core.ApprovalRequest) { r.Approvals[0].Approver = owner }}
		}, "their own request"},
		"granted by nobody": {func(w *world) {
			w.exp.Source.Judged = lying{w.db, nil, func(r *core.ApprovalRequest) { r.Approvals = nil }}
		}, "nobody said yes"},
		"approval left out": {func(w *world) {
			w.exp.Source.Judged = lying{w.db, nil, func(r *core.ApprovalRequest) { r.ID = "r-other" }}
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
