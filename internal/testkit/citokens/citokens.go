// Package citokens speaks as GitHub's and GitLab's issuers of CI tokens do: their
// discovery documents, their key sets and the claims of their jobs, for tests.
package citokens

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/paddock-dev/paddock/internal/core"
)

// Audience is what the tokens are made out to.
const Audience = "https://paddock.example.org"

// Issuer is one forge's issuer, on a loopback address.
type Issuer struct {
	Kind string
	URL  string
	Key  *rsa.PrivateKey
	KID  string
	// Discovery and Keys are what it publishes; a test may change them before the
	// first request.
	Discovery map[string]any
	Keys      jose.JSONWebKeySet
	Asked     atomic.Int64 // requests for the key set
	Down      atomic.Bool  // it answers nothing but errors
	Moved     string       // where it sends those who ask for the key set, if anywhere
	jtis      atomic.Int64
	t         testing.TB
}

// New starts an issuer of a kind, core.ForgeGitHub or core.ForgeGitLab.
func New(t testing.TB, kind string) *Issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return With(t, kind, key)
}

// With is New with a key that is there already.
func With(t testing.TB, kind string, key *rsa.PrivateKey) *Issuer {
	t.Helper()
	i := &Issuer{Kind: kind, Key: key, KID: "cc413527-173f-5a05-976e-9c52b1d7b431", t: t}
	server := httptest.NewServer(i)
	t.Cleanup(server.Close)
	i.URL = server.URL
	at := map[string]string{core.ForgeGitHub: "/.well-known/jwks", core.ForgeGitLab: "/oauth/discovery/keys"}[kind]
	i.Discovery = map[string]any{"issuer": i.URL, "jwks_uri": i.URL + at, "subject_types_supported": []string{"public", "pairwise"},
		"response_types_supported": []string{"id_token"}, "id_token_signing_alg_values_supported": []string{"RS256"}, "scopes_supported": []string{"openid"}}
	i.Keys = jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: i.KID, Algorithm: "RS256", Use: "sig"}}}
	return i
}

// ServeHTTP publishes the two documents.
func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if i.Down.Load() {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	switch i.URL + r.URL.Path {
	case i.URL + "/.well-known/openid-configuration":
		_ = json.NewEncoder(w).Encode(i.Discovery)
	case i.Discovery["jwks_uri"]:
		i.Asked.Add(1)
		if i.Moved != "" {
			http.Redirect(w, r, i.Moved, http.StatusFound)
			return
		}
		_ = json.NewEncoder(w).Encode(i.Keys)
	default:
		http.NotFound(w, r)
	}
}

// Claims are those of a push to the main branch, as the forge writes them, with
// what the test changes; nil takes a claim away.
func (i *Issuer) Claims(now time.Time, changed map[string]any) map[string]any {
	c := i.github()
	if i.Kind == core.ForgeGitLab {
		c = i.gitlab()
	}
	c["iss"], c["aud"], c["jti"] = i.URL, Audience, fmt.Sprintf("%s-%04d", "6ba7b810-9dad-11d1-80b4", i.jtis.Add(1))
	c["iat"], c["nbf"], c["exp"] = now.Unix(), now.Add(-5*time.Second).Unix(), now.Add(5*time.Minute).Unix()
	maps.Copy(c, changed)
	for name, v := range c {
		if v == nil {
			delete(c, name)
		}
	}
	return c
}

// Commit and Pipeline are the commits of a run and of a pipeline that is pinned.
const (
	Commit   = "7f0a5d2b6c1e48d39a0b5c6d7e8f90123456789a"
	Pipeline = "1d3f5a7b9c2e4f60718293a4b5c6d7e8f9012345"
)

func (i *Issuer) github() map[string]any {
	return map[string]any{
		"sub": "repo:octo-org/octo-app:ref:refs/heads/main", "actor": "octocat", "actor_id": "12", "base_ref": "", "head_ref": "", "check_run_id": "99",
		"event_name": "push", "job_workflow_ref": "octo-org/octo-app/.github/workflows/ship.yml@refs/heads/main", "job_workflow_sha": Commit,
		"ref": "refs/heads/main", "ref_protected": "true", "ref_type": "branch", "repository": "octo-org/octo-app", "repository_id": "74", "repository_owner": "octo-org",
		"repository_owner_id": "65", "repository_visibility": "private", "run_id": "30433642", "run_number": "17", "run_attempt": "1",
		"runner_environment": "github-hosted", "sha": Commit, "workflow": "ship", "workflow_ref": "octo-org/octo-app/.github/workflows/ship.yml@refs/heads/main", "workflow_sha": Commit,
	}
}

func (i *Issuer) gitlab() map[string]any {
	return map[string]any{
		"sub": "project_path:kitchen/menu:ref_type:branch:ref:main", "namespace_id": "72", "namespace_path": "kitchen", "project_id": "20", "project_path": "kitchen/menu",
		"user_id": "1", "user_login": "sample-user", "user_identities": []map[string]string{{"provider": "github", "extern_uid": "2435223452345"}},
		"pipeline_id": "574", "pipeline_source": "push", "job_id": "302", "ref": "main", "ref_type": "branch", "ref_path": "refs/heads/main", "ref_protected": "true",
		"groups_direct": []string{"kitchen"}, "environment_protected": "false", "deployment_tier": "testing", "runner_id": 1, "runner_environment": "gitlab-hosted", "sha": Commit,
		"project_visibility": "private", "ci_config_ref_uri": "gitlab.example.com/kitchen/menu//.gitlab-ci.yml@refs/heads/main", "ci_config_sha": Commit,
	}
}

// Token is a token of changed claims, signed as the forge signs.
func (i *Issuer) Token(now time.Time, changed map[string]any) string {
	return i.Sign(i.Header(nil), i.JSON(i.Claims(now, changed)))
}

// Header is the header that the forge writes, with what the test changes.
func (i *Issuer) Header(changed map[string]any) []byte {
	h := map[string]any{"alg": "RS256", "kid": i.KID, "typ": "JWT"}
	maps.Copy(h, changed)
	for name, v := range h {
		if v == nil {
			delete(h, name)
		}
	}
	return i.JSON(h)
}

// JSON encodes a value.
func (i *Issuer) JSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		i.t.Fatal(err)
	}
	return b
}

// Sign signs a header and claims, whatever they say, by RS256 with the issuer's key.
func (i *Issuer) Sign(header, claims []byte) string {
	return Join(header, claims, func(input []byte) []byte { return RS256(i.t, i.Key, input) })
}

// Join puts the three parts together.
func Join(header, claims []byte, sign func(input []byte) []byte) string {
	enc := base64.RawURLEncoding.EncodeToString
	input := enc(header) + "." + enc(claims)
	return input + "." + enc(sign([]byte(input)))
}
