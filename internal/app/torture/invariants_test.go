package torture

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/paddock-dev/paddock/internal/core"
)

// pairs are the records that have exactly one event each, and the events that
// have exactly one record each: no act without its event, no event without its
// act. Each is a query that gives what breaks it.
var pairs = map[string]string{
	"a person without event":      `SELECT id FROM person WHERE 1 <> (SELECT count(*) FROM audit_event e WHERE e.action = 'person.add' AND e.target = person.id)`,
	"a person.add without person": `SELECT target FROM audit_event e WHERE e.action = 'person.add' AND e.code = 'ok' AND NOT EXISTS (SELECT 1 FROM person p WHERE p.id = e.target)`,
	"a token without event":       `SELECT id FROM credential WHERE kind = 'token' AND 1 <> (SELECT count(*) FROM audit_event e WHERE e.action = 'token.create' AND e.target = credential.id)`,
	"a token.create alone":        `SELECT target FROM audit_event e WHERE e.action = 'token.create' AND NOT EXISTS (SELECT 1 FROM credential c WHERE c.id = e.target)`,
	"an app without event":        `SELECT id FROM app WHERE 1 <> (SELECT count(*) FROM audit_event e WHERE e.action = 'app.create' AND e.app_id = app.id)`,
	"an event of no app":          `SELECT action FROM audit_event e WHERE e.app_id <> '' AND e.action NOT IN ('gate.decide') AND NOT EXISTS (SELECT 1 FROM app a WHERE a.id = e.app_id)`,
	"a request without event":     `SELECT id FROM approval_request r WHERE 1 <> (SELECT count(*) FROM audit_event e WHERE e.action = 'approval.ask' AND e.target = r.id)`,
	"an approval.ask alone":       `SELECT target FROM audit_event e WHERE e.action = 'approval.ask' AND NOT EXISTS (SELECT 1 FROM approval_request r WHERE r.id = e.target)`,
	"an answer without event":     `SELECT request_id FROM approval p GROUP BY request_id HAVING count(*) <> (SELECT count(*) FROM audit_event e WHERE e.action = 'approval.answer' AND e.target = request_id)`,
	"an approval.answer alone":    `SELECT target FROM audit_event e WHERE e.action = 'approval.answer' AND NOT EXISTS (SELECT 1 FROM approval p WHERE p.request_id = e.target)`,
	"a gate.decide alone":         `SELECT 'count' WHERE (SELECT count(*) FROM audit_event WHERE action = 'gate.decide') <> (SELECT count(*) FROM decision)`,
	"a live deployment, no event": `SELECT id FROM deployment d WHERE state IN ('live', 'replaced', 'stopped') AND 1 <> (SELECT count(*) FROM audit_event e WHERE e.action = 'app.deploy' AND e.code = 'ok' AND e.leaf LIKE '%"deployment":"' || d.id || '"%')`,
	"two live deployments":        `SELECT app_id FROM deployment WHERE state = 'live' GROUP BY app_id HAVING count(*) > 1`,
	"a saga that never ends":      `SELECT kind FROM saga WHERE state = 'running'`,
	"a saga that failed silently": `SELECT kind FROM saga WHERE state = 'failed' AND problem = ''`,
	"archived, with leases":       `SELECT a.name FROM app a JOIN lease l ON l.app_id = a.id WHERE a.state = 'archived' AND l.revoked = 0 AND l.expires > a.archived`,
	"archived, but not by events": `SELECT name FROM app a WHERE (a.state = 'archived') <> ((SELECT count(*) FROM audit_event e WHERE e.app_id = a.id AND e.action = 'app.archive' AND e.code = 'ok') > (SELECT count(*) FROM audit_event e WHERE e.app_id = a.id AND e.action = 'app.restore'))`,
	"an event that is no leaf":    `SELECT action FROM audit_event e WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.event_id = e.id)`,
}

// sound holds everything that is kept against the promises, once nothing is
// under way any more. It returns everything that is broken.
func (w *world) sound(ctx context.Context) error {
	var broken []error
	for what, query := range pairs {
		var at string
		switch err := w.pool.QueryRowContext(ctx, query).Scan(&at); {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			broken = append(broken, fmt.Errorf("%s: %w", what, err))
		default:
			broken = append(broken, fmt.Errorf("%s: %s", what, at))
		}
	}
	apps, err := w.db.Apps(ctx, "", 1000)
	broken = append(broken, err)
	for _, a := range apps {
		broken = append(broken, w.soundApp(ctx, a))
	}
	return errors.Join(broken...)
}

// soundApp holds what is outside of the database, and what has an end, against
// the records.
func (w *world) soundApp(ctx context.Context, a core.App) error {
	var broken []error
	complain := func(err error, holds bool, format string, args ...any) {
		if err := demand(err, holds, format, args...); err != nil {
			broken = append(broken, fmt.Errorf("app %s: %w", a.Name, err))
		}
	}
	live, err := w.db.Live(ctx, a.ID)
	_, err = missing(err)
	complain(err, w.runtime.Runs(a.ID) == live.ID, "%q runs, and %q is live", w.runtime.Runs(a.ID), live.ID)
	frozen, err := w.forge.has(a.Name, "frozen")
	complain(err, frozen == (a.State == core.AppArchived), "it is %s, and its repository frozen is %v", a.State, frozen)
	deployed, err := w.count(ctx, `SELECT count(*) FROM deployment WHERE app_id = $1 AND state IN ('live', 'stopped')`, string(a.ID))
	complain(err, deployed == 0 || (a.State == core.AppArchived) == (live.ID == ""), "it is %s, was deployed, and %q is live", a.State, live.ID)
	all, err := w.db.Leases(ctx, a.ID)
	complain(err, true, "")
	held, err := w.secrets.Held(ctx, a.ID)
	complain(err, true, "")
	now := core.Stamp(w.clock.Now())
	for _, l := range held {
		complain(nil, l.Revoked == 0 && l.Expires > now, "a lease past its end is usable")
	}
	ended := 0
	for _, l := range all {
		if l.Revoked != 0 || l.Expires <= now {
			ended++
		}
	}
	complain(nil, len(held)+ended == len(all), "%d leases, %d usable, %d ended", len(all), len(held), ended)
	return errors.Join(broken...)
}
