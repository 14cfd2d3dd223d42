package catalog

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog/strict"
)

// SettingsFile and SecretPolicyFile are read from the root of the tree.
const (
	SettingsFile     = "paddock.yaml"
	SecretPolicyFile = "secrets-policy.json"
)

// loader gathers a revision and everything that is wrong with it.
type loader struct {
	fsys   fs.FS
	rev    *Revision
	faults []*core.Error
	places map[string]*strict.Doc // by path
}

// Load reads and checks a governance tree. On any fault it returns no revision
// and one error that holds all faults, each with path:line:column, so a broken
// revision never replaces a working one.
func Load(ctx context.Context, fsys fs.FS, revision string) (*Revision, error) {
	rev, compile, err := Begin(ctx, fsys, revision)
	if err != nil {
		return nil, err
	}
	if err := compile(); err != nil {
		return nil, err
	}
	return rev, nil
}

// Begin is Load for a caller who has other work meanwhile, or who may not need the
// rules: it reads all but these, which the first call of compile does, and every call
// waits for. Until compile has returned nil, the revision has no Policy and its rules
// are not known to be right. When there are faults besides those of the rules, Begin
// compiles them itself and returns all faults.
func Begin(ctx context.Context, fsys fs.FS, revision string) (rev *Revision, compile func() error, err error) {
	l := &loader{fsys: fsys, places: map[string]*strict.Doc{}, rev: &Revision{ID: revision, Settings: Default(), Files: fsys,
		Templates: map[string]core.Template{}, Vendors: map[string]core.Vendor{}, Courses: map[string]core.Course{}}}
	l.settings()
	l.rev.Groups = l.rev.Settings.GroupRoles()
	l.trust()
	l.regionGroups()
	each(l, "vendors", readVendor, func(v core.Vendor) string { return v.Name }, l.rev.Vendors)
	each(l, "training", readCourse, func(c core.Course) string { return c.Name }, l.rev.Courses)
	l.templates()
	l.vex()
	l.code()
	policies := l.policies()
	before := len(l.faults)
	l.across()
	after := slices.Clone(l.faults[before:])
	l.faults = l.faults[:before]
	wrong := before+len(after) > 0
	compile = sync.OnceValue(func() error {
		policies(ctx)
		l.faults = append(l.faults, after...)
		if err := ctx.Err(); err != nil {
			return err
		}
		return core.Join(core.Invalid, "The governance repository has faults:", l.faults)
	})
	if wrong {
		return nil, nil, compile()
	}
	return l.rev, compile, nil
}

// note keeps an error, or each of its problems.
func (l *loader) note(err error) {
	if err == nil {
		return
	}
	e := core.AsError(err)
	if len(e.Problems) > 0 {
		l.faults = append(l.faults, e.Problems...)
		return
	}
	l.faults = append(l.faults, e)
}

func (l *loader) read(name string) ([]byte, bool) {
	b, err := readTree(l.fsys, name)
	l.note(err)
	return b, err == nil
}

// keep remembers where things stand in a file, and its warnings.
func (l *loader) keep(name string, doc *strict.Doc) {
	if doc != nil {
		l.places[name] = doc
		l.rev.Warnings = append(l.rev.Warnings, doc.Warnings()...)
	}
}

// each reads all records of a folder; a record is named as its file.
func each[V any](l *loader, dir string, read func(string, []byte) (V, *strict.Doc, error), name func(V) string, into map[string]V) {
	files, err := entries(l.fsys, dir)
	l.note(err)
	for _, file := range files {
		b, ok := l.read(file)
		if !ok {
			continue
		}
		v, doc, err := read(file, b)
		l.keep(file, doc)
		if err != nil {
			l.note(err)
			continue
		}
		if name(v) != base(file) {
			l.faults = append(l.faults, core.Errorf(core.Invalid, "The name is %q, but the file is called %q.", name(v), path.Base(file)).
				Hinted("Make them the same.").At(doc.Place("name")))
			continue
		}
		into[name(v)] = v
	}
}

// templates reads templates/<name>/template.yaml.
func (l *loader) templates() {
	dirs, err := fs.ReadDir(l.fsys, "templates")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.note(&core.Error{Code: core.Unreadable, Msg: "The folder cannot be read.", Field: "templates", Err: err})
	}
	for _, d := range dirs {
		if d.IsDir() {
			l.template(path.Join("templates", d.Name()))
		}
	}
}

