package run_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/run"
)

func copyTo(w io.Writer, r io.Reader) (int64, error) { return io.Copy(w, r) }

// neighbour asks an app again and again until stop, and reports the slowest answer.
func (h *house) neighbour(id core.ID) (stop func() time.Duration) {
	end, slowest := make(chan struct{}), make(chan time.Duration)
	go func() {
		var worst time.Duration
		for {
			select {
			case <-end:
				slowest <- worst
				return
			default:
				begin := time.Now()
				h.want(id, "/", "hello from neighbour")
				worst = max(worst, time.Since(begin))
			}
		}
	}()
	return func() time.Duration { close(end); return <-slowest }
}

// RUN-1: an endless loop is stopped at its deadline, a neighbour goes on
// answering, and the app comes back with the next request.
func TestEndlessLoop(t *testing.T) {
	h := newHouse(t)
	calm := h.app("neighbour", hello)
	id := h.app("loop", `export default { async fetch(req) { if (req.url.endsWith("/loop")) for (;;) {} return new Response("fine") } }`,
		func(s *run.Spec) { s.Guardrails.TimeoutMS = 700 })
	h.want(id, "/", "fine")
	stop := h.neighbour(calm)
	begin := time.Now()
	status, text := h.get(id, "/loop")
	t.Logf("stopped after %s; slowest answer of the neighbour %s", time.Since(begin), stop())
	if status != http.StatusGatewayTimeout || !strings.Contains(text, "0.7 seconds") {
		t.Errorf("a loop answers %d %s", status, text)
	}
	h.want(id, "/", "fine")
	if got := h.rec.kinds(); got != "limit_hit time" {
		t.Errorf("incidents: %s", got)
	}
	h.srv.Close() // waits for the requests to be over
	if err := h.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h.rec.usage.CPUMS < 50 || h.rec.usage.Errors != 1 || h.rec.usage.WallMS < 600 {
		t.Errorf("use is %+v; want the loop's CPU time, wall time and one error", h.rec.usage)
	}
}

// A request that only waits is cut off; the process goes on.
func TestSlowButIdle(t *testing.T) {
	h := newHouse(t)
	id := h.app("slow", `let n = 0; export default { async fetch(req) { n++;
		if (req.url.endsWith("/wait")) await new Promise(r => setTimeout(r, 60000)); return new Response(String(n)) } }`,
		func(s *run.Spec) { s.Guardrails.TimeoutMS = 2000 })
	h.want(id, "/", "1")
	if status, _ := h.get(id, "/wait"); status != http.StatusGatewayTimeout {
		t.Errorf("a long wait answers %d", status)
	}
	h.want(id, "/", "3") // the same process counts on
}

// RUN-1: an app that takes 500 MB is stopped, a neighbour goes on answering.
func TestMemoryHog(t *testing.T) {
	h := newHouse(t)
	calm := h.app("neighbour", hello)
	id := h.app("hog", `export default { async fetch(req) {
		if (!req.url.endsWith("/hog")) return new Response("fine");
		const all = []; for (let i = 0; i < 500; i++) { const b = new Uint8Array(1 << 20); b.fill(1); all.push(b) }
		return new Response("took " + all.length) } }`)
	h.want(id, "/", "fine")
	stop := h.neighbour(calm)
	status, text := h.get(id, "/hog")
	t.Logf("slowest answer of the neighbour %s", stop())
	if status != http.StatusServiceUnavailable || !strings.Contains(text, "memory") {
		t.Errorf("a hog answers %d %s", status, text)
	}
	h.want(id, "/", "fine")
	if got := h.rec.kinds(); got != "limit_hit memory" {
		t.Errorf("incidents: %s", got)
	}
}

// An app that keeps falling is started again later and later.
func TestBackOff(t *testing.T) {
	h := newHouse(t)
	id := h.app("loop", `export default { async fetch(req) { for (;;) {} } }`, func(s *run.Spec) { s.Guardrails.TimeoutMS = 300 })
	var later int
	for range 6 {
		if status, text := h.get(id, "/"); status == http.StatusServiceUnavailable && strings.Contains(text, "starting again") {
			later++
		}
	}
	if later == 0 {
		t.Error("six falls in a row, and no wait")
	}
	h.clock.move(2 * time.Minute)
	if status, _ := h.get(id, "/"); status != http.StatusGatewayTimeout {
		t.Errorf("after the wait the app answers %d, want to be started", status)
	}
}

// RUN-1: no more requests at once than allowed; those too many are told so.
func TestConcurrency(t *testing.T) {
	h := newHouse(t)
	id := h.app("slow", `let now = 0, most = 0; export default { async fetch(req) {
		if (req.url.endsWith("/most")) return new Response(String(most));
		now++; most = Math.max(most, now); await new Promise(r => setTimeout(r, 300)); now--; return new Response("ok") } }`,
		func(s *run.Spec) { s.Guardrails.Concurrency = 3 })
	var mu sync.Mutex
	count := map[int]int{}
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			status, _ := h.get(id, "/")
			mu.Lock()
			count[status]++
			mu.Unlock()
		})
	}
	all.Wait()
	if count[200] != 6 || count[503] != 4 {
		t.Errorf("answers %v; want 3 at once, 3 after them, 4 turned away", count)
	}
	h.want(id, "/most", "3")
}

func TestBodyLimit(t *testing.T) {
	h := newHouse(t)
	id := h.app("echo", `export default { async fetch(req) { return new Response(String((await req.arrayBuffer()).byteLength)) } }`)
	for size, want := range map[int]int{1 << 20: 200, 11 << 20: 413} {
		// A reader of unknown length, so that the limit is met while reading.
		resp, err := http.Post(h.srv.URL+"/"+string(id)+"/", "application/octet-stream", io.MultiReader(bytes.NewReader(make([]byte, size))))
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%d bytes answer %d, want %d", size, resp.StatusCode, want)
		}
	}
}

// A visitor who sends slowly loses their own request and harms nobody.
func TestSlowVisitor(t *testing.T) {
	h := newHouse(t)
	id := h.app("echo", `export default { async fetch(req) { return new Response(await req.text()) } }`, func(s *run.Spec) { s.Guardrails.TimeoutMS = 300 })
	r, w := io.Pipe()
	defer w.Close()
	go func() { _, _ = w.Write([]byte("a")) }()
	req, _ := http.NewRequest("POST", h.srv.URL+"/"+string(id)+"/", r)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusRequestTimeout || h.rec.kinds() != "" || h.Condition(id) != "warm" {
		t.Errorf("a slow visitor got %d; incidents %q; the app is %s", resp.StatusCode, h.rec.kinds(), h.Condition(id))
	}
}
