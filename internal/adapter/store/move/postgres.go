package move

import (
	"context"
	"database/sql"
	"fmt"
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
	return do, undo, rows.Err()
}

func (p postgres) load(ctx context.Context, t table, rows [][]any, name, value string) error {
	return fmt.Errorf("TODO")
}

// sound does nothing: PostgreSQL looks at every row when a foreign key is put back.
func (p postgres) sound(context.Context, querier) error { return nil }
