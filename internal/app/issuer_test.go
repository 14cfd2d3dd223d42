package app

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity/issuer"
	"github.com/paddock-dev/paddock/internal/engine/identity/recipe"
	"github.com/paddock-dev/paddock/internal/testkit/vault"
)

// running keeps an app with a live deployment, as after a deploy.
func running(t *testing.T, h *house, name string, owner core.Person) core.App {
	t.Helper()
	now := h.clock.Now()
	a := core.App{ID: h.ids.New(now), Name: name, OwnerID: owner.ID, State: core.AppActive, Created: core.Stamp(now), LastActive: core.Stamp(now), Version: 1,
		Descriptor: core.Descriptor{Name: name, Classification: "internal", Region: "eu-sovereign"}}
	must(t, h.store.InTx(t.Context(), func(ctx context.Context) error {
		if err := h.store.AddApp(ctx, a); err != nil {
			return err
		}
		made := core.Artifact{Digest: "sha256:" + name, AppID: a.ID, Commit: "c1", Created: core.Stamp(now)}
		if err := h.store.PutArtifact(ctx, made); err != nil {
			return err
		}
		said := core.Decision{ID: h.ids.New(now), Gate: core.GateAppDeploy, AppID: a.ID, Result: core.Allow, Input: []byte(`{}`)}
		if err := h.store.AddDecision(ctx, said); err != nil {
			return err
		}
		d := core.Deployment{ID: h.ids.New(now), AppID: a.ID, Decision: said.ID, Artifact: made.Digest, Target: "eu-sovereign", Region: "eu-sovereign", State: core.DeployLive, By: owner.ID, Created: core.Stamp(now)}
		if err := h.store.AddDeployment(ctx, d); err != nil {
			return err
		}
		return h.audit.Append(ctx, core.Event{Action: "test.deploy", Actor: core.System("test"), AppID: a.ID, Code: "ok"})
	}))
	return a
}

// SEC-5: a real Vault that is set up by our recipe knows the app by its token,
// reads our keys over rotations, and refuses every other token.
func TestVaultKnowsAnApp(t *testing.T) {
	v := vault.Start(t)
	h := openHouse(t)
	server := httptest.NewServer(h.router)
	t.Cleanup(server.Close)
	h.issuer.URL = server.URL
	owner := somebody(t, h, core.RolePlatform)
	payroll, other := running(t, h, "payroll", owner), running(t, h, "other", owner)

	v.Put("sys/auth/jwt", map[string]any{"type": "jwt"})
	v.Put("sys/mounts/secret", map[string]any{"type": "kv", "options": map[string]any{"version": "2"}})
	v.Put("secret/data/payroll/db", map[string]any{"data": map[string]any{"password": "s3"}})
	v.Put("sys/policies/acl/payroll", map[string]any{"policy": `path "secret/data/payroll/*" { capabilities = ["read"] }`})
	who, err := h.desk.AppIdentity(t.Context(), owner, "payroll")
	must(t, err)
	steps := recipe.Vault(recipe.App{Name: "payroll", Issuer: who.Issuer, Subject: who.Subject})
	v.Put("auth/jwt/config", steps[0].Text)
	v.Put(strings.Fields(steps[1].Run)[2], steps[1].Text)

	give := &tokens{house: h}
	login := func(jwt string) (int, map[string]any) {
		return v.Ask("POST", "auth/jwt/login", "", map[string]any{"role": "payroll", "jwt": jwt})
	}
	tokenOf := func(a core.App, audience string) string {
		value, _, err := give.Give(t.Context(), a.ID, audience)
		must(t, err)
		return string(value.Open())
	}
	enters := func(what, jwt string) {
		t.Helper()
		status, answer := login(jwt)
		if status != 200 {
			t.Fatalf("%s: Vault answers %d %v", what, status, answer)
		}
		client, _ := answer["auth"].(map[string]any)["client_token"].(string)
		status, answer = v.Ask("GET", "secret/data/payroll/db", client, nil)
		if status != 200 || !strings.Contains(fmt.Sprint(answer["data"]), "s3") {
			t.Errorf("%s: reading the secret: %d %v", what, status, answer)
		}
		if status, _ := v.Ask("GET", "secret/data/other/db", client, nil); status != 403 {
			t.Errorf("%s: another app's secret: %d", what, status)
		}
	}
	enters("the app", tokenOf(payroll, "vault"))
	before := h.issuer.Clock
	ended := &issuer.Issuer{Keys: h.store, Sealer: h.keys, Audit: h.audit, Clock: earlier{before, 10 * time.Minute}, IDs: h.ids, URL: h.issuer.URL}
	old, err := ended.Sign(t.Context(), issuer.Workload{App: payroll, Environment: core.Production}, "vault")
	must(t, err)
	preview, err := h.issuer.Sign(t.Context(), issuer.Workload{App: payroll, Environment: "preview"}, "vault")
	must(t, err)
	for what, jwt := range map[string]string{"another app": tokenOf(other, "vault"), "a token for somebody else": tokenOf(payroll, "mailer"),
		"a token that has ended": string(old.Value.Open()), "another environment": string(preview.Value.Open())} {
		if status, answer := login(jwt); status != 400 {
			t.Errorf("%s: Vault answers %d %v", what, status, answer)
		}
	}
	_, err = h.issuer.Rotate(t.Context(), core.System("test"), true)
	must(t, err)
	enters("after a rotation", tokenOf(payroll, "vault"))
}

// earlier is a clock that is behind.
type earlier struct {
	core.Clock
	by time.Duration
}

func (e earlier) Now() time.Time { return e.Clock.Now().Add(-e.by) }

// An app that does not run has no identity; one that runs has an event for each
// token that was signed, and the same token until it is half over.
func TestTokensAreCounted(t *testing.T) {
	h := openHouse(t)
	owner := somebody(t, h, core.RolePlatform)
	a := running(t, h, "payroll", owner)
	give := &tokens{house: h}
	first, _, err := give.Give(t.Context(), a.ID, "vault")
	must(t, err)
	again, _, err := give.Give(t.Context(), a.ID, "vault")
	must(t, err)
	if !first.Equal(again) {
		t.Error("each call signs a token")
	}
	events, err := h.store.SearchEvents(t.Context(), store.EventFilter{Action: "identity.token", Most: 10})
	must(t, err)
	if len(events) != 1 || events[0].AppID != a.ID {
		t.Errorf("events: %+v", events)
	}
	_, err = h.issuer.Rotate(t.Context(), core.System("test"), true)
	must(t, err)
	fresh, _, err := give.Give(t.Context(), a.ID, "vault")
	must(t, err)
	if first.Equal(fresh) {
		t.Error("a token of a replaced key is given out again")
	}
	if _, _, err := give.Give(t.Context(), h.ids.New(h.clock.Now()), "vault"); core.CodeOf(err) != core.NotFound {
		t.Errorf("an app that is not there: %v", err)
	}
}
