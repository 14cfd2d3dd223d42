package check

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/allow"
	"github.com/paddock-dev/paddock/internal/life/check/data"
	"github.com/paddock-dev/paddock/internal/life/check/dependencies"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/images"
	"github.com/paddock-dev/paddock/internal/life/check/licences"
	"github.com/paddock-dev/paddock/internal/life/check/lint"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
	"github.com/paddock-dev/paddock/internal/life/check/microapp"
	"github.com/paddock-dev/paddock/internal/life/check/names"
	"github.com/paddock-dev/paddock/internal/life/check/outside"
	"github.com/paddock-dev/paddock/internal/life/check/pipelines"
	"github.com/paddock-dev/paddock/internal/life/check/regions"
	"github.com/paddock-dev/paddock/internal/life/check/sbom"
	"github.com/paddock-dev/paddock/internal/life/check/script"
	"github.com/paddock-dev/paddock/internal/life/check/secrets"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
	"github.com/paddock-dev/paddock/internal/life/check/vendors"
)

// run is one tree under check.
type run struct {
	engine     *Engine
	in         Input
	tree       *tree.Tree
	file       microapp.File
	present    bool             // there is a descriptor
	descriptor *core.Descriptor // nil if it has faults
	partial    *core.Descriptor // what could be read of it, faults or not; nil if nothing
	faults     []*core.Error    // in the descriptor
	revision   string           // of the policy
	bill       []byte           // the SBOM
	aside      []core.SetAside  // by the check of dependencies
	redactor   secrets.Redactor

	mu      sync.Mutex
	results map[string]findings.Result // by check
	claims  []allow.Claim              // comments that ask to let a finding pass; none if there are too many to be meant
	crowded bool                       // there are too many
}

func (e *Engine) newRun(_ context.Context, in Input, t *tree.Tree) *run {
	r := &run{engine: e, in: in, tree: t, results: map[string]findings.Result{}}
	r.file, r.present = microapp.Find(t)
	if claims, all := allow.Read(t); all {
		r.claims = claims
	} else {
		r.crowded = true
	}
	if r.present {
		r.partial, r.faults = r.read(r.file.Text)
		if len(r.faults) == 0 {
			r.descriptor = r.partial
		}
	}
	return r
}

