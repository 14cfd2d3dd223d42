package retire

import (
	"context"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Swept is what one sweep did, in names of apps.
type Swept struct {
	Queued   []string // active -> idle
	Woken    []string // idle -> active, because they were used again
	Archived []string // handed to the Archiver
	Held     []string // would have been archived, but were too many at once
	Failed   []string // left as they were; the log says why
}

// idling is an app in service with its proven idle time.
type idling struct {
	core.App
	idle time.Duration
}

// Sweep looks at every app in service once and moves those whose time has come.
// An app that fails is logged, listed and tried again by the next sweep. It
// returns an error only when the apps cannot be listed at all.
func (r *Retirer) Sweep(ctx context.Context) (Swept, error) {
	if err := r.Refresh(ctx); err != nil {
		r.Log.WarnContext(ctx, "retire: activity could not be read; idle time stands still", "error", err)
	}
	var s Swept
	active, err := r.Store.CountApps(ctx, core.AppActive)
	if err != nil {
		return s, err
	}
	// Proven idle time is never longer than the time since the last use: most apps
	// of a fleet need no look.
	err = r.each(ctx, core.AppActive, r.now()-r.rules.IdleAfter.Microseconds()+1, &s, func(a idling) {
		if a.idle >= r.rules.IdleAfter {
			s.note(&s.Queued, a, r.queue(ctx, a), r)
		}
	})
	if err != nil {
		return s, err
	}
	var due []idling
	err = r.each(ctx, core.AppIdle, math.MaxInt64, &s, func(a idling) {
		switch {
		case slices.Contains(s.Queued, a.Name): // a moment ago
		case a.idle < r.rules.IdleAfter:
			s.note(&s.Woken, a, r.wake(ctx, a), r)
		case a.idle >= r.rules.ArchiveAfter && r.now()-a.IdleSince >= r.rules.Notice.Microseconds():
			due = append(due, a)
		}
	})
	if err != nil {
		return s, err
	}
	return s, r.archive(ctx, due, active, &s)
}

// batch is how many apps are read at once.
const batch = 500

// each does something for each app of a state that was not used since a moment
// and whose idle time is known.
func (r *Retirer) each(ctx context.Context, state core.AppState, before int64, s *Swept, do func(a idling)) error {
	after := core.ID("")
	for {
		apps, err := r.Store.UnusedApps(ctx, state, before, after, batch)
		if err != nil {
			return err
		}
		for _, a := range apps {
			after = a.ID
			idle, known, err := r.Activity.Idle(ctx, a.ID, r.rules.Source)
			if err != nil {
				s.note(nil, idling{App: a}, err, r)
			} else if known {
				do(idling{a, idle})
			}
		}
		if len(apps) < batch {
			return nil
		}
	}
}

// note files an app under what became of it.
func (s *Swept) note(done *[]string, a idling, err error, r *Retirer) {
	if err == nil {
		*done = append(*done, a.Name)
		return
	}
	s.Failed = append(s.Failed, a.Name)
	r.Log.Error("retire: an app is left as it was", "app", a.Name, "error", err, "cause", core.AsError(err).Err)
}

// queue puts an app into the retirement queue and tells its owners.
func (r *Retirer) queue(ctx context.Context, a idling) error {
	return r.Store.InTx(ctx, func(ctx context.Context) error {
		now := r.now()
		if err := r.Store.MoveApp(ctx, a.App, core.AppIdle, now, a.App.Archived); err != nil {
			return err
		}
		if err := r.record(ctx, "app.idle", actor(), a.App, days(a.idle)); err != nil {
			return err
		}
		a.IdleSince = now
		return r.tellOwners(ctx, a.App, queuedNotice(a, r.rules))
	})
}

// wake takes an app that was used again out of the queue.
func (r *Retirer) wake(ctx context.Context, a idling) error {
	return r.Store.InTx(ctx, func(ctx context.Context) error {
		if err := r.Store.MoveApp(ctx, a.App, core.AppActive, 0, a.App.Archived); err != nil {
			return err
		}
		return r.record(ctx, "app.wake", actor(), a.App, days(a.idle))
	})
}

// record appends an event about an app and its idle days.
func (r *Retirer) record(ctx context.Context, action string, by core.Actor, a core.App, idleDays int) error {
	return r.Audit.Append(ctx, core.Event{Action: action, Actor: by, AppID: a.ID, Target: a.Name, Code: "ok",
		Data: map[string]string{"idle_days": strconv.Itoa(idleDays)}})
}

func days(d time.Duration) int { return int(d / (24 * time.Hour)) }
