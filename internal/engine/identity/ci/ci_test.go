package ci_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity/ci"
	"github.com/paddock-dev/paddock/internal/testkit"
	"github.com/paddock-dev/paddock/internal/testkit/citokens"
)

// ground is a verifier for one issuer, with a clock that is moved by hand.
type ground struct {
	*citokens.Issuer
	*ci.Verifier
	clock *testkit.Clock
	t     *testing.T
}

func newGround(t *testing.T, kind string) *ground {
	t.Helper()
	g := &ground{Issuer: citokens.New(t, kind), clock: testkit.NewClock(time.Date(2026, 8, 1, 9, 0, 0, 0, time.UTC)), t: t}
	g.Verifier = verifier(t, g)
	return g
}

func verifier(t *testing.T, g *ground) *ci.Verifier {
	t.Helper()
	v, err := ci.New([]ci.Issuer{{Kind: g.Kind, URL: g.URL, Audience: citokens.Audience}}, g.clock, ci.NewClient(nil))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (g *ground) token(changed map[string]any) string { return g.Token(g.clock.Now(), changed) }

// verify wants a token to be refused for a reason, or to be good for "".
func (g *ground) verify(note, token, reason string) ci.Claims {
	g.t.Helper()
	c, err := g.Verify(g.t.Context(), token)
	switch {
	case reason == "" && err != nil:
		g.t.Errorf("%s: refused: %v", note, err)
	case reason != "" && (err == nil || core.AsError(err).Field != reason):
		g.t.Errorf("%s: %v, want the reason %s", note, err, reason)
	}
	return c
}

func TestGitHub(t *testing.T) {
	g := newGround(t, core.ForgeGitHub)
	c := g.verify("old form of sub", g.token(nil), "")
	if c.Repository != "octo-org/octo-app" || c.RepositoryID != "74" || c.OwnerID != "65" || c.Ref != "refs/heads/main" || c.Event != "push" || !c.Own ||
		c.Workflow != ".github/workflows/ship.yml@refs/heads/main" || c.Commit != citokens.Commit || c.Run != "30433642" || c.Login != "octocat" || c.SelfHosted || c.Environment != "" {
		t.Errorf("claims = %+v", c)
	}
	for note, changed := range map[string]map[string]any{
		"immutable form of sub":      {"sub": "repo:octo-org@65/octo-app@74:ref:refs/heads/main"},
		"environment":                {"environment": "prod", "sub": "repo:octo-org/octo-app:environment:prod"},
		"environment with a colon":   {"environment": "prod:eu", "sub": "repo:octo-org@65/octo-app@74:environment:prod%3Aeu"},
		"environment with %3A in it": {"environment": "prod%3Aeu", "sub": "repo:octo-org/octo-app:environment:prod%3Aeu"},
		"a pull request":             {"event_name": "pull_request", "ref": "refs/pull/7/merge", "sub": "repo:octo-org/octo-app:pull_request"},
		"a tag":                      {"ref": "refs/tags/v1", "ref_type": "tag", "sub": "repo:octo-org/octo-app:ref:refs/tags/v1"},
		"properties of a repository": {"repository_property_team": "a,b", "repo_property_x": "true"},
		"one audience in a list":     {"aud": []string{citokens.Audience}},
		"no nbf":                     {"nbf": nil},
	} {
		g.verify(note, g.token(changed), "")
	}
	golden := g.verify("reusable", g.token(map[string]any{"job_workflow_ref": "octo-org/pipelines/.github/workflows/golden.yml@refs/tags/v3", "job_workflow_sha": citokens.Pipeline}), "")
	if golden.Own || golden.Workflow != "octo-org/pipelines/.github/workflows/golden.yml@refs/tags/v3" || golden.WorkflowSHA != citokens.Pipeline {
		t.Errorf("claims = %+v", golden)
	}
}

func TestGitLab(t *testing.T) {
	g := newGround(t, core.ForgeGitLab)
	c := g.verify("a push", g.token(nil), "")
	if c.Repository != "kitchen/menu" || c.RepositoryID != "20" || c.OwnerID != "72" || c.Ref != "refs/heads/main" || c.Event != "push" || !c.Own ||
		c.Workflow != ".gitlab-ci.yml@refs/heads/main" || c.Run != "574/302" || c.Login != "sample-user" {
		t.Errorf("claims = %+v", c)
	}
	g.verify("a project in groups", g.token(map[string]any{"namespace_path": "a/b/c", "project_path": "a/b/c/menu", "sub": "project_path:a/b/c/menu:ref_type:branch:ref:main",
		"ci_config_ref_uri": "gitlab.example.com/a/b/c/menu//.gitlab-ci.yml@refs/heads/main"}), "")
}

// A warm verifier needs no network, and nobody can make it ask without end.
func TestKeysAreAskedForSparingly(t *testing.T) {
	g := newGround(t, core.ForgeGitHub)
	g.verify("cold", g.token(nil), "")
	g.Down.Store(true)
	for range 50 {
		g.verify("warm, and the issuer is down", g.token(nil), "")
	}
	strange := func() string {
		return g.Sign(g.Header(map[string]any{"kid": "another"}), g.JSON(g.Claims(g.clock.Now(), nil)))
	}
	g.Down.Store(false)
	g.verify("an unknown key within the minute", strange(), ci.UnknownKey)
	if n := g.Asked.Load(); n != 1 {
		t.Errorf("the keys were asked for %d times, want 1", n)
	}
	g.clock.Move(time.Minute)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { _, _ = g.Verify(t.Context(), strange()) })
	}
	all.Wait()
	g.verify("an unknown key", strange(), ci.UnknownKey)
	if n := g.Asked.Load(); n != 2 {
		t.Errorf("the keys were asked for %d times, want 2", n)
	}
	g.clock.Move(time.Minute)
	g.KID = "the-next"
	g.Keys = jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: g.Key.Public(), KeyID: g.KID, Algorithm: "RS256", Use: "sig"}}}
	g.verify("a new key is found in one request", g.token(nil), "")
	if n := g.Asked.Load(); n != 3 {
		t.Errorf("the keys were asked for %d times, want 3", n)
	}
	g.KID = "cc413527-173f-5a05-976e-9c52b1d7b431"
	g.verify("a key that was taken away", g.token(nil), ci.UnknownKey)
}

