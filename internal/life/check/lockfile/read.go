package lockfile

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Read finds and reads the package lists of a tree. Folders of installed
// packages, such as node_modules, are no projects.
func Read(t *tree.Tree) *Set {
	r := &reader{set: &Set{}, around: &around{tree: t}, lists: listFormats(), manifests: manifestFormats()}
	for _, f := range t.Files {
		if !installed(f.Path) {
			r.file(f)
		}
	}
	for i := range r.held {
		r.join(&r.held[i])
	}
	for i := range r.projects {
		r.finish(&r.projects[i])
	}
	r.strange(t)
	slices.SortStableFunc(r.set.Projects, func(a, b Project) int {
		return cmp.Or(strings.Compare(a.Dir, b.Dir), strings.Compare(string(a.Ecosystem), string(b.Ecosystem)), strings.Compare(a.List(), b.List()))
	})
	return r.set
}

type reader struct {
	set       *Set
	around    *around
	lists     []listFormat
	manifests []manifestFormat
	projects  []project
	held      []held // manifests
}

// project is a Project in the making.
type project struct {
	Project
	family string
	order  int // among the formats of its family
	lock   *lock
	format listFormat
}

// held is a manifest that was read.
type held struct {
	manifest
	file   tree.File
	format manifestFormat
}

func (r *reader) file(f tree.File) {
	base := path.Base(f.Path)
	for i, l := range r.lists {
		if l.base == base || l.is != nil && l.is(f.Path) {
			r.list(f, l, i)
		}
	}
	for _, m := range r.manifests {
		if m.is(base) {
			got, err := m.read(f)
			if err != nil {
				r.fault(f, err)
				got = &manifest{}
			}
			r.held = append(r.held, held{manifest: *got, file: f, format: m})
			r.set.Gaps = append(r.set.Gaps, got.gaps...)
		}
	}
}

func (r *reader) fault(f tree.File, err error) {
	r.set.Faults = append(r.set.Faults, f.Path+": "+core.AsError(err).Msg)
}

func (r *reader) list(f tree.File, format listFormat, order int) {
	p := project{family: format.family, order: order, format: format}
	p.Ecosystem, p.Dir, p.LockFile, p.Tool, p.Wanted, p.Refresh = format.ecosystem, dirOf(f), f, format.tool, path.Base(f.Path), format.refresh
	l, err := format.read(f, r.around)
	if err != nil {
		r.fault(f, err)
	} else if l.skip {
		return
	} else {
		l.lines(f.Text)
		l.tidy()
		p.lock, p.Locked, p.Packages, p.Toolchain, p.Lacks = l, true, l.packages, l.toolchain, l.lacks
		r.set.Gaps = append(r.set.Gaps, l.gaps...)
		if l.edges > maxNeeds {
			r.fault(f, errorf("its packages ask for each other more than %d times.", maxNeeds))
		}
	}
	r.projects = append(r.projects, p)
}

// join gives a manifest to the lock files it is held against: those beside it,
// or the nearest ones above that are for it too. Without any it is a project of
// its own.
func (r *reader) join(h *held) {
	for dir := dirOf(h.file); ; dir = path.Dir(dir) {
		found := false
		for i := range r.projects {
			p := &r.projects[i]
			if p.family == h.format.family && p.Dir == dir && p.LockFile.Path != "" && r.covered(p, h) {
				found = true
				p.take(h)
			}
		}
		if found {
			return
		}
		if dir == "." || dir == "/" {
			break
		}
	}
	if len(h.asks) > 0 {
		r.bare(h)
	}
}

// bare keeps a manifest without a lock file: with that of the workspace it is
// in, whose list would be for both.
func (r *reader) bare(h *held) {
	top := h
	for i := range r.held {
		up := &r.held[i]
		if dir, inside := rel(dirOf(up.file), dirOf(h.file)); inside && dir != "." && up.format.family == h.format.family && inWorkspace(up.workspaces, dir) {
			top = up
		}
	}
	for i := range r.projects {
		if p := &r.projects[i]; p.LockFile.Path == "" && p.family == h.format.family && p.Dir == dirOf(top.file) {
			p.take(h)
			return
		}
	}
	p := project{family: h.format.family}
	w := wanted(h.format.family, top.tool)
	p.Ecosystem, p.Dir, p.Tool, p.Wanted, p.Refresh = h.format.ecosystem, dirOf(top.file), w.tool, w.base, w.refresh
	p.take(h)
	if top != h && len(top.asks) == 0 {
		p.take(top)
	}
	r.projects = append(r.projects, p)
}

func (r *reader) covered(p *project, h *held) bool {
	if p.format.last && (path.Base(p.LockFile.Path) != p.format.base || r.better(p)) {
		return false
	}
	if p.Dir == dirOf(h.file) {
		return true
	}
	dir, inside := rel(p.Dir, dirOf(h.file))
	return inside && p.lock != nil && p.lock.covers != nil && p.lock.covers(dir, &h.manifest)
}

// better reports whether there is another list for the family in the folder,
// one that only a tool writes.
func (r *reader) better(p *project) bool {
	return slices.ContainsFunc(r.projects, func(q project) bool { return q.family == p.family && q.Dir == p.Dir && !q.format.last })
}

// take adds a manifest's asks and finds what each gets.
func (p *project) take(h *held) {
	dir, _ := rel(p.Dir, dirOf(h.file))
	if dir == "." {
		p.Manifests = slices.Insert(p.Manifests, 0, h.file)
	} else {
		p.Manifests = append(p.Manifests, h.file)
	}
	for _, a := range h.asks {
		if len(p.Asks) >= maxPackages {
			return
		}
		a.Package = Missing
		if p.lock != nil {
			p.lock.ask(dir, &a)
		}
		p.Asks = append(p.Asks, a)
	}
}

// ask fills in what an ask gets.
func (l *lock) ask(dir string, a *Ask) {
	a.Package = l.find(dir, *a)
	if a.Package == Missing && localNPM(a.Want) {
		a.Package = Local
	}
	a.Stale = a.Package >= 0 && l.stale != nil && l.stale(dir, *a)
}

// finish closes a project: without a manifest, the lock's own asks count.
func (r *reader) finish(p *project) {
	if p.lock != nil && len(p.Manifests) == 0 {
		for _, root := range p.lock.roots {
			a := Ask{Name: root.name, Want: root.want, Dev: root.dev, File: p.LockFile}
			p.lock.ask(".", &a)
			a.Stale = false
			p.Asks = append(p.Asks, a)
		}
	}
	if p.lock != nil {
		p.Asks = append(p.Asks, p.lock.asks...)
		p.settle(p.lock.dev)
	}
	r.set.Projects = append(r.set.Projects, p.Project)
}
