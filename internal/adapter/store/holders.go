package store

import (
	"context"
	"database/sql"

	"github.com/paddock-dev/paddock/internal/core"
)

// mostComponents bounds the versions of one name that a query takes.
const mostComponents = 10_000

// ComponentsNamed lists the components that have one of some names.
func (d *DB) ComponentsNamed(ctx context.Context, names ...string) ([]core.Component, error) {
	var s statement
	s.WriteString(`SELECT id, ecosystem, name, version FROM component WHERE name IN ` + list(&s, names) + ` LIMIT ` + s.arg(int64(mostComponents)))
	out, err := rows(ctx, d.raw(ctx), &s, func(r *sql.Rows, c *core.Component) error { return r.Scan(&c.ID, &c.Ecosystem, &c.Name, &c.Version) })
	return out, broken("Looking for components", err)
}

// HoldersOf lists the holdings of the next apps, by app.
func (d *DB) HoldersOf(ctx context.Context, h core.Holders) ([]core.Holding, error) {
	var s statement
	s.WriteString(`SELECT component, app, artifact, (SELECT commit_id FROM artifact WHERE digest = holding.artifact), direct, build, live, latest FROM holding WHERE `)
	narrow(&s, h)
	// The inner query names the page's apps from an index alone.
	s.WriteString(` AND app IN (SELECT DISTINCT app FROM holding WHERE `)
	narrow(&s, h)
	s.WriteString(` AND app > ` + s.arg(h.After) + ` ORDER BY app LIMIT ` + s.arg(int64(h.Most)) + `) ORDER BY app, component, artifact`)
	out, err := rows(ctx, d.raw(ctx), &s, func(r *sql.Rows, x *core.Holding) error {
		return r.Scan(&x.Component, &x.App, &x.Artifact, &x.Commit, &x.Direct, &x.Build, &x.Live, &x.Latest)
	})
	return out, broken("Looking for apps", err)
}

// CountHolders counts the apps that hold one of some components.
func (d *DB) CountHolders(ctx context.Context, h core.Holders) (n int, err error) {
	var s statement
	if len(h.Components) == 1 && h.Where != core.WhereAny { // one build of each app: nothing is there twice
		s.WriteString(`SELECT count(*) FROM holding WHERE `)
		narrow(&s, h)
	} else {
		s.WriteString(`SELECT count(*) FROM (SELECT DISTINCT app FROM holding WHERE `)
		narrow(&s, h)
		s.WriteString(`) AS one`)
	}
	err = d.raw(ctx).QueryRowContext(ctx, s.String(), s.args...).Scan(&n)
	return n, broken("Counting apps", err)
}

// narrow writes the conditions of a search.
func narrow(s *statement, h core.Holders) {
	s.WriteString(`component IN ` + list(s, h.Components) + at(h.Where))
	seen(s, h.Viewer)
}

func at(w core.Where) string {
	switch w {
	case core.WhereLive:
		return ` AND live`
	case core.WhereLatest:
		return ` AND latest`
	}
	return ``
}

// seen narrows a query to the apps of a person who does not see all.
func seen(s *statement, p *core.Person) {
	if p == nil {
		return
	}
	id, email := s.arg(string(p.ID)), s.arg(p.Email)
	s.WriteString(` AND app IN (SELECT name FROM app WHERE owner_id = ` + id +
		` UNION SELECT app.name FROM app_co_owner JOIN app ON app.id = app_co_owner.app_id WHERE app_co_owner.email = ` + email + `)`)
}

// CountUnlisted counts the apps with a build whose parts are not known.
func (d *DB) CountUnlisted(ctx context.Context, where core.Where, viewer *core.Person) (n int, err error) {
	var s statement
	s.WriteString(`SELECT count(*) FROM (SELECT DISTINCT app FROM bill WHERE state IN ('missing', 'unreadable')` + at(where))
	seen(&s, viewer)
	s.WriteString(`) AS one`)
	err = d.raw(ctx).QueryRowContext(ctx, s.String(), s.args...).Scan(&n)
	return n, broken("Counting apps", err)
}

// HolderApps returns what a search says of apps, by name.
func (d *DB) HolderApps(ctx context.Context, names []string) (map[string]core.HolderApp, error) {
	out := make(map[string]core.HolderApp, len(names))
	if len(names) == 0 {
		return out, nil
	}
	var s statement
	s.WriteString(`SELECT app.name, person.email, app.state, app.classification, COALESCE(deployment.target, ''), COALESCE(deployment.region, '')
		FROM app JOIN person ON person.id = app.owner_id LEFT JOIN deployment ON deployment.app_id = app.id AND deployment.state = 'live'
		WHERE app.name IN ` + list(&s, names))
	all, err := rows(ctx, d.raw(ctx), &s, func(r *sql.Rows, a *core.HolderApp) error {
		return r.Scan(&a.Name, &a.Owner, &a.State, &a.Classification, &a.Target, &a.Region)
	})
	for _, a := range all {
		out[a.Name] = a
	}
	return out, broken("Reading apps", err)
}
