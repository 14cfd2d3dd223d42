package oidc_test

import (
	"crypto/rand"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/bench/idp"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity/oidc"
)

// A provider that is down is asked again, sparingly, and stands in the log once.
func TestProviderThatIsDown(t *testing.T) {
	g := newGround(t)
	g.at.Down.Store(true)
	for range 3 {
		if err := g.Ready(t.Context()); core.CodeOf(err) != core.Unavailable || core.AsError(err).Hint == "" {
			t.Errorf("down: %v", err)
		}
	}
	g.clock.Move(6 * time.Second)
	_ = g.Ready(t.Context())
	if n := strings.Count(g.log.String(), "level=WARN"); n != 1 {
		t.Errorf("%d warnings:\n%s", n, g.log)
	}
	g.at.Down.Store(false)
	if err := g.Ready(t.Context()); core.CodeOf(err) != core.Unavailable {
		t.Error("it was asked again at once")
	}
	g.clock.Move(6 * time.Second)
	if _, err := g.signIn(); err != nil {
		t.Errorf("back again: %v", err)
	}
	if !strings.Contains(g.log.String(), "answers again") {
		t.Error("the log does not say that it is back")
	}
	g.at.Down.Store(true)
	g.clock.Move(2 * time.Hour)
	if _, _, err := g.Start(t.Context(), rand.Reader, "", false); err != nil {
		t.Errorf("what is known of a provider counts for a day: %v", err)
	}
	g.clock.Move(23 * time.Hour)
	if err := g.Ready(t.Context()); core.CodeOf(err) != core.Unavailable {
		t.Errorf("after a day: %v", err)
	}
}

func TestHostileDiscovery(t *testing.T) {
	for what, spoil := range map[string]func(p *idp.Provider){
		"another issuer":        func(p *idp.Provider) { p.Discovery["issuer"] = "https://evil.example" },
		"a token endpoint away": func(p *idp.Provider) { p.Discovery["token_endpoint"] = "http://evil.example/token" },
		"no page to sign in":    func(p *idp.Provider) { p.Discovery["authorization_endpoint"] = "javascript:alert(1)" },
		"keys by file":          func(p *idp.Provider) { p.Discovery["jwks_uri"] = "file:///etc/passwd" },
		"only HS256": func(p *idp.Provider) {
			p.Discovery["id_token_signing_alg_values_supported"] = []string{"HS256", "none"}
		},
		"a huge document": func(p *idp.Provider) { p.Discovery["x"] = strings.Repeat("x", 2<<20) },
	} {
		g := newGround(t)
		spoil(g.at)
		if err := g.Ready(t.Context()); core.CodeOf(err) != core.Unavailable {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Whoever sends tokens cannot make this server ask the provider without end.
func TestKeysAreAskedForSparingly(t *testing.T) {
	g := newGround(t)
	if _, err := g.signIn(); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		g.at.KID = rand.Text()
		if _, err := g.Logout(t.Context(), g.at.Sign(g.logout("sid", "s1"))); core.CodeOf(err) != core.Unreadable {
			t.Errorf("an unknown key: %v", err)
		}
	}
	if n := g.at.Asked.Load(); n > 2 {
		t.Errorf("the keys were asked for %d times", n)
	}
	g.clock.Move(11 * time.Second)
	g.at.KID = "k2"
	g.at.Published.Keys[0].KeyID = "k2"
	if _, err := g.signIn(); err != nil {
		t.Errorf("a new key: %v", err)
	}
}

// Whoever comes while the keys are asked for gets the answer too.
func TestNewKeyForEverybodyAtOnce(t *testing.T) {
	g := newGround(t)
	if err := g.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	for round := range 3 {
		g.clock.Move(11 * time.Second)
		g.at.KID = "next" + strconv.Itoa(round)
		g.at.Published.Keys[0].KeyID = g.at.KID
		token := g.at.Sign(g.logout("sid", "s1"))
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := g.Logout(t.Context(), token); err != nil {
					t.Errorf("round %d: %v", round, core.AsError(err).Err)
				}
			})
		}
		all.Wait()
	}
	if n := g.at.Asked.Load(); n != 3 {
		t.Errorf("the keys were asked for %d times, want 3", n)
	}
}

