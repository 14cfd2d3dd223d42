package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// matrix is one whole house with what the examples of the routes name, and every
// sort of caller. It is started once for all that walks the routes.
type matrix struct {
	*house
	t       *testing.T
	heard   *heard
	people  map[string]core.Person
	session map[string]string // cookie values
	token   map[string]string // bearer values; git takes them as passwords
	machine *edge.Router      // the same table, for the token of a pipeline
	sent    int               // requests
}

// examples are the apps that examples of routes name.
var examples = []string{"payroll", "tracker"}

// openMatrix makes the house. The owner, the co-owner and the other maker hold
// the same role: what tells them apart is whose app it is.
func openMatrix(t *testing.T) *matrix {
	t.Helper()
	m := &matrix{t: t, heard: &heard{}, people: map[string]core.Person{}, session: map[string]string{}, token: map[string]string{}}
	acme := filepath.Join(t.TempDir(), "identity.yaml")
	m.must(os.WriteFile(acme, []byte(acmeFile), 0o600))
	c := cli.Config{Identity: acme, Data: testkit.Folder(t), Listen: "127.0.0.1:8420", AppDomain: "apps.localhost", Admin: "admin@example.org", LogLevel: "info"}
	h, err := open(t.Context(), c, "test", slog.New(m.heard))
	m.must(err)
	t.Cleanup(func() { h.close(context.Background()) })
	m.house = h
	for _, name := range []string{"owner", "co-owner", "maker", "off"} {
		m.add(name, core.RoleMaker)
	}
	for _, r := range core.Roles {
		if r != core.RoleMaker {
			m.add(string(r), r)
		}
	}
	for _, name := range examples {
		m.app(name, "owner", "co-owner")
	}
	m.app("other", "maker", "")
	m.signIn()
	gone := identity.New(h.store, h.audit, longAgo{}, h.ids, rand.Reader)
	v, err := gone.StartSession(t.Context(), m.people["owner"])
	m.must(err)
	m.session["expired session"] = string(v.Open())
	for name, of := range map[string]struct{ who, scope string }{"read token": {"owner", identity.ScopeRead}, "opa token": {"platform", identity.ScopeOPA}} {
		v, _, err := h.identity.NewToken(t.Context(), m.people[of.who], name, of.scope, 0)
		m.must(err)
		m.token[name], m.people[name] = string(v.Open()), m.people[of.who]
	}
	bound, _, err := h.identity.MakeToken(t.Context(), m.people["platform"], identity.Wish{Name: "scim token", Scopes: []string{identity.ScopeSCIM}, Provider: "acme"})
	m.must(err)
	m.token["scim token"], m.people["scim token"] = string(bound.Open()), m.people["platform"]
	off := m.people["off"]
	off.Disabled = true // only the flag, as another replica would write it
	m.people["off"] = off
	m.must(h.store.Quietly(t.Context(), func(ctx context.Context) error { return h.store.UpdatePerson(ctx, off) }))
	m.machine = m.pipelines()
	return m
}

// acmeFile is the identity file of the house: one provider that brings people, and
// that nobody is asked at.
const acmeFile = `providers:
  - {name: acme, issuer: "https://login.acme.example", client_id: x, domains: [example.org], scim: true}
`

// longAgo is the clock of thirteen hours ago.
type longAgo struct{}

// Now implements core.Clock.
func (longAgo) Now() time.Time { return time.Now().Add(-identity.SessionLife - time.Hour) }

func (m *matrix) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatalf("%v (cause: %v)", err, core.AsError(err).Err)
	}
}

func (m *matrix) add(name string, role core.Role) {
	p, err := m.identity.AddPerson(m.t.Context(), core.System("test"), name+"@example.org", name, []core.Role{role})
	m.must(err)
	m.people[name] = p
}

// signIn gives everybody a fresh session, and a token for git.
func (m *matrix) signIn() {
	for name, p := range m.people {
		if p.Disabled || strings.HasSuffix(name, " token") {
			continue
		}
		v, err := m.identity.StartSession(m.t.Context(), p)
		m.must(err)
		m.session[name] = string(v.Open())
		if m.token[name] == "" {
			v, _, err = m.identity.NewToken(m.t.Context(), p, "git", identity.ScopeWrite, 0)
			m.must(err)
			m.token[name] = string(v.Open())
		}
	}
}

// app adds an app in service with an empty repository and one change.
func (m *matrix) app(name, owner, coOwner string) {
	ctx, now, o := m.t.Context(), time.Now(), m.people[owner]
	a := core.App{ID: m.ids.New(now), Name: name, OwnerID: o.ID, OwnerEmail: o.Email, State: core.AppProvisioning, Created: core.Stamp(now), Version: 1,
		Descriptor: core.Descriptor{Name: name, Template: "internal-dashboard@1", Owner: o.Email, Classification: core.InternalUse, Region: "eu-sovereign", Runtime: core.Serverless}}
	if coOwner != "" {
		a.Descriptor.CoOwners = []string{m.people[coOwner].Email}
	}
	m.must(m.store.Quietly(ctx, func(ctx context.Context) error {
		if err := m.store.AddApp(ctx, a); err != nil {
			return err
		}
		if _, err := m.store.AddChange(ctx, core.Change{ID: m.ids.New(now), AppID: a.ID, Title: "First", Branch: "first", Head: strings.Repeat("a", 40), Base: strings.Repeat("b", 40),
			Author: o.ID, State: core.ChangeOpen, Created: core.Stamp(now)}); err != nil {
			return err
		}
		return m.store.MoveApp(ctx, a, core.AppActive, 0, 0)
	}))
}

