package workerd

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == SandboxArg {
		os.Exit(SandboxInit())
	}
	os.Exit(m.Run())
}

func newEngine(t *testing.T) *Engine {
	t.Helper()
	e, err := New(Options{Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

// logged collects what an app prints.
type logged struct {
	mu    sync.Mutex
	lines []string
}

func (l *logged) add(level, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, level+": "+text)
}

func (l *logged) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

func launchOf(t *testing.T, script string) (Launch, *logged) {
	t.Helper()
	dir := t.TempDir()
	log := &logged{}
	l := Launch{AppID: core.IDs{}.New(time.Now()), Name: "hello", Script: []byte(script),
		Limits:  core.Guardrails{CPUMillis: 500, MemoryMiB: 128},
		Sockets: filepath.Join(dir, "sock"), Scratch: filepath.Join(dir, "scratch"), Log: log.add}
	for _, d := range []string{l.Sockets, l.Scratch} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return l, log
}

func get(t *testing.T, p *Process, path string) string {
	t.Helper()
	c := http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return p.Dial(ctx) }}}
	resp, err := c.Get("http://app" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// RUN-1: an app starts fast, answers, sees its settings as they are, and its
// console lines reach the log.
func TestHello(t *testing.T) {
	e := newEngine(t)
	l, log := launchOf(t, `export default { async fetch(req, env) { console.log("seen", 1); console.error("bad"); return new Response(env.APP_NAME) } }`)
	name := "Bücher \"quoted\" \\ back\nslash"
	l.Env = map[string]string{"APP_NAME": name}
	begin := time.Now()
	p, err := e.Start(t.Context(), l)
	if err != nil {
		t.Fatal(err, log.text())
	}
	t.Logf("start took %s; %s", time.Since(begin), e.Rung())
	if got := get(t, p, "/"); got != name {
		t.Errorf("the app saw %q, want %q", got, name)
	}
	if cpu, mem := p.Usage(); mem == 0 {
		t.Errorf("usage is %d ms and %d MiB; want some memory", cpu, mem)
	}
	p.Kill()
	if p.Why() != whyKilled {
		t.Errorf("why = %q", p.Why())
	}
	if !strings.Contains(log.text(), "log: seen 1") || !strings.Contains(log.text(), "error: bad") {
		t.Errorf("log lines are\n%s", log.text())
	}
}

// status reads one field of /proc/PID/status.
func status(t *testing.T, pid int, key string) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, key+":"); ok {
			return strings.Join(strings.Fields(rest), " ")
		}
	}
	t.Fatalf("no %s", key)
	return ""
}

func hostRoot(t *testing.T) uint64 {
	t.Helper()
	info, err := os.Stat("/")
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t).Dev
}

