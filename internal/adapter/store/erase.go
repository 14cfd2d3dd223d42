package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Opening is what of an event may name a person, beside the logged bytes.
type Opening struct {
	ID      core.ID
	ActorID core.ID
	Opening string
	Leaf    string // the logged bytes, which never change
}

// Openings returns up to most events whose ids come after the given one, by id.
func (d *DB) Openings(ctx context.Context, after core.ID, most int) ([]Opening, error) {
	var s statement
	fmt.Fprintf(&s, `SELECT id, actor_id, opening, leaf FROM audit_event WHERE id > %s ORDER BY id LIMIT %d`, s.arg(string(after)), most)
	all, err := rows(ctx, d.raw(ctx), &s, func(r *sql.Rows, o *Opening) error { return r.Scan(&o.ID, &o.ActorID, &o.Opening, &o.Leaf) })
	return all, broken("Reading the audit log", err)
}

// EraseOpening leaves of an event's opening what is given, and empties the columns
// that repeat what was opened. The guards of the log let nothing else through, and
// on PostgreSQL only its owner.
func (d *DB) EraseOpening(ctx context.Context, event core.ID, rest string, actorName, target bool) error {
	set := ""
	if actorName {
		set += ", actor_name = ''"
	}
	if target {
		set += ", target = ''"
	}
	return d.eraseOne(ctx, `UPDATE audit_event SET opening = $1`+set+` WHERE id = $2`, rest, string(event))
}

// eraseOne changes one row.
func (d *DB) eraseOne(ctx context.Context, text string, args ...any) error {
	n, err := d.erase(ctx, text, args...)
	return changed(n, err, "Erasing", core.Errorf(core.Conflict, "A record went away while it was erased."))
}

// erase changes rows and returns how many there were.
func (d *DB) erase(ctx context.Context, text string, args ...any) (int64, error) {
	if _, err := d.w(ctx); err != nil {
		return 0, err
	}
	res, err := txOf(ctx).tx.ExecContext(ctx, text, args...)
	if err != nil {
		return 0, broken("Erasing", err)
	}
	return res.RowsAffected()
}

// ErasePerson puts the placeholder in the place of a person's e-mail and name,
// switches the account off and takes its roles. What only serves the account
// goes: links, sessions, tokens, visits, accounts at providers, groups and notices. The apps they helped with
// lose their buddy. It returns how many credentials and notices there were.
func (d *DB) ErasePerson(ctx context.Context, id core.ID, as string) (credentials, notices int64, err error) {
	err = d.eraseOne(ctx, `UPDATE person SET email = $1, name = $1, roles = '', disabled = $2 WHERE id = $3`, as, true, string(id))
	if err == nil {
		credentials, err = d.erase(ctx, `DELETE FROM credential WHERE person_id = $1`, string(id))
	}
	for _, table := range []string{"account", "membership", "scim_user"} {
		if err == nil {
			_, err = d.erase(ctx, `DELETE FROM `+table+` WHERE person_id = $1`, string(id))
		}
	}
	if err == nil {
		notices, err = d.erase(ctx, `DELETE FROM notice WHERE person = $1`, string(id))
	}
	if err == nil {
		_, err = d.erase(ctx, `DELETE FROM person_address WHERE person_id = $1`, string(id))
	}
	if err == nil {
		_, err = d.erase(ctx, `UPDATE app SET buddy_id = '', version = version + 1 WHERE buddy_id = $1`, string(id))
	}
	return credentials, notices, err
}

// OwnedBy lists the apps of an owner by name, but for those in the given states.
func (d *DB) OwnedBy(ctx context.Context, owner core.ID, but ...core.AppState) ([]string, error) {
	var s statement
	s.WriteString(`SELECT name FROM app WHERE owner_id = ` + s.arg(string(owner)))
	for _, state := range but {
		s.WriteString(` AND state <> ` + s.arg(string(state)))
	}
	s.WriteString(` ORDER BY name`)
	names, err := rows(ctx, d.raw(ctx), &s, func(r *sql.Rows, name *string) error { return r.Scan(name) })
	return names, broken("Listing apps", err)
}

