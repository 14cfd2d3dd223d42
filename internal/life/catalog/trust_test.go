package catalog

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/attest/sigstore"
	kit "github.com/paddock-dev/paddock/internal/testkit/sigstore"
)

const trusting = `organisation: Acme
regions: [eu]
trust:
  max_root_age_days: 30
  roots:
    - {name: public, file: trust/trusted_root.json, fetched: "2026-11-02"}
  builders:
    - name: github
      kind: github
      root: public
      apps: [payroll]
      workflow: https://github.com/acme/{app}/.github/workflows/release.yml
      repository: https://github.com/acme/{app}
      repository_id: "1001"
      refs: [refs/heads/main, "refs/tags/v*"]
    - name: gitlab
      kind: gitlab
      root: public
      apps: ["*"]
      issuer: https://gitlab.acme.example
      workflow: https://gitlab.acme.example/acme/payroll//.gitlab-ci.yml
      repository: https://gitlab.acme.example/acme/payroll
      owner_id: "7"
      refs: [refs/heads/main]
      builder_ids: ["https://gitlab.acme.example/acme/payroll/-/runners/*"]
      self_hosted: true
      level: 1
`

// loadTrust reads a revision with these settings and, if root is not nil, that root.
func loadTrust(t *testing.T, settings string, root []byte) (*Revision, error) {
	t.Helper()
	files := fstest.MapFS{SettingsFile: {Data: []byte(settings)}}
	if root != nil {
		files["trust/trusted_root.json"] = &fstest.MapFile{Data: root}
	}
	return Load(t.Context(), files, "r")
}

func TestTrustIsRead(t *testing.T) {
	root := kit.New(t).Root()
	rev, err := loadTrust(t, trusting, root)
	if err != nil {
		t.Fatal(err)
	}
	if a := rev.Trust.Roots["public"]; a.Root == nil || a.Fetched.Format("2006-01-02") != "2026-11-02" || rev.Trust.MaxAge.Hours() != 720 || len(rev.Trust.Rules) != 2 {
		t.Errorf("%+v", rev.Trust)
	}
	one, two := rev.Trust.Rules[0], rev.Trust.Rules[1]
	if one.Issuer != sigstore.IssuerGitHub || one.Level != 2 || !one.For("payroll") || one.For("x") || one.SelfHosted {
		t.Errorf("%+v", one)
	}
	if two.Issuer != "https://gitlab.acme.example" || two.Level != 1 || !two.For("x") || !two.SelfHosted || !slices.Equal(two.Refs, []string{"refs/heads/main"}) {
		t.Errorf("%+v", two)
	}
	rev, err = loadTrust(t, "organisation: Acme\nregions: [eu]\n", nil)
	if err != nil || len(rev.Trust.Rules) != 0 {
		t.Errorf("nobody named, but %+v, %v", rev, err)
	}
}

func TestTrustFaults(t *testing.T) {
	root := kit.New(t).Root()
	for _, c := range []struct{ old, by, field string }{
		{`repository_id: "1001"`, ``, "trust.builders.0.repository_id"},
		{`"1001"`, `acme`, "repository_id"},
		{`refs: [refs/heads/main, "refs/tags/v*"]`, `refs: [main]`, "refs.0"},
		{`"refs/tags/v*"`, `"refs/heads/*"`, "refs.1"},
		{`"refs/tags/v*"`, `"refs/tags/*"`, "refs.1"},
		{`"refs/tags/v*"`, `"*"`, "refs.1"},
		{`root: public`, `root: publik`, "root"},
		{`name: gitlab`, `name: github`, "name"},
		{`/workflows/release.yml`, `/workflows/release.yml@main`, "workflow"},
		{`repository: https://github.com/acme/{app}`, `repository: github.com/acme/x`, "repository"},
		{`payroll/-/runners/*`, `*`, "builder_ids"},
		{`"https://gitlab.acme.example/acme/payroll/-/runners/*"`, ``, "builder_ids"},
		{`level: 1`, `level: 4`, "level"},
		{`level: 1`, `build_types: [https://evil.example]`, "build_types"},
		{`max_root_age_days: 30`, `max_root_age_days: 0`, "max_root_age_days"},
		{`"2026-11-02"`, `"soon"`, "fetched"},
		{`trust/trusted_root.json`, `trust/gone.json`, "trust/gone.json"},
		{`kind: github`, `kind: jenkins`, "kind"},
	} {
		text := strings.Replace(trusting, c.old, c.by, 1)
		if text == trusting {
			t.Fatalf("%q is not there", c.old)
		}
		if _, err := loadTrust(t, text, root); err == nil || !strings.Contains(err.Error(), c.field) && !strings.Contains(err.Error(), "paddock.yaml:") {
			t.Errorf("%q for %q: %v", c.by, c.old, err)
		}
	}
	if _, err := loadTrust(t, trusting, []byte("{}")); core.CodeOf(err) != core.Invalid || !strings.Contains(err.Error(), "trusted root") {
		t.Errorf("a root that is none: %v", err)
	}
}
