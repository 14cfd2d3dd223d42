package local

import (
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

func TestCommitsAndChangedFiles(t *testing.T) {
	f, first := seeded(t, Limits{Commits: 3})
	w := checkout(t, f)
	one := commit(t, w, "x", "one\n\nbody\n\nCo-authored-by: Di <di@example.org>\nco-authored-by: Ed\n <ed@example.org>", map[string]string{"new": "1\n2\n", "src/a.txt": "one\n2\n3\n"})
	git(t, w, "rm", "-q", "README")
	two := commit(t, w, "x", "two", map[string]string{"bin": "\x00\x01", "tab\tname": "x\n"})
	git(t, w, "reset", "-q", "--hard", first)
	commit(t, w, "main", "elsewhere", map[string]string{"other": "1\n"})

	got, err := f.Commits(t.Context(), "app", "main", "x")
	must(t, err)
	if len(got) != 2 || got[0].ID != two || got[1].ID != one || got[1].Subject != "one" ||
		got[0].AuthorEmail != "bo@example.org" || got[0].CommitterEmail != "cy@example.org" || got[0].CommitterName != "Cy" || got[0].At == 0 {
		t.Fatalf("commits %+v", got)
	}
	if co := got[1].CoAuthors; !slices.Equal(co, []string{"Di <di@example.org>", "Ed <ed@example.org>"}) || got[0].CoAuthors != nil {
		t.Errorf("co-authors %q and %q", co, got[0].CoAuthors)
	}
	if all := core.Authors(got); !slices.Contains(all, "di <di@example.org>") || !slices.Contains(all, "cy <cy@example.org>") {
		t.Errorf("authors %q", all)
	}
	files, err := f.ChangedFiles(t.Context(), "app", "main", two)
	must(t, err)
	want := []core.FileChange{{Path: "README", Status: "deleted", Removed: 1}, {Path: "bin", Status: "added", Added: -1, Removed: -1},
		{Path: "new", Status: "added", Added: 2}, {Path: "src/a.txt", Status: "changed", Added: 2, Removed: 1}, {Path: "tab\tname", Status: "added", Added: 1}}
	if !slices.Equal(files, want) {
		t.Fatalf("files %+v", files)
	}
	if got, err := f.Commits(t.Context(), "app", "x", "x"); err != nil || len(got) != 0 {
		t.Fatalf("%v %v", got, err)
	}
	if got, err := f.ChangedFiles(t.Context(), "app", "x", "x"); err != nil || len(got) != 0 {
		t.Fatalf("%v %v", got, err)
	}
	for range 3 {
		commit(t, w, "long", "c", nil)
	}
	_, err = f.Commits(t.Context(), "app", first, "long")
	wantCode(t, err, core.TooLarge)
	_, err = f.Commits(t.Context(), "app", "main", "nothere")
	wantCode(t, err, core.NotFound)
}

func TestHeadBranchesUpToDate(t *testing.T) {
	f, first := seeded(t, Limits{})
	w := checkout(t, f)
	x := commit(t, w, "feature/x", "x", map[string]string{"x": ""})
	bs, err := f.Branches(t.Context(), "app")
	must(t, err)
	if !slices.Equal(bs, []core.Branch{{Name: "feature/x", Commit: x}, {Name: "main", Commit: first}}) {
		t.Fatalf("%v", bs)
	}
	if ok, err := f.UpToDate(t.Context(), "app", "main", "feature/x"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if ok, err := f.UpToDate(t.Context(), "app", "feature/x", "main"); ok || err != nil {
		t.Fatal(ok, err)
	}
	for _, b := range []string{"", "-x", "x..y", "x.lock", "a//b", "x^", "@{u}", "a b", "x:", ".x", "x/.y", strings.Repeat("x", 201)} {
		_, err := f.Head(t.Context(), "app", b)
		wantCode(t, err, core.Invalid)
	}
	must(t, f.Create(t.Context(), "empty"))
	_, err = f.Head(t.Context(), "empty", "main")
	wantCode(t, err, core.NotFound)
	if bs, err := f.Branches(t.Context(), "empty"); err != nil || len(bs) != 0 {
		t.Fatal(bs, err)
	}
}

func FuzzParseDiff(f *testing.F) {
	f.Add(":100644 100644 aa bb M\x00a\x001\t2\ta\x00")
	f.Add(":000000 100644 aa bb A\x00b\x00-\t-\tb\x00")
	f.Add(":\x00\x00")
	f.Fuzz(func(t *testing.T, out string) {
		files, err := parseDiff(out)
		for _, c := range files {
			if err == nil && (c.Path == "" || c.Status == "" || c.Added < -1) {
				t.Fatalf("%+v", c)
			}
		}
	})
}
