package store

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"
)

// mostTogether is how many acts share one commit at most: the last one to come
// makes the first one wait no longer than that.
const mostTogether = 16

// together lets the acts that wait for SQLite's one writer share a commit. Acts
// still run one after another, each sees what those before it wrote, and none is
// answered before it is on the disk; but a durable write takes longer than most
// acts, so those that wait for it go in one. Somebody who is alone commits alone.
type together struct {
	turn    sync.Mutex   // held by the act that runs
	waiting atomic.Int32 // acts that want the turn
	open    *shared      // what the next act joins; nil if nobody waits for it. Under turn.
}

// shared is one transaction of several acts.
type shared struct {
	conn *sql.Conn
	tx   *sql.Tx
	acts int // that succeeded
	done chan struct{}
	err  error // why nothing was kept; set before done is closed
}

// run runs fn as an act of a shared transaction and returns when that was kept.
func (g *together) run(ctx context.Context, d *DB, quiet bool, fn func(ctx context.Context) error) error {
	s, t, err := g.act(ctx, d, quiet, fn)
	if err != nil {
		return err
	}
	<-s.done
	if s.err != nil {
		return uncertain(s.err)
	}
	t.kept()
	return nil
}

// act takes the turn and runs fn.
func (g *together) act(ctx context.Context, d *DB, quiet bool, fn func(ctx context.Context) error) (*shared, *tx, error) {
	g.waiting.Add(1)
	g.turn.Lock()
	g.waiting.Add(-1)
	defer g.leave()
	if err := ctx.Err(); err != nil { // it went away while it waited
		return nil, nil, err
	}
	s, ctx, err := g.join(ctx, d)
	if err != nil {
		return nil, nil, broken("Starting to write", err)
	}
	kept := false
	defer func() {
		if !kept { // also when fn panics
			g.undo(s)
		}
	}()
	t := &tx{tx: s.tx, quiet: quiet}
	if err := t.run(ctx, fn); err != nil {
		return nil, nil, err
	}
	if s.acts > 0 {
		if _, err := s.tx.ExecContext(ctx, "RELEASE act"); err != nil {
			return nil, nil, broken("Keeping this", err)
		}
	}
	s.acts++
	kept = true
	return s, t, nil
}

// join begins a transaction, or marks the place in the open one to which the act
// can be undone. The context that it returns is for the act: with others in the
// transaction a client that goes away must not interrupt a statement, since
// SQLite would then undo the work of all.
func (g *together) join(ctx context.Context, d *DB) (*shared, context.Context, error) {
	if s := g.open; s != nil {
		alone := &leaver{context.WithoutCancel(ctx), ctx}
		_, err := s.tx.ExecContext(alone, "SAVEPOINT act")
		if err != nil {
			g.drop(s, err)
		}
		return s, alone, err
	}
	conn, err := d.writer.Conn(ctx)
	if err != nil {
		return nil, nil, err
	}
	begun, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	g.open = &shared{conn: conn, tx: begun, done: make(chan struct{})}
	return g.open, ctx, nil
}

// leaver is a context whose statements run to their end, but which tells that
// the client went away.
type leaver struct {
	context.Context
	client context.Context
}

// Err implements context.Context.
func (l *leaver) Err() error { return l.client.Err() }

// undo undoes the act that has the turn, and no other.
func (g *together) undo(s *shared) {
	if s.acts == 0 || g.open != s {
		g.drop(s, nil)
		return
	}
	if _, err := s.tx.ExecContext(context.Background(), "ROLLBACK TO act"); err != nil {
		g.drop(s, err) // SQLite has undone everything, as when the disk is full
		return
	}
	if _, err := s.tx.ExecContext(context.Background(), "RELEASE act"); err != nil {
		g.drop(s, err)
	}
}

// drop undoes the transaction of all.
func (g *together) drop(s *shared, cause error) {
	if g.open != s {
		return
	}
	g.open = nil
	s.err = cause
	_ = s.tx.Rollback()
	_ = s.conn.Close()
	close(s.done)
}

// leave gives the turn to the next act, and commits first if nobody would do it
// later.
func (g *together) leave() {
	if s := g.open; s != nil && (g.waiting.Load() == 0 || s.acts >= mostTogether) {
		g.open = nil
		s.err = s.tx.Commit()
		if s.err != nil {
			_ = s.tx.Rollback()
		}
		_ = s.conn.Close()
		close(s.done)
	}
	g.turn.Unlock()
}
