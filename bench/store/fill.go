package main

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// filler writes a made-up fleet into an empty, migrated database. What lists and
// searches are made from is written by the same rules as the store's, in bulk;
// fsck holds it against the records.
type filler struct {
	*maker
	db       *sql.DB
	params   int // of one statement
	apps     []app
	people   []person
	holdings []holding
	shelf    shelf
	say      func(format string, args ...any)
}

type holding struct {
	part   [2]int
	app    int
	direct int
	build  bool
}

// fill writes n apps with all that belongs to them.
func (f *filler) fill(ctx context.Context, n, parts int) error {
	f.people = f.maker.people(n)
	f.shelf = f.maker.shelf()
	for i := range n {
		f.apps = append(f.apps, f.maker.app(i, len(f.people)))
	}
	slices.SortFunc(f.apps, func(a, b app) int { return strings.Compare(a.name, b.name) })
	for _, step := range []struct {
		name string
		do   func(ctx context.Context, tx *sql.Tx) error
	}{
		{"people", f.writePeople}, {"apps", f.writeApps}, {"builds", f.writeBuilds}, {"changes", f.writeChanges},
		{"components", func(ctx context.Context, tx *sql.Tx) error { return f.writeComponents(ctx, tx, parts) }}, {"use", f.writeUsage},
	} {
		began := time.Now()
		tx, err := f.db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		if err := step.do(ctx, tx); err != nil {
			tx.Rollback()
			return fmt.Errorf("%s: %w", step.name, err)
		}
		if err := tx.Commit(); err != nil {
			return err
		}
		f.say("  %-11s %5.1f s", step.name, time.Since(began).Seconds())
	}
	return nil
}

// table gathers rows and inserts some with each statement.
type table struct {
	ctx    context.Context
	tx     *sql.Tx
	into   string
	width  int
	params int
	values []any
	full   *sql.Stmt
}

func (f *filler) table(ctx context.Context, tx *sql.Tx, into string) *table {
	return &table{ctx: ctx, tx: tx, into: into, width: strings.Count(into, ",") + 1, params: f.params}
}

func (t *table) add(values ...any) error {
	t.values = append(t.values, values...)
	if len(t.values)+t.width <= t.params {
		return nil
	}
	if t.full == nil {
		stmt, err := t.tx.PrepareContext(t.ctx, t.statement())
		if err != nil {
			return err
		}
		t.full = stmt
	}
	_, err := t.full.ExecContext(t.ctx, t.values...)
	t.values = t.values[:0]
	return err
}

func (t *table) end() error {
	if len(t.values) == 0 {
		return nil
	}
	_, err := t.tx.ExecContext(t.ctx, t.statement(), t.values...)
	t.values = t.values[:0]
	return err
}

