package git

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/forge/local"
	"github.com/paddock-dev/paddock/internal/core"
)

// TestMain lets the test binary be the hook command that git starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "hook" {
		os.Exit(RunHook(context.Background(), os.Args[2:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

const (
	goodToken = "pdk_good"
	readToken = "pdk_read" // may only read
)

// people knows two persons and what they may do: ada writes, eve sees nothing,
// rob reads.
type people struct{}

func (people) Authenticate(_ context.Context, user string, secret core.Secret) (Caller, error) {
	reads := secret.Equal(core.NewSecret([]byte(readToken)))
	if !reads && !secret.Equal(core.NewSecret([]byte(goodToken))) {
		return Caller{}, core.Errorf(core.Unauthorized, "unknown token")
	}
	return Caller{Person: core.Person{ID: core.ID(user), Email: user + "@example.org"}, ReadOnly: reads}, nil
}

func (people) CanRead(_ context.Context, c Caller, repo string) error {
	if repo != "app" || c.Person.ID == "eve" {
		return core.Errorf(core.NotFound, "repo %s is missing", repo)
	}
	return nil
}

func (people) CanWrite(_ context.Context, c Caller, _ string) error {
	if c.Person.ID != "ada" {
		return core.Errorf(core.Forbidden, "no")
	}
	return nil
}

// keeper is a gatekeeper that refuses one word and notes what it saw.
type keeper struct {
	mu     sync.Mutex
	pushes []Push
	seen   map[string]string // path -> content
	told   int
	err    error
	hold   func(context.Context) // called at the start of PrePush
}

const badWord = "AKIA-CANARY-0001"

func (k *keeper) PrePush(ctx context.Context, p Push) (Answer, error) {
	if k.hold != nil {
		k.hold(ctx)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.pushes = append(k.pushes, p)
	k.seen = map[string]string{}
	var lines []string
	err := p.Blobs(ctx, func(path, _ string, _ int64, content []byte) error {
		k.seen[path] = string(content)
		if bytes.Contains(content, []byte(badWord)) {
			lines = append(lines, "A key is in "+path+". Take it out \x1b[31mplease.")
		}
		return nil
	})
	if err == nil {
		err = k.err
	}
	return Answer{Refuse: len(lines) > 0, Lines: lines}, err
}

func (k *keeper) PostPush(context.Context, Push) (Answer, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.told++
	return Answer{Lines: []string{"Look at your change page."}}, nil
}

// stand is a running door with one repository "app".
type stand struct {
	t      *testing.T
	forge  *local.Forge
	root   string
	hooks  *HookServer
	keeper *keeper
	srv    *httptest.Server
	log    *bytes.Buffer
}

func newStand(t *testing.T, change ...func(*Options, *local.Options)) *stand {
	t.Helper()
	dir, err := os.MkdirTemp("", "door") // short, for the socket
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	self, err := os.Executable()
	must(t, err)
	s := &stand{t: t, root: filepath.Join(dir, "forge"), keeper: &keeper{}, log: &bytes.Buffer{}}
	log := slog.New(slog.NewTextHandler(&locked{w: s.log}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	fo := local.Options{Root: s.root, Log: log, Clock: core.SystemClock{}, HookCommand: []string{self, "hook"}, HookSocket: filepath.Join(dir, "run", "hook.sock")}
	o := Options{Auth: people{}, Access: people{}, Log: log}
	for _, c := range change {
		c(&o, &fo)
	}
	s.forge, err = local.New(fo)
	must(t, err)
	s.hooks = NewHookServer(HookOptions{Socket: fo.HookSocket, Pushes: s.forge, Keeper: s.keeper, Log: log})
	must(t, s.hooks.Start())
	o.Repos, o.Tickets = s.forge, s.hooks
	d := New(o)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /git/{repo}/info/refs", d.InfoRefs)
	mux.HandleFunc("POST /git/{repo}/git-upload-pack", d.UploadPack)
	mux.HandleFunc("POST /git/{repo}/git-receive-pack", d.ReceivePack)
	s.srv = httptest.NewServer(mux)
	t.Cleanup(func() { s.srv.Close(); _ = s.hooks.Close() })

	must(t, s.forge.Create(t.Context(), "app"))
	_, err = s.forge.Seed(t.Context(), "app", map[string][]byte{"README": []byte("hello\n")}, "ada@example.org", "First", time.Unix(1e9, 0))
	must(t, err)
	must(t, s.forge.Protect(t.Context(), "app", core.Protection{}))
	return s
}

func (s *stand) repo() string { return filepath.Join(s.root, "repos", "app.git") }

func (s *stand) url(user, token, repo string) string {
	return strings.Replace(s.srv.URL, "http://", "http://"+user+":"+token+"@", 1) + "/git/" + repo + ".git"
}

// clone returns a work tree of app, cloned as ada.
func (s *stand) clone(args ...string) string {
	s.t.Helper()
	w := filepath.Join(s.t.TempDir(), "w")
	s.git(".", append(append([]string{"clone", "--quiet"}, args...), s.url("ada", goodToken, "app"), w)...)
	return w
}

// write puts files into w and commits them.
func (s *stand) write(w string, files map[string]string) {
	s.t.Helper()
	for p, text := range files {
		must(s.t, os.WriteFile(filepath.Join(w, p), []byte(text), 0o644))
	}
	s.git(w, "add", "-A")
	s.git(w, "commit", "--quiet", "-m", "work")
}

func (s *stand) git(dir string, args ...string) string {
	s.t.Helper()
	out, err := gitIn(s.t.Context(), dir, args...)
	if err != nil {
		s.t.Fatalf("git %v: %v\n%s\n%s", args, err, out, s.log)
	}
	return strings.TrimSpace(out)
}

// refused runs a git command that must fail and say all of words.
func (s *stand) refused(dir string, args []string, words ...string) string {
	s.t.Helper()
	out, err := gitIn(s.t.Context(), dir, args...)
	if err == nil {
		s.t.Fatalf("git %v went through:\n%s", args, out)
	}
	for _, w := range words {
		if !strings.Contains(out, w) {
			s.t.Fatalf("git %v does not say %q:\n%s", args, w, out)
		}
	}
	return out
}

// fingerprint is all objects and names of the repository on the server.
func (s *stand) fingerprint() string {
	s.t.Helper()
	d := s.repo()
	objects := s.git(d, "cat-file", "--batch-all-objects", "--batch-check", "--unordered")
	entries, err := os.ReadDir(filepath.Join(d, "objects"))
	must(s.t, err)
	for _, e := range entries {
		if strings.Contains(e.Name(), "incoming") {
			s.t.Errorf("quarantine %s is left", e.Name())
		}
	}
	return s.git(d, "for-each-ref") + "\n" + objects
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func gitCommand(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C",
		"GIT_AUTHOR_NAME=Bo", "GIT_AUTHOR_EMAIL=bo@example.org", "GIT_COMMITTER_NAME=Bo", "GIT_COMMITTER_EMAIL=bo@example.org"}
	return cmd
}

func gitIn(ctx context.Context, dir string, args ...string) (string, error) {
	var both bytes.Buffer
	cmd := gitCommand(ctx, dir, args...)
	cmd.Stdout, cmd.Stderr = &both, &both
	err := cmd.Run()
	if ctx.Err() != nil {
		err = errors.Join(err, ctx.Err())
	}
	return both.String(), err
}

// locked lets several goroutines write a log.
type locked struct {
	mu sync.Mutex
	w  *bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}
