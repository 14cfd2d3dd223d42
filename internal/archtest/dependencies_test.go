package archtest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// TestDependenciesAreExplained holds docs/dependencies.md to what we build with:
// each direct Go module, each tool and each npm package has its row, and no row
// names anything else.
func TestDependenciesAreExplained(t *testing.T) {
	want := slices.Concat(goModules(t, "../../go.mod", false), goModules(t, "../../tools/go.mod", true), npmPackages(t, "../../package.json"), vendored(t))
	if len(want) < 20 {
		t.Fatalf("only %d dependencies were found: %v", len(want), want)
	}
	text, err := os.ReadFile("../../docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range unexplained(string(text), want) {
		t.Error(fault)
	}
}

// TestUnexplainedBites feeds the check what it must refuse.
func TestUnexplainedBites(t *testing.T) {
	doc := "| `a.example/one` | MIT | why |\n| `b.example/two` | MIT | why |\n"
	for _, c := range []struct {
		want []string
		find string
	}{
		{[]string{"a.example/one", "b.example/two"}, ""},
		{[]string{"a.example/one"}, "b.example/two"},
		{[]string{"a.example/one", "b.example/two", "a.example/on"}, "a.example/on "},
	} {
		faults := strings.Join(unexplained(doc, c.want), "\n")
		if (c.find == "") != (faults == "") || !strings.Contains(faults, c.find) {
			t.Errorf("%v: %q, want %q", c.want, faults, c.find)
		}
	}
}

var dependencyRow = regexp.MustCompile("(?m)^\\| `([^`]+)`[^|]*\\|([^|]*)\\|([^|]*)\\|")

// unexplained compares the rows of a document with the names it must hold.
func unexplained(doc string, want []string) []string {
	var faults, have []string
	for _, m := range dependencyRow.FindAllStringSubmatch(doc, -1) {
		have = append(have, m[1])
		if strings.TrimSpace(m[2]) == "" || strings.TrimSpace(m[3]) == "" {
			faults = append(faults, m[1]+" has no licence or no reason")
		}
		if !slices.Contains(want, m[1]) {
			faults = append(faults, m[1]+" is explained, but nothing needs it")
		}
	}
	for _, name := range want {
		if !slices.Contains(have, name) {
			faults = append(faults, name+" is needed, but has no row")
		}
	}
	return faults
}

// goModules lists the direct requirements of a go.mod, or its tools.
func goModules(t *testing.T, file string, tools bool) []string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse(file, b, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	if tools {
		for _, tool := range mod.Tool {
			out = append(out, tool.Path)
		}
		return out
	}
	for _, r := range mod.Require {
		if !r.Indirect {
			out = append(out, r.Mod.Path)
		}
	}
	return out
}

// npmPackages lists the packages that package.json names.
func npmPackages(t *testing.T, file string) []string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var p struct {
		Dependencies         map[string]string
		DevDependencies      map[string]string
		OptionalDependencies map[string]string
	}
	if err := json.Unmarshal(b, &p); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, list := range []map[string]string{p.Dependencies, p.DevDependencies, p.OptionalDependencies} {
		for name := range list {
			out = append(out, name)
		}
	}
	return out
}

// vendored lists the scripts of others that are kept in web/vendor.
func vendored(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../web/vendor/*.js")
	if err != nil || len(files) == 0 {
		t.Fatalf("web/vendor: %v %v", files, err)
	}
	for i, f := range files {
		files[i] = "web/vendor/" + filepath.Base(f)
	}
	return files
}