func (t *table) statement() string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + t.into + " VALUES ")
	for i := range len(t.values) {
		switch {
		case i%t.width == 0 && i > 0:
			b.WriteString("),(")
		case i == 0:
			b.WriteString("(")
		default:
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	return b.String() + ")"
}

// all ends tables, after the first error or none.
func all(err error, tables ...*table) error {
	for _, t := range tables {
		if err == nil {
			err = t.end()
		}
	}
	return err
}

func (f *filler) writePeople(ctx context.Context, tx *sql.Tx) error {
	t := f.table(ctx, tx, "person (id, email, name, roles, created)")
	for _, p := range f.people {
		if err := t.add(string(p.id), p.email, p.name, p.roles, core.Stamp(home)); err != nil {
			return err
		}
	}
	return t.end()
}

func (f *filler) writeApps(ctx context.Context, tx *sql.Tx) error {
	rows := f.table(ctx, tx, "app (id, name, owner_id, state, descriptor, created, last_active, idle_since, archived, classification, region, template, cell)")
	terms, shared := f.table(ctx, tx, "app_term (term, name)"), f.table(ctx, tx, "app_co_owner (email, app_id)")
	tally, owners := map[core.Cell]int{}, map[int]int{}
	for _, a := range f.apps {
		var idle, archived int64
		if a.state == core.AppIdle {
			idle = core.Stamp(f.today.AddDate(0, 0, -5))
		}
		if a.state == core.AppArchived {
			archived = core.Stamp(f.today.AddDate(0, 0, -30))
		}
		template, _, _ := strings.Cut(a.d.Template, "@")
		c := core.Cell{State: a.state, Classification: a.d.Classification, Region: a.d.Region, Template: template}
		tally[c]++
		owners[a.owner]++
		cell := strings.Join([]string{string(c.State), string(c.Classification), c.Region, c.Template}, "|")
		err := rows.add(string(a.id), a.name, string(f.people[a.owner].id), string(a.state), a.text, a.created, a.last, idle, archived, string(c.Classification), c.Region, c.Template, cell)
		for i := range a.name {
			if err == nil && (i == 0 || a.name[i-1] == '-') {
				err = terms.add(a.name[i:], a.name)
			}
		}
		if err != nil {
			return err
		}
	}
	if err := all(rows.end(), terms); err != nil {
		return err
	}
	for _, a := range f.apps {
		if len(a.d.CoOwners) > 0 {
			if err := shared.add(a.d.CoOwners[0], string(a.id)); err != nil {
				return err
			}
		}
	}
	if err := shared.end(); err != nil {
		return err
	}
	counts, byOwner := f.table(ctx, tx, "app_tally (id, state, classification, region, template, n)"), f.table(ctx, tx, "owner_tally (owner_id, n)")
	for c, n := range tally {
		if err := counts.add(fmt.Sprint(c), string(c.State), string(c.Classification), c.Region, c.Template, int64(n)); err != nil {
			return err
		}
	}
	for o, n := range owners {
		if err := byOwner.add(string(f.people[o].id), int64(n)); err != nil {
			return err
		}
	}
	return all(counts.end(), byOwner)
}

func (f *filler) writeBuilds(ctx context.Context, tx *sql.Tx) error {
	sbom := func(a app) string { return "sha256:" + a.digest[30:] + a.digest[7:30] }
	// One table after the other: a row comes after those that it names.
	for into, row := range []struct {
		into string
		row  func(a app) []any
	}{
		{"artifact (digest, app_id, commit_id, sbom, provenance, size, created)", func(a app) []any {
			return []any{a.digest, string(a.id), a.digest[7:47], sbom(a), a.digest, int64(20000), a.created + 1e9}
		}},
		{"bill (artifact, app, state, sbom, parts, live, latest)", func(a app) []any {
			return []any{a.digest, a.name, "listed", sbom(a), int64(0), a.live(), true}
		}},
		{"decision (id, gate, app_id, subject, actor, result, verdicts, policy, input_digest, input, at)", func(a app) []any {
			return []any{string(a.decision), "app.deploy", string(a.id), a.digest, `{"kind":"person"}`, "allow", `{"deny":[],"warn":[],"approve":[]}`, "bench", "", "{}", a.created + 2e9}
		}},
		{"deployment (id, app_id, artifact, target, region, state, decision, by_person, created)", func(a app) []any {
			state := map[bool]string{true: "live", false: "stopped"}[a.live()]
			return []any{string(a.deploy), string(a.id), a.digest, a.d.Region, a.d.Region, state, string(a.decision), string(f.people[a.owner].id), a.created + 3e9}
		}},
	} {
		t := f.table(ctx, tx, row.into)
		for _, a := range f.apps {
			if a.built() {
				if err := t.add(row.row(a)...); err != nil {
					return err
				}
			}
		}
		if err := t.end(); err != nil {
			return fmt.Errorf("table %d: %w", into, err)
		}
	}
	return nil
}

func (f *filler) writeChanges(ctx context.Context, tx *sql.Tx) error {
	changes := f.table(ctx, tx, "change (id, app_id, number, title, branch, head, base, author, committers, state, created)")
	reports := f.table(ctx, tx, "report (id, app_id, commit_id, policy, verdict, body, sbom, created)")
	body, err := json.Marshal(core.Report{Tool: "bench", Verdict: core.Passed, Checks: make([]core.CheckResult, 10), Findings: make([]core.Finding, 4)})
	if err != nil {
		return err
	}
	for _, a := range f.apps {
		if a.state == core.AppProvisioning || a.state == core.AppFailed {
			continue
		}
		for n := range 1 + f.IntN(4) {
			at := time.UnixMicro(a.created)
			head, state := fmt.Sprintf("%016x%016x%08x", f.Uint64(), f.Uint64(), f.Uint32()), "merged"
			if f.IntN(8) == 0 {
				state = "open"
			}
			if err := changes.add(string(f.ids.New(at)), string(a.id), int64(n+1), "A change", fmt.Sprintf("change-%d", n), head, "base", string(f.people[a.owner].id), "[]", state, a.created+int64(n)); err != nil {
				return err
			}
			verdict := []string{"pass", "pass", "blocked"}[f.IntN(3)]
			if err := reports.add(string(f.ids.New(at)), string(a.id), head, "bench", verdict, string(body), "{}", a.created); err != nil {
				return err
			}
		}
	}
	return all(changes.end(), reports)
}

// writeComponents writes holdings in the order of their key, which a database
// takes fastest.
func (f *filler) writeComponents(ctx context.Context, tx *sql.Tx, parts int) error {
	components := f.table(ctx, tx, "component (id, ecosystem, name, version)")
	ids, seen := map[[2]int]string{}, map[string]bool{}
	for p, versions := range f.shelf.packages {
		for v, c := range versions {
			id := componentID(c)
			ids[[2]int{p, v}] = id
			if seen[id] {
				continue
			}
			seen[id] = true
			if err := components.add(id, c.Ecosystem, c.Name, c.Version); err != nil {
				return err
			}
		}
	}
	if err := components.end(); err != nil {
		return err
	}
	for i, a := range f.apps {
		if a.built() {
			for n, p := range f.maker.parts(f.shelf, parts) {
				f.holdings = append(f.holdings, holding{p, i, min(1, max(0, 12-n)), n%9 == 8})
			}
		}
	}
	slices.SortFunc(f.holdings, func(a, b holding) int {
		return cmp.Or(strings.Compare(ids[a.part], ids[b.part]), cmp.Compare(a.app, b.app))
	})
	rows := f.table(ctx, tx, "holding (component, app, artifact, direct, build, live, latest)")
	for _, h := range f.holdings {
		a := f.apps[h.app]
		if err := rows.add(ids[h.part], a.name, a.digest, int64(h.direct), h.build, a.live(), true); err != nil {
			return err
		}
	}
	f.say("  %d holdings of %d components", len(f.holdings), len(seen))
	f.holdings = nil
	if err := rows.end(); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "UPDATE bill SET parts = $1", int64(parts))
	return err
}

