package local

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const ada = "Ada Maker <ada@example.org>"

type fixedClock struct{}

func (fixedClock) Now() time.Time { return noon }

func newForge(t *testing.T, limits Limits) *Forge {
	t.Helper()
	return openForge(t, filepath.Join(t.TempDir(), "forge"), limits)
}

func openForge(t *testing.T, root string, limits Limits) *Forge {
	t.Helper()
	f, err := New(Options{Root: root, Log: slog.New(slog.DiscardHandler), Clock: fixedClock{},
		HookCommand: []string{"/bin/true"}, HookSocket: "/nowhere", Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// seeded returns a forge with one repository "app" that holds README and src/a.txt.
func seeded(t *testing.T, limits Limits) (*Forge, string) {
	t.Helper()
	f := newForge(t, limits)
	must(t, f.Create(t.Context(), "app"))
	c, err := f.Seed(t.Context(), "app", map[string][]byte{"README": []byte("hello\n"), "src/a.txt": []byte("one\ntwo\n")}, ada, "First", noon)
	must(t, err)
	return f, c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, code core.Code) {
	t.Helper()
	if core.CodeOf(err) != code {
		t.Fatalf("error %v has code %q, want %q", err, core.CodeOf(err), code)
	}
}

// git runs git in dir as a maker's machine would, and returns what it prints.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := tryGit(t.Context(), dir, args...)
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(out)
}

func tryGit(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Bo", "GIT_AUTHOR_EMAIL=bo@example.org", "GIT_COMMITTER_NAME=Cy", "GIT_COMMITTER_EMAIL=cy@example.org"}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// checkout clones app into a work tree; pushing from it writes the objects and
// branches straight into the repository, without hooks.
func checkout(t *testing.T, f *Forge) string {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, "clone", "--quiet", f.path("app"), "w")
	return filepath.Join(dir, "w")
}

// commit writes files, commits them on branch and brings it into the repository.
func commit(t *testing.T, w, branch, message string, files map[string]string) string {
	t.Helper()
	for p, text := range files {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(w, p)), 0o755))
		must(t, os.WriteFile(filepath.Join(w, p), []byte(text), 0o644))
	}
	git(t, w, "add", "-A")
	git(t, w, "commit", "--quiet", "--allow-empty", "-m", message)
	git(t, w, "push", "--quiet", "--force", "origin", "HEAD:refs/heads/"+branch)
	return git(t, w, "rev-parse", "HEAD")
}
