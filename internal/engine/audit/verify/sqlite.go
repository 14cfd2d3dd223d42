package verify

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver that reads the database file

	"github.com/paddock-dev/paddock/internal/core"
)

const (
	extentSQL = `SELECT (SELECT COUNT(*) FROM audit_leaf), (SELECT COALESCE(MIN(idx), 0) FROM audit_leaf), (SELECT COALESCE(MAX(idx), -1) FROM audit_leaf),
(SELECT COUNT(*) FROM audit_event), (SELECT COUNT(*) FROM audit_pending),
(SELECT COUNT(*) FROM audit_checkpoint), (SELECT COALESCE(MAX(size), 0) FROM audit_checkpoint)`
	lastSQL   = `SELECT COALESCE(MAX(idx), -1) FROM audit_leaf WHERE idx >= 0 AND idx < ?`
	levelsSQL = `SELECT level, COUNT(*), MIN(n), MAX(n) FROM audit_node GROUP BY level ORDER BY level`
	nodesSQL  = `SELECT n, hash FROM audit_node WHERE level = ? AND n >= ? AND n < ? ORDER BY n`
	headsSQL  = `SELECT size, note FROM audit_checkpoint WHERE size > ? AND size <= ? ORDER BY size`
	// What a row should have and has not is empty: the checks tell of it.
	columnsSQL = `COALESCE(l.idx, -1), COALESCE(l.hash, ''),
COALESCE(l.app_id, ''), COALESCE(l.action, ''), COALESCE(l.actor_id, ''), COALESCE(l.gate, ''), COALESCE(l.code, ''), e.id IS NOT NULL, COALESCE(e.leaf, ''), COALESCE(e.opening, ''), COALESCE(e.at, 0),
COALESCE(e.action, ''), COALESCE(e.actor_kind, ''), COALESCE(e.actor_id, ''), COALESCE(e.actor_name, ''), COALESCE(e.door, ''),
COALESCE(e.app_id, ''), COALESCE(e.gate, ''), COALESCE(e.target, ''), COALESCE(e.code, '')`
	rowsSQL = `SELECT COALESCE(l.event_id, ''), ` + columnsSQL + `
FROM audit_leaf l LEFT JOIN audit_event e ON e.id = l.event_id WHERE l.idx >= ? AND l.idx < ? ORDER BY l.idx`
	pendingSQL = `SELECT p.event_id, ` + columnsSQL + `
FROM audit_pending p LEFT JOIN audit_event e ON e.id = p.event_id LEFT JOIN audit_leaf l ON l.event_id = p.event_id ORDER BY p.event_id`
	lostSQL = `SELECT id FROM audit_event e WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.event_id = e.id)
AND NOT EXISTS (SELECT 1 FROM audit_pending p WHERE p.event_id = e.id) ORDER BY id LIMIT ?`
)

// maxKey bounds a key file in bytes.
const maxKey = 4096

// Database is a data folder opened for reading only. It implements Source.
type Database struct{ db *sql.DB }

// Open opens the audit log of a data folder, or of a copy of one, read-only.
// Nothing in the folder is changed. Errors are Unreadable. The caller closes it.
func Open(dataDir string) (*Database, error) {
	db, err := OpenFile(dataDir)
	if err != nil {
		return nil, err
	}
	return &Database{db}, nil
}

// OpenFile opens the database file paddock.db of a data folder read-only.
// Errors are Unreadable. The caller closes it.
func OpenFile(dataDir string) (*sql.DB, error) {
	path, err := filepath.Abs(filepath.Join(dataDir, "paddock.db"))
	if err != nil {
		return nil, unreadable(dataDir, err)
	}
	if _, err := os.Stat(path); err != nil {
		return nil, unreadable(path, err)
	}
	db, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		return nil, unreadable(path, err)
	}
	if err := db.Ping(); err != nil {
		db.Close()
		return nil, unreadable(path, err)
	}
	return db, nil
}

// dsn opens read-only. Without a write-ahead log nobody is writing, so the file
// is opened as immutable: then it may lie in a folder that cannot be written.
func dsn(path string) string {
	query := "mode=ro&_pragma=query_only(1)&_pragma=busy_timeout(5000)"
	if _, err := os.Stat(path + "-wal"); os.IsNotExist(err) {
		query += "&immutable=1"
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: query}
	return u.String()
}

