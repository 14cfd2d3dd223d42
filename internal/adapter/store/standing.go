package store

import (
	"context"
	"database/sql"

	"github.com/paddock-dev/paddock/internal/core"
)

// Verdicts returns the newest verdict of some commits of an app. A commit without
// a report is left out.
func (d *DB) Verdicts(ctx context.Context, app core.ID, commits []string) (map[string]core.Verdict, error) {
	type line struct{ commit, verdict string }
	var s statement
	s.WriteString(`SELECT commit_id, verdict FROM report WHERE app_id = ` + s.arg(string(app)) + ` AND commit_id IN ` + list(&s, commits) + ` ORDER BY created`)
	all, err := rows(ctx, d.raw(ctx), &s, func(r *sql.Rows, l *line) error { return r.Scan(&l.commit, &l.verdict) })
	out := make(map[string]core.Verdict, len(all))
	for _, l := range all {
		out[l.commit] = core.Verdict(l.verdict)
	}
	return out, broken("Reading reports", err)
}

// Standings says where the work of some apps stands, in a fixed number of queries.
func (d *DB) Standings(ctx context.Context, apps []core.ID) (map[core.ID]core.Standing, error) {
	out := make(map[core.ID]core.Standing, len(apps))
	if len(apps) == 0 {
		return out, nil
	}
	for _, part := range []struct {
		query string
		add   func(s *core.Standing, number int, word string)
	}{
		{`SELECT app_id, max(number), '' FROM change WHERE app_id IN %s GROUP BY app_id`, func(s *core.Standing, _ int, _ string) { s.Changed = true }},
		{`SELECT app_id, number, COALESCE((SELECT verdict FROM report WHERE report.app_id = change.app_id AND report.commit_id = change.head ORDER BY created DESC LIMIT 1), '')
			FROM change WHERE state = 'open' AND app_id IN %s ORDER BY app_id, number`, func(s *core.Standing, n int, verdict string) { s.Open, s.Verdict = n, core.Verdict(verdict) }},
		{`SELECT app_id, 0, state FROM approval_request WHERE gate = 'app.create' AND app_id IN %s`, func(s *core.Standing, _ int, state string) {
			s.Creation = append(s.Creation, core.ApprovalState(state))
		}},
	} {
		type line struct {
			app    core.ID
			number int
			word   string
		}
		var s statement
		s.WriteString(filled(part.query, list(&s, apps)))
		all, err := rows(ctx, d.raw(ctx), &s, func(r *sql.Rows, l *line) error { return r.Scan(&l.app, &l.number, &l.word) })
		if err != nil {
			return nil, broken("Reading changes", err)
		}
		for _, l := range all {
			x := out[l.app]
			part.add(&x, l.number, l.word)
			out[l.app] = x
		}
	}
	return out, nil
}
