package lockfile

import (
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Ecosystem is a name of the OSV format.
type Ecosystem string

// The ecosystems whose lists are read.
const (
	NPM      Ecosystem = "npm"
	PyPI     Ecosystem = "PyPI"
	Go       Ecosystem = "Go"
	Maven    Ecosystem = "Maven"
	NuGet    Ecosystem = "NuGet"
	Composer Ecosystem = "Packagist"
	RubyGems Ecosystem = "RubyGems"
	Cargo    Ecosystem = "crates.io"
	JSR      Ecosystem = "JSR" // not of OSV: nobody publishes advisories for it
)

// Set is all projects of a tree, read once for several checks. It does not
// change after Read.
type Set struct {
	Projects []Project
	Faults   []string // files that could not be read, and why
	Gaps     []Gap    // packages that are known to be there, but not which
}

// Gap is a place where packages are named in a way that leaves their versions
// open.
type Gap struct {
	Path string
	What string // what is not known, to follow the path: "names its packages in a program"
	Do   string // what to do about it, a sentence; may be empty
}

// Text is the gap as one line.
func (g Gap) Text() string {
	s := g.Path + " " + g.What
	if g.Do != "" {
		s += "; " + g.Do
	}
	return s
}

// Project is one list of packages: a lock file with the manifests it is for, or
// manifests for which there is none.
type Project struct {
	Ecosystem Ecosystem
	Tool      string      // npm, pnpm, yarn, bun, pip, poetry ...
	Dir       string      // "." for the main folder
	Manifests []tree.File // the main one first, then those of its workspaces
	LockFile  tree.File   // empty path if there is none
	Asks      []Ask       // of all manifests
	Packages  []Package   // as in the lock file; empty if there is none or it could not be read
	Locked    bool        // the lock file was read
	Wanted    string      // name of the lock file this tool writes
	Refresh   string      // command that writes it
	Lacks     string      // name of a file that belongs to the lock file and is not there: go.sum
	Toolchain string      // version of the language's own library, if the list fixes it: "1.26.3"
}

// Ask is one package that the app's own files ask for.
type Ask struct {
	Name         string // as its ecosystem compares names
	Want         string // the version or range, as written
	Dev          bool
	File         tree.File
	Line, Column int  // of the name; 0 if not known
	WantLine     int  // where Want stands verbatim; 0 if it does not
	WantColumn   int  // of its first character
	Package      int  // index of the package it gets; Missing or Local
	Stale        bool // the lock file was made for another range
	Open         bool // the list is its own manifest, and leaves the version open
}

// What an ask may get in place of a package.
const (
	Missing = -1 // the lock file does not hold it
	Local   = -2 // a folder of the app
)

// Package is one package in one version.
type Package struct {
	Ecosystem Ecosystem
	Name      string // as OSV names it
	Version   string
	Place     string // names it within its lock file: node_modules/a/node_modules/b, or name@version
	Line      int    // in the lock file; 0 if not known
	Dev       bool   // for building and testing only
	Direct    bool   // the app itself asks for it
	By        int    // index of the ask that brings it in; Missing if not known
	Needs     []int  // indexes of the packages it asks for, sorted
	Hashes    []Hash
	Licence   string // an SPDX expression or what stands in its place; empty if not given
	Resolved  string // where it came from, if not from the ecosystem's registry by its name
	Script    bool   // runs a program when it is installed
	Sum       string // Go's h1: sum of its files
}

// Hash is one sum of the package as it is fetched.
type Hash struct {
	Algorithm string // SHA-512, SHA-384, SHA-256, SHA-1, MD5
	Value     string // hexadecimal
}

// Key is the package's name and version, as people write it.
func (p Package) Key() string { return p.Name + "@" + p.Version }

// Manifest returns the main manifest; its path is empty if there is none.
func (p *Project) Manifest() tree.File {
	if len(p.Manifests) > 0 {
		return p.Manifests[0]
	}
	return tree.File{}
}

// List returns the path of the file that lists the packages: the lock file, or
// else the manifest.
func (p *Project) List() string {
	if p.LockFile.Path != "" {
		return p.LockFile.Path
	}
	return p.Manifest().Path
}

// Brings returns the ask that brings a package in.
func (p *Project) Brings(pkg Package) (Ask, bool) {
	if pkg.By < 0 || pkg.By >= len(p.Asks) {
		return Ask{}, false
	}
	return p.Asks[pkg.By], true
}

// Stale returns the asks that the lock file was not made for.
func (p *Project) Stale() []Ask {
	var out []Ask
	for _, a := range p.Asks {
		if p.Locked && !a.Open && (a.Package == Missing || a.Stale) {
			out = append(out, a)
		}
	}
	return out
}

// Open returns the asks whose version the list leaves open.
func (p *Project) Open() []Ask {
	var out []Ask
	for _, a := range p.Asks {
		if a.Open {
			out = append(out, a)
		}
	}
	return out
}

// Packages returns how many packages the lists name.
func (s *Set) Packages() int {
	n := 0
	for _, p := range s.Projects {
		n += len(p.Packages)
	}
	return n
}

// Ecosystems returns the ecosystems of which there is a package, sorted.
func (s *Set) Ecosystems() []Ecosystem {
	var out []Ecosystem
	for _, p := range s.Projects {
		for _, pkg := range p.Packages {
			if !slices.Contains(out, pkg.Ecosystem) {
				out = append(out, pkg.Ecosystem)
			}
		}
	}
	slices.SortFunc(out, func(a, b Ecosystem) int { return strings.Compare(string(a), string(b)) })
	return out
}