func readKey(path string) (string, error) {
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return "", nil
	}
	if err != nil {
		return "", unreadable(path, err)
	}
	defer f.Close()
	b := make([]byte, maxKey)
	n, err := f.Read(b)
	if err != nil {
		return "", unreadable(path, err)
	}
	return strings.TrimSpace(string(b[:n])), nil
}

func unreadable(path string, err error) error {
	return &core.Error{Code: core.Unreadable, Msg: "cannot read " + path, Err: err,
		Hint: "Give the data folder that holds paddock.db, or a copy of it."}
}

// Close closes the database.
func (d *Database) Close() error { return d.db.Close() }

// Extent implements Source.
func (d *Database) Extent(ctx context.Context, yield func(*Row) error) (e Extent, err error) {
	tx, err := d.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return e, broken(err)
	}
	defer tx.Rollback()
	err = tx.QueryRowContext(ctx, extentSQL).Scan(&e.Leaves, &e.Lowest, &e.End, &e.Events, &e.Pending, &e.Heads, &e.Newest)
	if err != nil {
		return e, broken(err)
	}
	e.End = past(e.End)
	err = each(ctx, tx, levelsSQL, func(rows *sql.Rows) error {
		var l Level
		err := rows.Scan(&l.Level, &l.Nodes, &l.Lowest, &l.End)
		l.End = past(l.End)
		e.Levels = append(e.Levels, l)
		return broken(err)
	})
	if err != nil {
		return e, err
	}
	return e, each(ctx, tx, pendingSQL, d.row(yield))
}

// Last implements Source.
func (d *Database) Last(ctx context.Context, below int64) (index int64, err error) {
	err = broken(d.db.QueryRowContext(ctx, lastSQL, below).Scan(&index))
	return index, err
}

// slowRows reads rows one by one, whatever state they are in.
func (d *Database) slowRows(ctx context.Context, from, to int64, yield func(*Row) error) error {
	return each(ctx, d.db, rowsSQL, d.row(yield), from, to)
}

func (d *Database) row(yield func(*Row) error) func(*sql.Rows) error {
	scan := rowTo(yield)
	return func(rows *sql.Rows) error { return scan(rows) }
}

// scannable is the present row of a query's answer.
type scannable interface{ Scan(to ...any) error }

// rowTo scans columnsSQL behind an event's id.
func rowTo(yield func(*Row) error) func(scannable) error {
	var r Row
	c, k := &r.Columns, &r.Keys
	return func(rows scannable) error {
		err := rows.Scan(&r.EventID, &r.Index, &r.Hash, &k.AppID, &k.Action, &k.ActorID, &k.Gate, &k.Code, &r.HasEvent, &r.Leaf, &r.Opening, &c.At, &c.Action, &c.ActorKind, &c.ActorID,
			&c.ActorName, &c.Door, &c.AppID, &c.Gate, &c.Target, &c.Code)
		if err != nil {
			return broken(err)
		}
		return yield(&r)
	}
}

// Nodes implements Source.
func (d *Database) Nodes(ctx context.Context, level, from, to int64, yield func(n int64, hex string) error) error {
	return each(ctx, d.db, nodesSQL, func(rows *sql.Rows) error {
		var n int64
		var text string
		if err := rows.Scan(&n, &text); err != nil {
			return broken(err)
		}
		return yield(n, text)
	}, level, from, to)
}

// Lost implements Source.
func (d *Database) Lost(ctx context.Context, limit int, yield func(id string) error) error {
	return each(ctx, d.db, lostSQL, func(rows *sql.Rows) error {
		var id string
		if err := rows.Scan(&id); err != nil {
			return broken(err)
		}
		return yield(id)
	}, limit)
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func each(ctx context.Context, q querier, query string, fn func(*sql.Rows) error, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
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

// broken says that stored rows could not be read, keeping the cause.
func broken(err error) error {
	if err == nil {
		return nil
	}
	return &core.Error{Code: core.Unreadable, Msg: "the audit tables cannot be read", Err: err,
		Hint: "Check that the file is a whole Paddock database; restore it from a backup if not."}
}
