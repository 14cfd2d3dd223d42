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
	extentSQL = `SELECT (SELECT COUNT(*) FROM audit_leaf), (SELECT COALESCE(MIN(idx), 0) FROM audit_leaf),
(SELECT COALESCE(MAX(idx) + 1, 0) FROM audit_leaf), (SELECT COUNT(*) FROM audit_event e WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.event_id = e.id))`
	rowsSQL = `SELECT l.idx, l.event_id, l.hash, e.id IS NOT NULL, COALESCE(e.leaf, ''), COALESCE(e.opening, ''), COALESCE(e.at, 0),
COALESCE(e.action, ''), COALESCE(e.actor_kind, ''), COALESCE(e.actor_id, ''), COALESCE(e.actor_name, ''), COALESCE(e.door, ''),
COALESCE(e.app_id, ''), COALESCE(e.gate, ''), COALESCE(e.target, ''), COALESCE(e.code, '')
FROM audit_leaf l LEFT JOIN audit_event e ON e.id = l.event_id WHERE l.idx >= ? AND l.idx < ? ORDER BY l.idx`
	nodesSQL       = `SELECT n, hash FROM audit_node WHERE level = ? AND n >= ? AND n < ? ORDER BY n`
	checkpointsSQL = `SELECT size, note FROM audit_checkpoint ORDER BY size`
)

// maxKey bounds a key file in bytes.
const maxKey = 4096

// Database is a data folder opened for reading only. It implements Source.
type Database struct {
	db *sql.DB
	// OwnKey is the verifier key found in the folder, "" if there is none.
	OwnKey string
}

// Open opens the audit log of a data folder, or of a copy of one, read-only.
// Nothing in the folder is changed. Errors are Unreadable. The caller closes it.
func Open(dataDir string) (*Database, error) {
	key, err := readKey(filepath.Join(dataDir, "keys", "audit.vkey"))
	if err != nil {
		return nil, err
	}
	db, err := OpenFile(dataDir)
	if err != nil {
		return nil, err
	}
	return &Database{db: db, OwnKey: key}, nil
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

// Heads implements Source.
func (d *Database) Heads(ctx context.Context, yield func(size int64, note string) error) (e Extent, err error) {
	tx, err := d.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return e, broken(err)
	}
	defer tx.Rollback()
	if err := tx.QueryRowContext(ctx, extentSQL).Scan(&e.Leaves, &e.Lowest, &e.End, &e.Pending); err != nil {
		return e, broken(err)
	}
	return e, each(ctx, tx, checkpointsSQL, func(rows *sql.Rows) error {
		var size int64
		var signed string
		if err := rows.Scan(&size, &signed); err != nil {
			return broken(err)
		}
		return yield(size, signed)
	})
}

// slowRows reads rows one by one, whatever state they are in.
func (d *Database) slowRows(ctx context.Context, from, to int64, yield func(*Row) error) error {
	var r Row
	c := &r.Columns
	return each(ctx, d.db, rowsSQL, func(rows *sql.Rows) error {
		err := rows.Scan(&r.Index, &r.EventID, &r.Hash, &r.HasEvent, &r.Leaf, &r.Opening, &c.At, &c.Action, &c.ActorKind, &c.ActorID,
			&c.ActorName, &c.Door, &c.AppID, &c.Gate, &c.Target, &c.Code)
		if err != nil {
			return broken(err)
		}
		return yield(&r)
	}, from, to)
}

// Nodes implements Source.
func (d *Database) Nodes(ctx context.Context, level int, from, to int64, yield func(n int64, hex string) error) error {
	return each(ctx, d.db, nodesSQL, func(rows *sql.Rows) error {
		var n int64
		var text string
		if err := rows.Scan(&n, &text); err != nil {
			return broken(err)
		}
		return yield(n, text)
	}, level, from, to)
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
