package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
)

// statement gathers SQL with its parameters, for the few queries whose shape
// depends on what is asked.
type statement struct {
	strings.Builder
	args []any
}

// arg adds a parameter and returns its placeholder.
func (s *statement) arg(v any) string {
	s.args = append(s.args, v)
	return "$" + strconv.Itoa(len(s.args))
}

// list adds the parameters of an IN list and returns "($1,$2)".
func list[T ~string](s *statement, values []T) string {
	if len(values) == 0 {
		return "(NULL)" // nothing is in it
	}
	before := len(s.args)
	for _, v := range values {
		s.args = append(s.args, string(v))
	}
	return places(before, len(values))
}

// raw runs queries where r would.
func (d *DB) raw(ctx context.Context) gen.DBTX {
	if t := txOf(ctx); t != nil {
		return t.tx
	}
	return d.readers
}

// rows runs a gathered query and scans each row.
func rows[T any](ctx context.Context, db gen.DBTX, s *statement, scan func(*sql.Rows, *T) error) ([]T, error) {
	r, err := db.QueryContext(ctx, s.String(), s.args...)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var out []T
	for r.Next() {
		var v T
		if err := scan(r, &v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, r.Err()
}

// filled puts a list into a query that has one place for it.
func filled(query, list string) string { return strings.Replace(query, "%s", list, 1) }
