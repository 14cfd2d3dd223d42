package appdata

import (
	"context"
	"errors"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Table is the answer to one statement that a person has sent.
type Table struct {
	Columns []string
	Rows    [][]any // nil, int64, float64, string, bool, or bytes as a list of numbers
	Changed int64   // rows that were changed
}

// Query runs one statement for a person, with the bounds that apps have. Errors:
// Forbidden for what an app may not do either, or would change a Store that is
// ReadOnly; Invalid with SQLite's words; TooLarge.
func (s *Store) Query(ctx context.Context, sql string) (Table, error) {
	if len(sql) > maxSQL {
		return Table{}, tooLarge("One statement may have %d bytes.", maxSQL)
	}
	if list, err := statements(sql); err == nil && len(list) > 1 {
		return Table{}, core.Errorf(core.Invalid, "There are %d statements.", len(list)).At("sql").Hinted("Send one at a time.")
	}
	out, err := s.run(ctx, []query{{SQL: sql}}, true)
	var known *core.Error
	switch {
	case err == nil:
	case errors.As(err, &known):
		return Table{}, err
	case strings.Contains(err.Error(), "readonly database"):
		return Table{}, core.Errorf(core.Forbidden, "This access only reads.").Hinted("Ask for the role data-writer.").At("sql")
	default:
		return Table{}, core.Errorf(core.Invalid, "The database says: %s.", strings.TrimSuffix(s.words(err), ".")).At("sql").Hinted("Mend the statement.")
	}
	r := out[len(out)-1]
	t := Table{Changed: r.Meta.Changes}
	if r.Results != nil {
		t.Columns, t.Rows = r.Results.Columns, r.Results.Rows
	}
	return t, nil
}

// Shape returns a statement without its values: whatever stands in quotes, and
// each number, is a question mark, so that it can be kept where values must not
// be. A statement that cannot be read has an empty shape.
func Shape(sql string) string {
	var b strings.Builder
	for i := 0; ; {
		t, ok, err := next(sql, i)
		if err != nil {
			return ""
		}
		if !ok {
			return b.String()
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		if t.kind == 'q' || t.kind == 'w' && t.text[0] >= '0' && t.text[0] <= '9' {
			t.text = "?"
		}
		b.WriteString(t.text)
		i = t.end
	}
}
