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
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return nil, &core.Error{Code: core.Unreadable, Msg: "The folder " + o.Dir + " cannot be opened.", Hint: "Name a folder with paddock.yaml and policies.", Err: err}
	}
	defer root.Close()
	to, err := catalog.Load(ctx, root.FS(), "preview")
	if err != nil {
		return nil, err
	}
	l, err := openLedger(ctx, o)
	if err != nil {
		return nil, err
	}
	defer l.db.Close()
	p := preview.Previews{Store: l.db, Clock: l.clock}
	if o.Decisions {
		return p.Decisions(ctx, l.rev, to, l.clock.Now().Add(-time.Duration(o.Days)*24*time.Hour))
	}
	return p.Fleet(ctx, l.rev, to)
}

// ledger is what a server has recorded, with the rules in force there.
type ledger struct {
	db    *store.DB
	rev   *catalog.Revision
	clock core.Clock
}

// openLedger opens it beside a server; the caller closes the database.
func openLedger(ctx context.Context, o cli.WhatIfOptions) (ledger, error) {
	if _, err := os.Stat(filepath.Join(o.Data, store.File)); err != nil && o.Database == "" {
		return ledger{}, core.Errorf(core.NotFound, "There is no Paddock data in %q.", o.Data).Hinted("Name the server's data folder with --data.")
	}
	db, err := store.OpenAt(ctx, store.Where{Dir: o.Data, URL: o.Database})
	if err != nil {
		return ledger{}, err
	}
	clock := &labClock{} // as far ahead as the server's, if that is a laboratory
	rev, err := inForce(ctx, db, o.Data)
	if err == nil {
		err = clock.restore(ctx, db)
	}
	if err != nil {
		db.Close()
		return ledger{}, err
	}
	return ledger{db, rev, clock}, nil
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
