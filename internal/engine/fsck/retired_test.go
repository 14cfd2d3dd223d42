package fsck_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/fsck"
)

// TestRetired: an app that the clock archived was in the queue, and idle there.
func TestRetired(t *testing.T) {
	now := fixedClock{}.Now()
	at := func(days int) int64 { return core.Stamp(now.Add(-time.Duration(days) * 24 * time.Hour)) }
	queue := core.Event{Action: "app.idle", At: at(30), Data: map[string]string{"idle_days": "90"}}
	archive := core.Event{Action: "app.archive", At: at(1)}
	byHand := archive
	byHand.Actor = core.Actor{Kind: core.ActorPerson, ID: "ada", Name: "ada@example.org", Door: "web"}
	for name, c := range map[string]struct {
		events     []core.Event
		last, used int64
		bad        bool
	}{
		"idle all the time":      {[]core.Event{queue, archive}, at(121), 0, false},
		"used before the queue":  {[]core.Event{queue, archive}, at(121), at(122), false},
		"never used":             {[]core.Event{queue, archive}, 0, 0, false},
		"never in the queue":     {[]core.Event{archive}, at(121), 0, true},
		"used in the queue":      {[]core.Event{queue, archive}, at(10), 0, true},
		"metered in the queue":   {[]core.Event{queue, archive}, at(121), at(10), true},
		"not as idle as claimed": {[]core.Event{queue, archive}, at(50), 0, true},
		"archived by hand":       {[]core.Event{byHand}, at(1), 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, c.events...)
			alter(t, dir, fmt.Sprintf(`UPDATE app SET state = 'archived', cell = 'archived|internal|eu|form', archived = %d, last_active = %d; UPDATE deployment SET state = 'stopped'; UPDATE lease SET revoked = expires;
UPDATE app_tally SET state = 'archived'; UPDATE bill SET live = FALSE; UPDATE holding SET live = FALSE`, at(1), c.last))
			if c.used != 0 {
				alter(t, dir, fmt.Sprintf(`INSERT INTO usage VALUES ('app1', %d, 3, 0, 0, 0, 0, 0, 0); INSERT INTO usage_day SELECT app_id, hour - hour %% 86400000000, 3, 0, 0, 0, 0, 0, 0 FROM usage WHERE requests = 3 AND errors = 0`, c.used))
			}
			r, err := fsck.Check(t.Context(), dir)
			ok(t, err)
			if r.OK == c.bad || c.bad && !found(r, "retired-unproven", "app tracker") {
				t.Fatalf("%+v", r.Problems)
			}
		})
	}
}
