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
	q, p, err := d.plan(ctx, f)
	if err != nil {
		return nil, "", broken(doing, err)
	}
	floor := core.ID("")
	if len(p.rest) > 0 {
		text, args := where(leaves, slices.Concat(p.lead, p.ids))
		err := q.QueryRowContext(ctx, fmt.Sprintf("SELECT k.event_id FROM audit_leaf k%s ORDER BY k.event_id DESC LIMIT 1 OFFSET %d", text, looked), args...).Scan(&floor)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, "", broken(doing, err)
		}
		if floor != "" {
			p.ids = append(p.ids, term{"k.event_id >= ?", string(floor)})
		}
	}
	// What is pending comes first: an event that gets its leaf in between is then
	// seen twice, and not never.
	waiting, err := listed(ctx, q, pending, p.all(), "DESC", f.Most+1)
	if err == nil {
		events, err = listed(ctx, q, leaves, p.all(), "DESC", f.Most+1)
	}
	if err != nil {
		return nil, "", broken(doing, err)
	}
	events = merged(events, waiting)
	if len(events) > f.Most {
		return events[:f.Most], events[f.Most-1].ID, nil
	}
	return events, floor, nil
}

// merged joins events that have a leaf with those that wait for one, newest first.
func merged(events, waiting []IndexedEvent) []IndexedEvent {
	if len(waiting) == 0 {
		return events
	}
	all := append(events, waiting...)
	slices.SortStableFunc(all, func(a, b IndexedEvent) int { return cmp.Compare(b.ID, a.ID) })
	return slices.CompactFunc(all, func(a, b IndexedEvent) bool { return a.ID == b.ID })
}

// EachEvent hands out all events that match and are in the first size leaves of
// the tree, oldest first. It reads them piece by piece.
func (d *DB) EachEvent(ctx context.Context, f EventFilter, size int64, do func(IndexedEvent) error) error {
	const doing = "Reading the audit log"
	q, p, err := d.plan(ctx, f)
	if err != nil {
		return broken(doing, err)
	}
	p.rest = append(p.rest, term{"k.idx < ?", size})
	all := p.all()
	for {
		events, err := listed(ctx, q, leaves, all, "ASC", 1000)
		if err != nil || len(events) == 0 {
			return broken(doing, err)
		}
		for _, e := range events {
			if err := do(e); err != nil {
				return err
			}
		}
		all = append(p.all(), term{"k.event_id > ?", string(events[len(events)-1].ID)})
	}
}

// CountEvents returns how many events match and are in the first size leaves of
// the tree.
func (d *DB) CountEvents(ctx context.Context, f EventFilter, size int64) (n int64, err error) {
	q, p, err := d.plan(ctx, f)
	if err != nil || len(p.all()) == 0 {
		return size, broken("Counting events", err)
	}
	from, terms := "audit_leaf k", append(p.all(), term{"k.idx < ?", size})
	if slices.ContainsFunc(terms, func(t term) bool { return strings.HasPrefix(t.text, "e.") }) {
		from, terms = string(leaves), append(terms, joined())
	}
	text, args := where(leaves, terms)
	return n, broken("Counting events", q.QueryRowContext(ctx, "SELECT count(*) FROM "+from+text, args...).Scan(&n))
}

// EventByID returns one event. Errors: NotFound.
func (d *DB) EventByID(ctx context.Context, id core.ID) (IndexedEvent, error) {
	row, err := d.r(ctx).EventByID(ctx, string(id))
	return event(row), found(err, "There is no event with the id %q.", id)
}

// walk is what a search goes through: k is the table whose rows are walked in
// the order of their event_id, e are the events. CROSS JOIN keeps SQLite from
// walking the events instead.
type walk string

const (
	leaves  walk = "audit_leaf k CROSS JOIN audit_event e"
	pending walk = "audit_pending k CROSS JOIN audit_event e"
)

// joined is the condition that belongs to a walk.
func joined() term { return term{"e.id = k.event_id", nil} }

// columns are those that a walk reads, as event takes them.
func (w walk) columns() string {
	idx := "k.idx"
	if w == pending {
		idx = "-1"
	}
	return "e.id, e.at, e.action, e.actor_kind, e.actor_id, e.actor_name, e.door, e.app_id, e.gate, e.target, e.code, e.leaf, e.opening, " + idx
}

// term is one condition with the value of its question mark, if it has one. Its
// column stands in k or in e; one that a leaf repeats and that has an index is
// written with a #, since what is pending has it in the event only.
type term struct {
	text  string
	value any
}

