package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
)

// lockConns is how many things one process does alone at once.
const lockConns = 6

// Alone runs fn unless another process is running something under the same name
// on this database; ran says whether it did. It is a courtesy that saves work
// done twice: who must be safe compares and swaps. A name is free again when fn
// ends or the process does. On SQLite there is no other process.
// Errors: those of fn, and Unavailable when the database cannot be reached.
func (d *DB) Alone(ctx context.Context, name string, fn func(ctx context.Context) error) (ran bool, err error) {
	if d.Engine() != Postgres {
		return true, fn(ctx)
	}
	var conn *sql.Conn
	for try := 1; ; try++ { // a connection may be found dead when it is used
		if conn, ran, err = d.lock(ctx, name); err == nil || !cut(err) || try == doubts {
			break
		}
	}
	if err != nil {
		return false, broken("Asking whether others do this", err)
	}
	defer conn.Close()
	if !ran {
		return false, nil
	}
	defer unlock(context.WithoutCancel(ctx), conn, name)
	return true, fn(ctx)
}

// lock asks for a name on a connection, which the caller closes.
func (d *DB) lock(ctx context.Context, name string) (conn *sql.Conn, mine bool, err error) {
	if conn, err = d.locks.Conn(ctx); err != nil {
		return nil, false, err
	}
	if err = conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock(hashtextextended($1, 8420))`, name).Scan(&mine); err != nil {
		_ = conn.Close()
	}
	return conn, mine, err
}

// unlock frees a name; a connection on which that fails is not used again.
func unlock(ctx context.Context, conn *sql.Conn, name string) {
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_unlock(hashtextextended($1, 8420))`, name); err != nil {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	}
}
