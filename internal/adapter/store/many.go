package store

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Sizes of one statement over many rows. There are only a few, so that a server
// that remembers statements has few to remember.
const (
	mostRows   = 512
	mostParams = 30000 // SQLite takes 32766, PostgreSQL 65535
)

// insertMany adds many rows in the transaction of ctx, with few statements.
// into is the table and its columns, "thing (id, name)"; rows is how many there
// are, and row returns the values of the i-th in the order of the columns. end,
// if not "", is what follows the values: "ON CONFLICT (id) DO NOTHING".
func (d *DB) insertMany(ctx context.Context, into string, columns, rows int, row func(i int) []any, end string) error {
	return d.many(ctx, rows, columns, func(n int) string {
		var b strings.Builder
		b.WriteString("INSERT INTO " + into + " VALUES ")
		for i := range n {
			if i > 0 {
				b.WriteString(", ")
			}
			params(&b, i*columns+1, columns)
		}
		b.WriteString(" " + end)
		return b.String()
	}, row)
}

// deleteMany deletes the rows of a table whose column has one of the keys, in
// the transaction of ctx, with few statements.
func (d *DB) deleteMany(ctx context.Context, table, column string, keys int, key func(i int) any) error {
	return d.many(ctx, keys, 1, func(n int) string {
		var b strings.Builder
		b.WriteString("DELETE FROM " + table + " WHERE " + column + " IN ")
		params(&b, 1, n)
		return b.String()
	}, func(i int) []any { return []any{key(i)} })
}

// many runs statements that take n rows each, until all rows are done.
func (d *DB) many(ctx context.Context, rows, columns int, statement func(n int) string, row func(i int) []any) error {
	t := txOf(ctx)
	if t == nil {
		return core.Hidden("Keeping this", errors.New("store: a write outside a transaction"))
	}
	t.writes++
	for done := 0; done < rows; {
		n := chunk(rows-done, columns)
		args := make([]any, 0, n*columns)
		for i := range n {
			args = append(args, row(done+i)...)
		}
		if _, err := t.tx.ExecContext(ctx, statement(n), args...); err != nil {
			return err
		}
		done += n
	}
	return nil
}

// chunk returns how many of the rows that are left go into the next statement.
func chunk(left, columns int) int {
	for n := mostRows; n > 1; n /= 8 {
		if n <= left && n*columns <= mostParams {
			return n
		}
	}
	return 1
}

// params writes "($from, ..., $from+n-1)".
func params(b *strings.Builder, from, n int) {
	b.WriteByte('(')
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(from + i))
	}
	b.WriteByte(')')
}
