package issuer

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// start returns an issuer on a ground's store with a keyring of its own.
func start(t *testing.T, g *testkit.Ground) *Issuer {
	t.Helper()
	keys, err := seal.Open(t.TempDir()+"/keys", nil)
	g.Must(err)
	return &Issuer{Keys: g.DB, Sealer: keys, Audit: g.Audit, Clock: g.Clock, IDs: g.IDs, URL: "https://paddock.example.org"}
}

func workload() Workload {
	return Workload{App: core.App{ID: "0190-app", Name: "payroll", Descriptor: core.Descriptor{Classification: "internal"}},
		Deployment: core.Deployment{ID: "0190-dep", Region: "eu-sovereign", Target: "eu-sovereign", Artifact: "sha256:ab"}, Environment: core.Production}
}

// parts takes a token apart without the library that made it.
func parts(t *testing.T, text string) (head, body map[string]any, signed string, sig []byte) {
	t.Helper()
	p := strings.Split(text, ".")
	if len(p) != 3 {
		t.Fatalf("%d parts", len(p))
	}
	for i, out := range []*map[string]any{&head, &body} {
		b, err := base64.RawURLEncoding.DecodeString(p[i])
		if err == nil {
			err = json.Unmarshal(b, out)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	sig, err := base64.RawURLEncoding.DecodeString(p[2])
	if err != nil {
		t.Fatal(err)
	}
	return head, body, p[0] + "." + p[1], sig
}

// accepts reports whether somebody who holds a published set takes a token.
func accepts(t *testing.T, set KeySet, text string) bool {
	t.Helper()
	head, _, signed, sig := parts(t, text)
	sum := sha256.Sum256([]byte(signed))
	for _, raw := range set.Keys {
		var k struct{ Kty, Kid, Alg, Use, N, E, D string }
		if err := json.Unmarshal(raw, &k); err != nil {
			t.Fatal(err)
		}
		if k.D != "" {
			t.Fatal("a private key is published")
		}
		if k.Kid != head["kid"] {
			continue
		}
		n, _ := base64.RawURLEncoding.DecodeString(k.N)
		e, _ := base64.RawURLEncoding.DecodeString(k.E)
		pub := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
		return k.Kty == "RSA" && k.Use == "sig" && head["alg"] == k.Alg && rsa.VerifyPKCS1v15(pub, crypto.SHA256, sum[:], sig) == nil
	}
	return false
}

// SEC-5: a token names the app by its id, for one audience, for five minutes.
func TestSign(t *testing.T) {
	testkit.Each(t, func(t *testing.T, g *testkit.Ground) {
		s := start(t, g)
		got, err := s.Sign(g.Ctx(), workload(), "vault")
		g.Must(err)
		head, body, _, _ := parts(t, string(got.Value.Open()))
		now := float64(g.Clock.Now().Unix())
		want := map[string]any{"iss": "https://paddock.example.org", "sub": "app:0190-app:env:production", "aud": "vault", "exp": now + 300, "iat": now, "nbf": now, "jti": got.ID,
			"app": "payroll", "app_id": "0190-app", "environment": "production", "classification": "internal", "region": "eu-sovereign", "target": "eu-sovereign",
			"deployment": "0190-dep", "artifact": "sha256:ab"}
		for name, v := range want {
			if list, ok := body[name].([]any); ok && len(list) == 1 {
				body[name] = list[0]
			}
			if body[name] != v {
				t.Errorf("%s is %v, want %v", name, body[name], v)
			}
			delete(body, name)
		}
		if len(body) > 0 || head["typ"] != "JWT" || head["alg"] != "RS256" {
			t.Errorf("further claims %v, head %v", body, head)
		}
		set, err := s.Published(g.Ctx())
		g.Must(err)
		if !accepts(t, set, string(got.Value.Open())) {
			t.Error("the published keys do not verify it")
		}
		for _, bad := range []string{"", "two words", "line\nbreak", strings.Repeat("a", 256), "bad\xff"} {
			if _, err := s.Sign(g.Ctx(), workload(), bad); core.CodeOf(err) != core.Invalid {
				t.Errorf("audience %q: %v", bad, err)
			}
		}
	})
}

// A verifier that reads the keys once an hour accepts every token at any moment
// of its life, over two rotations, and however late the job that announces keys is.
func TestRotationIsSeenInTime(t *testing.T) {
	for name, late := range map[string]time.Duration{"in time": 0, "a worker that was paused for a week": 7 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			g := testkit.New(t)
			s := start(t, g)
			var held KeySet // what the verifier has, an hour old at most
			kids := map[any]bool{}
			begun := g.Clock.Now()
			for step := 0; g.Clock.Now().Sub(begun) < 2*Period+late+72*time.Hour; step++ {
				if since := g.Clock.Now().Sub(begun); since < Period-Announce || since >= Period-Announce+late {
					g.Must(s.Keep(g.Ctx()))
				}
				token, err := s.Sign(g.Ctx(), workload(), "vault")
				g.Must(err)
				text := string(token.Value.Open())
				head, _, _, _ := parts(t, text)
				kids[head["kid"]] = true
				if step > 0 && !accepts(t, held, text) {
					t.Fatalf("after %s a token is refused by keys of an hour ago", g.Clock.Now().Sub(begun))
				}
				g.Clock.Move(Life)
				if held, err = s.Published(g.Ctx()); err != nil {
					t.Fatal(err)
				}
				if !accepts(t, held, text) {
					t.Fatalf("after %s a token is refused at the end of its life", g.Clock.Now().Sub(begun))
				}
				g.Clock.Move(time.Hour - Life)
				if len(held.Keys) == 1 { // nothing changes soon: the verifier reads just before it does
					g.Clock.Move(8 * time.Hour)
					if held, err = s.Published(g.Ctx()); err != nil {
						t.Fatal(err)
					}
					g.Clock.Move(time.Hour)
				}
			}
			if len(kids) != 3 {
				t.Errorf("%d keys signed, want 3", len(kids))
			}
		})
	}
}

