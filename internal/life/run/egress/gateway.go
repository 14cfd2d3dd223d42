package egress

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Credentials looks up what the gateway adds to a call of the app to the
// vendor: the value, the header it goes in ("" means Authorization) and the
// text before it ("" with that header means "Bearer "). It is called for
// vendors that have a credential, once per call, so that a revoked one ends at
// once.
type Credentials func(ctx context.Context, appID core.ID, vendor core.Vendor) (secret core.Secret, header, prefix string, err error)

// Incidents takes refused calls.
type Incidents interface {
	Record(ctx context.Context, i core.Incident) error
}

// Options are what gateways need from their surroundings.
type Options struct {
	Clock       core.Clock
	IDs         core.IDs
	Log         *slog.Logger
	Credentials Credentials
	Identity    Identity // nil: apps have no identity tokens
	Incidents   Incidents
	// Count is told of the bytes that go to and come from vendors, as they go.
	Count func(sent, received int64)
	// Roots are the authorities vendors' certificates are checked against;
	// nil means the system's.
	Roots *x509.CertPool
}

// Gateway is the way out of one app; it serves the app's egress socket.
type Gateway struct {
	o         Options
	policy    atomic.Pointer[Policy]
	transport *http.Transport
	bucket    *bucket
	mu        sync.Mutex
	reported  map[string]time.Time // host and reason -> when last recorded
}

// New makes the gateway of one app.
func New(o Options, p Policy) *Gateway {
	g := &Gateway{o: o, bucket: newBucket(o.Clock, p.KBps), reported: map[string]time.Time{}}
	g.policy.Store(&p)
	g.transport = newTransport(o.Roots, func(host, port string) bool { return g.policy.Load().namesPrivate(host, port) })
	return g
}

// SetVendors replaces the app's vendors from the next call on.
func (g *Gateway) SetVendors(vendors []core.Vendor) {
	p := *g.policy.Load()
	p.Vendors = vendors
	g.policy.Store(&p)
	g.transport.CloseIdleConnections()
}

// Close ends idle connections to vendors.
func (g *Gateway) Close() { g.transport.CloseIdleConnections() }

// ServeHTTP answers one call of the app. A refused call gets 403 and JSON that
// says what, why and how to fix it, and is recorded.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	policy := *g.policy.Load()
	if r.Method == http.MethodConnect {
		g.refuse(w, r, refuse(r.Host, "Raw connections are not allowed.", "Use fetch() with an https:// address."))
		return
	}
	t, no := parseTarget(r.URL)
	if no == nil && t.host == IdentityHost {
		g.identity(w, r)
		return
	}
	if no == nil && r.Header.Get("Upgrade") != "" {
		no = refuse(t.host, "Connections that stay open, like WebSockets, are not allowed.", "Use fetch() and plain requests.")
	}
	var vendor *core.Vendor
	if no == nil {
		vendor, no = policy.decide(t)
	}
	if no != nil {
		g.refuse(w, r, no)
		return
	}
	g.forward(w, r, t, vendor)
}

func (g *Gateway) refuse(w http.ResponseWriter, r *http.Request, no *refusal) {
	g.report(r.Context(), no)
	answer(w, http.StatusForbidden, no)
}

// answer writes a refusal; the app reads it as a normal response.
func answer(w http.ResponseWriter, status int, no *refusal) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(no) // the app may have gone
}
