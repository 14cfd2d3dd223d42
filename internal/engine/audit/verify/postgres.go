package verify

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/paddock-dev/paddock/internal/core"
)

// The same questions as on SQLite, in PostgreSQL's words. It joins fast enough
// that rows are read as they are.
const (
	pgExtentSQL = `SELECT (SELECT COUNT(*) FROM audit_leaf), (SELECT COALESCE(MIN(idx), 0) FROM audit_leaf), (SELECT COALESCE(MAX(idx), -1) FROM audit_leaf),
(SELECT COUNT(*) FROM audit_event), (SELECT COUNT(*) FROM audit_pending),
(SELECT COUNT(*) FROM audit_checkpoint), (SELECT COALESCE(MAX(size), 0) FROM audit_checkpoint)`
	pgLastSQL  = `SELECT COALESCE(MAX(idx), -1) FROM audit_leaf WHERE idx >= 0 AND idx < $1`
	pgNodesSQL = `SELECT n, hash FROM audit_node WHERE level = $1 AND n >= $2 AND n < $3 ORDER BY n`
	pgHeadsSQL = `SELECT size, note FROM audit_checkpoint WHERE size > $1 AND size <= $2 ORDER BY size`
	pgRowsSQL  = `SELECT l.event_id, ` + columnsSQL + `
FROM audit_leaf l LEFT JOIN audit_event e ON e.id = l.event_id WHERE l.idx >= $1 AND l.idx < $2 ORDER BY l.idx`
	pgLostSQL = `SELECT id FROM audit_event e WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.event_id = e.id)
AND NOT EXISTS (SELECT 1 FROM audit_pending p WHERE p.event_id = e.id) ORDER BY id LIMIT $1`
)

// pgSettings hold for every connection: ranges are read along the indexes,
// whatever the server knows of the size of its tables.
const pgSettings = `SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off; SET jit = off; SET timezone = 'UTC'`

// Postgres is a database opened for reading only. All its connections see one
// moment. It implements Source.
type Postgres struct {
	keeper *pgx.Conn // holds the moment
	idle   chan *pgx.Conn
	conns  int
}

// OpenPostgres opens the audit log in a PostgreSQL database. The role needs to
// read the audit tables and nothing else. Errors: Invalid for an address that
// is none, Unreadable. The caller closes it.
func OpenPostgres(ctx context.Context, address string) (*Postgres, error) {
	c, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, core.Errorf(core.Invalid, "The database address cannot be read.").
			Hinted("Write it as postgres://role:password@host:5432/database.")
	}
	p := &Postgres{}
	if p.keeper, err = moment(ctx, c, ""); err != nil {
		return nil, unreachable(c, err)
	}
	var snapshot string
	if err := p.keeper.QueryRow(ctx, `SELECT pg_export_snapshot()`).Scan(&snapshot); err != nil {
		p.Close()
		return nil, unreachable(c, err)
	}
	workers := runtime.GOMAXPROCS(0) + 1
	p.idle = make(chan *pgx.Conn, workers)
	for range workers {
		conn, err := moment(ctx, c, snapshot)
		if err != nil {
			p.Close()
			return nil, unreachable(c, err)
		}
		p.conns++
		p.idle <- conn
	}
	return p, nil
}

// moment connects and begins to read one moment: that of the snapshot, if it is
// given.
func moment(ctx context.Context, c *pgx.ConnConfig, snapshot string) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, c.Copy())
	if err != nil {
		return nil, err
	}
	for _, s := range []string{pgSettings, `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`, `SET TRANSACTION SNAPSHOT '` + snapshot + `'`} {
		if snapshot == "" && strings.HasPrefix(s, "SET TRANSACTION") {
			continue
		}
		if _, err := conn.Exec(ctx, s, pgx.QueryExecModeSimpleProtocol); err != nil {
			conn.Close(ctx)
			return nil, err
		}
	}
	return conn, nil
}

func unreachable(c *pgx.ConnConfig, err error) error {
	return &core.Error{Code: core.Unreadable, Err: err, Msg: fmt.Sprintf("The database %s at %s cannot be read: %s.", c.Database, c.Host, said(err)),
		Hint: "Check the address and the password, and that the role may read the audit tables."}
}

// said returns the server's own words, without what a password could be in.
func said(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Message
	}
	return "it does not answer"
}

// Close ends all connections.
func (p *Postgres) Close() error {
	ctx := context.Background()
	err := p.keeper.Close(ctx)
	for range p.conns {
		err = errors.Join(err, (<-p.idle).Close(ctx))
	}
	return err
}

// query runs a query on a free connection and calls fn for each row.
func (p *Postgres) query(ctx context.Context, sql string, fn func(pgx.Rows) error, args ...any) error {
	conn := <-p.idle
	defer func() { p.idle <- conn }()
	rows, err := conn.Query(ctx, sql, args...)
	if err != nil {
		return broken(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return broken(rows.Err())
}

// Extent implements Source.
func (p *Postgres) Extent(ctx context.Context, yield func(*Row) error) (e Extent, err error) {
	err = p.query(ctx, pgExtentSQL, func(rows pgx.Rows) error {
		err := rows.Scan(&e.Leaves, &e.Lowest, &e.End, &e.Events, &e.Pending, &e.Heads, &e.Newest)
		e.End = past(e.End)
		return broken(err)
	})
	if err != nil {
		return e, err
	}
	err = p.query(ctx, levelsSQL, func(rows pgx.Rows) error {
		var l Level
		err := rows.Scan(&l.Level, &l.Nodes, &l.Lowest, &l.End)
		l.End = past(l.End)
		e.Levels = append(e.Levels, l)
		return broken(err)
	})
	if err != nil {
		return e, err
	}
	return e, p.query(ctx, pendingSQL, p.row(yield))
}

// row scans columnsSQL behind an event's id.
func (p *Postgres) row(yield func(*Row) error) func(pgx.Rows) error {
	scan := rowTo(yield)
	return func(rows pgx.Rows) error { return scan(rows) }
}

// Last implements Source.
func (p *Postgres) Last(ctx context.Context, below int64) (index int64, err error) {
	err = p.query(ctx, pgLastSQL, func(rows pgx.Rows) error { return broken(rows.Scan(&index)) }, below)
	return index, err
}

// Rows implements Source.
func (p *Postgres) Rows(ctx context.Context, from, to int64, yield func(*Row) error) error {
	return p.query(ctx, pgRowsSQL, p.row(yield), from, to)
}

// Heads implements Source.
func (p *Postgres) Heads(ctx context.Context, from, to int64, yield func(size int64, note string) error) error {
	return p.query(ctx, pgHeadsSQL, numbered(yield), from, to)
}

// Nodes implements Source.
func (p *Postgres) Nodes(ctx context.Context, level, from, to int64, yield func(n int64, hex string) error) error {
	return p.query(ctx, pgNodesSQL, numbered(yield), level, from, to)
}

// numbered scans a number and a text.
func numbered(yield func(int64, string) error) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		var n int64
		var text string
		if err := rows.Scan(&n, &text); err != nil {
			return broken(err)
		}
		return yield(n, text)
	}
}

// Lost implements Source.
func (p *Postgres) Lost(ctx context.Context, limit int, yield func(id string) error) error {
	return p.query(ctx, pgLostSQL, func(rows pgx.Rows) error {
		var id string
		if err := rows.Scan(&id); err != nil {
			return broken(err)
		}
		return yield(id)
	}, limit)
}
