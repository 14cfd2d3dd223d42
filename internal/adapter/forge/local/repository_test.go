package local

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

func TestCreateIsIdempotentAndDeleteKeepsAWayBack(t *testing.T) {
	f := newForge(t, Limits{})
	for range 2 {
		must(t, f.Create(t.Context(), "payroll"))
	}
	must(t, f.Create(t.Context(), "a"))
	names, err := f.List(t.Context())
	must(t, err)
	if !slices.Equal(names, []string{"a", "payroll"}) {
		t.Fatalf("names %v", names)
	}
	for range 2 {
		must(t, f.Delete(t.Context(), "payroll"))
	}
	if there, err := f.Exists(t.Context(), "payroll"); there || err != nil {
		t.Fatalf("after deletion: %v %v", there, err)
	}
	kept, _ := filepath.Glob(filepath.Join(f.root, "trash", "payroll-20260301T120000Z-*", "payroll.git", "HEAD"))
	if len(kept) != 1 {
		t.Fatalf("the trash holds %v", kept)
	}
	must(t, f.Create(t.Context(), "payroll"))
}

func TestNamesThatLeaveTheFolderAreRefused(t *testing.T) {
	f := newForge(t, Limits{})
	for _, name := range []string{"", ".", "..", "../x", "a/b", "a.git", "-a", "a-", "A", "a b", "a\x00", "a\n", "--upload-pack=x", strings.Repeat("a", 64), "ä"} {
		wantCode(t, f.Create(t.Context(), name), core.Invalid)
		_, err := f.Exists(t.Context(), name)
		wantCode(t, err, core.Invalid)
		_, err = f.Head(t.Context(), name, "main")
		wantCode(t, err, core.Invalid)
		wantCode(t, f.Delete(t.Context(), name), core.Invalid)
	}
	_, err := f.Head(t.Context(), "nothere", "main")
	wantCode(t, err, core.NotFound)
}

func TestProtectionIsKeptAndReadBack(t *testing.T) {
	f, _ := seeded(t, Limits{})
	_, err := f.Protection(t.Context(), "app")
	wantCode(t, err, core.NotFound)
	for _, p := range []core.Protection{{Branch: "main"}, {Branch: "main", DirectPush: true}, {Branch: "trunk", ForcePush: true, Delete: true}} {
		for range 2 {
			must(t, f.Protect(t.Context(), "app", p))
		}
		got, err := openForge(t, f.root, Limits{}).Protection(t.Context(), "app")
		must(t, err)
		if got != p {
			t.Fatalf("got %+v, want %+v", got, p)
		}
	}
}

func TestFrozenRepositoryTakesNoWrites(t *testing.T) {
	f, c := seeded(t, Limits{})
	must(t, f.Protect(t.Context(), "app", core.Protection{}))
	must(t, f.Freeze(t.Context(), "app"))
	_, err := f.Merge(t.Context(), "app", "main", c, ada, "m", noon)
	wantCode(t, err, core.Conflict)
	up := []core.RefUpdate{{Ref: "refs/heads/x", Old: noCommit, New: c}}
	lines, err := f.Refusals(t.Context(), "app", "", up)
	if err != nil || len(lines) == 0 || !strings.Contains(lines[0], "archived") {
		t.Fatalf("%v %v", lines, err)
	}
	must(t, f.Unfreeze(t.Context(), "app"))
	if lines, err := f.Refusals(t.Context(), "app", "", up); err != nil || len(lines) != 0 {
		t.Fatalf("%v %v", lines, err)
	}
}