// words are columns in which people are named besides the log: what they wrote,
// and what Paddock wrote about them.
var words = []struct {
	table  string
	column string
	json   bool
}{
	{"fact", "value", true},
	{"saga", "data", true}, {"saga", "actor", true}, {"saga", "problem", false},
	{"change", "title", false}, {"change", "committers", true},
	{"report", "body", true},
	{"decision", "actor", true},
	{"approval_request", "subject", false}, {"approval", "note", false},
	{"notice", "title", false}, {"notice", "body", false}, {"notice", "link", false},
	{"incident", "actor", true}, {"incident", "what", false}, {"incident", "place", false},
	{"ticket", "title", false}, {"ticket", "body", false}, {"ticket", "owner", false},
	{"lease", "why", false},
	{"delegation", "reason", false}, {"same_human", "reason", false},
}

// keyOf is what tells the rows of a table apart.
func keyOf(table string) string {
	switch table {
	case "fact":
		return "app_id || '|' || kind || '|' || source"
	case "same_human":
		return "a || '|' || b"
	}
	return "id"
}

// bound are columns that digests in the log, or what was signed, hold on to: what
// they say of a person stays.
var bound = map[string][]string{
	"decision":       {"input", "verdicts", "subject"},
	"report":         {"sbom"},
	"vex_document":   {"body"},
	"outside_report": {"body"},
	"own_report":     {"body", "bundle"},
	"access_grant":   {"reason", "ticket"},
}

// atOneTime is how many rows are looked through at once.
const atOneTime = 500

// EraseWords takes a person out of texts that nothing is bound to. It returns how
// many rows it changed.
func (d *DB) EraseWords(ctx context.Context, t core.Trace) (n int64, err error) {
	for _, w := range words {
		err := d.each(ctx, w.table, w.column, func(id, text string) error {
			rest, found := t.Without(text)
			if w.json {
				rest, found = t.WithoutJSON(text)
			}
			if !found {
				return nil
			}
			n++
			return d.eraseOne(ctx, `UPDATE `+w.table+` SET `+w.column+` = $1 WHERE `+keyOf(w.table)+` = $2`, rest, id)
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// StillNaming counts the rows of a table that name a person in what is bound by a
// digest and stays: decision, report (its SBOM), vex_document, outside_report or own_report.
func (d *DB) StillNaming(ctx context.Context, table string, t core.Trace) (int64, error) {
	naming := map[string]bool{}
	for _, column := range bound[table] {
		err := d.each(ctx, table, column, func(id, text string) error {
			if t.InJSON(text) {
				naming[id] = true
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	return int64(len(naming)), nil
}

// EraseFromApps takes a person out of what apps say of themselves now: as
// co-owner, and as owner of apps that are out of service. It returns the names of
// the apps.
func (d *DB) EraseFromApps(ctx context.Context, t core.Trace) (apps []string, err error) {
	err = d.each(ctx, "app", "descriptor", func(id, doc string) error {
		desc := read[core.Descriptor](doc)
		desc.CoOwners = nil
		for _, e := range read[core.Descriptor](doc).CoOwners {
			if !strings.EqualFold(strings.TrimSpace(e), t.Email) {
				desc.CoOwners = append(desc.CoOwners, e)
			}
		}
		rest, _ := t.WithoutJSON(text(desc))
		if next := read[core.Descriptor](rest); text(next) != text(read[core.Descriptor](doc)) {
			apps = append(apps, next.Name)
			return d.SetDescriptor(ctx, core.ID(id), next)
		}
		return nil
	})
	return apps, err
}

// each gives every row of a table by id, with a text that is made of its columns.
func (d *DB) each(ctx context.Context, table, text string, fn func(id, text string) error) error {
	for after := ""; ; {
		var s statement
		key := keyOf(table)
		fmt.Fprintf(&s, `SELECT %s, %s FROM %s WHERE %s > %s ORDER BY 1 LIMIT %d`, key, text, table, key, s.arg(after), atOneTime)
		all, err := rows(ctx, d.raw(ctx), &s, func(r *sql.Rows, row *[2]string) error { return r.Scan(&row[0], &row[1]) })
		if err != nil {
			return broken("Looking for a person in "+table, err)
		}
		for _, row := range all {
			if err := fn(row[0], row[1]); err != nil {
				return err
			}
			after = row[0]
		}
		if len(all) < atOneTime {
			return nil
		}
	}
}
