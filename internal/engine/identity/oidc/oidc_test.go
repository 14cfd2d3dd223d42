package oidc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/paddock-dev/paddock/bench/idp"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity/oidc"
	"github.com/paddock-dev/paddock/internal/testkit"
)

type ground struct {
	*oidc.Provider
	at    *idp.Provider
	clock *testkit.Clock
	t     *testing.T
	log   *strings.Builder
}

func newGround(t *testing.T, change ...func(c *oidc.Config)) *ground {
	t.Helper()
	clock := testkit.NewClock(time.Date(2026, 8, 1, 9, 0, 0, 0, time.UTC))
	at := idp.New(t, clock.Now)
	c := oidc.Config{Name: "example", Title: "Example", Issuer: at.URL, ClientID: idp.ClientID, Domains: []string{"example.org"}}
	for _, f := range change {
		f(&c)
	}
	c, bad := c.Check()
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	g := &ground{at: at, clock: clock, t: t, log: &strings.Builder{}}
	g.Provider = oidc.New(c, oidc.Options{BaseURL: "http://localhost:8420", Secret: core.NewSecret([]byte(idp.ClientSecret)), Clock: clock, Log: slog.New(slog.NewTextHandler(g.log, nil))})
	return g
}

// walk goes to the provider and returns with what it says in the address.
func (g *ground) walk(fresh bool) (oidc.Attempt, url.Values, error) {
	g.t.Helper()
	to, a, err := g.Start(g.t.Context(), rand.Reader, "/approvals", fresh)
	if err != nil {
		return a, nil, err
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(to)
	if err != nil {
		g.t.Fatal(err)
	}
	resp.Body.Close()
	back, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || back.Path != "/sign-in/back/example" {
		g.t.Fatalf("sent back to %q: %v", resp.Header.Get("Location"), err)
	}
	return a, back.Query(), nil
}

func (g *ground) signIn() (oidc.Arrival, error) {
	g.t.Helper()
	a, q, err := g.walk(false)
	if err != nil {
		return oidc.Arrival{}, err
	}
	return g.Finish(g.t.Context(), a, q)
}

func TestSignIn(t *testing.T) {
	g := newGround(t)
	g.at.Person = map[string]any{"sub": "00u1", "email": "Ana@Example.org", "email_verified": true, "name": "Ana", "groups": []string{"b", "a", "b"}, "acr": "mfa"}
	who, err := g.signIn()
	if err != nil {
		t.Fatal(err, core.AsError(err).Err)
	}
	if who.Subject != "00u1" || who.Email != "Ana@Example.org" || !who.Vouched || who.Name != "Ana" || !slices.Equal(who.Groups, []string{"a", "b"}) || !who.Told ||
		who.AuthTime != core.Stamp(g.clock.Now()) || who.ACR != "mfa" || who.Session != "s1" || who.Hint == "" {
		t.Errorf("%+v", who)
	}
	to, _, err := g.Start(t.Context(), rand.Reader, "", true)
	u, _ := url.Parse(to)
	if q := u.Query(); err != nil || q.Get("max_age") != "0" || q.Get("prompt") != "login" || q.Get("code_challenge_method") != "S256" || q.Get("scope") != "openid profile email" ||
		len(q.Get("state")) != 43 || len(q.Get("nonce")) != 43 || q.Get("redirect_uri") != "http://localhost:8420/sign-in/back/example" {
		t.Errorf("a fresh sign-in asks %v, %v", q, err)
	}
	end, _ := url.Parse(g.EndURL(t.Context(), "hint"))
	if q := end.Query(); end.Path != "/end" || q.Get("id_token_hint") != "hint" || q.Get("post_logout_redirect_uri") != "http://localhost:8420/sign-in" {
		t.Errorf("signing out leads to %s", end)
	}
}

// An e-mail counts only if it is verified, and of a domain that is trusted.
func TestVouched(t *testing.T) {
	for what, c := range map[string]struct {
		claims map[string]any
		want   bool
	}{
		"verified":                 {map[string]any{"email": "ana@example.org", "email_verified": true}, true},
		"verified, as text":        {map[string]any{"email": "ana@example.org", "email_verified": "true"}, true},
		"not verified":             {map[string]any{"email": "ana@example.org", "email_verified": false}, false},
		"not verified, as text":    {map[string]any{"email": "ana@example.org", "email_verified": "false"}, false},
		"no word of it":            {map[string]any{"email": "ana@example.org"}, false},
		"Entra's word, not Entra":  {map[string]any{"email": "ana@example.org", "xms_edov": true}, false},
		"a domain above":           {map[string]any{"email": "ana@org", "email_verified": true}, false},
		"a domain below":           {map[string]any{"email": "ana@sub.example.org", "email_verified": true}, false},
		"a domain that ends alike": {map[string]any{"email": "ana@notexample.org", "email_verified": true}, false},
		"two at signs":             {map[string]any{"email": "ana@example.org@evil.example", "email_verified": true}, false},
		"no e-mail":                {map[string]any{"email_verified": true}, false},
	} {
		g := newGround(t)
		g.at.Person = c.claims
		g.at.Person["sub"] = "u"
		who, err := g.signIn()
		if err != nil || who.Vouched != c.want {
			t.Errorf("%s: vouched %v, %v", what, who.Vouched, err)
		}
	}
}

func TestGroups(t *testing.T) {
	many := make([]string, 1001)
	for i := range many {
		many[i] = strings.Repeat("g", i%20+1)
	}
	for what, c := range map[string]struct {
		token, info map[string]any
		want        []string
		wrong       string
	}{
		"in the token":           {map[string]any{"groups": []string{"a"}}, map[string]any{"groups": []string{"b"}}, []string{"a"}, ""},
		"in userinfo":            {nil, map[string]any{"groups": []string{"b"}}, []string{"b"}, ""},
		"one, not as a list":     {map[string]any{"groups": "a"}, nil, []string{"a"}, ""},
		"none in the token":      {map[string]any{"groups": []string{}}, map[string]any{"groups": []string{"b"}}, nil, ""},
		"nowhere":                {nil, map[string]any{}, nil, ""},
		"too many for Entra":     {map[string]any{"_claim_names": map[string]any{"groups": "src1"}, "_claim_sources": map[string]any{"src1": map[string]any{"endpoint": "https://graph.example.org/x"}}}, nil, nil, "too many"},
		"too many":               {map[string]any{"groups": many}, nil, nil, "1001"},
		"no names":               {map[string]any{"groups": []any{map[string]any{"id": 1}}}, nil, nil, "not as a list of names"},
		"a name with a line end": {map[string]any{"groups": []string{"a\nb"}}, nil, nil, "cannot be read"},
		"an empty name":          {map[string]any{"groups": []string{""}}, nil, nil, "cannot be read"},
	} {
		g := newGround(t)
		g.at.UserInfo = map[string]any{"sub": "u1"}
		maps.Copy(g.at.UserInfo, c.info)
		maps.Copy(g.at.Person, c.token)
		who, err := g.signIn()
		if c.wrong != "" {
			if core.CodeOf(err) != core.Conflict || !strings.Contains(err.Error(), c.wrong) || core.AsError(err).Hint == "" {
				t.Errorf("%s: %v", what, err)
			}
			continue
		}
		if err != nil || !slices.Equal(who.Groups, c.want) || !who.Told {
			t.Errorf("%s: %v, %v", what, who.Groups, err)
		}
	}
	g := newGround(t, func(c *oidc.Config) { c.Groups = "none" })
	g.at.Person["groups"] = []string{"a"}
	if who, err := g.signIn(); err != nil || who.Told || len(who.Groups) > 0 {
		t.Errorf("groups that are left to SCIM: %+v, %v", who, err)
	}
}

// What a provider says is held against everything that OpenID Connect asks for.
func TestTokensThatDoNotHold(t *testing.T) {
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	claim := func(name string, v any) func(g *ground) {
		return func(g *ground) { g.at.Claims = func(c map[string]any) { c[name] = v } }
	}
	part := base64.RawURLEncoding.EncodeToString
	for what, lie := range map[string]func(g *ground){
		"another audience":       claim("aud", "somebody"),
		"no audience":            claim("aud", nil),
		"two audiences, no azp":  claim("aud", []string{idp.ClientID, "other"}),
		"another azp":            claim("azp", "other"),
		"another issuer":         claim("iss", "https://evil.example"),
		"the issuer and a slash": func(g *ground) { g.at.Claims = func(c map[string]any) { c["iss"] = g.at.URL + "/" } },
		"expired":                func(g *ground) { claim("exp", g.clock.Now().Add(-time.Minute).Unix())(g) },
		"no end":                 claim("exp", nil),
		"not yet":                func(g *ground) { claim("nbf", g.clock.Now().Add(time.Hour).Unix())(g) },
		"issued long ago":        func(g *ground) { claim("iat", g.clock.Now().Add(-time.Hour).Unix())(g) },
		"issued in the future":   func(g *ground) { claim("iat", g.clock.Now().Add(time.Hour).Unix())(g) },
		"another nonce":          claim("nonce", "x"),
		"no nonce":               claim("nonce", nil),
		"another at_hash":        claim("at_hash", part(make([]byte, 16))),
		"no subject":             claim("sub", ""),
		"a subject of 256 bytes": claim("sub", strings.Repeat("s", 256)),
		"an invisible subject":   claim("sub", "a\u200bb"),
		"auth_time to come":      func(g *ground) { claim("auth_time", g.clock.Now().Add(time.Hour).Unix())(g) },
		"another key":            func(g *ground) { g.at.Key = other },
		"an unknown key":         func(g *ground) { g.at.Key, g.at.KID = other, "k2" },
		"alg none": func(g *ground) {
			g.at.Token = func(b []byte) string { return part([]byte(`{"alg":"none"}`)) + "." + part(b) + "." }
		},
		"alg None": func(g *ground) {
			g.at.Token = func(b []byte) string { return part([]byte(`{"alg":"None"}`)) + "." + part(b) + "." }
		},
		"HS256 with the public key": func(g *ground) {
			g.at.Token = func(b []byte) string {
				text := part([]byte(`{"alg":"HS256","kid":"k1"}`)) + "." + part(b)
				public, err := g.at.Key.PublicKey.Bytes()
				if err != nil {
					t.Error(err)
				}
				m := hmac.New(sha256.New, public)
				m.Write([]byte(text))
				return text + "." + part(m.Sum(nil))
			}
		},
		"HS256 with the client's secret": func(g *ground) {
			g.at.Token = func(b []byte) string {
				text := part([]byte(`{"alg":"HS256","kid":"k1"}`)) + "." + part(b)
				m := hmac.New(sha256.New, []byte(idp.ClientSecret))
				m.Write([]byte(text))
				return text + "." + part(m.Sum(nil))
			}
		},
		"a key in the header": func(g *ground) {
			g.at.Token = func(b []byte) string {
				s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: other}, &jose.SignerOptions{EmbedJWK: true})
				if err != nil {
					t.Error(err)
				}
				o, err := s.Sign(b)
				if err != nil {
					t.Error(err)
				}
				text, _ := o.CompactSerialize()
				return text
			}
		},
		"changed after it was signed": func(g *ground) {
			g.at.Token = func(b []byte) string {
				p := strings.Split(g.at.Sign(b), ".")
				return p[0] + "." + part([]byte(strings.Replace(string(b), `"u1"`, `"u2"`, 1))) + "." + p[2]
			}
		},
		"no ID token":      func(g *ground) { g.at.Token = func([]byte) string { return "" } },
		"no JWT":           func(g *ground) { g.at.Token = func([]byte) string { return "a.b" } },
		"a huge token":     func(g *ground) { claim("x", strings.Repeat("x", 100<<10))(g) },
		"another userinfo": func(g *ground) { g.at.UserInfo = map[string]any{"sub": "u2", "groups": []string{"admins"}} },
	} {
		g := newGround(t)
		lie(g)
		who, err := g.signIn()
		e := core.AsError(err)
		if core.CodeOf(err) != core.Unauthorized || e.Hint == "" || e.Err == nil {
			t.Errorf("%s: %+v, %v", what, who, err)
			continue
		}
		if strings.Contains(e.Msg+e.Hint, "oidc:") {
			t.Errorf("%s: the message shows the inside: %s", what, e.Msg)
		}
	}
}

