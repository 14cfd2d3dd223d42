package sigstore

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/engine/attest"
	kit "github.com/paddock-dev/paddock/internal/testkit/sigstore"
)

const (
	commit = "0123456789abcdef0123456789abcdef01234567"
	digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	repo   = "https://github.com/acme/payroll"
	flow   = repo + "/.github/workflows/release.yml@refs/heads/main"
	lab    = "https://gitlab.com/acme/payroll"
)

type object = map[string]any

var payroll = About{App: "payroll", Digest: digest, Commit: commit}

// scene is a Sigstore, and trust in it.
type scene struct {
	*kit.Sigstore
	trust Trust
}

func newScene(t testing.TB) *scene {
	t.Helper()
	s := &scene{Sigstore: kit.New(t)}
	s.trust = Trust{MaxAge: 90 * 24 * time.Hour, Roots: map[string]Anchor{
		"public": {Root: readRoot(t, s.Root()), Fetched: s.Now()}, "private": {Root: readRoot(t, s.PrivateRoot()), Fetched: s.Now()}},
		Rules: []Rule{
			{Name: "release", Kind: GitHub, Root: "public", Apps: []string{"payroll"}, Issuer: IssuerGitHub, Workflow: "https://github.com/acme/{app}/.github/workflows/release.yml",
				Repository: "https://github.com/acme/{app}", RepositoryID: "1001", OwnerID: "77", Refs: []string{"refs/heads/main", "refs/tags/v*"}, Level: 2},
			{Name: "lab", Kind: GitLab, Root: "public", Apps: []string{"payroll"}, Issuer: IssuerGitLab, Workflow: lab + "//.gitlab-ci.yml", Repository: lab, RepositoryID: "2002",
				Refs: []string{"refs/heads/main"}, Builders: []string{lab + "/-/runners/*"}, Variables: []string{"NODE_ENV"}, Level: 2},
		}}
	return s
}

func readRoot(t testing.TB, b []byte) *Root {
	t.Helper()
	r, err := ReadRoot(b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func githubRun() kit.Run {
	return kit.Run{Issuer: IssuerGitHub, Workflow: flow, Config: flow, Repository: repo, RepositoryID: "1001", OwnerID: "77", Ref: "refs/heads/main", Commit: commit,
		Runner: "github-hosted", URL: repo + "/actions/runs/1/attempts/1"}
}

func gitlabRun() kit.Run {
	at := lab + "//.gitlab-ci.yml@refs/heads/main"
	return kit.Run{Issuer: IssuerGitLab, Workflow: at, Config: at, Repository: lab, RepositoryID: "2002", OwnerID: "88", Ref: "refs/heads/main", Commit: commit,
		Runner: "gitlab-hosted", URL: lab + "/-/jobs/1"}
}

// githubStatement is provenance as GitHub's own action writes it.
func githubStatement() object {
	return parsed(`{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"payroll","digest":{"sha256":"` + digest[7:] + `"}}],
		"predicateType":"https://slsa.dev/provenance/v1","predicate":{"buildDefinition":{"buildType":"https://actions.github.io/buildtypes/workflow/v1",
		"externalParameters":{"workflow":{"ref":"refs/heads/main","repository":"` + repo + `","path":".github/workflows/release.yml"}},
		"internalParameters":{"github":{"event_name":"push","repository_id":"1001","repository_owner_id":"77","runner_environment":"github-hosted"}},
		"resolvedDependencies":[{"uri":"git+` + repo + `@refs/heads/main","digest":{"gitCommit":"` + commit + `"}}]},
		"runDetails":{"builder":{"id":"` + flow + `"},"metadata":{"invocationId":"` + repo + `/actions/runs/1/attempts/1"}}}}`)
}

// gitlabStatement is provenance as GitLab writes it.
func gitlabStatement() object {
	return parsed(`{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"artifacts.zip","digest":{"sha256":"` + digest[7:] + `"}}],
		"predicateType":"https://slsa.dev/provenance/v1","predicate":{"buildDefinition":{"buildType":"https://docs.gitlab.com/ci/pipeline_security/slsa/provenance_v1",
		"externalParameters":{"source":"` + lab + `","entryPoint":"build","variables":{"CI":"true","CI_COMMIT_SHA":"` + commit + `","NODE_ENV":"production"}},
		"internalParameters":{"architecture":"amd64","executor":"docker+machine","job":1,"name":"green-1"},
		"resolvedDependencies":[{"uri":"` + lab + `","digest":{"gitCommit":"` + commit + `"}}]},
		"runDetails":{"builder":{"id":"` + lab + `/-/runners/12270837"},"metadata":{"invocationId":"1","startedOn":"2026-01-01T00:00:00Z","finishedOn":"2026-01-01T00:01:00Z"}}}}`)
}

func parsed(s string) object {
	var o object
	if err := json.Unmarshal([]byte(s), &o); err != nil {
		panic(err)
	}
	return o
}

func text(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// set puts a value at a path of keys and indexes.
func set(o any, value any, path ...any) {
	for i, p := range path {
		last := i == len(path)-1
		switch p := p.(type) {
		case string:
			if last {
				o.(object)[p] = value
				return
			}
			o = o.(object)[p]
		case int:
			if last {
				o.([]any)[p] = value
				return
			}
			o = o.([]any)[p]
		}
	}
}

// verify is the whole way of a bundle from outside.
func (s *scene) verify(b []byte) (Proven, error) {
	parsed, err := attest.Parse(b)
	if err != nil {
		return Proven{}, err
	}
	return s.trust.Provenance(parsed, payroll, s.Now())
}

func replaced(s, old, by string) string {
	if !strings.Contains(s, old) {
		panic(old + " is not in " + s)
	}
	return strings.Replace(s, old, by, 1)
}
