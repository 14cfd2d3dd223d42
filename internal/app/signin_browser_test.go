package app

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
)

// journey is a provider and a browser, which another process drives.
type journey struct {
	t     *testing.T
	in    io.Writer
	lines *bufio.Scanner
	errs  *bytes.Buffer
}

// startJourney starts node; the test is skipped where there is no browser.
func startJourney(t *testing.T, base string) *journey {
	t.Helper()
	modules, err := filepath.Abs("../../node_modules")
	must(t, err)
	for what, path := range map[string]string{"the provider (run make build)": filepath.Join(modules, "oidc-provider"), "the browser's driver (run make build)": filepath.Join(modules, "playwright-core")} {
		if _, err := os.Stat(path); err != nil {
			t.Skip("no " + what)
		}
	}
	for _, program := range []string{"node", "chromium"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("no " + program)
		}
	}
	c := exec.CommandContext(t.Context(), "node", "testdata/signin.mjs", base, os.Getenv("PADDOCK_SHOTS"))
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 5 * time.Second
	j := &journey{t: t, errs: &bytes.Buffer{}}
	c.Stderr = j.errs
	in, err := c.StdinPipe()
	must(t, err)
	out, err := c.StdoutPipe()
	must(t, err)
	j.in, j.lines = in, bufio.NewScanner(out)
	must(t, c.Start())
	t.Cleanup(func() { in.Close(); _ = c.Wait() })
	return j
}

// reach waits until the journey is at a place, and returns what it says there.
func (j *journey) reach(place string) string {
	j.t.Helper()
	if !j.lines.Scan() {
		j.t.Fatalf("the journey ended before %s:\n%s", place, j.errs)
	}
	rest, ok := strings.CutPrefix(j.lines.Text(), place)
	if !ok {
		j.t.Fatalf("on the way to %s: %s\n%s", place, j.lines.Text(), j.errs)
	}
	return strings.TrimSpace(rest)
}

func (j *journey) goOn() { fmt.Fprintln(j.in) }

// A person signs in at a certified provider with a real browser, comes back with
// the role of a group, proves anew who they are, signs out here and there; a
// stranger is refused; somebody switched off is out at the next request.
func TestSignInByProviderAndBrowser(t *testing.T) {
	begun := core.Stamp(time.Now().Truncate(time.Second))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	_, port, err := net.SplitHostPort(l.Addr().String())
	must(t, err)
	base := "http://localhost:" + port
	j := startJourney(t, base)
	issuer := j.reach("issuer")

	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "op.secret"), []byte("a secret of thirty-two letters, long\n"), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "identity.yaml"), []byte(`providers:
  - name: op
    title: Example Login
    issuer: `+issuer+`
    client_id: paddock
    client_secret_file: op.secret
    scopes: [groups]
    domains: [example.org]
`), 0o600))
	var log bytes.Buffer
	h, err := open(t.Context(), cli.Config{Data: filepath.Join(dir, "data"), Listen: l.Addr().String(), BaseURL: base, AppDomain: "apps.localhost", Admin: "admin@example.org", LogLevel: "info",
		Identity: filepath.Join(dir, "identity.yaml")}, "test", slog.New(slog.NewTextHandler(&log, nil)))
	must(t, err)
	t.Cleanup(func() { h.close(context.WithoutCancel(t.Context())) })
	pia, err := h.identity.AddPerson(t.Context(), core.System("test"), "pia@example.org", "", []core.Role{core.RolePlatform, core.RoleSecurity})
	must(t, err)
	ana, err := h.identity.AddPerson(t.Context(), core.System("test"), "ana@example.org", "Ana", []core.Role{core.RoleMaker})
	must(t, err)
	settings, err := fs.ReadFile(h.shelf.Current().Files, "paddock.yaml")
	must(t, err)
	revise(t, h, pia, map[string]string{"paddock.yaml": string(settings) + "\nroles:\n  - {provider: op, group: sec, roles: [security]}\n"})
	server := &http.Server{Handler: h.router, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { server.Close() })
	defer func() {
		if t.Failed() {
			t.Log(log.String(), j.errs)
		}
	}()
	j.goOn()

	j.reach("signed-in")
	who, err := h.store.Person(t.Context(), ana.ID)
	if err != nil || !who.Has(core.RoleSecurity) || len(who.Given) != 1 {
		t.Errorf("in force %v, given %v, %v", who.Roles, who.Given, err)
	}
	first := onlySession(t, h, ana)
	if first.Provider != "op" || first.ProviderSession == "" {
		t.Errorf("the session: %+v", first)
	}
	j.goOn()
	j.reach("fresh")
	if s := onlySession(t, h, ana); s.AuthTime < begun || s.ID == first.ID {
		t.Errorf("a fresh sign-in is said to be of %s", core.Moment(s.AuthTime))
	}
	j.goOn()
	j.reach("signed-out")
	if all, err := h.identity.Sessions(t.Context(), ana.ID); err != nil || len(all) != 0 {
		t.Errorf("after signing out: %v, %v", all, err)
	}
	j.goOn()
	j.reach("ended-there")
	j.reach("switch-off")
	must(t, h.identity.SwitchOff(t.Context(), core.System("test"), ana.ID))
	j.goOn()
	j.reach("done")
	for _, secret := range []string{"a secret of thirty-two letters", "&state=", "id_token"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if all, err := h.store.SearchEvents(t.Context(), store.EventFilter{Most: 1000, Action: "account.link"}); err != nil || len(all) != 1 {
		t.Errorf("%d accounts were linked, %v", len(all), err)
	}
}

func onlySession(t *testing.T, h *house, who core.Person) core.Credential {
	t.Helper()
	all, err := h.identity.Sessions(t.Context(), who.ID)
	must(t, err)
	if len(all) != 1 {
		t.Fatalf("%d sessions", len(all))
	}
	return all[0]
}
