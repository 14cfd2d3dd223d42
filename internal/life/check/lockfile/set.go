package lockfile

import (
	"path"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Project is one folder with a package.json, a package-lock.json or both.
type Project struct {
	Dir      string    // "." for the main folder
	Manifest tree.File // empty path if there is none
	LockFile tree.File // empty path if there is none
	Asks     Manifest
	Lock     *Lock // nil if there is none or it could not be read
}

// Set is all projects of a tree, read once for several checks.
type Set struct {
	Projects []Project
	Faults   []string // files that could not be read, and why
	Foreign  []string // package lists of other tools, which are not read yet
}

var foreignNames = []string{"yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", "npm-shrinkwrap.json", "requirements.txt", "poetry.lock", "uv.lock", "Pipfile", "Pipfile.lock",
	"pyproject.toml", "go.mod", "pom.xml", "build.gradle", "Gemfile", "Gemfile.lock", "composer.json", "composer.lock", "Cargo.toml", "Cargo.lock", "packages.lock.json", "deno.lock"}

// Read finds and reads the package lists of a tree. Folders inside
// node_modules are installed packages, not projects.
func Read(t *tree.Tree) *Set {
	s := &Set{}
	byDir := map[string]*Project{}
	at := func(dir string) *Project {
		if byDir[dir] == nil {
			byDir[dir] = &Project{Dir: dir}
		}
		return byDir[dir]
	}
	for _, f := range t.Files {
		dir, base := path.Dir(f.Path), path.Base(f.Path)
		switch {
		case strings.Contains("/"+f.Path, "/node_modules/"):
		case base == "package.json":
			at(dir).Manifest = f
		case base == "package-lock.json":
			at(dir).LockFile = f
		case slices.Contains(foreignNames, base):
			s.Foreign = append(s.Foreign, f.Path)
		}
	}
	for _, p := range byDir {
		s.Projects = append(s.Projects, *p)
	}
	slices.SortFunc(s.Projects, func(a, b Project) int { return strings.Compare(a.Dir, b.Dir) })
	for i := range s.Projects {
		s.parse(&s.Projects[i])
	}
	return s
}

func (s *Set) parse(p *Project) {
	var err error
	if p.Manifest.Path != "" {
		if p.Asks, err = ParseManifest(p.Manifest.Text); err != nil {
			s.Faults = append(s.Faults, p.Manifest.Path+": "+core.AsError(err).Msg)
		}
	}
	if p.LockFile.Path != "" {
		if p.Lock, err = Parse(p.LockFile.Text); err != nil {
			s.Faults = append(s.Faults, p.LockFile.Path+": "+core.AsError(err).Msg)
		}
	}
}

// Packages returns how many installed packages the locks name.
func (s *Set) Packages() int {
	n := 0
	for _, p := range s.Projects {
		if p.Lock != nil {
			n += len(p.Lock.Packages)
		}
	}
	return n
}
