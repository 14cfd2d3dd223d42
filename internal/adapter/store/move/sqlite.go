package move

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
)

// sqlite writes to a SQLite file. Its connections must not enforce foreign keys
// (PRAGMA foreign_keys is off by default).
type sqlite struct{ db *sql.DB }

// undoing takes away the triggers.
func (s sqlite) undoing(ctx context.Context, q querier) (do, undo []string, err error) {
	rows, err := q.QueryContext(ctx, `SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name`)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return nil, nil, err
		}
		do, undo = append(do, "DROP TRIGGER "+quote(name)), append(undo, text)
	}
	return do, undo, rows.Err()
}

// maxVariables is SQLite's own limit on the parameters of one statement.
const maxVariables = 32766

func (s sqlite) load(ctx context.Context, t table, rows [][]any, name, value string) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	most := min(250, maxVariables/len(t.columns))
	var stmt *sql.Stmt
	for len(rows) > 0 {
		n := min(most, len(rows))
		if stmt == nil || n < most {
			if stmt, err = tx.PrepareContext(ctx, insert(t, n)); err != nil {
				return err
			}
		}
		args := make([]any, 0, n*len(t.columns))
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		if _, err := stmt.ExecContext(ctx, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	if err := note(ctx, tx, name, value); err != nil {
		return err
	}
	return tx.Commit()
}

// insert is a statement that adds n rows.
func insert(t table, n int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + quote(t.name) + " (" + t.names() + ") VALUES ")
	mark := 0
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for c := range t.columns {
			if c > 0 {
				b.WriteByte(',')
			}
			mark++
			b.WriteString("?" + strconv.Itoa(mark))
		}
		b.WriteByte(')')
	}
	return b.String()
}

func (s sqlite) sound(ctx context.Context, q querier) error {
	rows, err := q.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return err
	}
	defer rows.Close()
	if rows.Next() {
		var child, parent string
		var row, fk sql.NullInt64
		if err := rows.Scan(&child, &row, &parent, &fk); err != nil {
			return err
		}
		return fmt.Errorf("a row of %s names a row of %s that is not there", child, parent)
	}
	return rows.Err()
}
