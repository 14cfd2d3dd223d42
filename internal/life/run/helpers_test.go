package run_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/target/workerd"
	"github.com/paddock-dev/paddock/internal/adapter/target/workerd/appdb"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/run"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == workerd.SandboxArg {
		os.Exit(workerd.SandboxInit())
	}
	if dir := os.Getenv(envVictim); dir != "" {
		os.Exit(victim(dir))
	}
	os.Exit(m.Run())
}

// record keeps what the manager reports.
type record struct {
	mu        sync.Mutex
	incidents []core.Incident
	usage     core.Usage
	lastUse   int64
	fail      error
}

func (r *record) Record(_ context.Context, i core.Incident) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.incidents = append(r.incidents, i)
	return nil
}

func (r *record) kinds() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, i := range r.incidents {
		out = append(out, i.Kind+" "+i.Place)
	}
	return strings.Join(out, ", ")
}

// meter adapts record to run.Meter.
type meter struct{ *record }

func (m meter) Record(_ context.Context, u core.Usage, lastUse int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	m.usage.Requests += u.Requests
	m.usage.Errors += u.Errors
	m.usage.WallMS += u.WallMS
	m.usage.CPUMS += u.CPUMS
	m.usage.MiBMS += u.MiBMS
	m.usage.BytesOut += u.BytesOut
	m.usage.EgressOut += u.EgressOut
	m.lastUse = max(m.lastUse, lastUse)
	return nil
}

// clock is a clock that tests move.
type clock struct {
	mu sync.Mutex
	by time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().UTC().Add(c.by)
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by += d
}

// house is a manager with the real engine behind an HTTP server: /APPID/path.
type house struct {
	*run.Manager
	t     *testing.T
	srv   *httptest.Server
	rec   *record
	clock *clock
}

func engine(t testing.TB) run.Engine {
	t.Helper()
	e, err := workerd.New(workerd.Options{Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err) // the message says how to install it
	}
	t.Cleanup(func() { _ = e.Close() })
	return run.EngineFunc(func(ctx context.Context, l run.Launch) (run.Process, error) {
		p, err := e.Start(ctx, workerd.Launch(l))
		if err != nil {
			return nil, err
		}
		return p, nil
	})
}

func newHouse(t *testing.T, change ...func(*run.Options)) *house {
	t.Helper()
	h := &house{t: t, rec: &record{}, clock: &clock{}}
	o := run.Options{Dir: t.TempDir(), Engine: engine(t), OpenDB: appdb.Open, Clock: h.clock, Meter: meter{h.rec}, Incidents: h.rec,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	for _, f := range change {
		f(&o)
	}
	m, err := run.New(o)
	if err != nil {
		t.Fatal(err)
	}
	h.Manager = m
	h.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		r.URL.Path = "/" + rest
		m.Serve(w, r, core.ID(id), core.Person{Email: "ada@example.com"})
	}))
	t.Cleanup(func() {
		h.srv.Close()
		if err := m.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return h
}

var ids core.IDs

// app deploys a worker and returns its id.
func (h *house) app(name, worker string, change ...func(*run.Spec)) core.ID {
	h.t.Helper()
	s := run.Spec{AppID: ids.New(time.Now()), Name: name, Deployment: ids.New(time.Now()), Region: "eu-sovereign", Worker: []byte(worker)}
	for _, f := range change {
		f(&s)
	}
	if err := h.Deploy(h.t.Context(), s); err != nil {
		h.t.Fatal(err)
	}
	return s.AppID
}

// get asks an app and returns status and body.
func (h *house) get(id core.ID, path string) (int, string) {
	h.t.Helper()
	resp, err := http.Get(h.srv.URL + "/" + string(id) + path)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// want fails unless the app answers 200 with exactly this text.
func (h *house) want(id core.ID, path, text string) {
	h.t.Helper()
	if status, got := h.get(id, path); status != http.StatusOK || got != text {
		h.t.Errorf("GET %s = %d %q, want 200 %q", path, status, got, text)
	}
}

func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return v
}

const hello = `export default { async fetch(req, env) { return new Response("hello from " + env.APP_NAME) } }`
