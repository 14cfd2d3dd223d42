package edge_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// An auditor's every read is one event, written before the answer; by method
// alone they change nothing but what is their own.
func TestOnlookers(t *testing.T) {
	var log []string
	var away error
	say := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		log = append(log, "served")
		w.WriteHeader(http.StatusNoContent)
	})
	table := &edge.Table{}
	add := func(method, pattern, permission, audit string) {
		table.Add(edge.Route{Door: edge.API, Method: method, Pattern: pattern, Permission: permission, Audit: audit, Example: pattern, Handler: say})
	}
	add("GET", "/api/v1/apps/{app}", "app.read", "none: read only")
	add("POST", "/api/v1/apps/{app}", "app.read", "app.touch") // a row that is wrong on purpose
	add("POST", "/api/v1/tokens", "own", "token.create")
	add("GET", "/api/v1/docs", edge.Anyone, "none: open")
	add("GET", "/api/v1/entries", edge.Anyone, "audit.read for entries")
	rt := edge.NewRouter(edge.Options{Identity: identity{}, Log: slog.New(slog.DiscardHandler), Clock: testkit.NewClock(time.Unix(1e9, 0)), Hosts: []string{"paddock.example"},
		May: func(core.Person, string) bool { return true },
		Onlookers: edge.Onlookers{Is: func(who core.Person) bool { return who.Has(core.RoleAuditor) }, Own: func(p string) bool { return p == "own" },
			Saw: func(_ context.Context, who core.Person, e core.Event, app string) error {
				log = append(log, fmt.Sprint(e.Action, " ", who.Email, " ", e.Target, " ", e.Data["path"], " ", app))
				return away
			}}}, table)
	ask := func(method, path, who string) int {
		log = nil
		r := httptest.NewRequest(method, own+path, nil)
		r.AddCookie(&http.Cookie{Name: edge.SessionCookie, Value: who + "-session"})
		rec := httptest.NewRecorder()
		rt.ServeHTTP(rec, r)
		return rec.Code
	}
	for _, c := range []struct {
		method, path, who string
		code              int
		log               []string
	}{
		{"GET", "/api/v1/apps/payroll?q=typed", "auditor", 204, []string{"auditor.read auditor@example.org GET /api/v1/apps/{app} /api/v1/apps/payroll payroll", "served"}},
		{"HEAD", "/api/v1/apps/payroll", "auditor", 204, []string{"auditor.read auditor@example.org HEAD /api/v1/apps/{app} /api/v1/apps/payroll payroll", "served"}},
		{"POST", "/api/v1/apps/payroll", "auditor", 403, nil},
		{"POST", "/api/v1/tokens", "auditor", 204, []string{"served"}},
		{"GET", "/api/v1/docs", "auditor", 204, []string{"served"}},
		{"GET", "/api/v1/entries", "auditor", 204, []string{"auditor.read auditor@example.org GET /api/v1/entries /api/v1/entries ", "served"}},
		{"GET", "/api/v1/apps/payroll", "maker", 204, []string{"served"}},
		{"POST", "/api/v1/apps/payroll", "maker", 204, []string{"served"}},
	} {
		if code := ask(c.method, c.path, c.who); code != c.code || !slices.Equal(log, c.log) {
			t.Errorf("%s of %s %s: %d, %q", c.who, c.method, c.path, code, log)
		}
	}
	ask("GET", "/api/v1/apps/"+strings.Repeat("long", 1000), "auditor")
	if len(log) != 2 || len(log[0]) > 5000 || !strings.Contains(log[0], "... ") {
		t.Errorf("a long path is logged as %.300q", log)
	}
	away = core.Errorf(core.Unavailable, "The store is away.")
	if code := ask("GET", "/api/v1/apps/payroll", "auditor"); code != 503 || slices.Contains(log, "served") {
		t.Errorf("a read that cannot be logged is answered %d, %q", code, log)
	}
}
