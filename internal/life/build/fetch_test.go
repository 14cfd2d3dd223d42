package build

import (
	"testing"

	registrar "github.com/paddock-dev/paddock/internal/adapter/registry/remote"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit/registry"
)

// An artifact comes from a registry elsewhere with the evidence that its builder
// signed, and with nothing else.
func TestFetch(t *testing.T) {
	a := newAbroad(t)
	if err := a.v.Attach(t.Context(), a.store, a.digest, a.says(a.digest, PredicateSBOM, string(sbom)), a.provenance(a.digest)); err != nil {
		t.Fatal(err)
	}
	if _, err := Summary(t.Context(), a.store, a.ring, a.digest, Judgement{Verifier: "v", Resource: "app:x/target:y", PolicyDigest: digestOf(nil), Passed: true, At: a.clock.now}); err != nil {
		t.Fatal(err)
	}
	far, err := registrar.Open(registrar.Options{Repository: registry.Start(t) + "/acme/payroll"})
	if err != nil {
		t.Fatal(err)
	}
	if err := Copy(t.Context(), a.store, far, a.digest); err != nil {
		t.Fatal(err)
	}
	home := newBench(t).store
	for range 2 { // again: nothing changes
		art, app, bundles, err := Fetch(t.Context(), far, home, a.digest)
		if err != nil || len(bundles) != 2 || art.Digest != a.digest || app.Name == "" || art.Commit != app.Commit || art.Size == 0 {
			t.Fatalf("%+v of %+v with %d bundles, %v", art, app, len(bundles), err)
		}
		if list, err := home.Referrers(t.Context(), a.digest); err != nil || len(list) > 3 {
			t.Errorf("unverified things are attached: %v, %v", list, err)
		}
		if err := a.v.Attach(t.Context(), home, a.digest, bundles...); err != nil {
			t.Fatal(err)
		}
	}
	if e, err := a.v.Verify(t.Context(), home, a.digest); err != nil || !e.Signed || e.SBOMDigest != digestOf(sbom) {
		t.Errorf("%+v, %v", e, err)
	}
	if list, err := Summaries(t.Context(), home, a.digest); err != nil || len(list) != 0 {
		t.Errorf("somebody's summary came along: %v, %v", list, err)
	}
	empty := newBench(t).store
	if _, _, _, err := Fetch(t.Context(), far, empty, digestOf([]byte("none"))); core.CodeOf(err) != core.NotFound {
		t.Errorf("what is not there: %v", err)
	}
	index, err := far.Referrers(t.Context(), a.digest)
	if err != nil || len(index) == 0 {
		t.Fatal(err)
	}
	if _, _, _, err := Fetch(t.Context(), far, empty, index[0].Digest); core.CodeOf(err) != core.Blocked {
		t.Errorf("an attachment in place of an artifact: %v", err)
	}
	if list, err := empty.List(t.Context(), ""); err != nil || len(list) != 0 {
		t.Errorf("something was kept: %v, %v", list, err)
	}
}