// writeUsage writes the last 30 days of three apps in five: some hours a day, on
// some days.
func (f *filler) writeUsage(ctx context.Context, tx *sql.Tx) error {
	const columns = "requests, errors, wall_ms, cpu_ms, mib_ms, bytes_out, egress_out"
	hours, days := f.table(ctx, tx, "usage (app_id, hour, "+columns+")"), f.table(ctx, tx, "usage_day (app_id, day, "+columns+")")
	today := f.today.Truncate(24 * time.Hour)
	for _, a := range f.apps {
		if !a.live() || f.IntN(5) > 2 {
			continue
		}
		for back := 29; back >= 0; back-- {
			if f.IntN(2) == 0 {
				continue
			}
			day, n := today.AddDate(0, 0, -back), int64(1+f.IntN(4))
			for h := range n {
				if err := hours.add(string(a.id), core.Stamp(day.Add(time.Duration(8+h)*time.Hour)), int64(40), int64(0), int64(4000), int64(900), int64(64000), int64(90000), int64(1000)); err != nil {
					return err
				}
			}
			if err := days.add(string(a.id), core.Stamp(day), 40*n, int64(0), 4000*n, 900*n, 64000*n, 90000*n, 1000*n); err != nil {
				return err
			}
		}
	}
	return all(hours.end(), days)
}