// read reads a descriptor and returns what it could of it, nil for nothing, with
// its faults.
func (r *run) read(text []byte) (d *core.Descriptor, faults []*core.Error) {
	defer func() {
		if p := recover(); p != nil {
			r.engine.opt.Log.Error("reading a descriptor panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			d, faults = nil, []*core.Error{core.Errorf(core.Unreadable, "It could not be read.")}
		}
	}()
	if r.in.Descriptor == nil {
		return nil, []*core.Error{core.Errorf(core.Internal, "There is no reader for it.")}
	}
	got, faults := r.in.Descriptor(text)
	if len(faults) > 0 && got.Name == "" && got.Region == "" {
		return nil, faults
	}
	return &got, faults
}

// inspect runs all checks but policy: those that need the packages and those
// that need the scripts wait for one reading of each.
func (r *run) inspect(ctx context.Context) {
	packages := sync.OnceValue(func() *lockfile.Set {
		set := lockfile.Read(r.tree)
		licences.Fill(r.tree, set)
		return set
	})
	scripts := sync.OnceValue(func() *script.Set { return script.Read(ctx, r.single()) })
	known := sync.OnceValue(func() *names.Found { return names.Scan(ctx, r.tree, regions.Names(), vendors.Names()) })
	checks := map[string]func() findings.Result{
		"lint": func() findings.Result {
			return lint.Check(ctx, r.single(), r.file, r.present, r.faults, scripts(), r.in.Oxlint)
		},
		"secrets":      func() findings.Result { return r.secrets(ctx) },
		"dependencies": func() findings.Result { return r.dependencies(ctx, packages()) },
		"sbom":         func() findings.Result { return r.sbom(packages()) },
		"licences":     func() findings.Result { return r.licences(packages()) },
		"code":         func() findings.Result { return r.engine.rules(r.in.Code).Check(ctx, r.tree) },
		"regions":      func() findings.Result { return r.regions(ctx, known()) },
		"images": func() findings.Result {
			return images.Check(r.tree, r.file, r.partial, r.in.ApprovedRegistries)
		},
		"pipelines": func() findings.Result {
			return pipelines.Check(ctx, pipelines.Input{Tree: r.tree, Inherited: r.in.Inherited})
		},
		"vendors": func() findings.Result { return r.vendors(ctx, known()) },
		"data": func() findings.Result {
			return r.data(ctx)
		},
	}
	if len(r.in.Outside) > 0 {
		checks["outside"] = func() findings.Result { return outside.Check(r.in.Outside, r.tree, r.in.Commit) }
	}
	r.frame(ctx, checks)
	var wg sync.WaitGroup
	for name, check := range checks {
		wg.Go(func() { r.one(name, check) })
	}
	wg.Wait()
}

// one runs one check and keeps its result. A panic makes the check incomplete
// and leaves the others alone. Files that nobody could read count against
// every check.
func (r *run) one(name string, check func() findings.Result) {
	var res findings.Result
	func() {
		defer func() {
			if p := recover(); p != nil {
				r.engine.opt.Log.Error("a check panicked", "check", name, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				res = findings.Result{Looked: "nothing"}
				res.Missed("the check failed on this input; nothing it would have found is known")
			}
		}()
		res = check()
	}()
	for _, why := range r.tree.Unread {
		res.Missed("%s", why)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.results[name] = res
}

func (r *run) secrets(ctx context.Context) findings.Result {
	res, redactor := r.engine.scanner.Check(ctx, r.in.Files, r.tree)
	if r.tree.Binary > 0 {
		res.Looked += fmt.Sprintf(", %s passed over", findings.Count(r.tree.Binary, "binary file"))
	}
	r.redactor = redactor
	return res
}

func (r *run) dependencies(ctx context.Context, set *lockfile.Set) findings.Result {
	res, aside := dependencies.Check(ctx, dependencies.Input{Set: set, Data: r.engine.opt.Advisories(), VEX: dependencies.VEX{Set: r.in.VEX, App: r.in.App, Commit: r.in.Commit}, Now: r.engine.opt.Clock.Now()})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.aside = aside
	return res
}

func (r *run) licences(set *lockfile.Set) findings.Result {
	var audience string
	var class core.Classification
	if d := r.partial; d != nil {
		audience, class = d.Audience, d.Classification
	}
	return licences.Check(set, licences.NewRules(r.in.Licences, audience, class))
}

func (r *run) sbom(set *lockfile.Set) findings.Result {
	app := r.in.App
	if app == "" {
		app = "app"
	}
	bill, res := sbom.Make(sbom.Subject{App: app, Commit: r.in.Commit, Tool: r.engine.opt.Version, Time: r.in.Time, Unread: len(r.tree.Unread) > 0}, set, sbom.Others(r.tree)...)
	r.bill = bill
	return res
}

func (r *run) regions(ctx context.Context, known *names.Found) findings.Result {
	in := regions.Input{Tree: r.tree, Found: func(i int) []names.Hit { return known.List(0, i) }, Unread: known.Unread, File: r.file, Descriptor: r.partial,
		Allowed: r.in.AllowedRegions, Groups: r.in.RegionGroups, Vendors: r.in.Vendors}
	if r.in.Template != nil {
		in.Template = r.in.Template.AllowedRegions
	}
	return regions.Check(ctx, in)
}

func (r *run) vendors(ctx context.Context, known *names.Found) findings.Result {
	return vendors.Check(ctx, vendors.Input{Tree: r.tree, Found: func(i int) []names.Hit { return known.List(1, i) }, Unread: known.Unread, File: r.file, Descriptor: r.partial, Known: r.in.Vendors})
}

func (r *run) data(ctx context.Context) findings.Result {
	in := data.Input{Tree: r.tree, File: r.file, Descriptor: r.partial}
	if t := r.in.Template; t != nil {
		in.Most = cmp.Or(t.MaxClassification, t.Classification)
	}
	return data.Check(ctx, in)
}
