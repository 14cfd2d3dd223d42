package store

import (
	"context"
	"database/sql"
	"errors"

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
func (d *DB) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	return d.inTx(ctx, false, fn)
}

// Quietly is InTx for book-keeping that is no act: sessions, counters, job
// state, the audit tree itself. Nothing that a person decided may use it.
func (d *DB) Quietly(ctx context.Context, fn func(ctx context.Context) error) error {
	return d.inTx(ctx, true, fn)
}

func (d *DB) inTx(ctx context.Context, quiet bool, fn func(ctx context.Context) error) (err error) {
	if txOf(ctx) != nil {
		return fn(ctx)
	}
	begun, err := d.writer.BeginTx(ctx, nil)
	if err != nil {
		return broken("Starting to write", err)
	}
	t := &tx{tx: begun, quiet: quiet}
	defer func() {
		if p := recover(); p != nil {
			_ = begun.Rollback()
			panic(p)
		}
	}()
	if err := fn(context.WithValue(ctx, txKey{}, t)); err != nil {
		_ = begun.Rollback()
		return err
	}
	if t.writes > 0 && t.events == 0 && !t.quiet {
		_ = begun.Rollback()
		return core.Hidden("Keeping this", errors.New("store: a transaction wrote without an audit event"))
	}
	if err := begun.Commit(); err != nil {
		return broken("Keeping this", err)
	}
	for _, f := range t.after {
		f()
	}
	return nil
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
