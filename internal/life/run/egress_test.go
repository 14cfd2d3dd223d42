package run_test

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/run"
)

// caller is a worker that fetches ?u= and answers with what it got.
const caller = `export default { async fetch(req) {
	const u = new URL(req.url).searchParams.get("u");
	try {
		const r = await fetch(u, {method: req.method, headers: {"Authorization": "Bearer mine", "X-App": "1"}, body: req.method === "POST" ? await req.text() : undefined});
		return new Response(JSON.stringify({status: r.status, headers: Object.fromEntries(r.headers), body: await r.text()}));
	} catch (e) { return new Response(JSON.stringify({status: 0, body: String(e)})); }
} }`

type fetched struct {
	Status  int
	Headers map[string]string
	Body    string
}

const canary = "canary-7f3a-credential"

// vendor is a local server that a vendor record opens, and what it saw.
type vendor struct {
	*httptest.Server
	record core.Vendor
	hits   atomic.Int64
	auth   atomic.Value
}

func newVendor(t *testing.T, start func(http.Handler) *httptest.Server, handle http.HandlerFunc) *vendor {
	v := &vendor{}
	v.Server = start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v.hits.Add(1)
		v.auth.Store(r.Header.Get("Authorization"))
		handle(w, r)
	}))
	t.Cleanup(v.Close)
	u, err := url.Parse(v.URL)
	if err != nil {
		t.Fatal(err)
	}
	v.record = core.Vendor{Name: "mailer", State: core.VendorApproved, Regions: []string{"eu-sovereign"}, Hosts: []string{u.Hostname()},
		AllowPrivate: []string{u.Host}, PlainHTTP: []string{u.Host}, Credential: "mailer-key"}
	return v
}

func credentials(_ context.Context, _ core.ID, v core.Vendor) (core.Secret, string, string, error) {
	if v.Credential != "mailer-key" {
		return core.Secret{}, "", "", errors.New("unknown")
	}
	return core.NewSecret([]byte(canary)), "", "", nil
}

func withCredentials(o *run.Options) { o.Credentials = credentials }

func (h *house) fetch(id core.ID, u string) fetched {
	h.t.Helper()
	_, text := h.get(id, "/?u="+url.QueryEscape(u))
	return decode[fetched](h.t, text)
}

// NEW-2: a host on no list is refused in words, recorded once, and other ways
// out do not exist.
func TestUnlistedHost(t *testing.T) {
	h := newHouse(t)
	id := h.app("app", caller)
	for range 2 {
		got := h.fetch(id, "https://unlisted.example.com/x")
		if got.Status != http.StatusForbidden || !strings.Contains(got.Body, "not on the list") || !strings.Contains(got.Body, `"fix"`) {
			t.Errorf("an unlisted host: %+v", got)
		}
	}
	if got := h.rec.kinds(); got != "egress_refused unlisted.example.com" {
		t.Errorf("incidents: %s", got)
	}
	h.clock.move(2 * time.Hour)
	h.fetch(id, "https://unlisted.example.com/x")
	if got := len(h.rec.incidents); got != 2 {
		t.Errorf("after two hours there are %d incidents, want 2", got)
	}
}

func TestRawSockets(t *testing.T) {
	h := newHouse(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	id := h.app("app", `import { connect } from "cloudflare:sockets";
		export default { async fetch(req) { try { const s = connect(new URL(req.url).searchParams.get("u")); await s.opened; return new Response("open") } catch (e) { return new Response("no") } } }`)
	for _, to := range []string{l.Addr().String(), "example.com:443", "169.254.169.254:80"} {
		h.want(id, "/?u="+url.QueryEscape(to), "no")
	}
	if got := h.rec.kinds(); !strings.Contains(got, "egress_refused "+l.Addr().String()) {
		t.Errorf("incidents: %s", got)
	}
}

// NEW-2, SEC-5: the approved vendor gets the credential; the app never sees
// it, not even when the vendor sends it back.
func TestApprovedVendor(t *testing.T) {
	v := newVendor(t, httptest.NewServer, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Echo", r.Header.Get("Authorization"))
		_, _ = io.WriteString(w, "you sent "+string(b)+" with "+r.Header.Get("Authorization")+" and "+r.Header.Get("X-App"))
	})
	h := newHouse(t, withCredentials)
	id := h.app("app", caller, func(s *run.Spec) { s.Vendors = []core.Vendor{v.record} })
	resp, err := http.Post(h.srv.URL+"/"+string(id)+"/?u="+url.QueryEscape(v.URL+"/send"), "text/plain", strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	got := decode[fetched](t, string(text))
	if v.auth.Load() != "Bearer "+canary {
		t.Errorf("the vendor saw %q", v.auth.Load())
	}
	if strings.Contains(string(text), canary) {
		t.Errorf("the app saw the credential: %s", text)
	}
	if got.Status != 200 || !strings.HasPrefix(got.Body, "you sent hello with Bearer ***") || !strings.HasSuffix(got.Body, " and 1") || got.Headers["x-echo"] != "Bearer [redacted]" {
		t.Errorf("the app got %+v", got)
	}
	if err := h.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h.rec.usage.EgressOut < 100 || h.rec.kinds() != "" {
		t.Errorf("egress %d bytes, incidents %q", h.rec.usage.EgressOut, h.rec.kinds())
	}
	// A vendor that is blocked is closed at once, without a new deployment.
	blocked := v.record
	blocked.State = core.VendorBlocked
	if err := h.Allow(id, []core.Vendor{blocked}); err != nil {
		t.Fatal(err)
	}
	if got := h.fetch(id, v.URL); got.Status != http.StatusForbidden {
		t.Errorf("a blocked vendor: %+v", got)
	}
}

// https goes out from the gateway, which checks the certificate.
func TestVendorTLS(t *testing.T) {
	v := newVendor(t, httptest.NewTLSServer, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "over TLS") })
	v.record.PlainHTTP = nil
	roots := x509.NewCertPool()
	roots.AddCert(v.Certificate())
	with := func(s *run.Spec) { s.Vendors = []core.Vendor{v.record} }
	trusting := newHouse(t, withCredentials, func(o *run.Options) { o.VendorRoots = roots })
	if got := trusting.fetch(trusting.app("app", caller, with), v.URL); got.Status != 200 || got.Body != "over TLS" {
		t.Errorf("with a known certificate: %+v", got)
	}
	strict := newHouse(t, withCredentials)
	before := v.hits.Load()
	if got := strict.fetch(strict.app("app", caller, with), v.URL); got.Status != http.StatusBadGateway || v.hits.Load() != before {
		t.Errorf("with an unknown certificate: %+v", got)
	}
}