// Keys that are old are asked for again; they count for a day while nobody answers.
func TestKeysGrowOld(t *testing.T) {
	g := newGround(t, core.ForgeGitHub)
	g.verify("cold", g.token(nil), "")
	g.clock.Move(2 * time.Hour)
	g.Down.Store(true)
	g.verify("old, and the issuer is down", g.token(nil), "")
	g.clock.Move(23 * time.Hour)
	g.verify("too old", g.token(nil), ci.UnknownKey)
	g.clock.Move(time.Minute)
	g.Down.Store(false)
	g.verify("back again", g.token(nil), "")
}

// What an issuer publishes is not believed blindly.
func TestHostileKeySets(t *testing.T) {
	base := newGround(t, core.ForgeGitHub)
	own := base.Keys.Keys[0]
	many := make([]jose.JSONWebKey, 101)
	for i := range many {
		many[i] = own
	}
	weak := own
	weak.Use = "enc"
	other := own
	other.Algorithm = "RS512"
	for note, change := range map[string]func(i *citokens.Issuer){
		"another issuer's discovery": func(i *citokens.Issuer) { i.Discovery["issuer"] = "https://token.actions.githubusercontent.com" },
		"keys on another host":       func(i *citokens.Issuer) { i.Discovery["jwks_uri"] = base.URL + "/.well-known/jwks" },
		"too many keys":              func(i *citokens.Issuer) { i.Keys.Keys = many },
		"two keys of one name":       func(i *citokens.Issuer) { i.Keys.Keys = []jose.JSONWebKey{own, own} },
		"a key for encryption":       func(i *citokens.Issuer) { i.Keys.Keys = []jose.JSONWebKey{weak} },
		"a key for another algorithm": func(i *citokens.Issuer) {
			i.Keys.Keys = []jose.JSONWebKey{other}
		},
		"a symmetric key": func(i *citokens.Issuer) {
			i.Keys.Keys = []jose.JSONWebKey{{Key: []byte(strings.Repeat("k", 32)), KeyID: i.KID}}
		},
		"a huge document": func(i *citokens.Issuer) { i.Discovery["x"] = strings.Repeat("x", 300<<10) },
		"a redirect away": func(i *citokens.Issuer) { i.Moved = base.URL + "/.well-known/jwks" },
	} {
		g := &ground{Issuer: citokens.With(t, core.ForgeGitHub, base.Key), clock: base.clock, t: t}
		g.Verifier = verifier(t, g)
		change(g.Issuer)
		_, err := g.Verify(t.Context(), g.token(nil))
		if core.CodeOf(err) != core.Unavailable {
			t.Errorf("%s: %v", note, err)
		}
	}
}

func TestIssuerCheck(t *testing.T) {
	good := ci.Issuer{Kind: core.ForgeGitHub, Audience: "https://paddock.example.org"}
	if i, bad := good.Check(); len(bad) > 0 || i.URL != ci.GitHub {
		t.Errorf("%+v, %v", i, bad)
	}
	for note, change := range map[string]func(i *ci.Issuer){
		"kind": func(i *ci.Issuer) { i.Kind = "gitea" }, "a slash": func(i *ci.Issuer) { i.URL = "https://git.example.org/" },
		"http": func(i *ci.Issuer) { i.URL = "http://git.example.org" }, "user": func(i *ci.Issuer) { i.URL = "https://u:p@git.example.org" },
		"no audience": func(i *ci.Issuer) { i.Audience = "" }, "the forge's own audience": func(i *ci.Issuer) { i.Audience = "https://github.com/octo-org" },
		"an hour": func(i *ci.Issuer) { i.Minutes = 60 },
	} {
		i := good
		change(&i)
		if _, bad := i.Check(); len(bad) == 0 {
			t.Errorf("%s: taken", note)
		}
	}
	for _, url := range []string{"https://token.actions.githubusercontent.com/octo-inc", "https://ghes.example.org/_services/token", "http://127.0.0.1:1"} {
		i := good
		i.URL = url
		if _, bad := i.Check(); len(bad) > 0 {
			t.Errorf("%s: refused", url)
		}
	}
	if _, err := ci.New([]ci.Issuer{good, good}, core.SystemClock{}, ci.NewClient(nil)); core.CodeOf(err) != core.Invalid {
		t.Errorf("one issuer twice: %v", err)
	}
}
