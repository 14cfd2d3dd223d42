package workerd

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
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
