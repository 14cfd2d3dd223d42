package app

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/adapter/forge/local"
	"github.com/paddock-dev/paddock/internal/adapter/registry/ocilayout"
	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/org/budget"
	"github.com/paddock-dev/paddock/internal/org/evidence"
)

// ExportEvidence writes an evidence pack straight from a data folder, and from
// the database at an address if it is not in the folder, beside a
// server that may be running on it, and records that it was taken. It is for a
// platform engineer at the machine.
func ExportEvidence(ctx context.Context, dataDir, database string, scope evidence.Scope, w io.Writer) (evidence.Summary, error) {
	if _, err := os.Stat(filepath.Join(dataDir, store.File)); err != nil && database == "" {
		return evidence.Summary{}, core.Errorf(core.NotFound, "There is no Paddock data in %q.", dataDir).Hinted("Name the server's data folder with --data.")
	}
	db, err := store.OpenAt(ctx, store.Where{Dir: dataDir, URL: database})
	if err != nil {
		return evidence.Summary{}, err
	}
	defer db.Close()
	keys, err := seal.Open(filepath.Join(dataDir, "keys"), rand.Reader)
	if err != nil {
		return evidence.Summary{}, err
	}
	verifier, err := note.NewVerifier(keys.AuditKey())
	if err != nil {
		return evidence.Summary{}, core.Hidden("Reading the audit key", err)
	}
	clock := &labClock{} // as far ahead as the server's, if that is a laboratory
	if err := clock.restore(ctx, db); err != nil {
		return evidence.Summary{}, err
	}
	quiet := slog.New(slog.DiscardHandler)
	a := archivist{store: db, keys: keys, clock: clock, reader: audit.NewReader(db, verifier), sequencer: audit.NewSequencer(db, keys.NoteSigner(), verifier, nil, quiet)}
	if a.library, err = local.Beside(local.Options{Root: filepath.Join(dataDir, "git"), Log: quiet, Clock: clock}); err != nil {
		return evidence.Summary{}, err
	}
	if a.registry, err = ocilayout.Open(filepath.Join(dataDir, "oci")); err != nil {
		return evidence.Summary{}, err
	}
	if a.tariff, err = a.inForce(ctx); err != nil {
		return evidence.Summary{}, err
	}
	sum, err := a.exporter("").Export(ctx, scope, w)
	if err != nil {
		return sum, err
	}
	app := core.ID("")
	if scope.ByApp() {
		one, err := db.AppByName(ctx, scope.App)
		if err != nil {
			return sum, err
		}
		app = one.ID
	}
	log := auditor{log: audit.NewLog(db, clock, core.IDs{}, rand.Reader), store: db, wake: func() {}}
	by := core.System("paddock evidence export")
	by.Door = "cli"
	return sum, db.InTx(ctx, func(ctx context.Context) error { return log.Append(ctx, sum.Event(by, app)) })
}

// inForce returns the prices of the governance revision in force; the default
// ones where there is none yet.
func (a archivist) inForce(ctx context.Context) (func() budget.Tariff, error) {
	commit, err := a.store.Setting(ctx, revisionSetting)
	if err != nil || commit == "" {
		return budget.DefaultTariff, err
	}
	s := &shelf{}
	tree, err := a.library.Tree(ctx, GovernanceRepo, commit)
	if err != nil {
		return nil, err
	}
	if err := s.take(ctx, tree, commit); err != nil {
		return nil, err
	}
	return s.tariff, nil
}
