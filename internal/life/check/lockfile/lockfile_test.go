package lockfile

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// read reads a tree of files given as path, text, path, text.
func read(t testing.TB, files ...string) *Set {
	t.Helper()
	tr := &tree.Tree{}
	for i := 0; i+1 < len(files); i += 2 {
		tr.Files = append(tr.Files, tree.File{Path: files[i], Text: []byte(files[i+1])})
	}
	return Read(tr)
}

// one returns the only project of a set without faults.
func one(t testing.TB, s *Set) Project {
	t.Helper()
	if len(s.Projects) != 1 || len(s.Faults) != 0 || !s.Projects[0].Locked {
		t.Fatalf("projects %+v, faults %q, gaps %v", s.Projects, s.Faults, s.Gaps)
	}
	return s.Projects[0]
}

// list writes each package as name@version, with + for direct ones, ~ for
// building only, the line, and < with the ask that brings it in.
func list(p Project) string {
	var out []string
	for _, pkg := range p.Packages {
		s := pkg.Key()
		if pkg.Direct {
			s = "+" + s
		}
		if pkg.Dev {
			s = "~" + s
		}
		s += fmt.Sprintf(":%d", pkg.Line)
		if a, ok := p.Brings(pkg); ok && !pkg.Direct {
			s += "<" + a.Name
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func same(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("\ngot  %s\nwant %s", got, want)
	}
}

func sample(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestReadFindsProjects(t *testing.T) {
	s := read(t, "api/package.json", `{`, "jobs/bun.lockb", "x", "node_modules/a/package.json", `{`, "package-lock.json", sample(t, "package-lock.json"), "package.json", `{"dependencies":{"a":"1"}}`, "web/package.json", `{"dependencies":{"b":"1"}}`, "x/package.json", `{"name":"x"}`)
	if len(s.Projects) != 2 || len(s.Faults) != 1 || len(s.Gaps) != 1 || s.Packages() != 7 {
		t.Fatalf("projects %d, faults %q, gaps %v, packages %d", len(s.Projects), s.Faults, s.Gaps, s.Packages())
	}
	if p := s.Projects[1]; p.Dir != "web" || p.Locked || p.Wanted != "package-lock.json" || p.Refresh != "npm install" {
		t.Errorf("%+v", p)
	}
	same(t, s.Gaps[0].Text(), "jobs/bun.lockb lists packages in a form that only bun can read; run `bun install --save-text-lockfile`")
}

// What lists packages in a form that cannot be read is a gap, unless a lock file
// lists the same.
func TestStrangeListsAreGaps(t *testing.T) {
	s := Read(&tree.Tree{Others: []string{"bun.lockb", "logo.png", "node_modules/x/bun.lockb"}, Files: []tree.File{
		{Path: "Directory.Packages.props", Text: []byte(`<PackageVersion Include="A" Version="1.0.0"/>`)},
		{Path: "a/setup.py", Text: []byte("setup(install_requires=['jinja2'])\n")},
		{Path: "b/setup.py", Text: []byte("setup(install_requires=['jinja2'])\n")},
		{Path: "b/requirements.txt", Text: []byte("jinja2==3.1.6\n")},
		{Path: "c/setup.py", Text: []byte("setup(name='c')\n")},
		{Path: "environment.yml", Text: []byte("dependencies:\n  - numpy=1.0\n")},
		{Path: "gradle/libs.versions.toml", Text: []byte("[libraries]\n")},
		{Path: "ios/Podfile.lock", Text: []byte("PODS:\n")},
	}})
	var got []string
	for _, g := range s.Gaps {
		got = append(got, g.Path)
	}
	same(t, strings.Join(got, " "), "Directory.Packages.props a/setup.py bun.lockb environment.yml gradle/libs.versions.toml ios/Podfile.lock")
}
