package appdata

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// one runs one statement. budget is what is left of the answer's size.
func (s *Store) one(ctx context.Context, text string, params []any, wantRows bool, budget *int) (result, error) {
	begin := s.o.Clock.Now()
	out, n, err := s.read(ctx, text, params, wantRows, budget)
	if err != nil {
		return result{}, err
	}
	r := result{Success: true, Results: out, Meta: meta{ServedBy: "paddock", RowsRead: n}}
	if err := s.changes(ctx, &r.Meta); err != nil {
		return result{}, err
	}
	r.Meta.Duration = float64(s.o.Clock.Now().Sub(begin).Microseconds()) / 1000
	return r, nil
}

// read steps through the statement and keeps its rows if they are wanted.
func (s *Store) read(ctx context.Context, text string, params []any, wantRows bool, budget *int) (*rows, int64, error) {
	cursor, err := s.conn.QueryContext(ctx, text, params...)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = cursor.Close() }()
	columns, err := cursor.Columns()
	if err != nil {
		return nil, 0, err
	}
	if wrapped, ok := withoutDates(cursor, text, len(columns)); ok {
		if err := cursor.Close(); err != nil {
			return nil, 0, err
		}
		if cursor, err = s.conn.QueryContext(ctx, wrapped, params...); err != nil {
			return nil, 0, err
		}
	}
	if !wantRows {
		n, err := drain(cursor)
		return nil, n, err
	}
	out := &rows{Columns: columns, Rows: [][]any{}}
	for cursor.Next() {
		row, err := scanRow(cursor, len(columns), budget)
		if err != nil {
			return nil, 0, err
		}
		if len(out.Rows) == maxRows || *budget < 0 {
			return nil, 0, tooLarge("The answer is larger than %d rows or %d MB.", maxRows, maxAnswer>>20)
		}
		out.Rows = append(out.Rows, row)
	}
	return out, int64(len(out.Rows)), cursor.Err()
}

func drain(cursor *sql.Rows) (n int64, err error) {
	for cursor.Next() {
		n++
	}
	return n, cursor.Err()
}

func scanRow(cursor *sql.Rows, width int, budget *int) ([]any, error) {
	row, into := make([]any, width), make([]any, width)
	for i := range row {
		into[i] = &row[i]
	}
	if err := cursor.Scan(into...); err != nil {
		return nil, err
	}
	for i, v := range row {
		value, size, err := cell(v)
		if err != nil {
			return nil, err
		}
		row[i] = value
		*budget -= size
	}
	return row, nil
}

// withoutDates rewrites a query with columns declared DATE, DATETIME or
// TIMESTAMP: the driver would turn their text into Go times, and the app must
// get the text it stored. As expressions the columns have no declared type.
// Only queries without effects are rewritten, since the first run was begun.
func withoutDates(cursor *sql.Rows, text string, width int) (string, bool) {
	types, err := cursor.ColumnTypes()
	if err != nil || !slices.ContainsFunc(types, isDate) {
		return "", false
	}
	first, ok, err := next(text, 0)
	if err != nil || !ok || !slices.Contains([]string{"SELECT", "WITH", "VALUES"}, first.text) || writes(text) {
		return "", false
	}
	names, values := make([]string, width), make([]string, width)
	for i := range width {
		names[i] = fmt.Sprintf("c%d", i)
		values[i] = names[i]
		if isDate(types[i]) {
			values[i] = fmt.Sprintf("CASE typeof(c%[1]d) WHEN 'text' THEN c%[1]d || '' ELSE c%[1]d END", i)
		}
	}
	text = strings.TrimRight(text, "; \t\r\n")
	return fmt.Sprintf("WITH paddock_rows(%s) AS (%s\n) SELECT %s FROM paddock_rows", strings.Join(names, ", "), text, strings.Join(values, ", ")), true
}

func isDate(t *sql.ColumnType) bool {
	return slices.Contains([]string{"DATE", "DATETIME", "TIMESTAMP"}, t.DatabaseTypeName())
}

// writes reports whether a statement that begins WITH changes data.
func writes(text string) bool {
	for i := 0; ; {
		t, ok, err := next(text, i)
		if err != nil || !ok {
			return err != nil
		}
		if t.kind == 'w' && slices.Contains([]string{"INSERT", "UPDATE", "DELETE", "REPLACE"}, t.text) {
			return true
		}
		i = t.end
	}
}

// changes fills in what the last statement changed.
func (s *Store) changes(ctx context.Context, m *meta) error {
	var total, pages int64
	err := s.conn.QueryRowContext(ctx, "SELECT total_changes(), changes(), last_insert_rowid()").Scan(&total, &m.Changes, &m.LastRowID)
	if err != nil {
		return err
	}
	if err := s.conn.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages); err != nil {
		return err
	}
	m.RowsWritten = total - s.totalChanges
	m.ChangedDB = m.RowsWritten > 0
	if !m.ChangedDB {
		m.Changes = 0
	}
	m.SizeAfter = pages * pageSize
	s.totalChanges = total
	return nil
}
