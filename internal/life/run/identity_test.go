package run_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/run"
)

// tokenOf signs for tests: the token names the app and the audience.
func tokenOf(_ context.Context, app core.ID, audience string) (core.Secret, time.Time, error) {
	if audience == "broken" {
		return core.Secret{}, time.Time{}, errors.New("no key")
	}
	return core.NewSecret([]byte("token-of-" + string(app) + "-for-" + audience)), time.Unix(1_790_000_000, 0), nil
}

func vendors(list ...core.Vendor) func(*run.Spec) {
	return func(s *run.Spec) { s.Vendors = list }
}

// SEC-5: an app asks its own gateway for a token, and gets one for the audiences
// of its approved vendors only.
func TestIdentityToken(t *testing.T) {
	h := newHouse(t, func(o *run.Options) { o.Identity = tokenOf })
	eu := []string{"eu-sovereign"}
	id := h.app("app", caller, vendors(core.Vendor{Name: "vault", State: core.VendorApproved, Regions: eu, Hosts: []string{"vault.example.org"}, Audience: "vault"},
		core.Vendor{Name: "waiting", State: core.VendorPending, Regions: eu, Hosts: []string{"w.example.org"}, Audience: "waiting"},
		core.Vendor{Name: "far", State: core.VendorApproved, Regions: []string{"us-east-1"}, Hosts: []string{"f.example.org"}, Audience: "far"},
		core.Vendor{Name: "broken", State: core.VendorApproved, Regions: eu, Hosts: []string{"b.example.org"}, Audience: "broken"}))
	ask := func(rest string) fetched { return h.fetch(id, "http://identity.paddock.internal"+rest) }
	got := ask("/token?audience=vault")
	if got.Status != 200 || !strings.Contains(got.Body, `"token":"token-of-`+string(id)+`-for-vault"`) || !strings.Contains(got.Body, `"expires":"2026-09-`) || got.Headers["cache-control"] != "no-store" {
		t.Errorf("got %+v", got)
	}
	for rest, want := range map[string]int{"/token?audience=other": 403, "/token?audience=waiting": 403, "/token?audience=far": 403, "/token?audience=": 404, "/token": 404,
		"/": 404, "/token?audience=broken": 503, "/token?audience=Vault": 403, "/token/?audience=vault": 404} {
		if got := ask(rest); got.Status != want || strings.Contains(got.Body, "token-of") || !strings.Contains(got.Body, `"fix"`) {
			t.Errorf("%s: %+v, want %d", rest, got, want)
		}
	}
	if got := h.rec.kinds(); !strings.Contains(got, "egress_refused identity.paddock.internal") {
		t.Errorf("incidents: %s", got)
	}
}

// NEW-2: where the vendor takes tokens in each call, the gateway adds one: the
// app's own Authorization goes nowhere, and it never sees the token.
func TestTokenIsAdded(t *testing.T) {
	v := newVendor(t, httptest.NewServer, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("you sent " + r.Header.Get("Authorization")))
	})
	v.record.Credential, v.record.Audience, v.record.TokenAdded = "", "mailer", true
	h := newHouse(t, func(o *run.Options) { o.Identity = tokenOf })
	id := h.app("app", caller, vendors(v.record))
	got := h.fetch(id, v.URL+"/?q="+url.QueryEscape("x"))
	if v.auth.Load() != "Bearer token-of-"+string(id)+"-for-mailer" {
		t.Errorf("the vendor saw %v", v.auth.Load())
	}
	if got.Status != 200 || strings.Contains(got.Body, "token-of") {
		t.Errorf("the app saw %+v", got)
	}
}
