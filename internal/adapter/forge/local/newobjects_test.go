package local

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// shown collects what NewObjects shows as "path: content" keyed lines.
func shown(t *testing.T, f *Forge, updates ...core.RefUpdate) map[string]string {
	t.Helper()
	all := map[string]string{}
	must(t, f.NewObjects(t.Context(), "app", "", updates, func(path, commit string, _ int64, content []byte) error {
		all[path+"@"+commit] = string(content)
		return nil
	}))
	return all
}

func TestNewObjectsShowsEveryCommit(t *testing.T) {
	f, first := seeded(t, Limits{})
	w := checkout(t, f)
	dir := f.path("app")
	one := commit(t, w, "x", "key in\n\nmessage text", map[string]string{"key.txt": "secret", "d/same": "s"})
	git(t, w, "rm", "-q", "key.txt")
	two := commit(t, w, "x", "key out", nil)
	git(t, w, "tag", "-a", "v1", "-m", "tag text")
	git(t, w, "push", "-q", "origin", "v1")
	tag := git(t, w, "rev-parse", "v1")
	// Take the names away again, so that their objects are new.
	git(t, dir, "update-ref", "-d", "refs/heads/x")
	git(t, dir, "update-ref", "-d", "refs/tags/v1")

	got := shown(t, f, core.RefUpdate{Ref: "refs/tags/v1", Old: noCommit, New: tag})
	for key, want := range map[string]string{"key.txt@" + one: "secret", "d/same@" + one: "s", "commit message@" + one: "key in\n\nmessage text\n",
		"commit message@" + two: "key out\n", "tag message@" + tag: "tag text\n"} {
		if got[key] != want {
			t.Errorf("%s: %q, want %q", key, got[key], want)
		}
	}
	if h := got["commit header@"+one]; !strings.Contains(h, "bo@example.org") || strings.Contains(h, first) || strings.Contains(h, "tree ") {
		t.Errorf("header %q", h)
	}
	if len(got) != 8 { // 2 files, 2 commits and 1 tag with header and message
		t.Errorf("%d things: %v", len(got), got)
	}
	if none := shown(t, f, core.RefUpdate{Ref: "refs/heads/main", Old: first, New: noCommit}); len(none) != 0 {
		t.Errorf("a deletion shows %v", none)
	}
}

func TestNewObjectsIsBounded(t *testing.T) {
	f, _ := seeded(t, Limits{BlobBytes: 1000, UnpackedBytes: 5000, Objects: 10})
	w := checkout(t, f)
	dir := f.path("app")
	push := func(files map[string]string) core.RefUpdate {
		c := commit(t, w, "x", "c", files)
		git(t, dir, "update-ref", "-d", "refs/heads/x")
		return core.RefUpdate{Ref: "refs/heads/x", Old: noCommit, New: c}
	}
	big := push(map[string]string{"big": strings.Repeat("x", 2000)})
	seen := false
	must(t, f.NewObjects(t.Context(), "app", "", []core.RefUpdate{big}, func(path, _ string, size int64, content []byte) error {
		if path == "big" {
			seen = size == 2000 && content == nil
		}
		return nil
	}))
	if !seen {
		t.Error("the big file was not shown without content")
	}
	none := func(string, string, int64, []byte) error { return nil }
	huge := push(map[string]string{"huge": strings.Repeat("y", 6000)})
	wantCode(t, f.NewObjects(t.Context(), "app", "", []core.RefUpdate{huge}, none), core.TooLarge)
	many := map[string]string{}
	for _, n := range strings.Split("abcdefghijkl", "") {
		many[n] = n
	}
	wantCode(t, f.NewObjects(t.Context(), "app", "", []core.RefUpdate{push(many)}, none), core.TooLarge)
}

func TestNewObjectsStopsWhenAsked(t *testing.T) {
	f, _ := seeded(t, Limits{})
	w := checkout(t, f)
	c := commit(t, w, "x", "c", map[string]string{"a": "1", "b": "2"})
	git(t, f.path("app"), "update-ref", "-d", "refs/heads/x")
	up := []core.RefUpdate{{Ref: "refs/heads/x", Old: noCommit, New: c}}
	enough := core.Errorf(core.Blocked, "enough")
	n := 0
	err := f.NewObjects(t.Context(), "app", "", up, func(string, string, int64, []byte) error { n++; return enough })
	if !errors.Is(err, enough) || n != 1 {
		t.Fatalf("%v after %d", err, n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantCode(t, f.NewObjects(ctx, "app", "", up, func(string, string, int64, []byte) error { return nil }), core.Unavailable)
}

func FuzzNames(f *testing.F) {
	for _, s := range []string{"payroll", "../x", "a.git", "-x", "main", "feature/x", "x..y", "refs/heads/main", "@{-1}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if CheckName(s) == nil && strings.ContainsAny(s, "/.\\\x00\n -ABC") && !strings.Contains(s, "-") {
			t.Fatalf("name %q", s)
		}
		if checkBranch(s) == nil && (strings.HasPrefix(s, "-") || strings.Contains(s, "..") || strings.ContainsAny(s, " ~^:?*[\\@{\x00\n")) {
			t.Fatalf("branch %q", s)
		}
		if checkPath(s) == nil && (strings.HasPrefix(s, "/") || strings.Contains("/"+s+"/", "/../") || strings.ContainsAny(s, "\n\x00\"")) {
			t.Fatalf("path %q", s)
		}
	})
}
