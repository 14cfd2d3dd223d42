package app

import (
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/testkit"
)

var update = flag.Bool("update", false, "write docs/reference/routes.md again")

// openHouse makes the whole house on a folder of its own, without serving.
func openHouse(t *testing.T) *house {
	t.Helper()
	c := cli.Config{Data: testkit.Folder(t), Listen: "127.0.0.1:8420", AppDomain: "apps.localhost", Admin: "admin@example.org", LogLevel: "error"}
	h, err := open(t.Context(), c, "test", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.close(t.Context()) })
	return h
}

// Promise 11: no route without permission and audit action, and no permission
// that nobody could hold.
func TestEveryRouteDeclaresItself(t *testing.T) {
	h := openHouse(t)
	known := []string{edge.Anyone, edge.Certificate}
	for _, p := range authz.Permissions() {
		known = append(known, string(p))
	}
	for _, r := range h.table.Routes() {
		at := fmt.Sprintf("%s %s %s", r.Door, r.Method, r.Pattern)
		if !slices.Contains(known, r.Permission) {
			t.Errorf("%s needs %q, which is no permission", at, r.Permission)
		}
		if r.Audit == "" || r.Audit == "none" || strings.TrimSpace(strings.TrimPrefix(r.Audit, "none:")) == "" {
			t.Errorf("%s declares no audit action, nor why there is none", at)
		}
		if changes := r.Method != http.MethodGet && r.Method != ""; changes && r.Permission == edge.Anyone && strings.HasPrefix(r.Audit, "none:") {
			t.Errorf("%s changes things for anybody and leaves no trace", at)
		}
		if !strings.HasPrefix(r.Example, "/") {
			t.Errorf("%s has no example", at)
		}
	}
}

// TestNobodyPassesUninvited asks the real router for every example without
// signing in: only routes for anybody may answer.
func TestNobodyPassesUninvited(t *testing.T) {
	h := openHouse(t)
	for _, r := range h.table.Routes() {
		if r.Permission == edge.Anyone || r.Door == edge.Address || r.Door == edge.Admission {
			continue
		}
		req := httptest.NewRequest(r.Method, "http://localhost:8420"+r.Example, nil)
		rec := httptest.NewRecorder()
		h.router.ServeHTTP(rec, req)
		toSignIn := rec.Code == http.StatusSeeOther && strings.HasPrefix(rec.Header().Get("Location"), "/sign-in")
		if rec.Code != core.OutcomeOf(core.Unauthorized).HTTP && !toSignIn {
			t.Errorf("%s %s answers %d to somebody who is not signed in", r.Method, r.Example, rec.Code)
		}
	}
}

const routesFile = "../../docs/reference/routes.md"

// TestRoutesAreWritten holds docs/reference/routes.md to the table; run with
// -update to write it again.
func TestRoutesAreWritten(t *testing.T) {
	want := written(openHouse(t).table.Routes())
	if *update {
		if err := os.WriteFile(routesFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(routesFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s does not match the table. Run: go test ./internal/app -run TestRoutesAreWritten -update", routesFile)
	}
}

// written is the table as Markdown.
func written(routes []edge.Route) string {
	var b strings.Builder
	b.WriteString("# Routes\n\nEvery route of the server, from its one table (promise 11). `internal/app/routes_test.go` writes this file and compares it.\n" +
		"A route without permission or audit action stops the server from starting.\n")
	title := map[edge.Door]string{edge.Web: "Pages", edge.API: "API", edge.Git: "git", edge.SCIM: "SCIM, for sign-in providers", edge.Address: "An app's own address",
		edge.Admission: "Kubernetes admission, on its own TLS listener"}
	door := edge.Door("")
	for _, r := range routes {
		if r.Door != door {
			door = r.Door
			fmt.Fprintf(&b, "\n## %s\n\n| route | permission | audit action |\n|---|---|---|\n", title[door])
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", strings.TrimSpace(r.Method+" "+r.Pattern), r.Permission, r.Audit)
	}
	return b.String()
}
