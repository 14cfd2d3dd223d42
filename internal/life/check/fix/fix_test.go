package fix

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

func TestText(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		edits []core.Edit
		want  string
	}{
		"replace":          {"a: 1\nb: é2\n", []core.Edit{{Kind: core.EditReplace, Line: 2, Column: 5, End: 6, Old: "2", New: "33"}}, "a: 1\nb: é33\n"},
		"hidden old":       {"k = hunter2\n", []core.Edit{{Kind: core.EditReplace, Line: 1, Column: 5, End: 12, New: "env"}}, "k = env\n"},
		"two in a line":    {"aa bb cc\n", []core.Edit{{Kind: core.EditReplace, Line: 1, Column: 1, End: 3, New: "xxxx"}, {Kind: core.EditReplace, Line: 1, Column: 7, End: 9, New: ""}}, "xxxx bb \n"},
		"delete and add":   {"1\n2\n3\n", []core.Edit{{Kind: core.EditDelete, Line: 2}, {Kind: core.EditAdd, Line: 3, New: "4"}, {Kind: core.EditAdd, Line: 1, New: "1b"}}, "1\n1b\n3\n4\n"},
		"no end":           {"1\n2", []core.Edit{{Kind: core.EditAdd, New: "3"}}, "1\n2\n3\n"},
		"empty":            {"", []core.Edit{{Kind: core.EditAdd, New: "3"}}, "3\n"},
		"dos":              {"1\r\n2\r\n", []core.Edit{{Kind: core.EditAdd, Line: 1, New: "x"}, {Kind: core.EditReplace, Line: 2, Column: 1, End: 2, Old: "2", New: "22"}}, "1\r\nx\r\n22\r\n"},
		"two after one":    {"1\n2\n", []core.Edit{{Kind: core.EditAdd, Line: 1, New: "a"}, {Kind: core.EditAdd, Line: 1, New: "b"}}, "1\na\nb\n2\n"},
		"many at the end":  {"", []core.Edit{{Kind: core.EditAdd, New: "a"}, {Kind: core.EditAdd}, {Kind: core.EditAdd, New: "b"}, {Kind: core.EditAdd}}, "a\n\nb\n\n"},
		"mark":             {"\xef\xbb\xbfab\n", []core.Edit{{Kind: core.EditReplace, Line: 1, Column: 1, End: 2, Old: "a", New: "x"}}, "\xef\xbb\xbfxb\n"},
		"delete last line": {"1\n2", []core.Edit{{Kind: core.EditDelete, Line: 2}}, "1\n"},
	} {
		got, stays, err := Text([]byte(c.text), true, c.edits)
		if err != nil || !stays || string(got) != c.want {
			t.Errorf("%s: %q %v, want %q", name, got, err, c.want)
		}
	}
}

func TestTextRefuses(t *testing.T) {
	for name, edits := range map[string][]core.Edit{
		"other text":    {{Kind: core.EditReplace, Line: 1, Column: 1, End: 2, Old: "b", New: "c"}},
		"no such line":  {{Kind: core.EditDelete, Line: 9}},
		"no such place": {{Kind: core.EditReplace, Line: 1, Column: 9, End: 12, New: "c"}},
		"overlap":       {{Kind: core.EditReplace, Line: 1, Column: 1, End: 3, New: "c"}, {Kind: core.EditReplace, Line: 1, Column: 2, End: 4, New: "d"}},
		"gone and new":  {{Kind: core.EditReplace, Line: 1, Column: 1, End: 3, New: "c"}, {Kind: core.EditDelete, Line: 1}},
		"two lines":     {{Kind: core.EditAdd, New: "a\nb"}},
		"remove and":    {{Kind: core.EditRemove}, {Kind: core.EditAdd, New: "a"}},
		"unknown":       {{Kind: "move", Line: 1}},
	} {
		if got, _, err := Text([]byte("abcd\n"), true, edits); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestOrderDoesNotMatter: edits made in any order give what making them one by
// one from the end gives, and what is not named stays byte for byte.
func TestOrderDoesNotMatter(t *testing.T) {
	d := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		n := 3 + d.IntN(10)
		var lines []string
		for i := range n {
			lines = append(lines, strings.Repeat("é", d.IntN(3))+fmt.Sprint("line", i)+strings.Repeat("z", d.IntN(4)))
		}
		text := strings.Join(lines, "\n") + "\n"
		var edits []core.Edit
		var want []string
		for i, l := range lines {
			switch d.IntN(4) {
			case 0:
				edits = append(edits, core.Edit{Kind: core.EditDelete, Line: i + 1})
			case 1:
				at := strings.Index(l, "line")
				col := len([]rune(l[:at])) + 1
				edits = append(edits, core.Edit{Kind: core.EditReplace, Line: i + 1, Column: col, End: col + 4, Old: "line", New: "LINES"})
				want = append(want, strings.Replace(l, "line", "LINES", 1))
			case 2:
				edits = append(edits, core.Edit{Kind: core.EditAdd, Line: i + 1, New: "new" + fmt.Sprint(i)})
				want = append(want, l, "new"+fmt.Sprint(i))
			default:
				want = append(want, l)
			}
		}
		d.Shuffle(len(edits), func(i, j int) { edits[i], edits[j] = edits[j], edits[i] })
		got, _, err := Text([]byte(text), true, edits)
		expect := strings.Join(want, "\n")
		if expect != "" {
			expect += "\n"
		}
		if err != nil || string(got) != expect {
			t.Fatalf("%v\n%q\n%+v\ngot  %q\nwant %q", err, text, edits, got, expect)
		}
	}
}

func finding(path string, edits ...core.Edit) core.Finding {
	for i := range edits {
		edits[i].Path = path
	}
	return core.Finding{Code: "x", Path: path, Edits: edits}
}

func folder(t *testing.T, files map[string]string) (string, *os.Root) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return dir, root
}

