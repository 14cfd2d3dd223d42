package store

import (
	"context"
	"database/sql"
	"hash/fnv"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Leader is one process's claim to do what only one should do at a time. On
// SQLite the process is the only one. On PostgreSQL a claim is an advisory lock
// on a connection of its own: it ends when the connection does, also when the
// process dies. A process that lost its connection may believe to lead a little
// longer, so nothing may rest on it but who does the work.
type Leader struct {
	db   *DB
	key  int64
	mu   sync.Mutex
	pool *sql.DB
	conn *sql.Conn // holds the lock; nil when another process does
}

// Leader returns a claim under a name. The caller closes it.
func (d *DB) Leader(name string) *Leader {
	h := fnv.New64a()
	_, _ = h.Write([]byte("paddock " + name))
	return &Leader{db: d, key: int64(h.Sum64())}
}

// Leads reports whether this process leads, and tries to if nobody else does.
// Errors: Unavailable when the database cannot be asked.
func (l *Leader) Leads(ctx context.Context) (bool, error) {
	if l.db.Engine() != Postgres {
		return true, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		if err := l.conn.PingContext(ctx); err == nil || ctx.Err() != nil {
			return err == nil, ctx.Err()
		}
		l.drop()
	}
	if l.pool == nil {
		pool, err := postgresPool(l.db.where.URL, 1, nil)
		if err != nil {
			return false, err
		}
		l.pool = pool
	}
	conn, err := l.pool.Conn(ctx)
	if err != nil {
		return false, core.Errorf(core.Unavailable, "the database cannot be asked who leads: %w", err)
	}
	var got bool
	err = conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", l.key).Scan(&got)
	if err != nil || !got {
		conn.Close()
		if err != nil {
			return false, core.Errorf(core.Unavailable, "the database cannot be asked who leads: %w", err)
		}
		return false, nil
	}
	l.conn = conn
	return true, nil
}

// drop lets go of a connection that does not answer.
func (l *Leader) drop() {
	l.conn.Close()
	l.conn = nil
	l.pool.Close() // and with it whatever still holds the lock
	l.pool = nil
}

// Close gives the claim up.
func (l *Leader) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, _ = l.conn.ExecContext(ctx, "SELECT pg_advisory_unlock_all()")
		l.conn.Close()
		l.conn = nil
	}
	if l.pool == nil {
		return nil
	}
	return l.pool.Close()
}
