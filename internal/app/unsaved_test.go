package app

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/life/check/apart"
	"github.com/paddock-dev/paddock/internal/life/unsaved"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// asked is an answer of a server.
type asked struct {
	code   int
	header http.Header
	body   string
	report core.Report
}

// send sends files to be checked.
func (w *workshop) send(query, contentType string, body []byte, more ...string) asked {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), "POST", w.base+"/api/v1/checks"+query, bytes.NewReader(body))
	must(w.t, err)
	req.Header.Set("Authorization", "Bearer "+w.key)
	req.Header.Set("Content-Type", contentType)
	for i := 0; i+1 < len(more); i += 2 {
		req.Header.Set(more[i], more[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	must(w.t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	must(w.t, err)
	out := asked{code: resp.StatusCode, header: resp.Header, body: string(b)}
	_ = json.Unmarshal(b, &out.report)
	return out
}

func filesOf(t *testing.T, files map[string]string) []byte {
	b, err := json.Marshal(map[string]any{"files": files})
	must(t, err)
	return b
}

// checksUnsaved: whoever writes an app has files checked that are in no repository,
// by the rules that its push will be checked by. Whatever is sent, the server lives.
func (w *workshop) checksUnsaved() {
	t := w.t
	secret := "AKIA" + "Q3EGRIBHOP4ZTYM2"
	files := map[string]string{
		"microapp.yaml": "name: tracker\ntemplate: internal-dashboard@1\nowner: mira@example.org\nclassification: internal\nregion: us-east-1\nruntime: serverless\n",
		"src/worker.js": "export default { fetch(q) { return eval(q.url) } }\nconst aws = \"" + secret + "\"\n",
	}
	events := w.events()
	got := w.send("?app=tracker", "application/json", filesOf(t, files))
	codes := map[string]bool{}
	for _, f := range got.report.Findings {
		codes[f.Code] = true
	}
	if got.code != 200 || got.report.Verdict != core.Blocks || got.report.Scope.Subject != core.SubjectSent || got.report.PolicyRevision != w.shelf.Current().Policy.Revision() || !codes["code_eval"] || !codes["region_not_allowed"] {
		t.Errorf("%d, %.2000s", got.code, got.body)
	}
	if strings.Contains(got.body, secret) || !strings.Contains(got.body, `"secret_`) {
		t.Errorf("the secret: %.2000s", got.body)
	}
	files = map[string]string{"microapp.yaml": strings.Replace(files["microapp.yaml"], "us-east-1", "eu-sovereign", 1), "src/worker.js": "export default { fetch() { return new Response(\"ok\"); } };\n"}
	if got := w.send("", "application/json", filesOf(t, files)); got.code != 200 || got.report.Verdict != core.Passed {
		t.Errorf("clean: %d %.2000s", got.code, got.body)
	}
	for _, c := range []struct{ query, accept, kind, begins string }{
		{"?format=sarif", "", "application/sarif+json", "{"}, {"", "text/html, application/sarif+json;q=0.9", "application/sarif+json", "{"}, {"", "text/markdown", "text/markdown; charset=utf-8", "**Paddock checked"},
	} {
		got := w.send(c.query, "application/json", filesOf(t, files), "Accept", c.accept)
		if got.code != 200 || got.header.Get("Content-Type") != c.kind || !strings.HasPrefix(got.body, c.begins) {
			t.Errorf("%+v: %d %s %.300s", c, got.code, got.header.Get("Content-Type"), got.body)
		}
	}
	w.hostileFiles(files)
	if after := w.events(); after != events {
		t.Errorf("the log grew from %d to %d events", events, after)
	}
	w.checksBreakDown(files)
}

// events counts the newest events.
func (w *workshop) events() int {
	list, err := w.store.SearchEvents(w.t.Context(), store.EventFilter{Most: 200})
	must(w.t, err)
	return len(list)
}

// hostileFiles sends what is made to break a server.
func (w *workshop) hostileFiles(files map[string]string) {
	t := w.t
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	tw := tar.NewWriter(z)
	for name, text := range files {
		must(t, tw.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Size: int64(len(text))}))
		_, err := io.WriteString(tw, text)
		must(t, err)
	}
	must(t, tw.WriteHeader(&tar.Header{Name: "passwd", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}))
	must(t, tw.WriteHeader(&tar.Header{Name: "null", Typeflag: tar.TypeChar, Devmajor: 1, Devminor: 3}))
	must(t, tw.Close())
	must(t, z.Close())
	if got := w.send("", "application/gzip", b.Bytes()); got.code != 200 || got.report.Verdict != core.Incomplete || !strings.Contains(got.body, "passwd is a link to a file outside") || strings.Contains(got.body, "root:") {
		t.Errorf("links: %d %.2000s", got.code, got.body)
	}
	for note, c := range map[string]struct {
		query, kind, body string
		code              int
	}{
		"up":                   {"", "application/json", `{"files":{"../../etc/cron.d/x":"1"}}`, 422},
		"nul":                  {"", "application/json", `{"files":{"a\u0000b":"1"}}`, 422},
		"a type nobody knows":  {"", "text/html", "<p>", 400},
		"an app of nobody":     {"?app=nobody", "application/json", `{"files":{"a":"1"}}`, 404},
		"a form nobody knows":  {"?format=pdf", "application/json", `{"files":{"a":"1"}}`, 422},
		"more than is taken":   {"", "application/json", strings.Repeat(" ", 11<<20), 413},
		"what breaks a parser": {"", "application/json", `{"files":{"package-lock.json":"` + strings.Repeat("[", 1<<20) + `","a.yaml":"` + strings.Repeat("- ", 1<<18) + `","microapp.yaml":"` + strings.Repeat("{", 1<<16) + `"}}`, 200},
	} {
		if got := w.send(c.query, c.kind, []byte(c.body)); got.code != c.code || got.code == 200 && got.report.Verdict == core.Passed {
			t.Errorf("%s: %d %.1000s", note, got.code, got.body)
		}
	}
}

// checksBreakDown: a process that dies, or never ends, is a report that says so.
func (w *workshop) checksBreakDown(files map[string]string) {
	t := w.t
	whole := *w.unsaved
	defer func() { *w.unsaved = whole }()
	for program, why := range map[string]string{"/bin/false": "they broke down on a file", "/bin/cat": "their answer made no sense"} {
		r := *whole.Checks.(*apart.Runner)
		r.Command = func(ctx context.Context) *exec.Cmd { return exec.CommandContext(ctx, program) }
		w.unsaved.Checks = &r
		if got := w.send("", "application/json", filesOf(t, files)); got.code != 200 || got.report.Verdict != core.Incomplete || !strings.Contains(got.body, why) {
			t.Errorf("%s: %d %.1000s", program, got.code, got.body)
		}
	}
	clock := testkit.NewClock(w.clock.Now())
	w.unsaved.Turns = unsaved.NewTurns(clock, 0)
	if got := w.send("", "application/json", filesOf(t, files)); got.code != 429 || got.header.Get("Retry-After") != "2" || !strings.Contains(got.body, `"rate_limited"`) {
		t.Errorf("busy: %d %s %.500s", got.code, got.header.Get("Retry-After"), got.body)
	}
	w.unsaved.Turns = unsaved.NewTurns(clock, 1)
	maker, err := w.store.PersonByEmail(t.Context(), "mira@example.org")
	must(t, err)
	key := w.key
	defer func() { w.key = key }()
	w.key = token(t, w.house, maker, identity.ScopeRead)
	if got := w.send("", "application/json", filesOf(t, files)); got.code != 200 {
		t.Errorf("by a token that may only read: %d %.500s", got.code, got.body)
	}
	w.key = "wrong"
	if got := w.send("", "application/json", filesOf(t, files)); got.code != 401 {
		t.Errorf("a wrong token: %d", got.code)
	}
}
