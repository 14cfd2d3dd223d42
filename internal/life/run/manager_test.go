package run_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/run"
)

func TestHelloAndUse(t *testing.T) {
	h := newHouse(t)
	id := h.app("hello", hello)
	h.want(id, "/", "hello from hello")
	h.want(id, "/again", "hello from hello")
	h.srv.Close() // waits for the requests to be over
	if err := h.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if u := h.rec.usage; u.Requests != 2 || u.BytesOut != 32 || h.rec.lastUse == 0 {
		t.Errorf("use is %+v, last use %d; want 2 requests and 32 bytes", u, h.rec.lastUse)
	}
}

// What a Meter did not take is offered again.
func TestUseIsKeptUntilTaken(t *testing.T) {
	h := newHouse(t)
	id := h.app("hello", hello)
	h.want(id, "/", "hello from hello")
	h.srv.Close() // waits for the request to be over
	h.rec.fail = errors.New("no store")
	if err := h.Flush(t.Context()); err == nil {
		t.Error("a failed flush says nothing")
	}
	h.rec.fail = nil
	if err := h.Flush(t.Context()); err != nil || h.rec.usage.Requests != 1 || h.rec.lastUse == 0 {
		t.Errorf("after the second flush: %v, %+v", err, h.rec.usage)
	}
}

func TestHeadersOfTheVisitor(t *testing.T) {
	h := newHouse(t)
	id := h.app("headers", `export default { async fetch(req) {
		return new Response(JSON.stringify(Object.fromEntries(req.headers)), {headers: {"set-cookie": "a=b", "x-paddock-role": "platform"}}) } }`)
	req, _ := http.NewRequest("GET", h.srv.URL+"/"+string(id)+"/", nil)
	req.Header.Set("Cookie", "session=1")
	req.Header.Set("Authorization", "Bearer token")
	req.Header.Set("X-Paddock-User", "mallory@example.com")
	req.Header.Set("x-paddock-role", "platform")
	req.Header.Set("X-Own", "kept")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var seen map[string]string
	body := new(strings.Builder)
	if _, err := copyTo(body, resp.Body); err != nil {
		t.Fatal(err)
	}
	seen = decode[map[string]string](t, body.String())
	if seen["x-paddock-user"] != "ada@example.com" || seen["x-own"] != "kept" {
		t.Errorf("the app saw %v", seen)
	}
	for _, name := range []string{"cookie", "authorization", "x-paddock-role"} {
		if seen[name] != "" {
			t.Errorf("the app saw %s: %s", name, seen[name])
		}
	}
	if resp.Header.Get("Set-Cookie") != "" || resp.Header.Get("X-Paddock-Role") != "" {
		t.Errorf("the visitor saw %v", resp.Header)
	}
}

// RUN-1: a new version takes over without a failed request; broken code
// leaves the old one in place.
func TestRedeploy(t *testing.T) {
	h := newHouse(t)
	id := h.app("app", hello)
	stop, failed := make(chan struct{}), make(chan string, 1)
	go func() {
		defer close(failed)
		for {
			select {
			case <-stop:
				return
			default:
				if status, text := h.get(id, "/"); status != 200 {
					failed <- text
					return
				}
			}
		}
	}()
	for _, text := range []string{"two", "three"} {
		h.app("app", `export default { async fetch() { return new Response("`+text+`") } }`, func(s *run.Spec) { s.AppID = id })
		h.want(id, "/", text)
	}
	close(stop)
	if text, bad := <-failed; bad {
		t.Errorf("a request failed during a switch: %s", text)
	}
	err := h.Deploy(t.Context(), run.Spec{AppID: id, Name: "app", Worker: []byte("export default {{{")})
	if core.CodeOf(err) != core.Invalid || !strings.Contains(err.Error(), "SyntaxError") {
		t.Errorf("broken code: %v", err)
	}
	h.want(id, "/", "three")
}

