package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// IndexedEvent is an event with its place in the audit tree, -1 until it has one.
type IndexedEvent struct {
	core.Event
	Index         int64
	Leaf, Opening string
}

// EventFilter narrows a search of the audit log; empty fields match everything.
type EventFilter struct {
	App          core.ID
	Actor        core.ID // who acted, by id
	Name         string  // who acted, by name: for those without an id
	Action, Code string
	Gate         core.Gate
	From, To     int64   // stamps of the event: From <= at < To
	Before       core.ID // events older than this one; "" for the newest
	After        core.ID // events newer than this one
	Most         int
}

const (
	// drift is how far an event's id may be from its time: ids go on from the last
	// one while a clock goes back.
	drift = 10 * time.Minute
	// looked is how many events a search of several fields looks through at most.
	looked = 20000
	// few is where counting ends when the most telling field is looked for.
	few = 2000
)

// SearchEvents lists audit events, newest first.
func (d *DB) SearchEvents(ctx context.Context, f EventFilter) ([]IndexedEvent, error) {
	events, _, err := d.FindEvents(ctx, f)
	return events, err
}

// FindEvents lists audit events, newest first, walking one index: that of the
// field with the fewest events. next is where to go on, "" at the end. A search
// of several fields looks through a bounded number of events; if that ends it
// early, there may be few events, or none, and a next all the same.
func (d *DB) FindEvents(ctx context.Context, f EventFilter) (events []IndexedEvent, next core.ID, err error) {
	const doing = "Searching the audit log"
	q, lead, rest, err := d.plan(ctx, f)
	if err != nil {
		return nil, "", broken(doing, err)
	}
	w := append(slices.Clone(lead), f.bounds()...)
	floor := core.ID("")
	if len(rest) > 0 {
		text, args := where(w)
		err := q.QueryRowContext(ctx, fmt.Sprintf("SELECT id FROM audit_event e%s ORDER BY id DESC LIMIT 1 OFFSET %d", text, looked), args...).Scan(&floor)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, "", broken(doing, err)
		}
		if floor != "" {
			w = append(w, term{"e.id >= ?", string(floor)})
		}
	}
	if events, err = d.list(ctx, q, append(w, rest...), "DESC", f.Most+1); err != nil {
		return nil, "", broken(doing, err)
	}
	if len(events) > f.Most {
		return events[:f.Most], events[f.Most-1].ID, nil
	}
	return events, floor, nil
}

// EachEvent hands out all events that match and are in the first size leaves of
// the tree, oldest first. It reads them piece by piece.
func (d *DB) EachEvent(ctx context.Context, f EventFilter, size int64, do func(IndexedEvent) error) error {
	q, lead, rest, err := d.plan(ctx, f)
	for err == nil {
		var events []IndexedEvent
		events, err = d.list(ctx, q, slices.Concat(lead, f.bounds(), rest), "ASC", 1000)
		for _, e := range events {
			if err == nil && e.Index >= 0 && e.Index < size {
				err = do(e)
			}
			f.After = e.ID
		}
		if len(events) == 0 {
			break
		}
	}
	return broken("Reading the audit log", err)
}

// CountEvents returns how many events match and are in the first size leaves of
// the tree.
func (d *DB) CountEvents(ctx context.Context, f EventFilter, size int64) (n int64, err error) {
	q, lead, rest, err := d.plan(ctx, f)
	all := slices.Concat(lead, f.bounds(), rest)
	if err != nil || len(all) == 0 {
		return size, broken("Counting events", err)
	}
	text, args := where(append(all, term{"EXISTS (SELECT 1 FROM audit_leaf l WHERE l.event_id = e.id AND l.idx < ?)", size}))
	return n, broken("Counting events", q.QueryRowContext(ctx, "SELECT count(*) FROM audit_event e"+text, args...).Scan(&n))
}

// EventByID returns one event. Errors: NotFound.
func (d *DB) EventByID(ctx context.Context, id core.ID) (IndexedEvent, error) {
	row, err := d.r(ctx).EventByID(ctx, string(id))
	return event(gen.EventsOfAppRow(row)), found(err, "There is no event with the id %q.", id)
}

// EventsOf lists all events about an app, oldest first.
func (d *DB) EventsOf(ctx context.Context, app core.ID) ([]IndexedEvent, error) {
	rows, err := d.r(ctx).EventsOfApp(ctx, string(app))
	return each(rows, err, event, "Reading the audit log")
}

// term is one condition with the value of its question mark, if it has one.
type term struct {
	text  string
	value any
}

// where joins conditions and numbers their places.
func where(terms []term) (string, []any) {
	var b strings.Builder
	var args []any
	for i, t := range terms {
		b.WriteString(map[bool]string{true: " WHERE ", false: " AND "}[i == 0])
		if t.value != nil {
			args = append(args, t.value)
		}
		b.WriteString(strings.Replace(t.text, "?", fmt.Sprintf("$%d", len(args)), 1))
	}
	return b.String(), args
}

// bounds are the conditions on the id and the time.
func (f EventFilter) bounds() (out []term) {
	if f.From > 0 {
		out = append(out, term{"e.id >= ?", idAt(core.Moment(f.From).Add(-drift))}, term{"e.at >= ?", f.From})
	}
	if f.To > 0 {
		out = append(out, term{"e.id < ?", idAt(core.Moment(f.To).Add(drift))}, term{"e.at < ?", f.To})
	}
	if f.Before != "" {
		out = append(out, term{"e.id < ?", string(f.Before)})
	}
	if f.After != "" {
		out = append(out, term{"e.id > ?", string(f.After)})
	}
	return out
}

