package app

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/admission"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/life/admit"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/change"
	"github.com/paddock-dev/paddock/internal/life/check"
	"github.com/paddock-dev/paddock/internal/testkit/corpus"
)

// sampleCode is what the starter binds the published v0 sample to.
const sampleCode = "registry_not_allowed"

// sampleDoors are the four doors at which the sample decides.
type sampleDoors struct {
	*house
	t      *testing.T
	rev    *catalog.Revision
	checks change.Checks
	kube   *httptest.Server
	who    core.Person
}

func newSampleDoors(t *testing.T) *sampleDoors {
	h := openHouse(t)
	// In this process: that the checks say the same in one of their own is a
	// test of apart, and two hundred of those take minutes.
	checks, err := check.New(check.Options{Clock: h.clock, Log: h.log, Version: h.version})
	must(t, err)
	door := &admission.Door{Log: h.log, Gate: &admit.Service{Store: h.store, Namespaces: admit.ByName{}, Catalog: h.shelf, Gate: h.admissions, Clock: h.clock}}
	s := httptest.NewServer(door.Handler())
	t.Cleanup(s.Close)
	return &sampleDoors{h, t, h.shelf.Current(), checks, s, somebody(t, h, core.RoleMaker)}
}

// keep makes the app that a case is about.
func (d *sampleDoors) keep(c corpus.Case) core.App {
	now := d.clock.Now()
	a := core.App{ID: d.ids.New(now), Name: c.App.Name, OwnerID: d.who.ID, OwnerEmail: d.who.Email, State: core.AppProvisioning, Created: core.Stamp(now), Version: 1, Descriptor: c.App}
	must(d.t, d.store.Quietly(d.t.Context(), func(ctx context.Context) error {
		if err := d.store.AddApp(ctx, a); err != nil {
			return err
		}
		return d.store.MoveApp(ctx, a, core.AppActive, 0, 0)
	}))
	return a
}

// ci is what paddock check and the check of a push say.
func (d *sampleDoors) ci(a core.App) []string {
	text, err := yaml.Marshal(a.Descriptor)
	must(d.t, err)
	tree := fstest.MapFS{catalog.DescriptorFile: {Data: text}}
	report, err := d.checks.Run(d.t.Context(), change.Input(d.rev, a, d.who, nil, d.clock.Now(), strings.Repeat("a", 40), tree, nil))
	must(d.t, err)
	var codes []string
	for _, f := range report.Findings {
		codes = append(codes, f.Code)
	}
	for _, c := range report.Checks {
		if c.Name == "policy" && c.Verdict == core.Incomplete {
			d.t.Errorf("%s: the rules were not asked: %+v\n%s\n%v", a.Name, c, text, report.Findings)
		}
	}
	return codes
}

// pass is what a gate decides and keeps.
func (d *sampleDoors) pass(a core.App, g core.Gate, c corpus.Case) []string {
	decision, _ := d.gates.Pass(d.t.Context(), gate.Question{Gate: g, AppID: a.ID, Digest: "sha256:" + string(g) + a.Name, Subject: a.Name, Link: "/apps/" + a.Name,
		Actor: core.Actor{Kind: core.ActorPerson, ID: d.who.ID, Name: d.who.Email}, Asker: d.who.ID, Input: c.Input}, func(context.Context, core.Decision) error { return nil })
	if decision.ID == "" {
		d.t.Fatalf("%s at %s was not decided", a.Name, g)
	}
	kept, err := d.store.Decision(d.t.Context(), decision.ID)
	must(d.t, err)
	return codesOf(kept)
}

func codesOf(d core.Decision) []string {
	var codes []string
	for _, r := range d.Verdicts.Deny {
		codes = append(codes, r.Code)
	}
	return codes
}

// admit is what a cluster is told when it is to run the app's image.
func (d *sampleDoors) admit(a core.App) []string {
	image := a.Descriptor.Image
	if image == "" {
		image = "registry.example.eu/" + a.Name + ":1"
	}
	review := map[string]any{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": map[string]any{
		"uid": "u-" + a.Name, "kind": map[string]string{"group": "", "version": "v1", "kind": "Pod"}, "namespace": core.NamespaceOf(a.Name, "production"), "name": a.Name + "-0", "operation": "CREATE",
		"userInfo": map[string]string{"username": "system:admin"},
		"object": map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": a.Name + "-0", "namespace": core.NamespaceOf(a.Name, "production")},
			"spec": map[string]any{"containers": []any{map[string]any{"name": "app", "image": image}}}}}}
	body, err := json.Marshal(review)
	must(d.t, err)
	resp, err := http.Post(d.kube.URL+"/admit/all", "application/json", strings.NewReader(string(body)))
	must(d.t, err)
	defer resp.Body.Close()
	var said struct {
		Response struct {
			Allowed     bool              `json:"allowed"`
			Annotations map[string]string `json:"auditAnnotations"`
		} `json:"response"`
	}
	must(d.t, json.NewDecoder(resp.Body).Decode(&said))
	id := core.ID(said.Response.Annotations["decision"])
	if id == "" {
		d.t.Fatalf("%s: no decision: %+v", a.Name, said)
	}
	kept, err := d.store.Decision(d.t.Context(), id)
	must(d.t, err)
	if said.Response.Allowed != (kept.Result == core.Allow) || kept.AppID != a.ID {
		d.t.Errorf("%s: allowed %v, kept %s for app %q", a.Name, said.Response.Allowed, kept.Result, kept.AppID)
	}
	return codesOf(kept)
}

// POL-2, POL-4: the published v0 sample, byte for byte, decides in CI, at merge,
// at deploy and at admission, and the four say the same of 200 apps.
func TestPublishedSampleDecidesAtFourDoors(t *testing.T) {
	d := newSampleDoors(t)
	refused := 0
	for _, c := range corpus.Of(d.rev) {
		a := d.keep(c)
		want := c.Input.App.ImageReg == corpus.BadRegistry
		for door, codes := range map[string][]string{"CI": d.ci(a), "merge": d.pass(a, core.GateChangeMerge, c), "deploy": d.pass(a, core.GateAppDeploy, c), "admission": d.admit(a)} {
			if slices.Contains(codes, sampleCode) != want {
				t.Errorf("%s with the image %q at %s: %v, want refused %v", a.Name, a.Descriptor.Image, door, codes, want)
			}
		}
		if want {
			refused++
		}
	}
	if refused < 20 || refused > corpus.Size-20 {
		t.Errorf("%d of %d apps are refused", refused, corpus.Size)
	}
}
