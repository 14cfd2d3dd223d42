package move

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Reader reads one side. For a source it must stand on one moment, so that what
// it shows agrees with itself: a transaction that reads a snapshot.
type Reader struct {
	q       querier
	engine  Engine
	collate string // what makes text sort by its bytes
	tables  []table
}

// NewReader reads the schema and returns a reader over q, which is a
// transaction, a connection or a database.
func NewReader(ctx context.Context, q querier, engine Engine) (*Reader, error) {
	r := &Reader{q: q, engine: engine}
	if engine == Postgres {
		// Where the database sorts by bytes anyway, an index can give the order.
		var collation string
		if err := q.QueryRowContext(ctx, `SELECT datcollate FROM pg_database WHERE datname = current_database()`).Scan(&collation); err != nil {
			return nil, err
		}
		if collation != "C" && collation != "POSIX" {
			r.collate = ` COLLATE "C"`
		}
	}
	var err error
	r.tables, err = tables(ctx, q, engine)
	return r, err
}

// Tables lists the names of the tables that are copied, sorted.
func (r *Reader) Tables() []string {
	var names []string
	for _, t := range r.tables {
		names = append(names, t.name)
	}
	return names
}

// Count returns how many rows all tables have together.
func (r *Reader) Count(ctx context.Context) (int64, error) {
	var total int64
	for _, t := range r.tables {
		n, err := r.count(ctx, t)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

func (r *Reader) count(ctx context.Context, t table) (n int64, err error) {
	err = r.q.QueryRowContext(ctx, "SELECT count(*) FROM "+quote(t.name)).Scan(&n)
	return n, err
}

// cursor walks over the rows of one table by key.
type cursor struct {
	t    table
	rows *sql.Rows
	into []any
	last []any // key of the last row
}

// walk opens a cursor after a key; nil means from the start.
func (r *Reader) walk(ctx context.Context, t table, after []any) (*cursor, error) {
	order, left, marks := make([]string, len(t.key)), make([]string, len(t.key)), make([]string, len(t.key))
	for i, c := range t.key {
		name := quote(t.columns[c].name)
		if t.columns[c].kind == text {
			name += r.collate
		}
		order[i], left[i], marks[i] = name, name, "$"+strconv.Itoa(i+1)
	}
	query := "SELECT " + t.names() + " FROM " + quote(t.name)
	if after != nil {
		query += " WHERE (" + strings.Join(left, ", ") + ") > (" + strings.Join(marks, ", ") + ")"
	}
	query += " ORDER BY " + strings.Join(order, ", ")
	rows, err := r.q.QueryContext(ctx, query, after...)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", t.name, err)
	}
	c := &cursor{t: t, rows: rows, into: make([]any, len(t.columns))}
	for i, col := range t.columns {
		switch col.kind {
		case text:
			c.into[i] = new(sql.NullString)
		case integer:
			c.into[i] = new(sql.NullInt64)
		case boolean:
			c.into[i] = new(sql.NullBool)
		}
	}
	return c, nil
}

// next returns the next row, nil at the end. The row is the caller's.
func (c *cursor) next() ([]any, error) {
	if !c.rows.Next() {
		if err := c.rows.Err(); err != nil {
			return nil, fmt.Errorf("reading %s after %s: %w", c.t.name, keyText(c.last), err)
		}
		return nil, nil
	}
	if err := c.rows.Scan(c.into...); err != nil {
		return nil, fmt.Errorf("reading %s after %s: %w", c.t.name, keyText(c.last), err)
	}
	row := make([]any, len(c.into))
	for i, v := range c.into {
		switch v := v.(type) {
		case *sql.NullString:
			if v.Valid {
				row[i] = v.String
			}
		case *sql.NullInt64:
			if v.Valid {
				row[i] = v.Int64
			}
		case *sql.NullBool:
			if v.Valid {
				row[i] = v.Bool
			}
		}
	}
	c.last = c.t.keyOf(row)
	return row, nil
}

func (c *cursor) close() { _ = c.rows.Close() }

// keyJSON writes a key for the progress table.
func keyJSON(key []any) string {
	b, err := json.Marshal(key)
	if err != nil {
		panic("move: a key that is no JSON: " + err.Error())
	}
	return string(b)
}

// parseKey reads it back.
func (t table) parseKey(s string) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal([]byte(s), &raw); err != nil || len(raw) != len(t.key) {
		return nil, fmt.Errorf("move: progress %q is no key of %s", s, t.name)
	}
	key := make([]any, len(raw))
	for i, c := range t.key {
		var err error
		if t.columns[c].kind == integer {
			var n int64
			err = json.Unmarshal(raw[i], &n)
			key[i] = n
		} else {
			var v string
			err = json.Unmarshal(raw[i], &v)
			key[i] = v
		}
		if err != nil {
			return nil, fmt.Errorf("move: progress %q is no key of %s", s, t.name)
		}
	}
	return key, nil
}
