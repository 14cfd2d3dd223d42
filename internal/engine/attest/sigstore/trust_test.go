package sigstore

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/attest"
	kit "github.com/paddock-dev/paddock/internal/testkit/sigstore"
)

// CHK-4: what GitHub and GitLab attest counts, from the public Sigstore and from
// one without logs.
func TestGoodBundles(t *testing.T) {
	s := newScene(t)
	p, err := s.verify(s.Attest(githubRun(), text(githubStatement()), kit.Making{}))
	if err != nil || p.Rule != "release" || p.Level != 2 || p.By.Commit != commit || p.Subject != digest || p.At.IsZero() {
		t.Fatalf("%+v, %v", p, err)
	}
	if p, err = s.verify(s.Attest(gitlabRun(), text(gitlabStatement()), kit.Making{})); err != nil || p.Rule != "lab" {
		t.Fatalf("%+v, %v", p, err)
	}
	if p, err = s.verify(s.Attest(githubRun(), text(githubStatement()), kit.Making{Stamp: "none"})); err != nil {
		t.Fatalf("with the log's time only: %v", err)
	}
	if _, err = s.verify(s.Attest(githubRun(), text(githubStatement()), kit.Making{Stamp: "none", Issued: s.Now().Add(-80 * 24 * time.Hour)})); err != nil {
		t.Fatalf("old, but of the authority's time: %v", err) // what the corpus has from before it
	}
	s.trust.Rules[0].Root = "private"
	b := s.Attest(githubRun(), text(githubStatement()), kit.Making{Log: "none", SCT: "none"})
	if p, err = s.verify(b); err != nil {
		t.Fatalf("without logs: %v", err)
	}
	if _, err = s.verify(s.Attest(githubRun(), text(githubStatement()), kit.Making{Log: "none", SCT: "none", Stamp: "none"})); err == nil {
		t.Error("without any time it counts")
	}
}

func TestSignedSBOM(t *testing.T) {
	s := newScene(t)
	o := githubStatement()
	o["predicateType"], o["predicate"] = attest.PredicateSBOM, object{"bomFormat": "CycloneDX", "specVersion": "1.6"}
	b, err := attest.Parse(s.Attest(githubRun(), text(o), kit.Making{}))
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.trust.SBOM(b, payroll, s.Now())
	if err != nil || !strings.Contains(string(p.Predicate), "CycloneDX") {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := s.trust.Provenance(b, payroll, s.Now()); err == nil {
		t.Error("an SBOM counts as provenance")
	}
	for note, about := range map[string]About{"another app": {App: "x", Digest: digest, Commit: commit}, "another artifact": {App: "payroll", Digest: "sha256:b", Commit: commit},
		"another commit": {App: "payroll", Digest: digest, Commit: strings.Repeat("a", 40)}} {
		if _, err := s.trust.SBOM(b, about, s.Now()); core.CodeOf(err) != core.Blocked {
			t.Errorf("%s: %v", note, err)
		}
	}
}

// A root is trusted for a time only, as withdrawn keys cannot be seen offline.
func TestRootAges(t *testing.T) {
	s := newScene(t)
	b, err := attest.Parse(s.Attest(githubRun(), text(githubStatement()), kit.Making{}))
	if err != nil {
		t.Fatal(err)
	}
	day := 24 * time.Hour
	for _, c := range []struct {
		later time.Duration
		good  bool
	}{{0, true}, {89 * day, true}, {91 * day, false}, {-2 * day, false}} {
		_, err := s.trust.Provenance(b, payroll, s.Now().Add(c.later))
		if (err == nil) != c.good {
			t.Errorf("%v later: %v", c.later, err)
		}
	}
	_, err = s.trust.Provenance(b, payroll, s.Now().Add(91*day))
	if !strings.Contains(err.Error(), s.Now().Format(time.DateOnly)) || !strings.Contains(err.Error(), "90 days") {
		t.Errorf("the refusal does not say the date: %v", err)
	}
}

func TestReadRoot(t *testing.T) {
	s := newScene(t)
	both := append(append(s.PrivateRoot(), '\n'), s.Root()...)
	r, err := ReadRoot(both)
	if err != nil || len(r.verifiers) != 2 {
		t.Fatalf("%v, %v", r, err)
	}
	s.trust.Roots["public"] = Anchor{Root: r, Fetched: s.Now()}
	if _, err := s.verify(s.Attest(githubRun(), text(githubStatement()), kit.Making{})); err != nil {
		t.Errorf("with two roots: %v", err)
	}
	for _, bad := range []string{"", "{}", "x", `{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}`, strings.Repeat(" ", maxRoot+1), string(s.Root()) + "\nx"} {
		if _, err := ReadRoot([]byte(bad)); err == nil {
			t.Errorf("%.40q is a root", bad)
		}
	}
}

// Bundles that GitHub really made count against the public root of Sigstore, by
// rules as one writes them; each by its own rule only.
func TestPublishedBundles(t *testing.T) {
	now := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	trust := Trust{MaxAge: 30 * 24 * time.Hour, Roots: map[string]Anchor{"public": {Root: readRoot(t, file(t, "trusted-root-public-good.json")), Fetched: now}}}
	custom := Rule{Name: "custom", Kind: GitHub, Root: "public", Apps: []string{"*"}, Issuer: IssuerGitHub + "/hammer-time", Workflow: "https://github.com/too-legit/attest/.github/workflows/integration.yml",
		Repository: "https://github.com/too-legit/attest", RepositoryID: "851894824", Refs: []string{"refs/heads/main"}}
	shared := Rule{Name: "shared", Kind: GitHub, Root: "public", Apps: []string{"*"}, Issuer: IssuerGitHub, Workflow: "https://github.com/github/artifact-attestations-workflows/.github/workflows/attest.yml",
		WorkflowRefs: []string{"09b495c3f12c7881b3cc17209a327792065c1a1d"}, Repository: "https://github.com/malancas/attest-demo", OwnerID: "16248153", Refs: []string{"refs/heads/main"},
		Builders: []string{"https://github.com/actions/runner/github-hosted"}}
	for _, c := range []struct {
		file, subject, commit string
		rule                  Rule
	}{
		{"github-custom-issuer.sigstore.json", "sha256:afa27b44d43b02a9fea41d13cedc2e4016cfcf87c5dbf990e593669aa8ce286d", "283bf967fa3c591925dd25e6a6e8e781542117bf", custom},
		{"github-reusable-workflow.sigstore.json", "sha256:49a3aa6075e0f49f82843e74b5baa614ad2a588e6675612bf108a0a008c5ac25", "95baf27389e83e6a5c48f42e190d48d7abcea19e", shared},
	} {
		b, err := attest.Parse(file(t, c.file))
		if err != nil {
			t.Fatal(err)
		}
		trust.Rules = []Rule{c.rule}
		p, err := trust.Provenance(b, About{App: "any", Digest: c.subject, Commit: c.commit}, now)
		if err != nil || p.Rule != c.rule.Name {
			t.Errorf("%s: %+v, %v (%v)", c.file, p, err, core.AsError(err).Err)
		}
		wrong := c.rule
		wrong.RepositoryID = "1"
		trust.Rules = []Rule{wrong}
		if _, err := trust.Provenance(b, About{App: "any", Digest: c.subject, Commit: c.commit}, now); err == nil || !strings.Contains(err.Error(), "another number") {
			t.Errorf("%s by a wrong rule: %v", c.file, err)
		}
	}
}

func file(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
