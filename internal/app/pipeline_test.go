package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/testkit"
	"github.com/paddock-dev/paddock/internal/testkit/citokens"
)

// jobRun is a job of a GitHub workflow: what it has is its environment and its folder.
type jobRun struct {
	t    *testing.T
	dir  string
	env  map[string]string
	seen *bytes.Buffer // everything that its commands printed
}

func (r jobRun) paddock(want int, args ...string) string {
	r.t.Helper()
	var out bytes.Buffer
	std := cli.IO{In: strings.NewReader(""), Out: &out, Err: &out, Dir: r.dir, Env: func(name string) (string, bool) { v, ok := r.env[name]; return v, ok }}
	if got := cli.Main(r.t.Context(), args, std, Programs("test")); got != want {
		r.t.Errorf("paddock %s: exit code %d, want %d:\n%s", strings.Join(args, " "), got, want, out.String())
	}
	r.seen.Write(out.Bytes())
	return out.String()
}

// step begins the next step: what the last one wrote for it is in its environment.
func (r jobRun) step() {
	r.t.Helper()
	b, err := os.ReadFile(r.env["GITHUB_ENV"])
	if err != nil {
		r.t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		r.env[name] = value
	}
}

// A workflow of GitHub is connected, exchanges its token, brings a report, and has
// had no key that lasts: not in its environment, not in files, not in the database.
func TestWorkflowWithoutALongLivedKey(t *testing.T) {
	hub := citokens.New(t, core.ForgeGitHub)
	h, base := houseWithForge(t, hub)
	ana, app := shipping(t, h)
	var idTokens []string
	actions := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer run-secret" || r.URL.Query().Get("audience") != citokens.Audience {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		idTokens = append(idTokens, hub.Token(time.Now(), map[string]any{"sub": "repo:octo-org@65/octo-app@74:ref:refs/heads/main"}))
		_ = json.NewEncoder(w).Encode(map[string]string{"value": idTokens[len(idTokens)-1]})
	}))
	t.Cleanup(actions.Close)
	r := jobRun{t: t, dir: t.TempDir(), seen: &bytes.Buffer{}}
	r.env = map[string]string{"ACTIONS_ID_TOKEN_REQUEST_URL": actions.URL + "/token?api-version=2.0", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "run-secret", "GITHUB_ENV": filepath.Join(r.dir, "github.env"),
		"GITHUB_SHA": citokens.Commit, "PADDOCK_SERVER": base, "PADDOCK_AUDIENCE": citokens.Audience}

	// The run shows itself; before the owner has confirmed it, it gets nothing.
	if out := r.paddock(0, "ci", "connect", "--app", app.Name); !strings.Contains(out, "octo-org/octo-app (id 74), refs/heads/main") {
		t.Errorf("connect says: %s", out)
	}
	if out := r.paddock(1, "ci", "login"); !strings.Contains(out, "not_confirmed") {
		t.Errorf("login says: %s", out)
	}
	value, _, err := h.identity.NewToken(t.Context(), ana, "laptop", "write", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	owner := jobRun{t: t, dir: r.dir, seen: &bytes.Buffer{}, env: map[string]string{"PADDOCK_TOKEN": string(value.Open())}}
	list, err := h.store.Pipelines(t.Context(), app.ID)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d pipelines, %v", len(list), err)
	}
	if out := owner.paddock(0, "ci", "confirm", app.Name, string(list[0].ID), "--server", base); !strings.Contains(out, "octo-org/octo-app (id 74, owner's id 65)") || !strings.Contains(out, "active") {
		t.Errorf("confirm says: %s", out)
	}

	// Now it signs in, checks its files and brings the report.
	r.paddock(0, "ci", "login")
	r.step()
	token := r.env["PADDOCK_TOKEN"]
	if !strings.HasPrefix(token, "pdkp_") || !strings.Contains(r.seen.String(), "::add-mask::"+token) || strings.Count(r.seen.String(), token) != 1 {
		t.Errorf("the token %q is not masked, or printed", token)
	}
	if err := os.WriteFile(filepath.Join(r.dir, "lint.sarif"), []byte(`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"ESLint"}},"results":[]}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	r.paddock(0, "ci", "report", "lint.sarif", "--app", app.Name, "--server", base)
	delete(r.env, "PADDOCK_SERVER")                                                                      // or the check would ask it for its rules
	r.paddock(1, "check", r.dir, "--format", "sarif", "--output", filepath.Join(r.dir, "paddock.sarif")) // it has no microapp.yaml
	r.paddock(0, "ci", "report", "paddock.sarif", "--app", app.Name, "--server", base)
	r.paddock(1, "ci", "report", "lint.sarif", "--app", app.Name, "--server", base, "--commit", citokens.Pipeline)
	reports, err := h.store.OutsideReports(t.Context(), app.ID, citokens.Commit)
	if err != nil || len(reports) != 2 || reports[0].Tools != "eslint" || reports[1].Tools != "paddock" || reports[1].Results == 0 {
		t.Errorf("reports: %+v, %v", reports, err)
	}
	ask := func(method, path string, want int) {
		t.Helper()
		req, _ := http.NewRequestWithContext(t.Context(), method, base+path, nil)
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s %s: %d, want %d", method, path, resp.StatusCode, want)
		}
	}
	ask("GET", "/api/v1/apps/"+app.Name, 200)
	ask("GET", "/api/v1/rules?app="+app.Name, 200)
	ask("GET", "/api/v1/rules?app=another", 404)
	ask("GET", "/api/v1/rules", 403)
	for _, path := range []string{"/api/v1/me", "/api/v1/apps", "/api/v1/tokens", "/api/v1/people", "/api/v1/events", "/api/v1/apps/" + app.Name + "/evidence", "/"} {
		ask("GET", path, 403)
	}
	ask("POST", "/api/v1/apps/"+app.Name+"/pipelines/"+string(list[0].ID)+"/confirm", 403)
	ask("GET", "/git/"+app.Name+".git/info/refs?service=git-upload-pack", 401)

	nothingLasts(t, h, r, append(idTokens, token, "run-secret"))
	owner.paddock(0, "ci", "remove", app.Name, string(list[0].ID), "--server", base)
	ask("GET", "/api/v1/apps/"+app.Name, 401)
}

// nothingLasts demands that no secret of the run is anywhere in the server's folder,
// that the run has nothing of Paddock but a token of minutes, and that the server
// made no access token that lasts for it.
func nothingLasts(t *testing.T, h *house, r jobRun, secrets []string) {
	t.Helper()
	for name, v := range r.env {
		if strings.HasPrefix(v, "pdk_") {
			t.Errorf("the run's environment holds an access token of a person in %s", name)
		}
	}
	pool, err := h.store.JobPool()
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.ExecContext(t.Context(), "PRAGMA wal_checkpoint(FULL)"); err != nil {
		t.Log(err)
	}
	files := 0
	err = filepath.WalkDir(h.config.Data, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		files++
		for _, s := range secrets {
			if bytes.Contains(b, []byte(s)) {
				t.Errorf("%s holds %.12s...", path, s)
			}
		}
		return err
	})
	if err != nil || files < 5 {
		t.Errorf("looked at %d files: %v", files, err)
	}
	var lasting, tokens int
	if err := pool.QueryRowContext(t.Context(), "SELECT count(*), coalesce(max((expires - created) / 60000000), 0) FROM pipeline_token").Scan(&tokens, &lasting); err != nil || tokens != 1 || lasting > 15 {
		t.Errorf("%d tokens, the longest of %d minutes, %v", tokens, lasting, err)
	}
}

// houseWithForge serves a house that knows a forge.
func houseWithForge(t *testing.T, hub *citokens.Issuer) (*house, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "identity.yaml")
	text := fmt.Sprintf("providers:\n  - name: corp\n    issuer: https://login.example.org\n    client_id: paddock\nci:\n  - kind: github\n    issuer: %s\n    audience: %s\n    token_minutes: 10\n", hub.URL, citokens.Audience)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := cli.Config{Data: testkit.Folder(t), Listen: "127.0.0.1:8420", AppDomain: "apps.localhost", Admin: "admin@example.org", LogLevel: "error", Identity: file}
	h, err := open(t.Context(), c, "test", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.close(context.WithoutCancel(t.Context())) })
	server := httptest.NewServer(h.router)
	t.Cleanup(server.Close)
	return h, server.URL
}

// shipping is an owner with an app, whose open change ends in the run's commit.
func shipping(t *testing.T, h *house) (core.Person, core.App) {
	t.Helper()
	ana, err := h.identity.AddPerson(t.Context(), core.System("test"), "ana@example.org", "Ana", []core.Role{core.RoleMaker})
	if err != nil {
		t.Fatal(err)
	}
	now := h.clock.Now()
	a := core.App{ID: h.ids.New(now), Name: "payroll", OwnerID: ana.ID, OwnerEmail: ana.Email, State: core.AppProvisioning, Created: core.Stamp(now), Version: 1,
		Descriptor: core.Descriptor{Name: "payroll", Template: "internal-dashboard@1", Owner: ana.Email, Classification: core.InternalUse, Region: "eu-sovereign", Runtime: core.Serverless}}
	err = h.store.Quietly(t.Context(), func(ctx context.Context) error {
		if err := h.store.AddApp(ctx, a); err != nil {
			return err
		}
		if err := h.store.MoveApp(ctx, a, core.AppActive, 0, 0); err != nil {
			return err
		}
		_, err := h.store.AddChange(ctx, core.Change{ID: h.ids.New(now), AppID: a.ID, Number: 1, Title: "Ship", Branch: "ship", Head: citokens.Commit, Base: citokens.Pipeline, Author: ana.ID,
			State: core.ChangeOpen, Created: core.Stamp(now), Version: 1})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ana, a
}
