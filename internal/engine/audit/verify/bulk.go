package verify

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// Reading row by row costs more than checking. So a range is first read in
// bulk: one value that joins many rows by separators. Canonical JSON holds no
// control characters, so they can only stand in a searchable column, or in
// damage. What has not exactly the usual form is read again, row by row, so
// both ways see the same faults.
const (
	bulkLeavesSQL = `SELECT COUNT(*), COALESCE(MIN(idx), 0), COALESCE(group_concat(row, x'1e'), '') FROM (
SELECT idx, concat_ws(x'1f', event_id, hash, app_id, action, actor_id, gate, code) AS row FROM audit_leaf WHERE idx >= ? AND idx < ? ORDER BY idx)`
	// Events lie in the order they were written, which is nearly that of their
	// leaves. concat_ws leaves out what is NULL, which no column may be.
	bulkEventsSQL = `SELECT COUNT(*), COALESCE(group_concat(row, x'1e'), '') FROM (
SELECT concat_ws(x'1f', id, at, action, actor_kind, actor_id, actor_name, door, app_id, gate, target, code, opening, leaf) AS row
FROM audit_event WHERE rowid >= ? AND rowid < ? ORDER BY rowid)`
	placeSQL = `SELECT COALESCE(MIN(rowid), 0) FROM audit_event WHERE id = ?`
)

const (
	eventFields = 13  // values that bulkEventsSQL joins
	leafFields  = 7   // values that bulkLeavesSQL joins
	idLen       = 36  // of an event id
	slack       = 64  // events that are read before and after those of a range
	bulkEvents  = 256 // events that one value joins: more only moves bytes about
)

// Rows implements Source.
func (d *Database) Rows(ctx context.Context, from, to int64, yield func(*Row) error) error {
	leaves, ok, err := d.bulkLeaves(ctx, from, to)
	if err != nil {
		return err
	}
	if !ok {
		return d.slowRows(ctx, from, to, yield)
	}
	var place int64
	first, _, _ := strings.Cut(leaves, "\x1f")
	if err := d.db.QueryRowContext(ctx, placeSQL, first).Scan(&place); err != nil {
		return broken(err)
	}
	events := finder{from: place - slack, to: place + (to - from) + slack, more: func(from, to int64) (string, error) {
		return d.bulkEvents(ctx, from, to)
	}}
	var r Row
	for index := from; index < to; index++ {
		var leaf string
		leaf, leaves, _ = strings.Cut(leaves, "\x1e")
		event := ""
		if id, ok := r.splitLeaf(leaf); ok {
			if event, err = events.find(id); err != nil {
				return err
			}
		}
		if !r.split(event) {
			if err := d.slowRows(ctx, index, index+1, yield); err != nil {
				return err
			}
			continue
		}
		r.Index, r.HasEvent = index, true
		if err := yield(&r); err != nil {
			return err
		}
	}
	return nil
}

// bulkLeaves returns the joined values of the leaves of a range, with separators
// between them; ok is false if they do not have the usual form.
func (d *Database) bulkLeaves(ctx context.Context, from, to int64) (text string, ok bool, err error) {
	var count, lowest int64
	if err := d.db.QueryRowContext(ctx, bulkLeavesSQL, from, to).Scan(&count, &lowest, &text); err != nil {
		return "", false, broken(err)
	}
	ok = count > 0 && count == to-from && lowest == from && int64(strings.Count(text, "\x1e")) == count-1
	return text, ok, nil
}

// splitLeaf fills r from the joined values of a leaf; false if there are not as
// many as there should be.
func (r *Row) splitLeaf(text string) (id string, ok bool) {
	k := &r.Keys
	for _, to := range [leafFields - 1]*string{&id, &r.Hash, &k.AppID, &k.Action, &k.ActorID, &k.Gate} {
		if *to, text, ok = strings.Cut(text, "\x1f"); !ok {
			return "", false
		}
	}
	k.Code = text
	return id, len(id) == idLen && strings.IndexByte(text, '\x1f') < 0
}

// bulkEvents returns the joined values of the events at the places from..to,
// with separators between them; nothing if there are separators in them.
func (d *Database) bulkEvents(ctx context.Context, from, to int64) (text string, err error) {
	var count int
	if err := d.db.QueryRowContext(ctx, bulkEventsSQL, from, to).Scan(&count, &text); err != nil {
		return "", broken(err)
	}
	if strings.Count(text, "\x1e") != count-1 {
		return "", nil
	}
	return text, nil
}

// finder finds events among those that lie at the places from..to, which are
// nearly in the order in which they are asked for.
type finder struct {
	from, to int64
	more     func(from, to int64) (string, error)
	rest     string
	skipped  map[string]string
}

// find returns the joined values of the event with that id, "" if it is not there.
func (f *finder) find(id string) (event string, err error) {
	if len(f.skipped) > 0 {
		if event, ok := f.skipped[id]; ok {
			delete(f.skipped, id)
			return event, nil
		}
	}
	for {
		for f.rest == "" {
			if f.from >= f.to {
				return "", nil
			}
			if f.rest, err = f.more(f.from, min(f.from+bulkEvents, f.to)); err != nil {
				return "", err
			}
			f.from += bulkEvents
		}
		event, f.rest, _ = strings.Cut(f.rest, "\x1e")
		if len(event) <= idLen {
			continue
		}
		if event[:idLen] == id {
			return event, nil
		}
		if f.skipped == nil {
			f.skipped = map[string]string{}
		}
		f.skipped[event[:idLen]] = event
	}
}

// split fills r from joined values; false if there are not as many as there
// should be.
func (r *Row) split(text string) bool {
	var at string
	c := &r.Columns
	fields := [eventFields - 1]*string{&r.EventID, &at, &c.Action, &c.ActorKind, &c.ActorID, &c.ActorName, &c.Door,
		&c.AppID, &c.Gate, &c.Target, &c.Code, &r.Opening}
	for _, to := range fields {
		i := strings.IndexByte(text, '\x1f')
		if i < 0 {
			return false
		}
		*to, text = text[:i], text[i+1:]
	}
	r.Leaf = text
	if strings.IndexByte(text, '\x1f') >= 0 {
		return false
	}
	var err error
	c.At, err = strconv.ParseInt(at, 10, 64)
	return err == nil
}

// Heads implements Source.
func (d *Database) Heads(ctx context.Context, from, to int64, yield func(size int64, note string) error) error {
	return each(ctx, d.db, headsSQL, func(rows *sql.Rows) error {
		var size int64
		var signed string
		if err := rows.Scan(&size, &signed); err != nil {
			return broken(err)
		}
		return yield(size, signed)
	}, from, to)
}
