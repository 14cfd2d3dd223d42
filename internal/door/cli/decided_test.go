package cli_test

import (
	"context"
	"io/fs"
	"log/slog"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/adapter/forge/local"
	"github.com/paddock-dev/paddock/internal/app"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/notify"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/org/approval"
)

// inForce is one set of rules.
type inForce struct{ set *policy.Set }

func (r inForce) Rules() gate.Rules { return r.set }

// makeDecided is the script command "decided DIR": a data folder whose governance
// repository is the starter, with what its gates answered: $DENIED, $WAITING, and
// $OLD, which was kept before decisions named rules.
func makeDecided(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: decided DIR")
	}
	f := newFolder(ts, args[0])
	defer f.Close()
	ctx, now := context.Background(), clock()
	ada := core.Person{ID: core.IDs{}.New(now.Now()), Email: "ada@example.com", Name: "Ada", Created: 1}
	a := core.App{ID: core.IDs{}.New(now.Now()), Name: "tracker", OwnerID: ada.ID, OwnerEmail: ada.Email, State: core.AppActive, Created: 1, Version: 1}
	by := core.Actor{Kind: core.ActorPerson, ID: ada.ID, Name: ada.Email, Door: "web"}
	ts.Check(f.Quietly(ctx, func(ctx context.Context) error {
		if err := f.AddPerson(ctx, ada); err != nil {
			return err
		}
		return f.AddApp(ctx, a)
	}))
	rules := inForce{starterIn(ts, ctx, filepath.Join(ts.MkAbs(args[0]), "git"))}
	g := gate.Gates{Policy: rules, Store: f, Approvals: approval.New(f, f.log, notify.New(f, f, f.log, now, core.IDs{}), now, core.IDs{}, 0), Audit: f.log, Clock: now, IDs: core.IDs{}}
	ask := func(name string, q gate.Question) core.Decision {
		q.AppID, q.Actor, q.Asker, q.Subject = a.ID, by, ada.ID, "what tracker wants"
		d, err := g.Pass(ctx, q, func(context.Context, core.Decision) error { return nil })
		if code := core.CodeOf(err); code != core.Denied && code != core.Pending {
			ts.Fatalf("%s: %v", name, err)
		}
		ts.Setenv(name, string(d.ID))
		return d
	}
	good := policy.Input{App: policy.App{Region: "eu-sovereign", Runtime: core.Serverless, Classification: core.InternalUse}, Report: policy.Report{Verdict: core.Passed},
		Template: policy.Template{Name: "dashboard", Runtime: core.Serverless, MaxClassification: core.InternalUse, AllowedRegions: []string{"eu-sovereign"}},
		Org:      policy.Org{Regions: []string{"eu-sovereign", "us-east-1"}, ApprovedRuntimes: []core.Runtime{core.Serverless}}}
	waits, denied := good, good
	waits.App.Guardrails.Egress, denied.App.Region = []string{"api.example.com"}, "us-east-1"
	ask("WAITING", gate.Question{Gate: core.GateChangeMerge, Digest: "c0ffee", Input: waits})
	old := ask("DENIED", gate.Question{Gate: core.GateChangeMerge, Digest: "badc0de", Input: denied})
	old.ID, old.Fired, old.Took = core.IDs{}.New(now.Now()), nil, 0
	ts.Setenv("OLD", string(old.ID))
	ts.Check(f.Quietly(ctx, func(ctx context.Context) error { return f.AddDecision(ctx, old) }))
}

// starterIn puts the starter into a governance repository, and compiles its rules.
func starterIn(ts *testscript.TestScript, ctx context.Context, root string) *policy.Set {
	forge, err := local.New(local.Options{Root: root, Log: slog.New(slog.DiscardHandler), Clock: clock(), HookCommand: []string{"/bin/true"}})
	ts.Check(err)
	files := map[string][]byte{}
	ts.Check(fs.WalkDir(governance.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files[path], err = fs.ReadFile(governance.FS(), path)
		}
		return err
	}))
	ts.Check(forge.Create(ctx, app.GovernanceRepo))
	commit, err := forge.Seed(ctx, app.GovernanceRepo, files, "Paddock <paddock@localhost>", "Starter", clock().Now())
	ts.Check(err)
	tree, err := forge.Tree(ctx, app.GovernanceRepo, commit)
	ts.Check(err)
	rev, err := catalog.Load(ctx, tree, commit)
	ts.Check(err)
	return rev.Policy
}