func (l *loader) template(dir string) {
	file := path.Join(dir, "template.yaml")
	b, ok := l.read(file)
	if !ok {
		return
	}
	t, doc, err := readTemplate(file, b)
	l.keep(file, doc)
	if err != nil {
		l.note(err)
		return
	}
	if t.Name != path.Base(dir) {
		l.faults = append(l.faults, core.Errorf(core.Invalid, "The name is %q, but the folder is called %q.", t.Name, path.Base(dir)).
			Hinted("Make them the same.").At(doc.Place("name")))
		return
	}
	t.SkeletonDir = path.Join(dir, "skeleton")
	l.note(CheckSkeleton(t, l.fsys))
	l.rev.Templates[t.Name] = t
}

// policies reads all rules and returns what compiles them.
func (l *loader) policies() (compile func(context.Context)) {
	files, err := PolicyFiles(l.fsys)
	if err != nil {
		l.note(err)
		return func(context.Context) {}
	}
	var bindings []policy.Binding
	for _, b := range l.rev.Settings.Policies {
		bindings = append(bindings, policy.Binding(b))
	}
	rollout, exempt := l.rollout(), l.exemptions()
	return func(ctx context.Context) {
		set, err := policy.Compile(ctx, files, bindings, rollout, exempt...)
		if err != nil {
			l.note(l.placeRules(err))
			return
		}
		l.rev.Policy = set
	}
}

// PolicyFiles returns the .rego files under policies/, tests included.
func PolicyFiles(fsys fs.FS) (map[string][]byte, error) {
	names, err := filesUnder(fsys, "policies", maxTreeFiles)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, name := range names {
		if strings.HasSuffix(name, ".rego") {
			if files[name], err = readTree(fsys, name); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

// across checks what needs more than one file.
func (l *loader) across() {
	s := l.rev.Settings
	if doc := l.places[SettingsFile]; doc != nil {
		f := faults{}
		l.rev.checkCertifications(&f)
		l.faults = append(l.faults, placed(doc, f)...)
		l.rev.placeNeeds(doc)
	}
	for _, t := range l.rev.TemplateList() {
		doc := l.places[path.Join(path.Dir(t.SkeletonDir), "template.yaml")]
		f := faults{}
		for i, r := range t.AllowedRegions {
			if !slices.Contains(s.Regions, r) {
				f.add(key("allowed_regions", i), hintOneOf(r, s.Regions), "The template %q allows the region %q, which is not in paddock.yaml.", t.Name, r)
			}
		}
		for i, u := range t.Vendors {
			l.checkVendorUse(&f, t, i, u)
		}
		if _, ok := l.rev.Courses[t.Course]; t.Course != "" && !ok {
			f.add("course", hintOneOf(t.Course, slices.Sorted(maps.Keys(l.rev.Courses))), "The template %q asks for the course %q, which does not exist.", t.Name, t.Course)
		}
		l.faults = append(l.faults, placed(doc, f)...)
	}
	for _, v := range l.rev.VendorList() {
		f := faults{}
		for i, r := range v.Regions {
			if !slices.Contains(s.Regions, r) {
				f.add(key("regions", i), hintOneOf(r, s.Regions), "The vendor %q names the region %q, which is not in paddock.yaml.", v.Name, r)
			}
		}
		for _, ext := range []string{".yaml", ".yml"} {
			if doc := l.places["vendors/"+v.Name+ext]; doc != nil {
				l.faults = append(l.faults, placed(doc, f)...)
			}
		}
	}
}

func (l *loader) checkVendorUse(f *faults, t core.Template, i int, u core.VendorUse) {
	v, ok := l.rev.Vendors[u.Name]
	if !ok {
		f.add(key("vendors", i)+".name", hintOneOf(u.Name, slices.Sorted(maps.Keys(l.rev.Vendors))), "The template %q uses the vendor %q, which has no record.", t.Name, u.Name)
		return
	}
	for j, h := range u.Hosts {
		if !HostAllowed(v.Hosts, h) {
			f.add(key(key("vendors", i)+".hosts", j), hintOneOf(h, v.Hosts), "The host %q is not one of the vendor %q.", h, v.Name)
		}
	}
}
