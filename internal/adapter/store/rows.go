package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// What one statement takes. SQLite takes 32,766 values.
const (
	rowsAtOnce   = 512
	valuesAtOnce = 30000
)

// atOnce returns how many of the rows that are left go into the next statement.
// There are few sizes, so that a server that remembers statements has few to
// remember.
func atOnce(left, columns int) int {
	for n := rowsAtOnce; n > 1; n /= 8 {
		if n <= left && n*columns <= valuesAtOnce {
			return n
		}
	}
	return 1
}

// insertAll inserts rows with few statements, in the transaction of ctx. Table
// and columns are our own words.
func (d *DB) insertAll(ctx context.Context, table string, columns []string, rows [][]any) error {
	return d.insert(ctx, table, columns, "", rows)
}

// insertNew is insertAll that leaves out the rows whose keys are there already.
func (d *DB) insertNew(ctx context.Context, table string, columns []string, rows [][]any) error {
	return d.insert(ctx, table, columns, " ON CONFLICT DO NOTHING", rows)
}

func (d *DB) insert(ctx context.Context, table string, columns []string, then string, rows [][]any) error {
	for len(rows) > 0 {
		n := atOnce(len(rows), len(columns))
		var text strings.Builder
		fmt.Fprintf(&text, "INSERT INTO %s (%s) VALUES ", table, strings.Join(columns, ", "))
		args := make([]any, 0, n*len(columns))
		for i, row := range rows[:n] {
			if i > 0 {
				text.WriteString(", ")
			}
			text.WriteString(d.places(len(args), len(columns)))
			args = append(args, row...)
		}
		if _, err := txOf(ctx).tx.ExecContext(ctx, text.String()+then, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// deleteAll deletes the rows with the given keys, in the transaction of ctx, and
// returns how many there were.
func (d *DB) deleteAll(ctx context.Context, table, column string, keys []any) (gone int64, err error) {
	for len(keys) > 0 {
		n := atOnce(len(keys), 1)
		res, err := txOf(ctx).tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE "+column+" IN "+d.places(0, n), keys[:n]...)
		if err != nil {
			return gone, err
		}
		some, err := res.RowsAffected()
		if err != nil {
			return gone, err
		}
		gone += some
		keys = keys[n:]
	}
	return gone, nil
}

// places returns n placeholders behind the first before ones, for values that
// are given in their order. SQLite looks each numbered one up among all others,
// so that a long statement would take longer than many short ones.
func (d *DB) places(before, n int) string {
	if d.Engine() == SQLite {
		return "(?" + strings.Repeat(", ?", n-1) + ")"
	}
	return places(before, n)
}

// places returns n numbered placeholders behind the first before ones: ($4, $5).
func places(before, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(map[bool]string{true: "(", false: ", "}[i == 0])
		fmt.Fprintf(&b, "$%d", before+i+1)
	}
	return b.String() + ")"
}

// taken reports whether PostgreSQL refused a row because its key is taken.
// SQLite has one writer, which looks first.
func taken(err error) bool {
	var pg interface{ SQLState() string }
	return errors.As(err, &pg) && pg.SQLState() == "23505"
}
