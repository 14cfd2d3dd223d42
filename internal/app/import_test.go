package app

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/registry/ocilayout"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/build"
	"github.com/paddock-dev/paddock/internal/testkit/registry"
)

// An artifact is brought in by reference: from allowed registries only, by digest
// or by a tag that is looked up once, and only for its own app.
func TestImportReference(t *testing.T) {
	host := registry.Start(t)
	far, err := openRemote(host+"/acme/payroll", "")
	if err != nil {
		t.Fatal(err)
	}
	commit := strings.Repeat("c", 40)
	made, err := build.Import(t.Context(), far, "payroll", commit, []byte("export default {}"), map[string][]byte{"index.html": []byte("<p>hello")})
	if err != nil {
		t.Fatal(err)
	}
	if err := far.Tag(t.Context(), "v1", made.Digest); err != nil {
		t.Fatal(err)
	}
	home, err := ocilayout.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := warehouse{registry: home, clock: core.SystemClock{}, allowed: func() []string { return []string{"registry.example", host} },
		abroad: func(repository string) (build.Registry, error) { return openRemote(repository, "") }}
	app := core.App{ID: "a1", Name: "payroll"}
	for _, ref := range []string{host + "/acme/payroll@" + made.Digest, host + "/acme/payroll:v1"} {
		art, err := w.ImportReference(t.Context(), app, ref)
		if err != nil || art.Digest != made.Digest || art.Commit != commit || art.AppID != app.ID || art.SBOM != "" || art.Created == 0 {
			t.Errorf("%s: %+v, %v", ref, art, err)
		}
	}
	if _, err := home.Get(t.Context(), made.Digest); err != nil {
		t.Error(err)
	}
	for note, c := range map[string]struct {
		app  string
		ref  string
		code core.Code
	}{
		"another app's":          {"tracker", host + "/acme/payroll@" + made.Digest, core.Blocked},
		"not there":              {"payroll", host + "/acme/payroll@sha256:" + strings.Repeat("0", 64), core.NotFound},
		"no such tag":            {"payroll", host + "/acme/payroll:v2", core.NotFound},
		"registry not allowed":   {"payroll", "evil.example/acme/payroll@" + made.Digest, core.Forbidden},
		"same host, other port":  {"payroll", strings.Split(host, ":")[0] + ":1/acme/payroll@" + made.Digest, core.Forbidden},
		"allowed, but not there": {"payroll", "registry.example/acme/payroll", core.Invalid},
		"no reference":           {"payroll", "payroll", core.Invalid},
	} {
		_, err := w.ImportReference(t.Context(), core.App{ID: "a1", Name: c.app}, c.ref)
		if core.CodeOf(err) != c.code || core.AsError(err).Field != "reference" {
			t.Errorf("%s: %v (%s)", note, err, core.CodeOf(err))
		}
	}
}
