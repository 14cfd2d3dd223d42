package verify

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// Reading row by row costs more than checking. So a range is first read in
// bulk: few values, joined by separators whose places are fixed or counted. Any
// irregularity ends the bulk reading and the rest is read row by row, so both
// ways see the same faults.
const (
	bulkLeavesSQL = `SELECT COUNT(*), COALESCE(MIN(idx), 0), COALESCE(group_concat(event_id || ',' || hash || ';', ''), '')
FROM (SELECT idx, event_id, hash FROM audit_leaf WHERE idx >= ? AND idx < ? ORDER BY idx)`
	// The long values come last: each || copies what is on its left.
	bulkEventsSQL = `SELECT id || x'1f' || at || x'1f' || action || x'1f' || actor_kind || x'1f' || actor_id || x'1f' || actor_name
|| x'1f' || door || x'1f' || app_id || x'1f' || gate || x'1f' || target || x'1f' || code || x'1f' || opening || x'1f' || leaf
FROM audit_event WHERE id >= ? ORDER BY id LIMIT ?`
)

const (
	eventFields = 13 // values that bulkEventsSQL joins
	idLen       = 36 // of an event id
	hashLen     = 64 // of a hash in hexadecimal
	leafLen     = idLen + 1 + hashLen + 1
)

// Rows implements Source.
func (d *Database) Rows(ctx context.Context, from, to int64, yield func(*Row) error) error {
	leaves, ok, err := d.bulkLeaves(ctx, from, to)
	if err != nil {
		return err
	}
	next := from
	if ok {
		if next, err = d.bulkEvents(ctx, leaves, from, to, yield); err != nil {
			return err
		}
	}
	if next == to {
		return nil
	}
	return d.slowRows(ctx, next, to, yield)
}

// bulkLeaves returns the event ids and hashes of a range as one text of fixed
// steps; ok is false if they do not have the usual form.
func (d *Database) bulkLeaves(ctx context.Context, from, to int64) (text string, ok bool, err error) {
	var count, lowest int64
	if err := d.db.QueryRowContext(ctx, bulkLeavesSQL, from, to).Scan(&count, &lowest, &text); err != nil {
		return "", false, broken(err)
	}
	if count != to-from || lowest != from || int64(len(text)) != count*leafLen {
		return "", false, nil
	}
	for i := 0; i < len(text); i += leafLen {
		row := text[i : i+leafLen]
		if row[idLen] != ',' || row[leafLen-1] != ';' || strings.Count(row, ",") != 1 || strings.Count(row, ";") != 1 {
			return "", false, nil
		}
	}
	return text, true, nil
}

// bulkEvents reads events in the order of their ids, which is usually the
// order of their leaves, and returns the first index it did not yield.
func (d *Database) bulkEvents(ctx context.Context, leaves string, from, to int64, yield func(*Row) error) (next int64, err error) {
	rows, err := d.db.QueryContext(ctx, bulkEventsSQL, leaves[:idLen], to-from)
	if err != nil {
		return from, broken(err)
	}
	defer rows.Close()
	var r Row
	var text sql.NullString
	for next = from; rows.Next(); next++ {
		if err := rows.Scan(&text); err != nil {
			return next, broken(err)
		}
		leaf := leaves[:leafLen]
		leaves = leaves[leafLen:]
		if !text.Valid || !r.split(text.String) || r.EventID != leaf[:idLen] {
			return next, nil
		}
		r.Index, r.Hash, r.HasEvent = next, leaf[idLen+1:leafLen-1], true
		if err := yield(&r); err != nil {
			return next, err
		}
	}
	return next, broken(rows.Err())
}

// split fills r from joined values; false if there are not as many as there
// should be.
func (r *Row) split(text string) bool {
	if strings.Count(text, "\x1f") != eventFields-1 {
		return false
	}
	var at string
	c := &r.Columns
	for _, to := range [eventFields]*string{&r.EventID, &at, &c.Action, &c.ActorKind, &c.ActorID, &c.ActorName, &c.Door,
		&c.AppID, &c.Gate, &c.Target, &c.Code, &r.Opening, &r.Leaf} {
		*to, text, _ = strings.Cut(text, "\x1f")
	}
	var err error
	c.At, err = strconv.ParseInt(at, 10, 64)
	return err == nil
}