// idAt is the beginning of the ids made at t: they sort after it, those made
// before sort before it.
func idAt(t time.Time) string {
	h := fmt.Sprintf("%012x", max(0, t.UnixMilli()))
	return h[:8] + "-" + h[8:]
}

// plan chooses the index to walk. lead are the conditions on it, rest are those
// that each event is looked at for.
func (d *DB) plan(ctx context.Context, f EventFilter) (q gen.DBTX, lead, rest []term, err error) {
	q = d.raw(ctx)
	fields := f.fields()
	if len(fields) > 1 {
		counts := map[string]int{}
		for _, field := range fields {
			text, args := where(append(slices.Clone(field), f.bounds()...))
			var n int
			if err := q.QueryRowContext(ctx, fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM audit_event e%s LIMIT %d) c", text, few), args...).Scan(&n); err != nil {
				return q, nil, nil, err
			}
			counts[field[0].text] = n
		}
		slices.SortStableFunc(fields, func(a, b []term) int { return cmp.Compare(counts[a[0].text], counts[b[0].text]) })
	}
	if len(fields) > 0 {
		lead = fields[0]
		rest = slices.Concat(fields[1:]...)
	}
	if f.Name != "" {
		rest = append(rest, term{"e.actor_name = ?", f.Name})
	}
	if f.Code == "ok" {
		rest = append(rest, term{"e.code = ?", f.Code})
	}
	return q, lead, rest, nil
}

// fields are the conditions that have an index, those that tell most first.
func (f EventFilter) fields() (out [][]term) {
	add := func(ok bool, terms ...term) {
		if ok {
			out = append(out, terms)
		}
	}
	add(f.Code != "" && f.Code != "ok", term{"e.code = ?", f.Code}, term{"e.code <> 'ok'", nil}) // as the index has it
	add(f.App != "", term{"e.app_id = ?", string(f.App)})
	add(f.Actor != "", term{"e.actor_id = ?", string(f.Actor)})
	add(f.Actor == "" && f.Name != "", term{"e.actor_id = ?", ""})
	add(f.Gate != "", term{"e.gate = ?", string(f.Gate)}, term{"e.gate <> ''", nil})
	add(f.Action != "", term{"e.action = ?", f.Action})
	return out
}

const eventColumns = "e.id, e.at, e.action, e.actor_kind, e.actor_id, e.actor_name, e.door, e.app_id, e.gate, e.target, e.code, e.leaf, e.opening"

// list reads events, and then their places in the tree.
func (d *DB) list(ctx context.Context, q gen.DBTX, terms []term, order string, most int) (events []IndexedEvent, err error) {
	text, args := where(terms)
	rows, err := q.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM audit_event e%s ORDER BY e.id %s LIMIT %d", eventColumns, text, order, most), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []any
	for rows.Next() {
		r := gen.EventsOfAppRow{Idx: -1}
		if err := rows.Scan(&r.ID, &r.At, &r.Action, &r.ActorKind, &r.ActorID, &r.ActorName, &r.Door, &r.AppID, &r.Gate, &r.Target, &r.Code, &r.Leaf, &r.Opening); err != nil {
			return nil, err
		}
		events, ids = append(events, event(r)), append(ids, r.ID)
	}
	if err := rows.Err(); err != nil || len(ids) == 0 {
		return nil, err
	}
	return events, placed(ctx, q, events, ids)
}

// placed fills in the places of events in the tree.
func placed(ctx context.Context, q gen.DBTX, events []IndexedEvent, ids []any) error {
	rows, err := q.QueryContext(ctx, "SELECT event_id, idx FROM audit_leaf WHERE event_id IN "+places(0, len(ids)), ids...)
	if err != nil {
		return err
	}
	defer rows.Close()
	at := make(map[core.ID]int64, len(events))
	for rows.Next() {
		var id core.ID
		var idx int64
		if err := rows.Scan(&id, &idx); err != nil {
			return err
		}
		at[id] = idx
	}
	for i, e := range events {
		if idx, ok := at[e.ID]; ok {
			events[i].Index = idx
		}
	}
	return rows.Err()
}

// event reads a row. Facts that name a person are taken from the opening.
func event(r gen.EventsOfAppRow) IndexedEvent {
	leaf := read[struct {
		Data map[string]any `json:"data"`
	}](r.Leaf)
	opening := read[map[string]struct {
		Value string `json:"value"`
	}](r.Opening)
	data := make(map[string]string, len(leaf.Data))
	for name, v := range leaf.Data {
		if text, ok := v.(string); ok {
			data[name] = text
		} else {
			data[name] = cmp.Or(opening["data."+name].Value, "(erased)")
		}
	}
	return IndexedEvent{Event: core.Event{ID: core.ID(r.ID), At: r.At, Action: r.Action,
		Actor: core.Actor{Kind: core.ActorKind(r.ActorKind), ID: core.ID(r.ActorID), Name: r.ActorName, Door: r.Door},
		AppID: core.ID(r.AppID), Gate: core.Gate(r.Gate), Target: r.Target, Code: r.Code, Data: data}, Index: int64(r.Idx), Leaf: r.Leaf, Opening: r.Opening}
}
