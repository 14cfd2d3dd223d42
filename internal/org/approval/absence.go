package approval

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// longestAbsence is how long somebody can be away at once.
const longestAbsence = 366 * 24 * time.Hour

// Absences lists a person's absences that last or are to come, and those in which
// they answer for somebody, by their start.
func (a *Approvals) Absences(ctx context.Context, who core.ID) (own, answersFor []core.Delegation, err error) {
	all, err := a.store.Delegations(ctx, a.now())
	for _, d := range all {
		switch {
		case d.Ended != 0 || d.Until <= a.now():
		case d.Person == who:
			own = append(own, d)
		case d.Delegate == who:
			answersFor = append(answersFor, d)
		}
	}
	return own, answersFor, err
}

// SetAbsence keeps that somebody is away from one moment to another, and who
// answers for them; delegate may be empty. A start in the past is now. Errors:
// Invalid (with Field), NotFound, Conflict when they are away then already.
func (a *Approvals) SetAbsence(ctx context.Context, by core.Actor, d core.Delegation) (core.Delegation, error) {
	now := a.clock.Now()
	d.From = max(d.From, core.Stamp(now))
	d.Reason = strings.TrimSpace(d.Reason)
	switch {
	case d.Until <= d.From:
		return d, core.Errorf(core.Invalid, "The absence ends before it begins.").At("until").Hinted("Give a last day that is still to come.")
	case d.Until-d.From > longestAbsence.Microseconds():
		return d, core.Errorf(core.Invalid, "The absence is longer than a year.").At("until").Hinted("Give an earlier day. You can name a delegate again then.")
	case d.Reason == "" || len(d.Reason) > mostNote:
		return d, core.Errorf(core.Invalid, "The reason is missing or too long.").At("reason").Hinted("Write a few words, for example: Holiday.")
	}
	err := a.store.InTx(ctx, func(ctx context.Context) error {
		l, err := a.Look(ctx)
		if err != nil {
			return err
		}
		if _, ok := l.byID[d.Person]; !ok {
			return core.Errorf(core.NotFound, "There is no person with the id %q.", d.Person)
		}
		if err := l.fits(d); err != nil {
			return err
		}
		d.ID, d.By, d.Created = a.ids.New(now), by.ID, core.Stamp(now)
		if err := a.store.AddDelegation(ctx, d); err != nil {
			return err
		}
		if err := a.audit.Append(ctx, core.Event{Action: "absence.set", Actor: by, Target: string(d.Person), Code: "ok",
			Data: map[string]string{"absence": string(d.ID), "delegate": string(d.Delegate), "from": day(d.From), "until": day(d.Until), "reason": d.Reason}}); err != nil || d.Delegate == "" {
			return err
		}
		return a.tell.Tell(ctx, core.Notice{Person: d.Delegate, Key: "absence:" + string(d.ID), Title: "You answer for " + l.named(d.Person),
			Body: "They are away until " + day(d.Until) + ". Requests for approval that you may answer in their place come to you.", Link: "/absence"})
	})
	return d, err
}

// fits refuses a delegate who cannot be one.
func (l *Look) fits(d core.Delegation) error {
	if d.Delegate != "" {
		p, ok := l.byID[d.Delegate]
		switch {
		case !ok || p.Disabled:
			return core.Errorf(core.Invalid, "This person cannot answer for anybody.").At("delegate").Hinted("Choose somebody whose account is switched on.")
		case l.humans.Same(d.Person, d.Delegate):
			return core.Errorf(core.Invalid, "Nobody is their own delegate.").At("delegate").Hinted("Choose somebody else.")
		}
	}
	if slices.ContainsFunc(l.absences, func(o core.Delegation) bool {
		return o.Person == d.Person && o.Ended == 0 && o.From < d.Until && d.From < o.Until
	}) {
		return core.Errorf(core.Conflict, "There is an absence in this time already.").At("from").Hinted("End that one first.")
	}
	return nil
}

// EndAbsence ends an absence now. Errors: NotFound, Conflict when it has ended,
// Forbidden for somebody else's.
func (a *Approvals) EndAbsence(ctx context.Context, by core.Actor, id core.ID) error {
	return a.store.InTx(ctx, func(ctx context.Context) error {
		d, err := a.store.Delegation(ctx, id)
		if err != nil {
			return err
		}
		if d.Person != by.ID {
			return core.Errorf(core.Forbidden, "This is the absence of somebody else.").Hinted("Only they can end it.")
		}
		if d.Until <= a.now() {
			return core.Errorf(core.Conflict, "This absence has ended already.")
		}
		if err := a.store.EndDelegation(ctx, id, a.now()); err != nil {
			return err
		}
		return a.audit.Append(ctx, core.Event{Action: "absence.end", Actor: by, Target: string(d.Person), Code: "ok", Data: map[string]string{"absence": string(id)}})
	})
}
