package app

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/forge/local"
	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/engine/policy/whatif"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/org/preview"
)

// WhatIf says what the governance repository in a folder would mean if it were in
// force, straight from a data folder or a database beside a server that may be
// running. It changes nothing.
func WhatIf(ctx context.Context, o cli.WhatIfOptions) (*whatif.Report, error) {
	if _, err := os.Stat(filepath.Join(o.Data, store.File)); err != nil && o.Database == "" {
		return nil, core.Errorf(core.NotFound, "There is no Paddock data in %q.", o.Data).Hinted("Name the server's data folder with --data.")
	}
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return nil, &core.Error{Code: core.Unreadable, Msg: "The folder " + o.Dir + " cannot be opened.", Hint: "Name a folder with paddock.yaml and policies.", Err: err}
	}
	defer root.Close()
	to, err := catalog.Load(ctx, root.FS(), "preview")
	if err != nil {
		return nil, err
	}
	db, err := store.OpenAt(ctx, store.Where{Dir: o.Data, URL: o.Database})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	from, err := inForce(ctx, db, o.Data)
	if err != nil {
		return nil, err
	}
	clock := &labClock{} // as far ahead as the server's, if that is a laboratory
	if err := clock.restore(ctx, db); err != nil {
		return nil, err
	}
	p := preview.Previews{Store: db, Clock: clock}
	if o.Decisions {
		return p.Decisions(ctx, from, to, clock.Now().Add(-time.Duration(o.Days)*24*time.Hour))
	}
	return p.Fleet(ctx, from, to)
}

// inForce reads the governance revision in force beside a server.
func inForce(ctx context.Context, db *store.DB, dataDir string) (*catalog.Revision, error) {
	commit, err := db.Setting(ctx, revisionSetting)
	if err != nil {
		return nil, err
	}
	if commit == "" {
		return nil, core.Errorf(core.NotFound, "No rules are in force there yet.").Hinted("Start the server once.")
	}
	forge, err := local.OpenReader(filepath.Join(dataDir, "git"), local.Limits{})
	if err != nil {
		return nil, err
	}
	tree, err := forge.Tree(ctx, GovernanceRepo, commit)
	if err != nil {
		return nil, err
	}
	rev, err := catalog.Load(ctx, tree, commit)
	if err != nil {
		return nil, err
	}
	was, err := db.Activation(ctx)
	return rev.Halt(was.Halted), err
}