// Every hop of a redirect is judged again, and gets no credential of another host.
func TestRedirects(t *testing.T) {
	h := newHouse(t, withCredentials)
	secret := newVendor(t, httptest.NewServer, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "inner") })
	v := newVendor(t, httptest.NewServer, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusFound)
	})
	id := h.app("app", caller, func(s *run.Spec) { s.Vendors = []core.Vendor{v.record} })
	for _, to := range []string{secret.URL, "http://169.254.169.254/latest/meta-data/", "https://unlisted.example.com/"} {
		if got := h.fetch(id, v.URL+"/?to="+url.QueryEscape(to)); got.Status != http.StatusForbidden {
			t.Errorf("redirect to %s: %+v", to, got)
		}
	}
	if secret.hits.Load() != 0 {
		t.Error("a redirect reached a server that no list names")
	}
}

// NEW-2: whatever a vendor's name resolves to, private addresses stay closed
// unless the record names exactly that host and port.
func TestPrivateAddresses(t *testing.T) {
	h := newHouse(t, withCredentials)
	inner := newVendor(t, httptest.NewServer, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "inner") })
	_, port, err := net.SplitHostPort(inner.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	hosts := []string{"localhost", "127.0.0.1", "0.0.0.0", "::1", "::ffff:127.0.0.1", "169.254.169.254", "10.0.0.1", "100.64.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fd00::1"}
	open := core.Vendor{Name: "v", State: core.VendorApproved, Regions: []string{"eu-sovereign"}, Hosts: hosts, PlainHTTP: hosts}
	for _, host := range hosts {
		open.PlainHTTP = append(open.PlainHTTP, net.JoinHostPort(host, port))
	}
	id := h.app("app", caller, func(s *run.Spec) { s.Vendors = []core.Vendor{open} })
	for _, host := range hosts {
		got := h.fetch(id, "http://"+net.JoinHostPort(host, port)+"/")
		if got.Status != http.StatusForbidden || !strings.Contains(got.Body, "private network") {
			t.Errorf("%s: %+v", host, got)
		}
	}
	if inner.hits.Load() != 0 {
		t.Error("the inner server was reached")
	}
	named := open
	named.AllowPrivate = []string{"localhost:" + port}
	if err := h.Allow(id, []core.Vendor{named}); err != nil {
		t.Fatal(err)
	}
	if got := h.fetch(id, "http://localhost:"+port+"/"); got.Status != 200 || got.Body != "inner" {
		t.Errorf("a named host and port: %+v", got)
	}
	if got := h.fetch(id, "http://127.0.0.1:"+port+"/"); got.Status != http.StatusForbidden {
		t.Errorf("the same server by another name: %+v", got)
	}
}

func TestMissingCredential(t *testing.T) {
	v := newVendor(t, httptest.NewServer, func(http.ResponseWriter, *http.Request) {})
	v.record.Credential = "gone"
	h := newHouse(t, withCredentials)
	id := h.app("app", caller, func(s *run.Spec) { s.Vendors = []core.Vendor{v.record} })
	if got := h.fetch(id, v.URL); got.Status != http.StatusServiceUnavailable || v.hits.Load() != 0 {
		t.Errorf("without its credential the call: %+v", got)
	}
}
