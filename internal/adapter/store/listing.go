package store

import (
	"context"
	"database/sql"
	"strings"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

const briefColumns = `name, state, classification, region, template, owner_id, last_active`

func scanBrief(r *sql.Rows, b *core.Brief) error {
	return r.Scan(&b.Name, &b.State, &b.Classification, &b.Region, &b.Template, &b.OwnerID, &b.LastActive)
}

// BriefsOwned lists the apps that a person owns or co-owns, in no order.
func (d *DB) BriefsOwned(ctx context.Context, p core.Person) ([]core.Brief, error) {
	rows, err := d.r(ctx).ListOwnedApps(ctx, gen.ListOwnedAppsParams{Person: string(p.ID), Email: strings.ToLower(p.Email)})
	return each(rows, err, func(r gen.ListOwnedAppsRow) core.Brief {
		return core.Brief{Name: r.Name, Cell: core.Cell{State: core.AppState(r.State), Classification: core.Classification(r.Classification), Region: r.Region, Template: r.Template},
			OwnerID: core.ID(r.OwnerID), LastActive: r.LastActive}
	}, "Listing apps")
}

// BriefsOfOwner lists the apps that a person owns, in no order.
func (d *DB) BriefsOfOwner(ctx context.Context, owner core.ID) ([]core.Brief, error) {
	var s statement
	s.WriteString(`SELECT ` + briefColumns + ` FROM app WHERE owner_id = ` + s.arg(string(owner)))
	out, err := rows(ctx, d.raw(ctx), &s, scanBrief)
	return out, broken("Listing apps", err)
}

// BriefsInCells lists the apps of some cells, in no order.
func (d *DB) BriefsInCells(ctx context.Context, cells []core.Cell) ([]core.Brief, error) {
	if len(cells) == 0 {
		return nil, nil
	}
	keys := make([]string, len(cells))
	for i, c := range cells {
		keys[i] = cellKey(c)
	}
	var s statement
	s.WriteString(`SELECT ` + briefColumns + ` FROM app WHERE cell IN ` + list(&s, keys))
	out, err := rows(ctx, d.raw(ctx), &s, scanBrief)
	return out, broken("Listing apps", err)
}

// BriefsNamed lists the apps in whose names a word begins with word, if there are
// at most most of them; all is false when there are more, and the list empty.
func (d *DB) BriefsNamed(ctx context.Context, word string, most int) (found []core.Brief, all bool, err error) {
	terms, err := d.r(ctx).ListTerms(ctx, gen.ListTermsParams{First: word, Past: word + "\x7f", Most: int32(most + 1)})
	if err != nil || len(terms) > most {
		return nil, false, broken("Searching apps", err)
	}
	seen, names := map[string]bool{}, []string{}
	for _, t := range terms {
		if !seen[t.Name] {
			seen[t.Name] = true
			names = append(names, t.Name)
		}
	}
	if len(names) == 0 {
		return nil, true, nil
	}
	var s statement
	s.WriteString(`SELECT ` + briefColumns + ` FROM app WHERE name IN ` + list(&s, names))
	found, err = rows(ctx, d.raw(ctx), &s, scanBrief)
	return found, true, broken("Searching apps", err)
}

// PageOfApps walks the whole list in order and returns the next apps that fit.
// It suits filters that many apps pass; where few do, list those instead.
func (d *DB) PageOfApps(ctx context.Context, f core.AppFilter, order core.AppOrder, after core.AppCursor, most int) ([]core.Brief, error) {
	var s statement
	s.WriteString(`SELECT name, state, classification, region, template, '' AS owner_id, last_active FROM app WHERE `)
	// An expression around a column keeps both engines on the index of the order.
	s.WriteString(`(state || '') <> 'deleted'`)
	only(&s, `(state || '')`, f.States)
	only(&s, `(classification || '')`, f.Classifications)
	only(&s, `(region || '')`, f.Regions)
	only(&s, `(template || '')`, f.Templates)
	for _, w := range f.Words {
		s.WriteString(` AND (name LIKE ` + s.arg(w+"%") + ` OR name LIKE ` + s.arg("%-"+w+"%") + `)`)
	}
	switch {
	case order == core.ByRecent && after.Set:
		at := s.arg(after.LastActive)
		s.WriteString(` AND last_active <= ` + at + ` AND (last_active < ` + at + ` OR name < ` + s.arg(after.Name) + `)`)
	case after.Set:
		s.WriteString(` AND name > ` + s.arg(after.Name))
	}
	if order == core.ByRecent {
		s.WriteString(` ORDER BY last_active DESC, name DESC`)
	} else {
		s.WriteString(` ORDER BY name`)
	}
	s.WriteString(` LIMIT ` + s.arg(int64(most)))
	out, err := rows(ctx, d.raw(ctx), &s, scanBrief)
	return out, broken("Listing apps", err)
}

func only[T ~string](s *statement, column string, values []T) {
	if len(values) == 0 {
		return
	}
	plain := make([]string, len(values))
	for i, v := range values {
		plain[i] = string(v)
	}
	s.WriteString(` AND ` + column + ` IN ` + list(s, plain))
}

// AppsNamed returns apps in full, in the order of the names. A name without an
// app is left out.
func (d *DB) AppsNamed(ctx context.Context, names []string) ([]core.App, error) {
	if len(names) == 0 {
		return nil, nil
	}
	var s statement
	s.WriteString(`SELECT app.id, app.name, app.owner_id, person.email, app.buddy_id, app.state, app.descriptor, app.created, app.last_active, app.idle_since, app.archived, app.version
		FROM app JOIN person ON person.id = app.owner_id WHERE app.name IN ` + list(&s, names))
	all, err := rows(ctx, d.raw(ctx), &s, func(r *sql.Rows, a *core.App) error {
		var descriptor string
		err := r.Scan(&a.ID, &a.Name, &a.OwnerID, &a.OwnerEmail, &a.BuddyID, &a.State, &descriptor, &a.Created, &a.LastActive, &a.IdleSince, &a.Archived, &a.Version)
		a.Descriptor = read[core.Descriptor](descriptor)
		return err
	})
	if err != nil {
		return nil, broken("Listing apps", err)
	}
	byName := make(map[string]core.App, len(all))
	for _, a := range all {
		byName[a.Name] = a
	}
	out := make([]core.App, 0, len(all))
	for _, n := range names {
		if a, ok := byName[n]; ok {
			out = append(out, a)
		}
	}
	return out, nil
}
