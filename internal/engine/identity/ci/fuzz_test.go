package ci_test

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// No claims, however odd, get past a verifier without agreeing with each other:
// what it accepts names its repository by digits, its ref whole, and sub says the
// same.
func FuzzClaims(f *testing.F) {
	var g *ground
	for _, seed := range []string{
		`{}`, `{"sub":"repo:a/b:ref:refs/heads/main"}`, `{"sub":1,"sub":2}`, `[[[[[[]]]]]]`, `{"aud":["a",["b"]],"exp":1e400}`, `{"exp":-1}`, "{\"sub\":\"\xff\"}", `{"iss":null}`, `{"a":{"b":{"c":{"d":{}}}}}`,
	} {
		f.Add(seed, "")
	}
	f.Add("", "repo:octo-org@65/octo-app@74:ref:refs/heads/main")
	f.Add("", "repo:octo-org/octo-app:environment:prod%3Aeu")
	f.Fuzz(func(t *testing.T, whole, sub string) {
		if g == nil {
			g = newGround(t, core.ForgeGitHub)
			g.verify("warm", g.token(nil), "")
		}
		claims := []byte(whole)
		if sub != "" {
			claims = g.JSON(g.Claims(g.clock.Now(), map[string]any{"sub": sub}))
		}
		c, err := g.Verify(t.Context(), g.Sign(g.Header(nil), claims))
		if err != nil {
			if e := core.AsError(err); e.Field == "" || e.Code == core.Internal {
				t.Errorf("refused without a reason: %v", err)
			}
			return
		}
		if c.RepositoryID == "" || c.OwnerID == "" || !strings.HasPrefix(c.Ref, "refs/") || c.JTI == "" {
			t.Errorf("accepted %q: %+v", claims, c)
		}
		if sub != "" && sub != "repo:octo-org/octo-app:ref:refs/heads/main" && sub != "repo:octo-org@65/octo-app@74:ref:refs/heads/main" {
			t.Errorf("accepted the sub %q", sub)
		}
	})
}

// No token, however broken, does more than be refused for a reason.
func FuzzToken(f *testing.F) {
	for _, seed := range []string{"", "..", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJSUzI1NiIsImtpZCI6ImEiLCJjcml0IjpbImV4cCJdfQ.e30.AA", strings.Repeat(".", 20)} {
		f.Add(seed)
	}
	var g *ground
	f.Fuzz(func(t *testing.T, token string) {
		if g == nil {
			g = newGround(t, core.ForgeGitHub)
			g.verify("warm", g.token(nil), "")
		}
		if _, err := g.Verify(t.Context(), token); err == nil || core.AsError(err).Field == "" {
			t.Errorf("%q: %v", token, err)
		}
	})
}
