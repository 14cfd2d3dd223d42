package store

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

type txKey struct{}

// tx is one transaction under way, carried by the context.
type tx struct {
	tx     *sql.Tx
	writes int
	events int
	quiet  bool
	after  []func()
}

func txOf(ctx context.Context) *tx {
	t, _ := ctx.Value(txKey{}).(*tx)
	return t
}

// InTx runs fn in one transaction, carried by the context that fn is given. A
// call inside a transaction joins it. If fn fails, nothing is kept. A
// transaction that wrote records but no audit event fails (promise 1).
//
// On SQLite acts that wait for the writer share a commit, see together.
// On PostgreSQL fn may run more than once: transactions run side by side, and
// one that would not give the result of running alone is undone and started
// again. So fn must be able to run again: what it leaves outside of the
// transaction (a variable of the caller) it sets, and never adds to. An error
// of the store must be passed on, for after it the transaction cannot go on.
// It also runs again, on another connection, if its own was lost before the
// commit: nothing of it was kept.
//
// Errors: those of fn; Unavailable when the database was lost, or when others
// were in the way too often. If it was lost during the commit, the message says
// that the outcome is not known.
func (d *DB) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	return d.inTx(ctx, false, fn)
}

// Quietly is InTx for book-keeping that is no act: sessions, counters, job
// state, the audit tree itself. Nothing that a person decided may use it.
func (d *DB) Quietly(ctx context.Context, fn func(ctx context.Context) error) error {
	return d.inTx(ctx, true, fn)
}

// How often a transaction runs again from its start, and how long it waits in
// between: each time up to twice as long as before, by chance.
const (
	collisions = 50 // tries of one that others were in the way of
	doubts     = 3  // tries of one that may fail again for the same reason
	firstWait  = time.Millisecond
	longWait   = 100 * time.Millisecond
)

func (d *DB) inTx(ctx context.Context, quiet bool, fn func(ctx context.Context) error) error {
	if txOf(ctx) != nil {
		return fn(ctx)
	}
	if d.Engine() == SQLite {
		return d.together.run(ctx, d, quiet, fn)
	}
	for try := 1; ; try++ {
		undone, err := d.once(ctx, quiet, fn)
		if err == nil || ctx.Err() != nil || !again(err, undone, try) {
			return err
		}
		pause(ctx, try)
	}
}

// again reports whether a transaction that failed with err at its try-th try
// should run again. One that found a value taken is run again too: it then sees
// who took it, and can say so. undone says that its connection was lost before
// the commit.
func again(err error, undone bool, try int) bool {
	if collided(err) {
		return try < collisions
	}
	return (undone || duplicate(err) || spoiled(err)) && try < doubts
}

func pause(ctx context.Context, try int) {
	most := longWait
	if try < 7 {
		most = firstWait << try
	}
	t := time.NewTimer(rand.N(most))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// once runs one try on PostgreSQL. undone says that it failed because its
// connection was lost while nothing of it could have been kept. A client that goes
// away ends the statement under way, but not a commit: its outcome is to be known.
func (d *DB) once(ctx context.Context, quiet bool, fn func(ctx context.Context) error) (undone bool, err error) {
	conn, err := d.writer.Conn(ctx)
	if err != nil {
		return false, broken("Starting to write", err)
	}
	defer conn.Close()
	begun, err := conn.BeginTx(context.WithoutCancel(ctx), &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		return gone(conn), broken("Starting to write", err)
	}
	defer begun.Rollback() // does nothing after the commit
	t := &tx{tx: begun, quiet: quiet}
	if err := t.run(ctx, fn); err != nil {
		return gone(conn), err
	}
	if err := begun.Commit(); err != nil {
		return false, uncertain(err)
	}
	t.kept()
	return false, nil
}

// run runs fn in the transaction and says whether it may be kept.
func (t *tx) run(ctx context.Context, fn func(ctx context.Context) error) error {
	if err := fn(context.WithValue(ctx, txKey{}, t)); err != nil {
		return ailing(err)
	}
	if t.writes > 0 && t.events == 0 && !t.quiet {
		return core.Hidden("Keeping this", errors.New("store: a transaction wrote without an audit event"))
	}
	return ctx.Err()
}

// kept does what is left to do after the commit.
func (t *tx) kept() {
	for _, f := range t.after {
		f()
	}
}

// uncertain explains a commit that failed. If the connection was lost while the
// database worked on it, nobody can say whether it was kept; what the driver says
// about errors after which it is safe to try again is not true of a commit.
func uncertain(err error) error {
	if cut(err) {
		return &core.Error{Code: core.Unavailable, Msg: "The database was lost at the last moment: it is not known whether this was kept.",
			Hint: "Look whether it is there before you try again.", Err: err}
	}
	return broken("Keeping this", err)
}

// w returns the queries for writing. It fails outside a transaction.
func (d *DB) w(ctx context.Context) (*gen.Queries, error) {
	t := txOf(ctx)
	if t == nil {
		return nil, core.Hidden("Keeping this", errors.New("store: a write outside a transaction"))
	}
	t.writes++
	return gen.New(t.tx), nil
}

// SQLTx returns the transaction of ctx, for the job queue to insert into.
func (d *DB) SQLTx(ctx context.Context) (*sql.Tx, bool) {
	if t := txOf(ctx); t != nil {
		return t.tx, true
	}
	return nil, false
}

// AfterCommit runs fn once the transaction of ctx has committed; never if it
// fails. Outside a transaction fn runs at once.
func (d *DB) AfterCommit(ctx context.Context, fn func()) {
	if t := txOf(ctx); t != nil {
		t.after = append(t.after, fn)
		return
	}
	fn()
}
