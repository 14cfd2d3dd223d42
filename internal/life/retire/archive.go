package retire

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// heldSetting remembers that archiving is held back, and since when.
const heldSetting = "retire.held"

// archive hands the due apps to the Archiver, all or, if they are too many, none.
func (r *Retirer) archive(ctx context.Context, due []idling, active int, s *Swept) error {
	most := max(r.rules.MostAtOnce, int(r.rules.MostShare*float64(active)))
	if len(due) > most {
		for _, a := range due {
			s.Held = append(s.Held, a.Name)
		}
		return r.hold(ctx, s.Held, most)
	}
	if err := r.release(ctx); err != nil {
		return err
	}
	for _, a := range due {
		why := fmt.Sprintf("not used for %d days", days(a.idle))
		s.note(&s.Archived, a, r.Archiver.Archive(ctx, a.App, actor(), why), r)
	}
	return nil
}

// hold tells the platform team, once for each time that it begins, that a sweep
// held back: so many apps at once look like a fault, not like age.
func (r *Retirer) hold(ctx context.Context, names []string, most int) error {
	since, err := r.Store.Setting(ctx, heldSetting)
	if err != nil || since != "" {
		return err
	}
	r.Log.WarnContext(ctx, "retire: too many apps at once; none is archived", "apps", len(names), "most", most)
	return r.Store.InTx(ctx, func(ctx context.Context) error {
		since := strconv.FormatInt(r.now(), 10)
		if err := r.Store.PutSetting(ctx, heldSetting, since); err != nil {
			return err
		}
		all, err := r.Store.People(ctx)
		if err != nil {
			return err
		}
		for _, p := range platformTeam(all) {
			if err := r.Teller.Tell(ctx, heldNotice(p, since, names, most)); err != nil {
				return err
			}
		}
		return r.Audit.Append(ctx, core.Event{Action: "retire.hold", Actor: actor(), Target: strconv.Itoa(len(names)) + " apps", Code: string(core.Blocked),
			Data: map[string]string{"most": strconv.Itoa(most), "apps": shorten(names)}})
	})
}

// release forgets that archiving was held back.
func (r *Retirer) release(ctx context.Context) error {
	since, err := r.Store.Setting(ctx, heldSetting)
	if err != nil || since == "" {
		return err
	}
	return r.Store.InTx(ctx, func(ctx context.Context) error {
		if err := r.Store.PutSetting(ctx, heldSetting, ""); err != nil {
			return err
		}
		return r.Audit.Append(ctx, core.Event{Action: "retire.release", Actor: actor(), Code: "ok"})
	})
}

// shorten names the first apps of a long list.
func shorten(names []string) string {
	if len(names) > 20 {
		return strings.Join(names[:20], ", ") + fmt.Sprintf(" and %d more", len(names)-20)
	}
	return strings.Join(names, ", ")
}
