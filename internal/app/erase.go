package app

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/org/erasure"
)

// Erase takes a person out of the records of a data folder or a database, beside
// a server that may be running on it. It is for the owner of the database.
// Errors: those of erasure.Eraser, Forbidden for a role that does not own the log.
func Erase(ctx context.Context, o cli.EraseOptions) (erasure.Result, error) {
	if _, err := os.Stat(filepath.Join(o.Data, store.File)); err != nil && o.Database == "" {
		return erasure.Result{}, core.Errorf(core.NotFound, "There is no Paddock data in %q.", o.Data).Hinted("Name the server's data folder with --data.")
	}
	db, err := store.OpenAt(ctx, store.Where{Dir: o.Data, URL: o.Database})
	if err != nil {
		return erasure.Result{}, err
	}
	defer db.Close()
	if db.Engine() == store.Postgres && !db.Owner() {
		return erasure.Result{}, core.Errorf(core.Forbidden, "The role of %s may only add to the audit log; it may erase nobody.", store.Redacted(o.Database)).
			Hinted("Give the address of the database's owner, as for paddock database prepare.").At("database")
	}
	clock := &labClock{} // as far ahead as the server's, if that is a laboratory
	if err := clock.restore(ctx, db); err != nil {
		return erasure.Result{}, err
	}
	e := erasure.Eraser{Roll: db, Events: eventOpenings{db}, Records: db, Tx: db, Audit: audit.NewLog(db, clock, core.IDs{}, rand.Reader)}
	by := core.System("paddock person erase")
	by.Door = "cli"
	return e.Erase(ctx, by, o.Email, o.Look)
}

// eventOpenings gives the openings of events.
type eventOpenings struct{ *store.DB }

// Openings implements erasure.Events.
func (o eventOpenings) Openings(ctx context.Context, after core.ID, most int) ([]erasure.Opening, error) {
	all, err := o.DB.Openings(ctx, after, most)
	out := make([]erasure.Opening, len(all))
	for i, x := range all {
		out[i] = erasure.Opening(x)
	}
	return out, err
}