func (g *ground) logout(name, value string) []byte {
	now := g.clock.Now().Unix()
	text := `{"iss":"` + g.at.URL + `","aud":"` + idp.ClientID + `","iat":` + strconv.FormatInt(now, 10) + `,"exp":` + strconv.FormatInt(now+100, 10) + `,"jti":"j","events":{"http://schemas.openid.net/event/backchannel-logout":{}}`
	if name != "" {
		text += `,"` + name + `":"` + value + `"`
	}
	return []byte(text + "}")
}

func TestLogoutTokens(t *testing.T) {
	g := newGround(t)
	who, err := g.Logout(t.Context(), g.at.Sign(g.logout("sid", "s1")))
	if err != nil || who.Session != "s1" {
		t.Errorf("%+v %v", who, err)
	}
	if who, err = g.Logout(t.Context(), g.at.Sign(g.logout("sub", "u1"))); err != nil || who.Subject != "u1" {
		t.Errorf("%+v %v", who, err)
	}
	good := string(g.logout("sid", "s1"))
	for what, token := range map[string]string{
		"an ID token":      g.at.IDToken("n"),
		"about nobody":     g.at.Sign(g.logout("", "")),
		"another audience": g.at.Sign([]byte(strings.Replace(good, `"aud":"paddock"`, `"aud":"other"`, 1))),
		"no event":         g.at.Sign([]byte(strings.Replace(good, "backchannel-logout", "x", 1))),
		"empty":            "",
		"no JWT":           "x",
	} {
		if _, err := g.Logout(t.Context(), token); core.CodeOf(err) != core.Unreadable {
			t.Errorf("%s: %v", what, err)
		}
	}
	old := g.at.Sign(g.logout("sid", "s1"))
	g.clock.Move(time.Hour)
	if _, err := g.Logout(t.Context(), old); core.CodeOf(err) != core.Unreadable {
		t.Errorf("an old one: %v", err)
	}
}

func TestConfigCheck(t *testing.T) {
	good := oidc.Config{Name: "entra", Issuer: "https://login.example.org", ClientID: "x"}
	if c, bad := good.Check(); len(bad) > 0 || c.GroupsClaim != "groups" || c.Admit != oidc.AdmitKnown || c.Title != "entra" {
		t.Errorf("%+v %v", c, bad)
	}
	brings := good
	brings.SCIM, brings.Domains = true, []string{"example.org"}
	if c, bad := brings.Check(); len(bad) > 0 || c.Groups != "scim" || c.SCIMClaim != "sub" {
		t.Errorf("%+v %v", c, bad)
	}
	for what, c := range map[string]struct {
		change func(c *oidc.Config)
		field  string
	}{
		"a name":           {func(c *oidc.Config) { c.Name = "Entra ID" }, "name"},
		"http":             {func(c *oidc.Config) { c.Issuer = "http://login.example.org" }, "issuer"},
		"any tenant":       {func(c *oidc.Config) { c.Issuer = "https://login.microsoftonline.com/common/v2.0" }, "issuer"},
		"the document":     {func(c *oidc.Config) { c.Issuer += "/.well-known/openid-configuration" }, "issuer"},
		"a password":       {func(c *oidc.Config) { c.Issuer = "https://u:p@login.example.org" }, "issuer"},
		"no client":        {func(c *oidc.Config) { c.ClientID = "" }, "client_id"},
		"refresh tokens":   {func(c *oidc.Config) { c.Scopes = []string{"offline_access"} }, "scopes.0"},
		"a wildcard":       {func(c *oidc.Config) { c.Domains = []string{"*.example.org"} }, "domains.0"},
		"a large letter":   {func(c *oidc.Config) { c.Domains = []string{"Example.org"} }, "domains.0"},
		"admitting nobody": {func(c *oidc.Config) { c.Admit = oidc.AdmitMaker }, "admit"},
	} {
		x := good
		c.change(&x)
		if _, bad := x.Check(); len(bad) != 1 || bad[0].Field != c.field || bad[0].Hint == "" {
			t.Errorf("%s: %v", what, bad)
		}
	}
}
