package lockfile

import (
	"path"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// listFormat is a kind of file with exact versions.
type listFormat struct {
	base    string // name of the file
	family  string // of manifests that it may be for
	tool    string
	read    func(tree.File, *around) (*lock, error)
	refresh string // command that writes it
}

// The formats of lock files. Of several in one folder for one family, all are
// read; the first in this list is the one a manifest is held against.
func listFormats() []listFormat {
	return []listFormat{
		{"npm-shrinkwrap.json", "npm", "npm", readNPM, "npm install"},
		{"package-lock.json", "npm", "npm", readNPM, "npm install"},
		{"pnpm-lock.yaml", "npm", "pnpm", readPNPM, "pnpm install"},
		{"yarn.lock", "npm", "yarn", readYarn, "yarn install"},
		{"bun.lock", "npm", "bun", readBun, "bun install"},
	}
}

// manifestFormat is a kind of file that asks for packages.
type manifestFormat struct {
	family    string
	ecosystem Ecosystem
	is        func(base string) bool
	read      func(tree.File) (*manifest, error)
}

func manifestFormats() []manifestFormat {
	return []manifestFormat{
		{"npm", NPM, named("package.json"), readPackageJSON},
	}
}

func named(names ...string) func(string) bool {
	return func(base string) bool {
		for _, n := range names {
			if base == n {
				return true
			}
		}
		return false
	}
}

// wanted is the lock file that a tool writes: the first of its family, if the
// tool is not known.
func wanted(family, tool string) listFormat {
	first := listFormat{}
	for _, f := range listFormats() {
		if f.family != family || f.base == "npm-shrinkwrap.json" {
			continue
		}
		if f.tool == tool {
			return f
		}
		if first.base == "" {
			first = f
		}
	}
	return first
}

// foreign are lists of packages that cannot be read, with what to do.
func foreign(base string) (what, do string) {
	switch base {
	case "bun.lockb":
		return "lists packages in a form that only bun can read", "run `bun install --save-text-lockfile`"
	}
	return "", ""
}

// installed reports whether a path is inside a folder of installed packages,
// which is no project of the app.
func installed(p string) bool {
	for _, dir := range []string{"node_modules", "bower_components", "site-packages", ".venv", ".tox"} {
		if strings.HasPrefix(p, dir+"/") || strings.Contains(p, "/"+dir+"/") {
			return true
		}
	}
	return false
}

// around is what readers may look at beside their own file.
type around struct {
	tree  *tree.Tree
	files map[string]tree.File
}

// file returns a file of the tree, empty if there is none.
func (a *around) file(name string) tree.File {
	if a.files == nil {
		a.files = make(map[string]tree.File, len(a.tree.Files))
		for _, f := range a.tree.Files {
			a.files[f.Path] = f
		}
	}
	return a.files[name]
}

// workspaces returns the patterns of folders that share the lock file in dir.
func (a *around) workspaces(dir string) []string {
	m, err := readPackageJSON(a.file(path.Join(dir, "package.json")))
	if err != nil {
		return nil
	}
	return m.workspaces
}
