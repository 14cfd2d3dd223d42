package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/adapter/target/workerd/appdb"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/life/run/appdata"
	"github.com/paddock-dev/paddock/internal/org/access"
)

// lent is a server with an app that ada has nothing to do with.
type lent struct {
	*house
	t     *testing.T
	base  string
	token map[string]string
	dir   string
}

func newLent(t *testing.T) *lent {
	c := cli.Config{Data: t.TempDir(), Listen: "127.0.0.1:8420", AppDomain: "apps.localhost", Admin: "admin@example.org", LogLevel: "error", Lab: true}
	h, err := open(t.Context(), c, "test", slog.New(slog.DiscardHandler))
	must(t, err)
	t.Cleanup(func() { h.close(context.WithoutCancel(t.Context())) })
	server := httptest.NewServer(h.router)
	t.Cleanup(server.Close)
	owner, err := h.identity.AddPerson(t.Context(), core.System("test"), "ana@example.org", "Ana", []core.Role{core.RoleMaker})
	must(t, err)
	app := core.App{ID: h.ids.New(h.clock.Now()), Name: "payroll", OwnerID: owner.ID, OwnerEmail: owner.Email, State: core.AppProvisioning, Created: core.Stamp(h.clock.Now()), Version: 1,
		Descriptor: core.Descriptor{Name: "payroll", Template: "internal-dashboard@1", Owner: owner.Email, Classification: core.InternalUse, Region: "eu-sovereign", Runtime: core.Serverless, Audience: "owners"}}
	must(t, h.store.Quietly(t.Context(), func(ctx context.Context) error {
		if err := h.store.AddApp(ctx, app); err != nil {
			return err
		}
		return h.store.MoveApp(ctx, app, core.AppActive, 0, 0)
	}))
	must(t, h.forge.Create(t.Context(), app.Name))
	place := filepath.Join(h.config.Data, "appdata", string(app.ID))
	must(t, os.MkdirAll(place, 0o700))
	data, err := appdata.Open(appdata.Options{OpenDB: appdb.Open, Clock: h.clock, QuotaMiB: 1}, filepath.Join(place, "app.sqlite"))
	must(t, err)
	_, err = data.Query(t.Context(), "CREATE TABLE people (name TEXT)")
	must(t, err)
	must(t, data.Close())
	l := &lent{h, t, server.URL, map[string]string{}, t.TempDir()}
	value, _, err := h.identity.NewToken(t.Context(), owner, "test", identity.ScopeWrite, 0)
	must(t, err)
	l.token["ana"] = string(value.Open())
	for name, role := range map[string]core.Role{"ada": core.RoleMaker, "sec": core.RoleSecurity, "plat": core.RolePlatform} {
		p, err := h.identity.AddPerson(t.Context(), core.System("test"), name+"@example.org", "", []core.Role{role})
		must(t, err)
		v, _, err := h.identity.NewToken(t.Context(), p, "test", identity.ScopeWrite, 0)
		must(t, err)
		l.token[name] = string(v.Open())
	}
	return l
}