// SEC-5: the process has no privileges, no files but its own, no network.
func TestWalls(t *testing.T) {
	e := newEngine(t)
	if !e.spaces {
		t.Fatalf("this machine gives no namespaces to test: %s", e.Rung())
	}
	l, _ := launchOf(t, `export default { async fetch() { return new Response("ok") } }`)
	p, err := e.Start(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"CapEff": "0000000000000000", "CapPrm": "0000000000000000", "CapBnd": "0000000000000000",
		"NoNewPrivs": "1", "Seccomp": "2", "Groups": ""} {
		if got := status(t, p.pid, key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	if os.Getuid() == 0 {
		if got := status(t, p.pid, "Uid"); got != "65534 65534 65534 65534" {
			t.Errorf("it runs as %s", got)
		}
	}
	for _, ns := range []string{"user", "mnt", "pid", "net", "ipc", "uts"} {
		mine, _ := os.Readlink("/proc/self/ns/" + ns)
		its, _ := os.Readlink(fmt.Sprintf("/proc/%d/ns/%s", p.pid, ns))
		if mine == its || its == "" {
			t.Errorf("namespace %s is shared: %s", ns, its)
		}
	}
	net, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/dev", p.pid))
	if err != nil || strings.Count(string(net), ":") != 1 || !strings.Contains(string(net), "lo:") {
		t.Errorf("network devices: %s %v", net, err)
	}
	mounts, err := os.ReadFile(fmt.Sprintf("/proc/%d/mountinfo", p.pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(mounts)) {
		f := strings.Fields(line)
		writable := strings.HasPrefix(f[5], "rw,")
		if writable && f[4] != sandboxSockets && !strings.HasPrefix(f[4], "/dev/") {
			t.Errorf("writable in the sandbox: %s", line)
		}
	}
	fds, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		path := fmt.Sprintf("/proc/%d/fd/%s", p.pid, fd.Name())
		to, _ := os.Readlink(path)
		info, err := os.Stat(path)
		if err == nil && info.IsDir() && info.Sys().(*syscall.Stat_t).Dev == hostRoot(t) {
			t.Errorf("descriptor %s is open on the host's %s", fd.Name(), to)
		}
	}
	p.Kill()
}

// The rung below: no namespaces and no cgroups. The app still runs, cannot
// open other sockets, and its memory is watched.
func TestLowestRung(t *testing.T) {
	e := newEngine(t)
	if e.groups != nil {
		e.groups.close()
	}
	e.spaces, e.groups = false, nil
	l, log := launchOf(t, `export default { async fetch(req) {
		if (!req.url.endsWith("/hog")) return new Response("ok");
		const all = []; for (let i = 0; i < 500; i++) { const b = new Uint8Array(1 << 20); b.fill(1); all.push(b); await new Promise(r => setTimeout(r, 1)) }
		return new Response("took " + all.length) } }`)
	p, err := e.Start(t.Context(), l)
	if err != nil {
		t.Fatal(err, log.text())
	}
	t.Log(e.Rung())
	if got := get(t, p, "/"); got != "ok" {
		t.Errorf("got %q", got)
	}
	if status(t, p.pid, "Seccomp") != "2" || status(t, p.pid, "CapEff") != "0000000000000000" {
		t.Error("the process is not held")
	}
	c := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return p.Dial(ctx) }}}
	resp, err := c.Get("http://app/hog")
	if err == nil {
		b, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		t.Logf("the hog answered %d %s", resp.StatusCode, b)
		if resp.StatusCode == http.StatusOK {
			t.Error("500 MB were granted")
		}
		return
	}
	<-p.Done()
	t.Logf("it ended: %s", p.Why())
}

func TestBrokenScripts(t *testing.T) {
	e := newEngine(t)
	for name, script := range map[string]string{"syntax": "export default {{{", "throws at the start": "throw new Error('at the start')"} {
		l, _ := launchOf(t, script)
		if _, err := e.Start(t.Context(), l); core.CodeOf(err) != core.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	l, _ := launchOf(t, "export default {}")
	l.Limits.MemoryMiB = 1
	if _, err := e.Start(t.Context(), l); core.CodeOf(err) != core.Invalid {
		t.Errorf("too little memory: %v", err)
	}
}

// A socket path longer than the system allows for an address is no obstacle.
func TestLongPath(t *testing.T) {
	e := newEngine(t)
	l, _ := launchOf(t, `export default { async fetch() { return new Response("ok") } }`)
	long := filepath.Join(filepath.Dir(l.Sockets), strings.Repeat("long", 40))
	if err := os.Rename(l.Sockets, long); err != nil {
		t.Fatal(err)
	}
	l.Sockets = long
	p, err := e.Start(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	if got := get(t, p, "/"); got != "ok" {
		t.Errorf("got %q", got)
	}
	p.Kill()
}

// A closed engine ends its apps, starts no more, and may be closed again.
func TestClose(t *testing.T) {
	e := newEngine(t)
	l, _ := launchOf(t, `export default { async fetch() { return new Response("ok") } }`)
	p, err := e.Start(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if p.Why() != whyKilled {
		t.Errorf("the app is %q after the engine closed", p.Why())
	}
	if _, err := e.Start(t.Context(), l); core.CodeOf(err) != core.Unavailable {
		t.Errorf("a closed engine starts: %v", err)
	}
}
