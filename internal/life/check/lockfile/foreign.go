package lockfile

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// foreign is a kind of list that cannot be read. It must not pass for an app
// without packages.
type foreign struct {
	bases []string
	holds string    // what must stand in the file for it to name packages; "" for nothing
	by    Ecosystem // whose lock file in the folder lists the same packages; "" for none
	below bool      // one in a folder below does too: the list is for all of them
	what  string
	do    string
}

func foreignLists() []foreign {
	const other = "lists packages of a kind that is not known here"
	return []foreign{
		{bases: []string{"bun.lockb"}, what: "lists packages in a form that only bun can read", do: "run `bun install --save-text-lockfile`"},
		{bases: []string{"setup.py", "setup.cfg"}, holds: "install_requires", by: PyPI, what: "names packages in a program", do: "list them with exact versions in requirements.txt"},
		{bases: []string{"environment.yml", "environment.yaml", "conda-lock.yml"}, holds: "\n", by: PyPI, what: "lists packages of conda, which cannot be read yet", do: "list them with exact versions in requirements.txt"},
		{bases: []string{"Directory.Packages.props"}, holds: "PackageVersion", by: NuGet, below: true, what: "names packages, but not those that these bring with them", do: "run `dotnet restore --use-lock-file` and add packages.lock.json"},
		{bases: []string{"libs.versions.toml"}, holds: "[libraries]", by: Maven, below: true, what: "names packages, but not those that these bring with them", do: "run `gradle dependencies --write-locks` and add gradle.lockfile"},
		{bases: []string{"Package.resolved", "Podfile.lock", "Cartfile.resolved", "pubspec.lock", "mix.lock", "rebar.lock", "conan.lock", "vcpkg.json", "renv.lock", "stack.yaml.lock", "cabal.project.freeze"}, what: other},
	}
}

// strange notes the lists of a tree that cannot be read, in the order of their
// paths. It comes after everything that can be.
func (r *reader) strange(t *tree.Tree) {
	lists := foreignLists()
	var gaps []Gap
	look := func(name string, text []byte) {
		for _, l := range lists {
			if !installed(name) && slices.Contains(l.bases, path.Base(name)) && (text == nil || bytes.Contains(text, []byte(l.holds))) && !r.locked(l, path.Dir(name)) {
				gaps = append(gaps, Gap{Path: name, What: l.what, Do: l.do})
			}
		}
	}
	for _, f := range t.Files {
		look(f.Path, f.Text)
	}
	for _, name := range t.Others {
		look(name, nil)
	}
	slices.SortStableFunc(gaps, func(a, b Gap) int { return strings.Compare(a.Path, b.Path) })
	r.set.Gaps = append(r.set.Gaps, gaps...)
}

// locked reports whether a lock file lists what a foreign list in a folder does.
// A catalogue of Gradle stands one folder below what it is for.
func (r *reader) locked(l foreign, dir string) bool {
	if path.Base(dir) == "gradle" {
		dir = path.Dir(dir)
	}
	return l.by != "" && slices.ContainsFunc(r.projects, func(p project) bool {
		_, inside := rel(dir, p.Dir)
		return p.Ecosystem == l.by && p.Locked && (p.Dir == dir || l.below && inside)
	})
}
