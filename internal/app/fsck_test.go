package app

import (
	"io/fs"
	"log/slog"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/adapter/forge/local"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// TestPastRules: the policies of a revision are found in the repository, by the
// name that decisions give them, and a folder without one says so.
func TestPastRules(t *testing.T) {
	dir := t.TempDir()
	clock := testkit.NewClock(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	forge, err := local.New(local.Options{Root: filepath.Join(dir, "git"), Log: slog.New(slog.DiscardHandler), Clock: clock, HookCommand: []string{"/bin/true"}})
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	if err := fs.WalkDir(governance.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files[path], err = fs.ReadFile(governance.FS(), path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	if err := forge.Create(ctx, GovernanceRepo); err != nil {
		t.Fatal(err)
	}
	commit, err := forge.Seed(ctx, GovernanceRepo, files, "Paddock <paddock@localhost>", "Starter", clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	tree, err := forge.Tree(ctx, GovernanceRepo, commit)
	if err != nil {
		t.Fatal(err)
	}
	rev, err := catalog.Load(ctx, tree, commit)
	if err != nil {
		t.Fatal(err)
	}
	wanted := rev.Policy.Revision()
	found, err := PastRules(dir).Find(ctx, []string{"sha256:gone", wanted}, nil)
	if err != nil || len(found) != 1 || found[wanted] == nil {
		t.Fatal(maps.Keys(found), err)
	}
	in := policy.Input{Gate: core.GateAppCreate, App: policy.App{Region: "nowhere"}}
	doc, _, err := in.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	a, err := rev.Policy.Eval(ctx, core.GateAppCreate, in)
	b, err2 := found[wanted].Replay(ctx, core.GateAppCreate, doc)
	if err != nil || err2 != nil || len(a.Deny) == 0 || len(a.Deny) != len(b.Deny) || a.Deny[0] != b.Deny[0] {
		t.Fatalf("%+v became %+v %v %v", a, b, err, err2)
	}
	if _, err := PastRules(t.TempDir()).Find(ctx, []string{wanted}, nil); core.CodeOf(err) != core.NotFound || !strings.Contains(err.Error(), "not there") {
		t.Fatal(err)
	}
}
