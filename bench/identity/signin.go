package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/paddock-dev/paddock/bench/idp"
	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/door/signin"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/engine/identity/oidc"
	"github.com/paddock-dev/paddock/internal/engine/seal"
)

const (
	signIns = 240 // more would be refused as a flood
	atOnce  = 8
)

// signIn measures whole sign-ins at a provider: the button, the provider, the way
// back, the session and its events in SQLite, which syncs each commit.
func (b *bench) signIn(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "paddock-bench-identity")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	db, err := store.Open(ctx, dir)
	if err != nil {
		return err
	}
	defer db.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	at := idp.Start(time.Now)
	at.At("http://" + l.Addr().String())
	server := &http.Server{Handler: at, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(l) }()
	defer server.Close()
	door, err := newDoor(ctx, dir, db, at)
	if err != nil {
		return err
	}
	if err := oneSignIn(door, 0); err != nil { // the first one asks the provider what it offers
		return err
	}
	began := time.Now()
	if err := allSignIns(door); err != nil {
		return err
	}
	b.atMost(fmt.Sprintf("sign-in at a provider, %d at once: time for each", atOnce), time.Since(began).Seconds()*1000/signIns, 10, "ms")
	return nil
}

// newDoor is the way to the provider and back, behind the router.
func newDoor(ctx context.Context, dir string, db *store.DB, at *idp.Provider) (http.Handler, error) {
	keys, err := seal.Open(dir+"/keys", rand.Reader)
	if err != nil {
		return nil, err
	}
	clock := core.SystemClock{}
	people := identity.New(db, audit.NewLog(db, clock, core.IDs{}, rand.Reader), clock, core.IDs{}, rand.Reader)
	if _, err := people.AddPerson(ctx, core.System("bench"), "ana@example.org", "", []core.Role{core.RoleMaker}); err != nil {
		return nil, err
	}
	c, bad := oidc.Config{Name: "op", Issuer: at.URL, ClientID: idp.ClientID, Domains: []string{"example.org"}}.Check()
	if len(bad) > 0 {
		return nil, bad[0]
	}
	log := slog.New(slog.DiscardHandler)
	p := oidc.New(c, oidc.Options{BaseURL: "http://localhost", Secret: core.NewSecret([]byte(idp.ClientSecret)), Clock: clock, Log: log})
	refuse := func(w http.ResponseWriter, _ *http.Request, e *core.Error) {
		http.Error(w, fmt.Sprint(e, e.Err), core.OutcomeOf(e.Code).HTTP)
	}
	d := &signin.Door{Providers: []*oidc.Provider{p}, Identity: people, Sessions: edge.Sessions{Maker: people}, Sealer: keys, Random: rand.Reader, Refuse: refuse}
	table := &edge.Table{}
	table.Add(d.Routes()...)
	return edge.NewRouter(edge.Options{Identity: callers{people}, May: func(core.Person, string) bool { return true }, Log: log, Clock: clock, IDs: core.IDs{}, Hosts: []string{"localhost"},
		AppDomain: "apps.localhost", Proxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}, table), nil
}

// callers knows sessions only.
type callers struct{ *identity.Service }

func allSignIns(door http.Handler) error {
	var next atomic.Int64
	var all sync.WaitGroup
	errs := make(chan error, atOnce)
	for range atOnce {
		all.Go(func() {
			for n := next.Add(1); n <= signIns; n = next.Add(1) {
				if err := oneSignIn(door, n); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	all.Wait()
	close(errs)
	return <-errs
}

// oneSignIn goes the whole way as a browser does, from an address of its own.
func oneSignIn(door http.Handler, n int64) error {
	jar := map[string]*http.Cookie{}
	ask := func(target string) string {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		r.Header.Set("X-Forwarded-For", fmt.Sprintf("10.0.%d.%d", n>>8, n&255))
		for _, c := range jar {
			r.AddCookie(c)
		}
		rec := httptest.NewRecorder()
		door.ServeHTTP(rec, r)
		for _, c := range rec.Result().Cookies() {
			jar[c.Name] = c
		}
		if rec.Code != http.StatusSeeOther {
			return strings.TrimSpace(rec.Body.String())
		}
		return rec.Header().Get("Location")
	}
	to := ask("http://localhost/sign-in/with/op")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(to)
	if err != nil {
		return err
	}
	resp.Body.Close()
	if at := ask(resp.Header.Get("Location")); at != "/" || !strings.HasPrefix(resp.Header.Get("Location"), "http://localhost/sign-in/back/op?") {
		return errors.New("the way back leads to " + at)
	}
	if c := jar[edge.SessionCookie]; c == nil || c.Value == "" {
		return errors.New("there is no session")
	}
	return nil
}
