package torture

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/adapter/store/move"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/fsck"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// template is the database that those of all schedules are copies of.
const template = "torture"

// newPostgresGround makes the ground on a PostgreSQL server of its own.
func newPostgresGround(t *testing.T) (g ground) {
	t.Helper()
	cluster, err := postgres.StartDurable()
	if err != nil {
		t.Fatalf("no PostgreSQL to test with: %v", err)
	}
	t.Cleanup(cluster.Stop)
	dir := t.TempDir()
	cluster.Copy(t, template, func(owner string) error {
		err := store.Prepare(t.Context(), owner, store.Roles{Server: postgres.Server, Read: postgres.Read}, job.Migrate)
		if err == nil {
			g, err = newGround(t.Context(), place{dir, owner})
		}
		return err
	})
	g.cluster = cluster
	return g
}

// offline has fsck look over the data folder; a PostgreSQL database is first
// copied into a file, as a backup is.
func (w *world) offline(ctx context.Context) error {
	if w.db.Engine() == store.Postgres {
		if err := w.copyOut(ctx); err != nil {
			return fmt.Errorf("copying the database: %w (%w)", err, errOr(core.AsError(err).Err))
		}
	}
	r, err := fsck.Check(ctx, w.dir)
	broken := []error{err}
	for _, p := range r.Problems {
		broken = append(broken, fmt.Errorf("fsck: %s: %s (%s): %s", p.Check, p.What, p.Value, p.Where))
	}
	return errors.Join(broken...)
}

func (w *world) copyOut(ctx context.Context) (err error) {
	db, err := store.Open(ctx, w.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	queue, err := db.JobPool()
	if err != nil {
		return err
	}
	defer queue.Close()
	if _, err := job.NewQueue(ctx, job.Options{Pool: queue, Transactions: db, Log: w.log}); err != nil { // its tables
		return err
	}
	pool, err := sql.Open("sqlite", filepath.Join(w.dir, store.File)) // without foreign keys, so that any order of tables will do
	if err != nil {
		return err
	}
	defer pool.Close()
	from, err := move.NewReader(ctx, w.pool, move.Postgres)
	if err != nil {
		return err
	}
	to, err := move.NewTarget(ctx, pool, move.SQLite)
	if err != nil {
		return err
	}
	if _, err := to.Begin(ctx, from, "torture"); err != nil {
		return err
	}
	if err := move.Copy(ctx, from, to, nil); err != nil {
		return err
	}
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := to.Finish(ctx, tx, false); err != nil {
		return err
	}
	return tx.Commit()
}

// The faults of a database that is elsewhere: each at some places of the day.
func TestPostgresFaults(t *testing.T) {
	g := newPostgresGround(t)
	var list []schedule
	for _, what := range []string{kill, lost, unheard, dead, ended} {
		for _, act := range []int{1, 6, 15} {
			list = append(list, schedule{name: fmt.Sprintf("%s in act %d", what, act), acts: ordinary(), busy: act == 6, faults: []*strike{{what: what, act: act, call: 1 + act/5}}})
		}
	}
	g.inParallel(t, list)
	for _, act := range []int{3, 17} { // one after the other: all schedules share the server
		s := schedule{acts: ordinary(), busy: act == 3, faults: []*strike{{what: stopped, act: act, call: 2}}}
		if err := g.run(t, s); err != nil {
			t.Errorf("%v: %v", s.faults, err)
		}
	}
}
