package git

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/forge/local"
)

// send makes a request as user and returns status, headers and body.
func (s *stand) send(user, token, method, path string, header map[string]string, body io.Reader) (*http.Response, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.srv.URL+path, body)
	must(s.t, err)
	if token != "" {
		r.SetBasicAuth(user, token)
	}
	for k, v := range header {
		r.Header.Set(k, v)
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	must(s.t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	must(s.t, err)
	return res, string(b)
}

const infoUpload = "/git/app.git/info/refs?service=git-upload-pack"

func TestWhoMayDoWhat(t *testing.T) {
	s := newStand(t)
	res, text := s.send("", "", "GET", infoUpload, nil, nil)
	if res.StatusCode != 401 || !strings.HasPrefix(res.Header.Get("WWW-Authenticate"), `Basic realm="Paddock"`) || !strings.Contains(text, "access token") {
		t.Fatalf("%d %v %s", res.StatusCode, res.Header, text)
	}
	w := t.TempDir()
	s.refused(w, []string{"clone", s.url("ada", "wrong", "app")}, "This access token is not valid.", "on the page /tokens", "Authentication failed")
	s.refused(w, []string{"clone", s.url("ada", goodToken, "nothere")}, "There is no such app, or you may not see it.")
	s.refused(w, []string{"clone", s.url("eve", goodToken, "app")}, "There is no such app, or you may not see it.")
	_, none := s.send("eve", goodToken, "GET", strings.Replace(infoUpload, "app", "nothere", 1), nil, nil)
	_, hidden := s.send("eve", goodToken, "GET", infoUpload, nil, nil)
	if none != hidden {
		t.Errorf("%q tells an app from none: %q", hidden, none)
	}
	s.git(w, "clone", "--quiet", s.url("ada", readToken, "app"), "read")
	s.refused(w+"/read", []string{"push", "origin", "HEAD:x"}, "This access token may only read.", "on the page /tokens")
	s.git(w, "clone", "--quiet", s.url("rob", goodToken, "app"), "app")
	s.refused(w+"/app", []string{"push", "origin", "HEAD:x"}, "You may read this app but not change it.")
	for _, who := range []string{"rob", "eve"} { // the first step is not the only guard
		res, _ := s.send(who, goodToken, "POST", "/git/app.git/git-receive-pack", map[string]string{"Content-Type": "application/x-git-receive-pack-request"}, strings.NewReader("0000"))
		if res.StatusCode != 403 && res.StatusCode != 404 {
			t.Errorf("%s may push: %d", who, res.StatusCode)
		}
	}
}

func TestHostileAddresses(t *testing.T) {
	s := newStand(t)
	for _, repo := range []string{"app", "..%2fapp.git", "%2e%2e%2f%2e%2e%2fetc.git", "app.git%00", "App.git", "-x.git", "app.git.git", "%2fetc.git", "app%0a.git", ".git", "app.git%2f..%2fapp.git", strings.Repeat("a", 64) + ".git"} {
		for _, path := range []string{"/info/refs?service=git-upload-pack", "/info/refs?service=git-receive-pack"} {
			res, text := s.send("ada", goodToken, "GET", "/git/"+repo+path, nil, nil)
			if res.StatusCode != 404 {
				t.Errorf("%s: %d %s", repo, res.StatusCode, text)
			}
		}
	}
	for _, service := range []string{"", "git-upload-archive", "git-upload-pack%20", "../x"} {
		res, text := s.send("ada", goodToken, "GET", "/git/app.git/info/refs?service="+service, nil, nil)
		if res.StatusCode != 422 || !strings.Contains(text, "git clone") {
			t.Errorf("service %q: %d %s", service, res.StatusCode, text)
		}
	}
	for header, want := range map[string]bool{"version=2": true, "version=2:x\n": false, "version=2; rm": false, strings.Repeat("a", 65): false} {
		r, _ := http.NewRequest("GET", "/", nil)
		r.Header["Git-Protocol"] = []string{header}
		if got := protocolOf(r); (got == header) != want {
			t.Errorf("Git-Protocol %q gives %q", header, got)
		}
	}
}

func TestBodies(t *testing.T) {
	s := newStand(t, func(o *Options, _ *local.Options) { o.MaxRequest = 1 << 20 })
	const path, kind = "/git/app.git/git-upload-pack", "application/x-git-upload-pack-request"
	want := "0014command=ls-refs\n0016object-format=sha1" + "00010009peel\n0000"
	ask := func(header map[string]string, body io.Reader) (int, string) {
		header["Git-Protocol"] = "version=2"
		res, text := s.send("ada", goodToken, "POST", path, header, body)
		return res.StatusCode, text
	}
	head := s.git(s.repo(), "rev-parse", "main")
	for name, c := range map[string]struct {
		header map[string]string
		body   io.Reader
		status int
		says   string
	}{
		"plain":        {map[string]string{"Content-Type": kind}, strings.NewReader(want), 200, head + " refs/heads/main"},
		"chunked":      {map[string]string{"Content-Type": kind}, io.MultiReader(strings.NewReader(want)), 200, head + " refs/heads/main"},
		"gzip":         {map[string]string{"Content-Type": kind, "Content-Encoding": "gzip"}, zipped(want), 200, head + " refs/heads/main"},
		"not gzip":     {map[string]string{"Content-Type": kind, "Content-Encoding": "gzip"}, strings.NewReader(want), 400, "could not be unpacked"},
		"other coding": {map[string]string{"Content-Type": kind, "Content-Encoding": "br"}, strings.NewReader(want), 400, "gzip"},
		"other type":   {map[string]string{"Content-Type": "text/plain"}, strings.NewReader(want), 400, "for git"},
		"too long":     {map[string]string{"Content-Type": kind}, strings.NewReader(strings.Repeat("x", 2<<20)), 413, "too large"},
		"gzip bomb":    {map[string]string{"Content-Type": kind, "Content-Encoding": "gzip"}, zipped("0014command=ls-refs\n0001" + strings.Repeat("001bref-prefix refs/heads/\n", 2<<20/27)), 413, "too large"},
	} {
		t.Run(name, func(t *testing.T) {
			status, text := ask(c.header, c.body)
			if status != c.status || !strings.Contains(text, c.says) {
				t.Fatalf("%d %.300q, want %d %q", status, text, c.status, c.says)
			}
		})
	}
}

func zipped(text string) io.Reader {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return &b
}

// A file that is sent along in no commit is looked at too; the push arrives
// packed with gzip, as some clients do.
func TestFileInNoCommitIsSeen(t *testing.T) {
	s := newStand(t)
	w := s.clone()
	s.write(w, map[string]string{"fine": "fine"})
	before := s.fingerprint()
	push := func(hidden string) string {
		cmd := exec.CommandContext(t.Context(), "git", "hash-object", "-w", "--stdin")
		cmd.Dir, cmd.Stdin = w, strings.NewReader(hidden)
		blob, err := cmd.Output()
		must(t, err)
		ids := s.git(w, "rev-list", "--objects", "--no-object-names", "main", "--not", "origin/main") + "\n" + string(blob)
		cmd = exec.CommandContext(t.Context(), "git", "pack-objects", "--stdout", "-q")
		cmd.Dir, cmd.Stdin = w, strings.NewReader(ids)
		pack, err := cmd.Output()
		must(t, err)
		line := strings.Repeat("0", 40) + " " + s.git(w, "rev-parse", "main") + " refs/heads/x\x00report-status side-band-64k"
		body := fmt.Sprintf("%04x%s0000", len(line)+4, line) + string(pack)
		res, text := s.send("ada", goodToken, "POST", "/git/app.git/git-receive-pack",
			map[string]string{"Content-Type": "application/x-git-receive-pack-request", "Content-Encoding": "gzip"}, zipped(body))
		if res.StatusCode != 200 {
			t.Fatalf("%d %s", res.StatusCode, text)
		}
		return text
	}
	if text := push(badWord); !strings.Contains(text, "A key is in unlisted file") || !strings.Contains(text, "hook declined") {
		t.Fatalf("answer %q", text)
	}
	if after := s.fingerprint(); after != before {
		t.Fatalf("before:\n%s\nafter:\n%s", before, after)
	}
	if text := push("harmless"); !strings.Contains(text, "ok refs/heads/x") {
		t.Fatalf("answer %q", text)
	}
}

// When all turns are taken, a client is told to come back.
func TestOneTooMany(t *testing.T) {
	s := newStand(t, func(o *Options, _ *local.Options) { o.Concurrent, o.Patience = 1, 20*time.Millisecond })
	w := s.clone()
	s.write(w, map[string]string{"a": "a"})
	s.keeper.hold = func(context.Context) {
		res, text := s.send("ada", goodToken, "GET", infoUpload, nil, nil)
		if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" || !strings.Contains(text, "Try again") {
			t.Errorf("%d %s", res.StatusCode, text)
		}
	}
	s.git(w, "push", "--quiet", "origin", "HEAD:x")
	if res, _ := s.send("ada", goodToken, "GET", infoUpload, nil, nil); res.StatusCode != 200 {
		t.Errorf("the turn was not given back: %d", res.StatusCode)
	}
}

func FuzzRepoName(f *testing.F) {
	for _, s := range []string{"app.git", "../app.git", "app", ".git", "a/b.git", "app.git\x00", "-.git"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if name, ok := repoName(s); ok && (local.CheckName(name) != nil || name+".git" != s) {
			t.Fatalf("%q is let through as %q", s, name)
		}
	})
}