func TestStaticFiles(t *testing.T) {
	h := newHouse(t)
	id := h.app("site", hello, func(s *run.Spec) {
		s.Public = fstest.MapFS{"index.html": {Data: []byte("<p>home")}, "a/style.css": {Data: []byte("p{}")}, "a/index.html": {Data: []byte("sub")},
			".hidden": {Data: []byte("no")}}
	})
	const worker = "hello from site"
	for _, c := range []struct{ path, want, kind string }{
		{"/", "<p>home", "text/html; charset=utf-8"},
		{"/a/style.css", "p{}", "text/css; charset=utf-8"},
		{"/a", "sub", "text/html; charset=utf-8"},
		{"/a/", "sub", "text/html; charset=utf-8"},
		{"/api/x", worker, ""},
		{"/.hidden", worker, ""},
		{"/a//style.css", worker, ""},
		{"/%2e%2e/%2e%2e/etc/passwd", worker, ""},
	} {
		resp, err := http.Get(h.srv.URL + "/" + string(id) + c.path)
		if err != nil {
			t.Fatal(err)
		}
		body := new(strings.Builder)
		_, _ = copyTo(body, resp.Body)
		_ = resp.Body.Close()
		if body.String() != c.want || c.kind != "" && resp.Header.Get("Content-Type") != c.kind {
			t.Errorf("GET %s = %q (%s), want %q (%s)", c.path, body, resp.Header.Get("Content-Type"), c.want, c.kind)
		}
	}
	resp, err := http.Post(h.srv.URL+"/"+string(id)+"/", "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	body := new(strings.Builder)
	_, _ = copyTo(body, resp.Body)
	_ = resp.Body.Close()
	if body.String() != worker {
		t.Errorf("POST / = %q", body)
	}
}

// An app nobody uses loses its process and gets it back with the next request.
func TestScaleToZeroAndColdStart(t *testing.T) {
	h := newHouse(t)
	id := h.app("sleepy", hello)
	// Called directly, so that the request is over when Serve returns.
	h.Serve(httptest.NewRecorder(), httptest.NewRequest("GET", "http://app/", nil), id, core.Person{})
	h.SleepIdle()
	if got := h.Condition(id); got != "warm" {
		t.Errorf("right after a request the app is %s", got)
	}
	h.clock.move(6 * time.Minute)
	h.SleepIdle()
	if got := h.Condition(id); got != "cold" {
		t.Errorf("after six idle minutes the app is %s", got)
	}
	begin := time.Now()
	h.want(id, "/", "hello from sleepy")
	t.Logf("cold start and answer: %s", time.Since(begin))
}

// LIF-2: a stopped app is off, and Adopt brings it back without starting it.
func TestStopAndAdopt(t *testing.T) {
	h := newHouse(t)
	id := h.app("app", hello)
	if err := h.Stop(t.Context(), id, "It was archived."); err != nil {
		t.Fatal(err)
	}
	if status, text := h.get(id, "/"); status != 404 || !strings.Contains(text, "It was archived.") {
		t.Errorf("a stopped app answers %d %s", status, text)
	}
	if err := h.Adopt(run.Spec{AppID: id, Name: "app", Worker: []byte(hello)}); err != nil {
		t.Fatal(err)
	}
	if got := h.Condition(id); got != "cold" {
		t.Errorf("an adopted app is %s", got)
	}
	h.want(id, "/", "hello from app")
}

func TestLogs(t *testing.T) {
	h := newHouse(t)
	id := h.app("chatty", `export default { async fetch() { console.log("one", {a: 1}); throw new Error("kaput") } }`)
	if status, _ := h.get(id, "/"); status != 500 {
		t.Errorf("an exception answers %d", status)
	}
	if err := h.Stop(t.Context(), id, "end"); err != nil { // the process is gone, so all it printed has been read
		t.Fatal(err)
	}
	var text strings.Builder
	for _, l := range h.Logs(id) {
		text.WriteString(l.Level + ": " + l.Text + "\n")
	}
	if !strings.Contains(text.String(), "log: one") || !strings.Contains(text.String(), "kaput") {
		t.Errorf("log:\n%s", text.String())
	}
}

func TestBadSpecs(t *testing.T) {
	h := newHouse(t)
	for name, s := range map[string]run.Spec{
		"no id":       {Name: "x", Worker: []byte(hello)},
		"path as id":  {AppID: "../../etc", Name: "x", Worker: []byte(hello)},
		"nothing":     {AppID: ids.New(time.Now()), Name: "x"},
		"bad setting": {AppID: ids.New(time.Now()), Name: "x", Worker: []byte(hello), Env: map[string]string{"DB": "x"}},
	} {
		if err := h.Deploy(context.Background(), s); core.CodeOf(err) != core.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An app that answers without reading what was sent to it is heard all the same.
func TestAnswerBeforeTheBodyIsRead(t *testing.T) {
	h := newHouse(t)
	id := h.app("deaf", hello)
	for i := range 200 {
		resp, err := http.Post(h.srv.URL+"/"+string(id)+"/", "text/plain", strings.NewReader(strings.Repeat("x", 1+i*500)))
		if err != nil {
			t.Fatal(err)
		}
		body := new(strings.Builder)
		_, _ = copyTo(body, resp.Body)
		_ = resp.Body.Close()
		if body.String() != "hello from deaf" {
			t.Fatalf("POST %d = %d %q", i, resp.StatusCode, body)
		}
	}
}

// What another server deploys is followed: a running app is switched, a sleeping
// one is not woken for it, and the same version again changes nothing.
func TestFollow(t *testing.T) {
	h := newHouse(t)
	const two, three = `export default { async fetch() { return new Response("two") } }`, `export default { async fetch() { return new Response("three") } }`
	id := h.app("app", hello)
	h.want(id, "/", "hello from app")
	follow := func(deployment core.ID, worker string) {
		t.Helper()
		if err := h.Follow(t.Context(), run.Spec{AppID: id, Name: "app", Deployment: deployment, Worker: []byte(worker)}); err != nil {
			t.Fatal(err)
		}
		if h.Runs(id) != deployment || !slices.Contains(h.Known(), id) {
			t.Errorf("runs %q, want %q", h.Runs(id), deployment)
		}
	}
	follow("d2", two)
	h.want(id, "/", "two")
	h.clock.move(time.Hour)
	for range 10_000 { // the last answer may be here before its request is counted as done
		if h.SleepIdle(); h.Condition(id) == "cold" {
			break
		}
		runtime.Gosched()
	}
	follow("d3", three)
	if c := h.Condition(id); c != "cold" {
		t.Errorf("an app that slept is %s", c)
	}
	h.want(id, "/", "three")
	follow("d3", "export default {{{ not even read")
	if err := h.Stop(t.Context(), id, "It was archived."); err != nil {
		t.Fatal(err)
	}
	if h.Runs(id) != "" {
		t.Error("a stopped app still leads somewhere")
	}
	follow("d4", two)
	h.want(id, "/", "two")
}
