package lockfile

import (
	"path"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// listFormat is a kind of file with exact versions.
type listFormat struct {
	base      string // name of the file
	ecosystem Ecosystem
	family    string // of manifests that it may be for; empty if it is its own
	tool      string
	read      func(tree.File, *around) (*lock, error)
	refresh   string                 // command that writes it
	is        func(path string) bool // other names it may have
	last      bool                   // people write it: manifests are held against it only if there is no other
}

// The formats of lock files. All lists of a folder are read; the first one here
// is what a manifest without any is told to have.
func listFormats() []listFormat {
	return []listFormat{
		{base: "package-lock.json", ecosystem: NPM, family: "npm", tool: "npm", read: readNPM, refresh: "npm install"},
		{base: "npm-shrinkwrap.json", ecosystem: NPM, family: "npm", tool: "npm", read: readNPM, refresh: "npm install"},
		{base: "pnpm-lock.yaml", ecosystem: NPM, family: "npm", tool: "pnpm", read: readPNPM, refresh: "pnpm install"},
		{base: "yarn.lock", ecosystem: NPM, family: "npm", tool: "yarn", read: readYarn, refresh: "yarn install"},
		{base: "bun.lock", ecosystem: NPM, family: "npm", tool: "bun", read: readBun, refresh: "bun install"},
		{base: "deno.lock", ecosystem: NPM, tool: "deno", read: readDeno, refresh: "deno install"},
		{base: "uv.lock", ecosystem: PyPI, family: "python", tool: "uv", read: readUV, refresh: "uv lock"},
		{base: "poetry.lock", ecosystem: PyPI, family: "python", tool: "poetry", read: readPoetry, refresh: "poetry lock"},
		{base: "pdm.lock", ecosystem: PyPI, family: "python", tool: "pdm", read: readPDM, refresh: "pdm lock"},
		{base: "pylock.toml", ecosystem: PyPI, family: "python", tool: "pylock", read: readPylock, refresh: "uv export --output-file pylock.toml"},
		{base: "requirements.txt", ecosystem: PyPI, family: "python", tool: "pip", read: readRequirements, refresh: "pip freeze > requirements.txt", is: requirementsFile, last: true},
		{base: "Pipfile.lock", ecosystem: PyPI, family: "pipenv", tool: "pipenv", read: readPipfileLock, refresh: "pipenv lock"},
		{base: "go.mod", ecosystem: Go, tool: "go", read: readGoMod, refresh: "go mod tidy"},
		{base: "Cargo.lock", ecosystem: Cargo, family: "cargo", tool: "cargo", read: readCargoLock, refresh: "cargo generate-lockfile"},
		{base: "Gemfile.lock", ecosystem: RubyGems, family: "gem", tool: "bundler", read: readGemfileLock, refresh: "bundle lock", is: func(p string) bool { return path.Base(p) == "gems.locked" }},
		{base: "composer.lock", ecosystem: Composer, family: "composer", tool: "composer", read: readComposerLock, refresh: "composer update --lock"},
		{base: "packages.lock.json", ecosystem: NuGet, family: "nuget", tool: "nuget", read: readNuGetLock, refresh: "dotnet restore --use-lock-file"},
		{base: "packages.config", ecosystem: NuGet, tool: "nuget", read: readPackagesConfig, refresh: "nuget update packages.config"},
		{base: "pom.xml", ecosystem: Maven, tool: "maven", read: readPOM, refresh: mavenRefresh},
		{base: mavenTree, ecosystem: Maven, tool: "maven", read: readMavenTree, refresh: mavenRefresh},
		{base: "gradle.lockfile", ecosystem: Maven, family: "gradle", tool: "gradle", read: readGradleLock, refresh: "gradle dependencies --write-locks"},
		{base: "buildscript-gradle.lockfile", ecosystem: Maven, tool: "gradle", read: readGradleLock, refresh: "gradle dependencies --write-locks"},
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
		{"python", PyPI, named("pyproject.toml"), readPyproject},
		{"pipenv", PyPI, named("Pipfile"), readPipfile},
		{"cargo", Cargo, named("Cargo.toml"), readCargoToml},
		{"gem", RubyGems, named("Gemfile", "gems.rb"), readGemfile},
		{"composer", Composer, named("composer.json"), readComposerJSON},
		{"nuget", NuGet, projectFile, readCSProj},
		{"gradle", Maven, named("build.gradle", "build.gradle.kts"), readGradle},
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
		if f.family != family {
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
	poms  map[string]*pom // by path; nil for one that cannot be read
	own   map[string]bool // packages that the poms of the tree make
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
