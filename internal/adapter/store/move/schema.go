package move

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// Engine is a kind of database.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// apart are the tables that are not copied, each with its reason. A name that
// ends in * stands for all that begin so.
var apart = map[string]string{
	"goose_db_version": "each side's own schema version; versions must be equal before anything is copied",
	"schema_support":   "goes with the schema version",
	"replica":          "processes that live on one side",
	"river_*":          "the job queue's own tables differ between engines; waiting jobs are taken over by engine/job",
	Progress:           "the progress of the copy itself",
	"sqlite_*":         "SQLite's own",
}

// Progress is the table in the target that keeps how far a copy has come.
const Progress = "paddock_move"

// kind is how the values of a column are carried.
type kind int

const (
	text kind = iota
	integer
	boolean
)

// kinds are the column types that both engines' schemas may use.
var kinds = map[string]kind{"text": text, "bigint": integer, "integer": integer, "boolean": boolean}

type column struct {
	name string
	kind kind
	key  int // place in the primary key, from 1; 0 for none
}

// table is one table to copy. Its columns are in alphabetical order, so that two
// databases whose columns were added in another order agree.
type table struct {
	name    string
	columns []column
	key     []int // indexes into columns, in the order of the primary key
}

// isApart reports whether a table is left out.
func isApart(name string) bool {
	for pattern := range apart {
		prefix, star := strings.CutSuffix(pattern, "*")
		if name == pattern || star && strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// schemaSQL lists the columns of all tables: table, column, type, place in the
// primary key.
var schemaSQL = map[Engine]string{
	SQLite: `SELECT m.name, c.name, lower(c.type), c.pk FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`,
	Postgres: `SELECT c.table_name, c.column_name, c.data_type, coalesce(k.ordinal_position, 0)
FROM information_schema.columns c
JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE'
LEFT JOIN (SELECT i.indrelid, a.attname, array_position(i.indkey::int2[], a.attnum) + 1 AS ordinal_position
  FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[]) WHERE i.indisprimary) k
  ON k.indrelid = to_regclass(quote_ident(c.table_schema) || '.' || quote_ident(c.table_name)) AND k.attname = c.column_name
WHERE c.table_schema = current_schema()`,
}

// tables reads the schema of a database, sorted by name. A table without a
// primary key, or with a type that is not carried, is an error.
func tables(ctx context.Context, q querier, engine Engine) ([]table, error) {
	rows, err := q.QueryContext(ctx, schemaSQL[engine])
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	byName := map[string]*table{}
	for rows.Next() {
		var name, typ string
		var c column
		if err := rows.Scan(&name, &c.name, &typ, &c.key); err != nil {
			return nil, err
		}
		if isApart(name) {
			continue
		}
		k, ok := kinds[typ]
		if !ok {
			return nil, fmt.Errorf("move: column %s.%s has the type %q, which is not carried", name, c.name, typ)
		}
		c.kind = k
		if byName[name] == nil {
			byName[name] = &table{name: name}
		}
		byName[name].columns = append(byName[name].columns, c)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return arranged(byName)
}

func arranged(byName map[string]*table) ([]table, error) {
	var out []table
	for _, t := range byName {
		slices.SortFunc(t.columns, func(a, b column) int { return cmp.Compare(a.name, b.name) })
		places := map[int]int{}
		for i, c := range t.columns {
			if c.key > 0 {
				places[c.key] = i
			}
		}
		for place := 1; place <= len(places); place++ {
			t.key = append(t.key, places[place])
		}
		if len(t.key) == 0 {
			return nil, fmt.Errorf("move: table %s has no primary key, so its rows have no order", t.name)
		}
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b table) int { return cmp.Compare(a.name, b.name) })
	return out, nil
}

// same reports how two schemas differ, "" if they do not.
func same(a, b []table) string {
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a) || i < len(b) && b[i].name < a[i].name:
			return "only the target has the table " + b[i].name
		case i >= len(b) || a[i].name < b[i].name:
			return "only the source has the table " + a[i].name
		}
		ca, cb := a[i].columns, b[i].columns
		if !slices.EqualFunc(ca, cb, func(x, y column) bool { return x.name == y.name && x.kind == y.kind && x.key == y.key }) {
			return "the columns of the table " + a[i].name + " differ"
		}
	}
	return ""
}

// names lists the columns, quoted.
func (t table) names() string {
	out := make([]string, len(t.columns))
	for i, c := range t.columns {
		out[i] = quote(c.name)
	}
	return strings.Join(out, ", ")
}

// keyOf returns the key of a row.
func (t table) keyOf(row []any) []any {
	key := make([]any, len(t.key))
	for i, c := range t.key {
		key[i] = row[c]
	}
	return key
}

// keyText shows a key to people.
func keyText(key []any) string {
	words := make([]string, len(key))
	for i, k := range key {
		words[i] = fmt.Sprint(k)
	}
	return strings.Join(words, " / ")
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// querier is a database, a connection or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}