// paddock runs a command as somebody and returns what it printed.
func (l *lent) paddock(who string, want int, args ...string) string {
	l.t.Helper()
	var out bytes.Buffer
	env := map[string]string{"PADDOCK_TOKEN": l.token[who], "PADDOCK_SERVER": l.base}
	std := cli.IO{In: strings.NewReader(""), Out: &out, Err: &out, Dir: l.dir, Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
	if got := cli.Main(l.t.Context(), args, std, Programs("test")); got != want {
		l.t.Errorf("paddock %s: exit code %d, want %d:\n%s", strings.Join(args, " "), got, want, out.String())
	}
	return out.String()
}

// ask sends a request as somebody, to a host below the server's address.
func (l *lent) ask(who, method, host, path, body string, cookies ...*http.Cookie) *http.Response {
	l.t.Helper()
	req, err := http.NewRequestWithContext(l.t.Context(), method, l.base+path, strings.NewReader(body))
	must(l.t, err)
	if host != "" {
		req.Host = host
	}
	switch {
	case strings.HasPrefix(path, "/git/"):
		req.SetBasicAuth("token", l.token[who])
	case who != "":
		req.Header.Set("Authorization", "Bearer "+l.token[who])
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, c := range cookies {
		req.AddCookie(c)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	must(l.t, err)
	l.t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// lend gives ada a role for half an hour, by everybody's yes that it takes.
func (l *lent) lend(role core.GrantRole) core.ID {
	l.t.Helper()
	var g view.GrantDetail
	out := l.paddock("ada", 0, "grant", "request", "payroll", "--role", string(role), "--for", "30m", "--reason", "A user waits for the fix.", "--ticket", "OPS-1", "--format", "json")
	must(l.t, json.Unmarshal([]byte(out), &g))
	if g.Approval != nil {
		for _, n := range g.Approval.Needs {
			who := map[core.Role]string{core.RoleSecurity: "sec", core.RolePlatform: "plat"}[n.Role]
			body, _ := json.Marshal(map[string]any{"yes": true, "digest": g.Digest, "note": "It cannot wait."})
			if r := l.ask(who, "POST", "", "/api/v1/approvals/"+string(g.Approval.ID), string(body)); r.StatusCode >= 300 {
				text, _ := io.ReadAll(r.Body)
				l.t.Fatalf("%s says yes: %d %s", who, r.StatusCode, text)
			}
		}
	}
	return g.ID
}

// opened asks to be handed over to the app's address, and goes there.
func (l *lent) opened() int {
	l.t.Helper()
	p, err := l.store.PersonByEmail(l.t.Context(), "ada@example.org")
	must(l.t, err)
	v, err := l.identity.StartSession(l.t.Context(), p)
	must(l.t, err)
	r := l.ask("", "GET", "", "/apps/payroll/open", "", &http.Cookie{Name: "paddock_session", Value: string(v.Open())})
	if _, query, ok := strings.Cut(r.Header.Get("Location"), "?"); ok {
		return l.ask("", "GET", "payroll.apps.localhost", "/.paddock/enter?"+query, "").StatusCode
	}
	return r.StatusCode
}

// WFL-3, through a running server: git, an app's address, its data and its
// evidence open by a grant and by nothing else, and the request after its end,
// whoever or whatever ended it, is refused.
func TestDoorsUnderAGrant(t *testing.T) {
	l := newLent(t)
	doors := map[core.GrantRole]func() int{
		core.GrantEditor: func() int {
			return l.ask("ada", "GET", "", "/git/payroll.git/info/refs?service=git-receive-pack", "").StatusCode
		},
		core.GrantViewer: l.opened,
		core.GrantDataReader: func() int {
			return l.ask("ada", "POST", "", "/api/v1/apps/payroll/data", `{"sql":"SELECT name FROM people"}`).StatusCode
		},
	}
	open := map[core.GrantRole]int{core.GrantEditor: 200, core.GrantViewer: 303, core.GrantDataReader: 200}
	ends := map[string]func(id core.ID){
		"drop":   func(id core.ID) { l.paddock("ada", 0, "grant", "drop", string(id)) },
		"revoke": func(id core.ID) { l.paddock("sec", 0, "grant", "revoke", string(id), "--why", "The incident is over.") },
		"time":   func(core.ID) { l.lab.offset.Add(int64(30 * time.Minute)) },
	}
	for role, try := range doors {
		if got := try(); got != 404 && got != 403 {
			t.Errorf("%s: %d without a grant", role, got)
		}
		for name, end := range ends {
			id := l.lend(role)
			if got := try(); got != open[role] {
				t.Errorf("%s: %d under a grant, want %d", role, got, open[role])
			}
			end(id)
			if got := try(); got != 404 && got != 403 {
				t.Errorf("%s: %d after the end by %s", role, got, name)
			}
		}
	}
	if r := l.ask("ada", "GET", "", "/api/v1/apps/payroll", ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("the app, in the end: %d", r.StatusCode)
	}
	l.secret()
	l.ruled()
	l.evidence()
}

// secret asks for secrets with all that grants can give at once: none opens one, by
// name, by list or by an app's database, which holds no credential.
func (l *lent) secret() {
	t := l.t
	ids := []core.ID{l.lend(core.GrantOwner), l.lend(core.GrantDataWriter)}
	for _, c := range [][2]string{{"GET", "/api/v1/secrets"}, {"PUT", "/api/v1/secrets/talent-token"}} {
		body := ""
		if c[0] == "PUT" {
			body = `{"value":"x"}`
		}
		if r := l.ask("ada", c[0], "", c[1], body); r.StatusCode != http.StatusForbidden {
			t.Errorf("%s %s under grants: %d", c[0], c[1], r.StatusCode)
		}
	}
	if r := l.ask("ada", "POST", "", "/api/v1/apps/payroll/data", `{"sql":"ATTACH DATABASE '../../paddock.db' AS house","write":true}`); r.StatusCode < 400 || r.StatusCode >= 500 {
		t.Errorf("another database under grants: %d", r.StatusCode)
	}
	for _, id := range ids {
		l.paddock("ada", 0, "grant", "drop", string(id))
	}
}

// withRule puts a policy in force beside those of the starter.
func (l *lent) withRule(name, text string) {
	l.t.Helper()
	commit := l.shelf.Current().ID
	tree, err := l.forge.Tree(l.t.Context(), GovernanceRepo, commit)
	must(l.t, err)
	all := fstest.MapFS{name: {Data: []byte(text)}}
	must(l.t, fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(tree, path)
		all[path] = &fstest.MapFile{Data: data}
		return err
	}))
	must(l.t, l.shelf.take(l.t.Context(), all, commit))
}

// ruled puts a rule in force that keeps everybody from changing this app: git and
// the API refuse with its words whom the table and a grant allow, and looks go on.
func (l *lent) ruled() {
	t := l.t
	l.withRule("policies/authz.rego", `package paddock.authz

deny contains {"code": "frozen", "message": "Payroll is frozen until the audit is over.", "fix": "Ask the finance team."} if {
	input.app.name == "payroll"
	input.permission != "app.archive"
}
`)
	l.lend(core.GrantDataReader)
	defer l.lab.offset.Add(int64(30 * time.Minute))
	defer l.withRule("policies/other.rego", "package paddock.lib.other\n\nx := 1\n")
	for path, body := range map[string]string{"/git/payroll.git/info/refs?service=git-receive-pack": "", "/api/v1/apps/payroll/data": `{"sql":"SELECT name FROM people"}`} {
		who, method := "ana", "GET"
		if body != "" {
			who, method = "ada", "POST"
		}
		r := l.ask(who, method, "", path, body)
		text, _ := io.ReadAll(r.Body)
		if r.StatusCode != http.StatusForbidden || !strings.Contains(string(text), "Payroll is frozen until the audit is over.") || !strings.Contains(string(text), "Ask the finance team.") {
			t.Errorf("%s %s: %d %s", method, path, r.StatusCode, text)
		}
	}
	if r := l.ask("ana", "GET", "", "/git/payroll.git/info/refs?service=git-upload-pack", ""); r.StatusCode != http.StatusOK {
		t.Errorf("a look: %d", r.StatusCode)
	}
	found, _, err := l.store.FindEvents(t.Context(), store.EventFilter{Action: "authz.deny", Most: 10})
	if err != nil || len(found) != 2 || found[0].Data["rules"] != "frozen" || found[0].Code != "denied" {
		t.Errorf("the log: %+v %v", found, err)
	}
}

// evidence takes the evidence of a grant that somebody used, and changes a byte.
func (l *lent) evidence() {
	t := l.t
	id := l.lend(core.GrantDataReader)
	l.ask("ada", "POST", "", "/api/v1/apps/payroll/data", `{"sql":"SELECT 'secret-name'"}`)
	if out := l.paddock("ada", 0, "grant", "export", string(id), "--out", "mine.zip"); !strings.Contains(out, "It verifies.") || !strings.Contains(out, "1 approvals") {
		t.Errorf("ada takes it while she may see the app: %s", out)
	}
	l.paddock("sec", 0, "grant", "revoke", string(id), "--why", "The incident is over.")
	if out := l.paddock("ada", 1, "grant", "export", string(id)); !strings.Contains(out, "which you may not see") {
		t.Errorf("ada takes it after the end: %s", out)
	}
	if out := l.paddock("ada", 2, "grant", "export", "no-such-grant"); !strings.Contains(out, "There is no grant") {
		t.Errorf("one that there is not: %s", out)
	}
	l.paddock("sec", 0, "grant", "export", string(id), "--out", "pack.zip")
	pack, err := os.ReadFile(filepath.Join(l.dir, "pack.zip"))
	must(t, err)
	for _, want := range []string{"A user waits for the fix.", "OPS-1", "It cannot wait.", "The incident is over.", "data.read", "revoked"} {
		if !bytes.Contains(pack, []byte(want)) {
			t.Errorf("the evidence does not say %q", want)
		}
	}
	if bytes.Contains(pack, []byte("secret-name")) {
		t.Error("the evidence holds a value of a statement")
	}
	if out := l.paddock("", 0, "evidence", "verify", "pack.zip", "--key", l.keys.AuditKey()); !strings.Contains(out, "grant "+string(id)+" for payroll verifies") {
		t.Errorf("verify says: %s", out)
	}
	at := bytes.Index(pack, []byte("A user waits"))
	pack[at] ^= 1
	must(t, os.WriteFile(filepath.Join(l.dir, "bad.zip"), pack, 0o600))
	l.paddock("", 1, "evidence", "verify", "bad.zip", "--key", l.keys.AuditKey())
	g, err := l.store.Grant(t.Context(), id)
	must(t, err)
	if fact := access.Digest(g); !bytes.Contains(pack, []byte(fact)) {
		t.Errorf("the digest %s is not in it", fact)
	}
}