// where joins conditions and numbers their places.
func where(w walk, terms []term) (string, []any) {
	var b strings.Builder
	var args []any
	keys := "k."
	if w == pending {
		keys = "e."
	}
	for i, t := range terms {
		b.WriteString(map[bool]string{true: " WHERE ", false: " AND "}[i == 0])
		if t.value != nil {
			args = append(args, t.value)
		}
		b.WriteString(strings.Replace(strings.Replace(t.text, "#", keys, 1), "?", fmt.Sprintf("$%d", len(args)), 1))
	}
	return b.String(), args
}

// plan is how a search goes: the index it walks, where it begins and ends, and
// what each event is looked at for.
type plan struct {
	lead []term // on the columns of one index
	ids  []term // on k.event_id
	at   []term // on the exact time, which ids tell nearly
	rest []term // on what may be in few of the events that are walked
}

func (p plan) all() []term { return slices.Concat(p.lead, p.ids, p.at, p.rest) }

// bound sets the conditions on the id and the time.
func (p *plan) bound(f EventFilter) {
	if f.From > 0 {
		p.ids, p.at = append(p.ids, term{"k.event_id >= ?", idAt(core.Moment(f.From).Add(-drift))}), append(p.at, term{"e.at >= ?", f.From})
	}
	if f.To > 0 {
		p.ids, p.at = append(p.ids, term{"k.event_id < ?", idAt(core.Moment(f.To).Add(drift))}), append(p.at, term{"e.at < ?", f.To})
	}
	if f.Before != "" {
		p.ids = append(p.ids, term{"k.event_id < ?", string(f.Before)})
	}
	if f.After != "" {
		p.ids = append(p.ids, term{"k.event_id > ?", string(f.After)})
	}
}

// idAt is the beginning of the ids made at t: they sort after it, those made
// before sort before it.
func idAt(t time.Time) string {
	h := fmt.Sprintf("%012x", max(0, t.UnixMilli()))
	return h[:8] + "-" + h[8:]
}

// plan chooses the index to walk.
func (d *DB) plan(ctx context.Context, f EventFilter) (q gen.DBTX, p plan, err error) {
	q = d.raw(ctx)
	p.bound(f)
	fields := f.fields()
	if len(fields) > 1 {
		counts := map[string]int{}
		for _, field := range fields {
			text, args := where(leaves, slices.Concat(field, p.ids))
			var n int
			if err := q.QueryRowContext(ctx, fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM audit_leaf k%s LIMIT %d) c", text, few), args...).Scan(&n); err != nil {
				return q, p, err
			}
			counts[field[0].text] = n
		}
		slices.SortStableFunc(fields, func(a, b []term) int { return cmp.Compare(counts[a[0].text], counts[b[0].text]) })
	}
	if len(fields) > 0 {
		p.lead, p.rest = fields[0], slices.Concat(fields[1:]...)
	}
	if f.Name != "" {
		p.rest = append(p.rest, term{"e.actor_name = ?", f.Name})
	}
	if f.Code == "ok" {
		p.rest = append(p.rest, term{"#code = ?", f.Code})
	}
	return q, p, nil
}

// fields are the conditions that have an index, those that tell most first.
func (f EventFilter) fields() (out [][]term) {
	add := func(ok bool, terms ...term) {
		if ok {
			out = append(out, terms)
		}
	}
	add(f.Code != "" && f.Code != "ok", term{"#code = ?", f.Code}, term{"#code <> 'ok'", nil}) // as the index has it
	add(f.App != "", term{"#app_id = ?", string(f.App)})
	add(f.Actor != "", term{"#actor_id = ?", string(f.Actor)})
	add(f.Actor == "" && f.Name != "", term{"#actor_id = ?", ""})
	add(f.Gate != "", term{"#gate = ?", string(f.Gate)}, term{"#gate <> ''", nil})
	add(f.Action != "", term{"#action = ?", f.Action})
	return out
}

// listed reads events of a walk.
func listed(ctx context.Context, q gen.DBTX, w walk, terms []term, order string, most int) (events []IndexedEvent, err error) {
	text, args := where(w, append([]term{joined()}, terms...))
	rows, err := q.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM %s%s ORDER BY k.event_id %s LIMIT %d", w.columns(), w, text, order, most), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r gen.EventByIDRow
		if err := rows.Scan(&r.ID, &r.At, &r.Action, &r.ActorKind, &r.ActorID, &r.ActorName, &r.Door, &r.AppID, &r.Gate, &r.Target, &r.Code, &r.Leaf, &r.Opening, &r.Idx); err != nil {
			return nil, err
		}
		events = append(events, event(r))
	}
	return events, rows.Err()
}

// event reads a row. Facts that name a person are taken from the opening.
func event(r gen.EventByIDRow) IndexedEvent {
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
