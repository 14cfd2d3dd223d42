package auditlog

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the "sqlite" driver
)

// maxParams bounds the parameters of one statement. SQLite looks each $n up in a
// list, so long statements cost more than they save.
const maxParams = 130

// inserter collects rows of one table and inserts some with each statement.
type inserter struct {
	tx     *sql.Tx
	into   string // table and columns
	values []any
	width  int
	full   *sql.Stmt // for as many rows as fit
}

// tables are the inserters of one transaction.
type tables struct{ event, pending, leaf, stored inserter }

func newTables(tx *sql.Tx) *tables {
	in := func(into string) inserter { return inserter{tx: tx, into: into} }
	return &tables{
		event:   in("audit_event (id, at, action, actor_kind, actor_id, actor_name, door, app_id, gate, target, code, leaf, opening)"),
		pending: in("audit_pending (event_id)"),
		leaf:    in("audit_leaf (idx, event_id, hash, app_id, action, actor_id, gate, code)"),
		stored:  in("audit_node (level, n, hash)"),
	}
}

// flush inserts what is left everywhere.
func (to *tables) flush(ctx context.Context) error {
	for _, in := range []*inserter{&to.event, &to.pending, &to.leaf, &to.stored} {
		if err := in.flush(ctx); err != nil {
			return err
		}
	}
	return nil
}

// add takes one row; every row has the same number of values.
func (in *inserter) add(ctx context.Context, values ...any) error {
	in.width = len(values)
	in.values = append(in.values, values...)
	if len(in.values)+in.width <= maxParams {
		return nil
	}
	if in.full == nil {
		stmt, err := in.tx.PrepareContext(ctx, in.statement())
		if err != nil {
			return err
		}
		in.full = stmt
	}
	_, err := in.full.ExecContext(ctx, in.values...)
	in.values = in.values[:0]
	return err
}

// flush inserts what is left.
func (in *inserter) flush(ctx context.Context) error {
	if in.full != nil {
		defer in.full.Close()
	}
	if len(in.values) == 0 {
		return nil
	}
	_, err := in.tx.ExecContext(ctx, in.statement(), in.values...)
	in.values = in.values[:0]
	return err
}

func (in *inserter) statement() string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + in.into + " VALUES ")
	for i := range in.values {
		switch {
		case i == 0:
			b.WriteByte('(')
		case i%in.width == 0:
			b.WriteString("), (")
		default:
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	b.WriteByte(')')
	return b.String()
}

// OpenSQLite opens the database of a data folder for filling: a crash may lose
// what was written.
func OpenSQLite(dir string) (*sql.DB, error) {
	return sql.Open("sqlite", "file:"+filepath.Join(dir, "paddock.db")+"?_pragma=synchronous(0)&_pragma=cache_size(-64000)")
}