func TestRefusals(t *testing.T) {
	f, first := seeded(t, Limits{})
	w := checkout(t, f)
	next := commit(t, w, "x", "next", map[string]string{"b": "b"})
	const main = "refs/heads/main"
	locked, open := core.Protection{}, core.Protection{DirectPush: true}
	for _, c := range []struct {
		name     string
		p        *core.Protection
		ref      string
		old, new string
		want     string // "" for none
	}{
		{"not protected yet", nil, "refs/heads/x", noCommit, next, "not ready"},
		{"branch", &locked, "refs/heads/x", noCommit, next, ""},
		{"rewritten branch", &locked, "refs/heads/x", next, first, ""},
		{"tag", &locked, "refs/tags/v1", noCommit, next, ""},
		{"notes", &locked, "refs/notes/commits", noCommit, next, ""},
		{"main", &locked, main, first, next, "cannot push to main"},
		{"main deleted", &locked, main, first, noCommit, "cannot be deleted"},
		{"main open", &open, main, first, next, ""},
		{"main open, rewritten", &open, main, next, first, "cannot be rewritten"},
		{"main open, deleted", &open, main, next, noCommit, "cannot be deleted"},
		{"replace", &locked, "refs/replace/" + first, noCommit, next, "Only branches"},
		{"our own", &locked, seedRef, noCommit, next, "Only branches"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.p != nil {
				must(t, f.Protect(t.Context(), "app", *c.p))
			}
			lines, err := f.Refusals(t.Context(), "app", "", []core.RefUpdate{{Ref: c.ref, Old: c.old, New: c.new}})
			must(t, err)
			if got := strings.Join(lines, " "); !strings.Contains(got, c.want) || (c.want == "") != (got == "") {
				t.Fatalf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestQuarantineIsBelievedInsideTheRepositoryOnly(t *testing.T) {
	f, _ := seeded(t, Limits{})
	objects := filepath.Join(f.path("app"), "objects")
	for _, folder := range []string{"/tmp", objects, objects + "/pack", objects + "/../../x/tmp_objdir-incoming-1", objects + "/tmp_objdir-incoming-1/x",
		objects + "/incoming-1:/etc"} {
		_, err := f.Refusals(t.Context(), "app", folder, nil)
		wantCode(t, err, core.Invalid)
	}
}

func TestHooksThatGitWouldSkipStopPushes(t *testing.T) {
	f, _ := seeded(t, Limits{})
	hook := filepath.Join(f.root, "hooks", "pre-receive")
	for name, spoil := range map[string]func() error{
		"not executable": func() error { return os.Chmod(hook, 0o600) },
		"changed":        func() error { return os.WriteFile(hook, []byte("#!/bin/sh\n"), 0o700) },
		"missing":        func() error { return os.Remove(hook) },
	} {
		t.Run(name, func(t *testing.T) {
			must(t, f.hooks.write())
			must(t, f.hooks.ready())
			must(t, spoil())
			wantCode(t, f.ReceivePack(t.Context(), "app", "", "token", strings.NewReader(""), &strings.Builder{}), core.Unavailable)
		})
	}
}

func TestStartRemovesWhatACrashLeft(t *testing.T) {
	f, _ := seeded(t, Limits{})
	left := filepath.Join(f.path("app"), "objects", "tmp_objdir-incoming-Ab1")
	must(t, os.MkdirAll(filepath.Join(left, "pack"), 0o700))
	half := filepath.Join(f.root, "tmp", "half-1")
	must(t, os.MkdirAll(half, 0o700))
	openForge(t, f.root, Limits{})
	for _, p := range []string{left, half} {
		if _, err := os.Stat(p); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there: %v", p, err)
		}
	}
}

// A push whose git was killed leaves its quarantine; other pushes keep theirs.
func TestTheLastPushRemovesWhatAKilledOneLeft(t *testing.T) {
	f, _ := seeded(t, Limits{})
	left := filepath.Join(f.path("app"), "objects", "tmp_objdir-incoming-Ab1")
	endOne, endTwo := f.beginPush("app"), f.beginPush("app")
	must(t, os.MkdirAll(left, 0o700))
	endOne()
	if _, err := os.Stat(left); err != nil {
		t.Fatalf("removed under a push that still runs: %v", err)
	}
	endTwo()
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("still there: %v", err)
	}
}

func TestOldGitIsRefused(t *testing.T) {
	old := filepath.Join(t.TempDir(), "git")
	must(t, os.WriteFile(old, []byte("#!/bin/sh\necho git version 2.20.1\n"), 0o755))
	_, err := New(Options{Root: t.TempDir(), Log: newForge(t, Limits{}).log, Clock: fixedClock{}, GitPath: old, HookCommand: []string{"/bin/true"}})
	wantCode(t, err, core.Unavailable)
}

// The environment of this process must not reach git.
func TestSettingsOfTheMachineDoNotReachGit(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "config")
	must(t, os.WriteFile(bad, []byte("[core]\n\thooksPath = /evil\n[init]\n\tdefaultBranch = evil\n"), 0o600))
	t.Setenv("GIT_CONFIG_GLOBAL", bad)
	t.Setenv("GIT_DIR", "/evil")
	t.Setenv("GIT_OBJECT_DIRECTORY", "/evil")
	f, _ := seeded(t, Limits{})
	out, err := f.run(t.Context(), call{dir: f.path("app"), args: []string{"config", "--get", "core.hooksPath"}})
	must(t, err)
	if got := strings.TrimSpace(string(out)); got != f.hooks.dir {
		t.Fatalf("hooks path %q", got)
	}
	must(t, os.WriteFile(filepath.Join(f.root, "tmp", ".gitconfig"), []byte("[evil]\n\tkey = 1\n"), 0o600)) // the HOME that git sees
	if out, err := f.run(t.Context(), call{dir: f.path("app"), args: []string{"config", "--get", "evil.key"}}); exitOf(err) != 1 {
		t.Fatalf("a personal setting is read: %q %v", out, err)
	}
}