func TestPlanDiffApply(t *testing.T) {
	dir, root := folder(t, map[string]string{"a/x.yaml": "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", "gone.txt": "k\n"})
	p := Make(root, []core.Finding{
		finding("a/x.yaml", core.Edit{Kind: core.EditReplace, Line: 2, Column: 1, End: 2, Old: "2", New: "two"}),
		finding("a/x.yaml", core.Edit{Kind: core.EditDelete, Line: 9}),
		finding("a/x.yaml", core.Edit{Kind: core.EditReplace, Line: 2, Column: 1, End: 2, Old: "2", New: "zwei"}), // in the way of the first
		finding("new/.gitignore", core.Edit{Kind: core.EditAdd, New: ".env"}),
		finding("new/.gitignore", core.Edit{Kind: core.EditAdd, New: ".env"}), // the same, by another finding
		finding("gone.txt", core.Edit{Kind: core.EditRemove}),
	})
	if len(p.Files) != 3 || len(p.Refused) != 1 || p.Files[0].Findings != 2 {
		t.Fatalf("%+v", p)
	}
	// the diff is one that git takes
	var b bytes.Buffer
	if err := p.Diff(&b); err != nil {
		t.Fatal(err)
	}
	other, _ := folder(t, map[string]string{"a/x.yaml": "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", "gone.txt": "k\n"})
	cmd := exec.Command("git", "apply", "-")
	cmd.Dir, cmd.Stdin = other, &b
	cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(other))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	if done, refused, err := p.Apply(root); err != nil || len(refused) != 0 || len(done) != 3 {
		t.Fatalf("%v %v %v", done, refused, err)
	}
	for _, d := range []string{dir, other} {
		got, _ := os.ReadFile(filepath.Join(d, "a/x.yaml"))
		ignore, _ := os.ReadFile(filepath.Join(d, "new/.gitignore"))
		if _, err := os.Stat(filepath.Join(d, "gone.txt")); err == nil || string(got) != "1\ntwo\n3\n4\n5\n6\n7\n8\n10\n" || string(ignore) != ".env\n" {
			t.Errorf("%s: %q %q", d, got, ignore)
		}
	}
	if info, _ := os.Stat(filepath.Join(dir, "a/x.yaml")); info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is now %v", info.Mode())
	}
	left, _ := filepath.Glob(filepath.Join(dir, "*", ".paddock-*"))
	if len(left) != 0 {
		t.Error(left)
	}
}

func TestHostileFolder(t *testing.T) {
	dir, root := folder(t, map[string]string{"a.txt": "1\n"})
	outside := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(outside, []byte("1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"link": outside, "dir": filepath.Dir(outside), "near": "a.txt"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	change := core.Edit{Kind: core.EditReplace, Line: 1, Column: 1, End: 2, Old: "1", New: "2"}
	var list []core.Finding
	for _, name := range []string{"link", "dir/victim", "near", "../victim", "/etc/passwd", ".git/config", "a/../a.txt", "."} {
		list = append(list, finding(name, change))
	}
	if p := Make(root, list); len(p.Files) != 0 || len(p.Refused) != len(list) {
		t.Errorf("%+v", p)
	}
	// a file that changes between the plan and the writing
	p := Make(root, []core.Finding{finding("a.txt", change)})
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("1\nmine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if done, refused, err := p.Apply(root); err != nil || len(done) != 0 || len(refused) != 1 {
		t.Errorf("%v %v %v", done, refused, err)
	}
	if got, _ := os.ReadFile(outside); !slices.Equal(got, []byte("1\n")) {
		t.Error("a file outside was changed")
	}
}
