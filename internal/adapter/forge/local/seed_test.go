package local

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

func TestSeedIsTheSameEveryTime(t *testing.T) {
	f, first := seeded(t, Limits{})
	g, again := seeded(t, Limits{})
	if first != again {
		t.Fatalf("two seeds of the same files: %s and %s", first, again)
	}
	files := map[string][]byte{"README": []byte("hello\n"), "src/a.txt": []byte("one\ntwo\n")}
	got, err := f.Seed(t.Context(), "app", files, ada, "Another message", noon.Add(1e9))
	if err != nil || got != first {
		t.Fatalf("repeated: %s %v, want %s", got, err, first)
	}
	files["README"] = []byte("other\n")
	_, err = f.Seed(t.Context(), "app", files, ada, "First", noon)
	wantCode(t, err, core.Conflict)
	if got := git(t, g.path("app"), "log", "-1", "--format=%an <%ae> %ct %s", "main"); got != ada+" 1772366400 First" {
		t.Fatalf("commit is %q", got)
	}
}

// A saga repeats Seed after a crash at any of its steps (promise 8).
func TestSeedAfterACrashAtEachStep(t *testing.T) {
	_, want := seeded(t, Limits{})
	files := map[string][]byte{"README": []byte("hello\n"), "src/a.txt": []byte("one\ntwo\n")}
	stream, err := commitStream(seedRef, "", files, ada, "First", noon)
	must(t, err)
	other, err := commitStream(seedRef, "", map[string][]byte{"x": []byte("left over")}, ada, "Old", noon)
	must(t, err)
	for name, crash := range map[string]func(*Forge, string){
		"nothing done":          func(*Forge, string) {},
		"objects written":       func(f *Forge, dir string) { _, err := f.importCommit(t.Context(), dir, stream, seedRef); must(t, err) },
		"another seed half way": func(f *Forge, dir string) { _, err := f.importCommit(t.Context(), dir, other, seedRef); must(t, err) },
		"main made, not cleaned": func(f *Forge, dir string) {
			c, err := f.importCommit(t.Context(), dir, stream, seedRef)
			must(t, err)
			git(t, dir, "update-ref", "refs/heads/main", c)
		},
		"import stopped in middle": func(f *Forge, dir string) { _, _ = f.importCommit(t.Context(), dir, stream[:len(stream)/2], seedRef) },
		"main has moved on": func(f *Forge, dir string) {
			_, err := f.Seed(t.Context(), "app", files, ada, "First", noon)
			must(t, err)
			commit(t, checkout(t, f), "main", "later", map[string]string{"later": "x"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newForge(t, Limits{})
			must(t, f.Create(t.Context(), "app"))
			crash(f, f.path("app"))
			for range 2 {
				got, err := f.Seed(t.Context(), "app", files, ada, "First", noon)
				if err != nil || got != want {
					t.Fatalf("got %s %v, want %s", got, err, want)
				}
			}
			if refs := git(t, f.path("app"), "for-each-ref", "--format=%(refname)", "refs/paddock"); refs != "" {
				t.Fatalf("left behind: %s", refs)
			}
		})
	}
}

func TestSeedRefusesPathsAndAuthorsThatCheat(t *testing.T) {
	f := newForge(t, Limits{})
	must(t, f.Create(t.Context(), "app"))
	for _, p := range []string{"", ".", "/a", "../a", "a/../b", "a//b", ".git/config", "x/.GIT/hooks/y", "a\nb", "a\"b", "a\\b", "a/", "c:x", ". ", "a\x00", "\xff"} {
		_, err := f.Seed(t.Context(), "app", map[string][]byte{p: nil}, ada, "m", noon)
		wantCode(t, err, core.Invalid)
	}
	_, err := f.Seed(t.Context(), "app", map[string][]byte{"a": nil, "a/b": nil}, ada, "m", noon)
	wantCode(t, err, core.Invalid)
	_, err = f.Seed(t.Context(), "app", nil, ada, "m", noon)
	wantCode(t, err, core.Invalid)
	for _, a := range []string{"", "Ada", "Ada <x>", "A <a@b>\ncommitter x", "<a@b>", "A <a@b> <c@d>"} {
		_, err := f.Seed(t.Context(), "app", map[string][]byte{"a": nil}, a, "m", noon)
		wantCode(t, err, core.Invalid)
	}
	if _, err := os.Stat(filepath.Join(f.path("app"), "refs", "heads", "main")); err == nil {
		t.Fatal("a refused seed made main")
	}
	odd := map[string][]byte{"a b/ü (1).txt": []byte("x"), "e": nil, "data": []byte("M 100644 inline z\ndata 1\n")}
	c, err := f.Seed(t.Context(), "app", odd, "ada@example.org", "A\n\nlong \"message\"\ndone\n", noon)
	must(t, err)
	for p, want := range odd {
		if got, err := f.Blob(t.Context(), "app", c, p); err != nil || string(got) != string(want) {
			t.Fatalf("%s: %q %v", p, got, err)
		}
	}
	if got := git(t, f.path("app"), "log", "-1", "--format=%an|%B", c); !strings.HasPrefix(got, "ada|A\n\nlong \"message\"\ndone") {
		t.Fatalf("message %q", got)
	}
}
