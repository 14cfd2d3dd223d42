package move

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgres writes to PostgreSQL by its COPY protocol.
type postgres struct{ db *sql.DB }

// wayOutSQL lists the foreign keys, and then the triggers, of the schema, each
// as the statement that takes it away and the one that puts it back.
const wayOutSQL = `
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
  format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
UNION ALL
SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname),
  format('ALTER TABLE %s ENABLE %s TRIGGER %I', tgrelid::regclass, CASE tgenabled WHEN 'A' THEN 'ALWAYS' WHEN 'R' THEN 'REPLICA' ELSE '' END, tgname)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT tgisinternal AND tgenabled <> 'D' AND c.relnamespace = current_schema()::regnamespace AND c.relname NOT LIKE 'river\_%'
ORDER BY 1`

// undoing takes away the foreign keys and the triggers.
func (p postgres) undoing(ctx context.Context, q querier) (do, undo []string, err error) {
	rows, err := q.QueryContext(ctx, wayOutSQL)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a, b string
		if err := rows.Scan(&a, &b); err != nil {
			return nil, nil, err
		}
		do, undo = append(do, a), append(undo, b)
	}
	// Whoever opens the database must be able to see that it is not whole.
	return append(do, "GRANT SELECT ON "+Progress+" TO PUBLIC"), undo, rows.Err()
}

// load streams the rows by COPY.
func (p postgres) load(ctx context.Context, t table, rows [][]any, name, value string) error {
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error {
		raw, ok := c.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("move: a connection of type %T", c)
		}
		return copyIn(ctx, raw.Conn(), t, rows, name, value)
	})
}

func copyIn(ctx context.Context, conn *pgx.Conn, t table, rows [][]any, name, value string) error {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	// A batch that a crash of PostgreSQL takes back takes its progress back too.
	// Whatever was committed before the last, synchronous commit is kept with it.
	if _, err := tx.Exec(ctx, "SET LOCAL synchronous_commit = off"); err != nil {
		return err
	}
	columns := make([]string, len(t.columns))
	for i, c := range t.columns {
		columns[i] = c.name
	}
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{t.name}, columns, pgx.CopyFromRows(rows)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, noteSQL, name, value); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// sound does nothing: PostgreSQL looks at every row when a foreign key is put back.
func (p postgres) sound(context.Context, querier) error { return nil }