// A way back counts in the browser that it began in, for its provider, in time.
func TestWaysBackThatDoNotCount(t *testing.T) {
	for what, spoil := range map[string]func(g *ground, a *oidc.Attempt, q url.Values){
		"another browser":        func(_ *ground, a *oidc.Attempt, _ url.Values) { *a = oidc.Attempt{} },
		"an empty state":         func(_ *ground, a *oidc.Attempt, q url.Values) { a.State = ""; q.Set("state", "") },
		"another state":          func(_ *ground, _ *oidc.Attempt, q url.Values) { q.Set("state", strings.Repeat("A", 43)) },
		"no state":               func(_ *ground, _ *oidc.Attempt, q url.Values) { q.Del("state") },
		"two states":             func(_ *ground, _ *oidc.Attempt, q url.Values) { q.Add("state", "x") },
		"another provider's way": func(_ *ground, a *oidc.Attempt, _ url.Values) { a.Provider = "other" },
		"too late":               func(g *ground, _ *oidc.Attempt, _ url.Values) { g.clock.Move(oidc.AttemptLife) },
		"another issuer":         func(_ *ground, _ *oidc.Attempt, q url.Values) { q.Set("iss", "https://evil.example") },
		"no issuer":              func(_ *ground, _ *oidc.Attempt, q url.Values) { q.Del("iss") },
		"no code":                func(_ *ground, _ *oidc.Attempt, q url.Values) { q.Del("code") },
		"a code of its own":      func(_ *ground, _ *oidc.Attempt, q url.Values) { q.Set("code", "x") },
		"two codes":              func(_ *ground, _ *oidc.Attempt, q url.Values) { q.Add("code", "x") },
		"another verifier":       func(_ *ground, a *oidc.Attempt, _ url.Values) { a.Verifier = strings.Repeat("A", 43) },
	} {
		g := newGround(t)
		a, q, err := g.walk(false)
		if err != nil {
			t.Fatal(err)
		}
		spoil(g, &a, q)
		if _, err := g.Finish(t.Context(), a, q); core.CodeOf(err) != core.Unauthorized {
			t.Errorf("%s: %v", what, err)
		}
	}
	g := newGround(t)
	a, q, _ := g.walk(false)
	if _, err := g.Finish(t.Context(), a, q); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Finish(t.Context(), a, q); core.CodeOf(err) != core.Unauthorized {
		t.Errorf("a code that was used: %v", err)
	}
	for code, want := range map[string]core.Code{"access_denied": core.Forbidden, "login_required": core.Unauthorized, "server_error": core.Unavailable, "<script>": core.Unavailable} {
		g.at.Back = func(q url.Values) {
			q.Del("code")
			q.Set("error", code)
			q.Set("error_description", "<b>call 555-1234</b>")
		}
		_, err := g.signIn()
		if core.CodeOf(err) != want || strings.Contains(err.Error(), "555") || strings.Contains(err.Error(), "<") {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// Who must prove anew who they are, is held to it.
func TestFreshSignIn(t *testing.T) {
	g := newGround(t, func(c *oidc.Config) { c.ACR = "mfa phr" })
	for what, c := range map[string]struct {
		acr  any
		at   any
		want core.Code
	}{
		"with the second factor":    {"phr", g.clock.Now().Unix(), ""},
		"without the second factor": {"pwd", g.clock.Now().Unix(), core.Forbidden},
		"no word of how":            {nil, g.clock.Now().Unix(), core.Forbidden},
		"no word of when":           {"mfa", nil, core.Conflict},
	} {
		g.at.Claims = func(claims map[string]any) { claims["acr"], claims["auth_time"] = c.acr, c.at }
		a, q, err := g.walk(true)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.Finish(t.Context(), a, q); core.CodeOf(err) != c.want {
			t.Errorf("%s: %v", what, err)
		}
	}
}
