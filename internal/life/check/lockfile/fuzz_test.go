package lockfile

import (
	"os"
	"path"
	"path/filepath"
	"testing"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// fuzz gives any text to the reader of a file of this name, and walks what it
// returns.
func fuzz(f *testing.F, name string, seeds ...string) {
	more, _ := filepath.Glob("testdata/*" + path.Base(name))
	for _, m := range more {
		if data, err := os.ReadFile(m); err == nil {
			seeds = append(seeds, string(data))
		}
	}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := Read(&tree.Tree{Files: []tree.File{{Path: name, Text: data}}})
		for _, p := range s.Projects {
			for _, pkg := range p.Packages {
				p.Brings(pkg)
				if pkg.Name == "" || pkg.PURL() == "" {
					t.Fatalf("a package without a name: %+v", pkg)
				}
				for _, to := range pkg.Needs {
					_ = p.Packages[to]
				}
			}
			for _, a := range p.Stale() {
				_ = a.File.Quote(a.Line, a.Column)
			}
		}
		for _, g := range s.Gaps {
			_ = g.Text()
		}
	})
}

func FuzzPackageLock(f *testing.F) {
	fuzz(f, "package-lock.json", `{"lockfileVersion":1,"dependencies":{"a":{"version":"1","requires":{"a":"1"},"dependencies":{"b":{"version":"npm:c@1"}}}}}`,
		`{"lockfileVersion":3,"packages":{"":{"dependencies":{"a":"1"}},"node_modules/a":{"version":"1","license":[["x"]],"dependencies":{"a":"1"}}}}`)
}
func FuzzPackageJSON(f *testing.F) {
	fuzz(f, "package.json", `{"workspaces":["a/**"],"dependencies":{"a":"\u0031"}}`)
}
func FuzzPNPM(f *testing.F) {
	fuzz(f, "pnpm-lock.yaml", "lockfileVersion: 5.4\ndependencies: {a: 1.0.0_b}\npackages:\n  /a/1.0.0_b: {dependencies: {a: 1.0.0}}\n", "lockfileVersion: '9.0'\nimporters: {.: {dependencies: {a: {specifier: x, version: 1(b)}}}}\npackages: {a@1: {}}\nsnapshots: {a@1(b): {}}\n")
}
func FuzzYarn(f *testing.F) {
	fuzz(f, "yarn.lock", "\"a@^1\", a@2:\n  version \"1\"\n  dependencies:\n    b \"1\"\n", "__metadata:\n  version: 8\n? \"a@patch:b@npm%3A1\"\n:\n  version: 1\n  resolution: \"a@npm:1\"\n")
}
func FuzzBun(f *testing.F) {
	fuzz(f, "bun.lock", `{"lockfileVersion":1,"workspaces":{"":{"dependencies":{"a":"1"}}},/* x */"packages":{"@s/a/b":["b@1",{"dependencies":{"a":"1"}},],"a":["a@workspace:a"],}}`)
}