// A key in wrong hands counts no more at once; a planned rotation is announced once.
func TestRotate(t *testing.T) {
	testkit.Each(t, func(t *testing.T, g *testkit.Ground) {
		s := start(t, g)
		by := core.Actor{Kind: core.ActorPerson, ID: "p1", Name: "pia@example.org", Door: "api"}
		old, err := s.Sign(g.Ctx(), workload(), "vault")
		g.Must(err)
		_, err = s.Rotate(g.Ctx(), by, false)
		g.Must(err)
		if _, err := s.Rotate(g.Ctx(), by, false); core.CodeOf(err) != core.Conflict {
			t.Errorf("a second announcement: %v", err)
		}
		states := func() (out []State) {
			list, err := s.List(g.Ctx())
			g.Must(err)
			for _, k := range list {
				out = append(out, k.State)
			}
			return out
		}
		if got := states(); len(got) != 2 || got[0] != Signing || got[1] != Announced {
			t.Errorf("states %v", got)
		}
		made, err := s.Rotate(g.Ctx(), by, true)
		g.Must(err)
		if got := states(); len(got) != 1 || got[0] != Signing {
			t.Errorf("states after replacing %v", got)
		}
		set, err := s.Published(g.Ctx())
		g.Must(err)
		if accepts(t, set, string(old.Value.Open())) {
			t.Error("a token of a replaced key is accepted")
		}
		again := &Issuer{Keys: s.Keys, Sealer: s.Sealer, Audit: s.Audit, Clock: s.Clock, IDs: s.IDs, URL: s.URL} // another server
		token, err := again.Sign(g.Ctx(), workload(), "vault")
		g.Must(err)
		if head, _, _, _ := parts(t, string(token.Value.Open())); head["kid"] != made.ID {
			t.Errorf("another server signs with %v, want %s", head["kid"], made.ID)
		}
		if got := g.Events(0); strings.Join(got, " ") != "issuer.announce issuer.announce issuer.replace" {
			t.Errorf("events: %v", got)
		}
	})
}

// No key, no token: a torn key is said to be torn, and nothing is signed.
func TestDamagedKey(t *testing.T) {
	g := testkit.New(t)
	s := start(t, g)
	g.Must(g.InTx(g.Ctx(), func(ctx context.Context) error {
		if err := g.AddIssuerKey(ctx, core.IssuerKey{ID: "k", Public: []byte(`{}`), Sealed: []byte("torn"), Created: 1, Begins: 1}); err != nil {
			return err
		}
		return g.Audit.Append(ctx, core.Event{Action: "test", Actor: core.System("test"), Code: "ok"})
	}))
	if _, err := s.Sign(g.Ctx(), workload(), "vault"); err == nil {
		t.Error("a torn key signs")
	}
}
