package fsck

import (
	"context"
	"strconv"

	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

const (
	day = 24 * 3600 * second
	// metered is how late use may be counted: rows of usage are whole hours, and
	// an app archived within that time of its last use may be a race.
	metered = 2 * 3600 * second

	fixRestore = "Bring the app back, tell its owner, and look why its use was not seen."
)

// retired holds each app that was archived by the clock against what the records
// know of its use: it went through the queue, and was idle there (promise 3).
func (l *look) retired(ctx context.Context) error {
	f := l.check("retired-unproven", fixRestore)
	type life struct{ queued, archived, claimed int64 }
	lives := map[string]*life{}
	for _, action := range []string{"app.idle", "app.archive"} {
		err := l.events(ctx, action, func(e *verify.Leaf) {
			if lives[e.App] == nil {
				lives[e.App] = &life{}
			}
			a := lives[e.App]
			switch {
			case action == "app.idle":
				a.queued, a.claimed = e.At, number(data(e, "idle_days"))
			case e.Code == "ok":
				a.archived = 0
				if e.ActorKind == "system" {
					a.archived = e.At
				}
			}
		})
		if err != nil {
			return err
		}
	}
	return l.each(ctx, `SELECT a.id, 'app ' || a.name, CAST(CASE WHEN a.last_active > a.created THEN a.last_active ELSE a.created END AS TEXT),
CAST(COALESCE((SELECT MAX(u.hour) FROM usage u WHERE u.app_id = a.id AND u.requests > 0), 0) AS TEXT)
FROM app a WHERE a.state = 'archived'`, 4, func(row []string) error {
		a := lives[row[0]]
		if a == nil || a.archived == 0 {
			return nil // somebody archived it
		}
		active, used := number(row[2]), number(row[3])
		switch {
		case a.queued == 0 || a.queued > a.archived:
			f.tell("An app was archived by the clock and was never in the retirement queue.", row[1], "")
		case active > a.queued && active < a.archived-metered, used > a.queued && used < a.archived-metered:
			f.tell("An app was archived by the clock although it was used while it was in the retirement queue.", row[1], strconv.FormatInt(max(active, used), 10))
		case active <= a.queued && (a.queued-active)/day < a.claimed-1:
			f.tell("An app was put into the retirement queue with more idle days than there were since its last use.", row[1], strconv.FormatInt(a.claimed, 10)+" days")
		}
		return nil
	})
}