// pipelines is a router of the same table that takes one more token, of a
// pipeline of payroll that asked for all there is.
func (m *matrix) pipelines() *edge.Router {
	a, err := m.store.AppByName(m.t.Context(), "payroll")
	m.must(err)
	s := &core.Service{Pipeline: "p1", App: a.ID, Name: "acme/payroll", Commit: "5f1c2a9be0d34c7788f1a2b3c4d5e6f708192a3b"}
	for _, p := range authz.Permissions() {
		s.Scopes = append(s.Scopes, string(p))
	}
	o := m.edge
	o.Identity = pipelineIdentity{o.Identity, core.Person{ID: m.people["platform"].ID, Email: "platform@example.org", Service: s}}
	return edge.NewRouter(o, m.table)
}

type pipelineIdentity struct {
	edge.Identity
	machine core.Person
}

// Token implements edge.Identity.
func (p pipelineIdentity) Token(ctx context.Context, v core.Secret, at core.Use) (core.Person, core.Credential, error) {
	if string(v.Open()) == "pipeline" {
		return p.machine, core.Credential{}, nil
	}
	return p.Identity.Token(ctx, v, at)
}

// heard is a log that remembers which row of the table served the last request.
type heard struct {
	mu    sync.Mutex
	route string
}

func (*heard) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }
func (h *heard) WithAttrs([]slog.Attr) slog.Handler         { return h }
func (h *heard) WithGroup(string) slog.Handler              { return h }

// Handle implements slog.Handler.
func (h *heard) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "route" {
			h.mu.Lock()
			h.route = a.Value.String()
			h.mu.Unlock()
		}
		return true
	})
	return nil
}

// last returns the row that served the last request, and forgets it.
func (h *heard) last() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := strings.TrimSpace(h.route)
	h.route = ""
	return r
}

// send sends one request as somebody through the real router.
func (m *matrix) send(as string, route edge.Route, method, path string, more ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost:8420/", bytes.NewReader(bodyFor(route)))
	host, query, _ := strings.Cut(path, "?")
	r.URL.Path, r.URL.RawQuery = host, query
	r.RequestURI = r.URL.RequestURI()
	if len(bodyFor(route)) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	m.sign(r, as, route)
	m.sent++
	r.RemoteAddr = fmt.Sprintf("198.51.%d.%d:1", m.sent>>8&255, m.sent&255) // or the routes to sign in by have enough of it
	for _, f := range more {
		f(r)
	}
	rec := httptest.NewRecorder()
	rec.Body = new(bytes.Buffer)
	if as == "pipeline" {
		m.machine.ServeHTTP(rec, r)
	} else {
		m.router.ServeHTTP(rec, r)
	}
	return rec
}

// sign proves who calls, as the door of the route wants it.
func (m *matrix) sign(r *http.Request, as string, route edge.Route) {
	token := m.token[as]
	switch {
	case as == "anonymous" && route.Door != edge.Address:
	case as == "pipeline" && route.Door != edge.Git && route.Door != edge.Address:
		r.Header.Set("Authorization", "Bearer pipeline")
	case route.Door == edge.Git:
		if token == "" {
			token = m.session[as] // nothing but a token opens git
		}
		r.SetBasicAuth("token", token)
	case route.Door == edge.Address:
		r.Host = "payroll.apps.localhost:8420"
		m.visit(r, as, route)
	case m.session[as] != "":
		r.AddCookie(&http.Cookie{Name: edge.SessionCookie, Value: m.session[as]})
	case token != "":
		r.Header.Set("Authorization", "Bearer "+token)
	}
}

// visit gives the ticket or the cookie that opens payroll at its own address.
func (m *matrix) visit(r *http.Request, as string, route edge.Route) {
	a, err := m.store.AppByName(r.Context(), "payroll")
	m.must(err)
	who, known := m.people[as]
	if !known || strings.Contains(as, "token") {
		return
	}
	ticket, err := m.identity.NewTicket(r.Context(), who, a.ID)
	m.must(err)
	if strings.Contains(route.Pattern, "enter") {
		r.URL.RawQuery = "ticket=" + string(ticket.Open())
		return
	}
	if _, visit, err := m.identity.TakeTicket(r.Context(), ticket, a.ID); err == nil {
		r.AddCookie(&http.Cookie{Name: "paddock_visit", Value: string(visit.Open())})
	}
}
