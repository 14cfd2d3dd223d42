package desk

import (
	"context"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// SetAbsence keeps that the caller is away.
func (d *Desk) SetAbsence(ctx context.Context, who core.Person, in view.NewAbsence) (view.Absence, error) {
	from, until, err := days(in)
	if err != nil {
		return view.Absence{}, err
	}
	x := core.Delegation{Person: who.ID, From: from, Until: until, Reason: in.Reason}
	if email := strings.ToLower(strings.TrimSpace(in.Delegate)); email != "" {
		p, err := d.Store.PersonByEmail(ctx, email)
		if core.CodeOf(err) == core.NotFound {
			return view.Absence{}, core.Errorf(core.Invalid, "There is nobody with the e-mail %.80q.", email).At("delegate").Hinted("Check the spelling, or leave it empty.")
		}
		if err != nil {
			return view.Absence{}, err
		}
		x.Delegate = p.ID
	}
	x, err = d.Parts.Approvals.SetAbsence(ctx, actor(ctx, who), x)
	return d.absence(ctx, x, x.Created), err
}

// EndAbsence ends an absence of the caller.
func (d *Desk) EndAbsence(ctx context.Context, who core.Person, id core.ID) error {
	return d.Parts.Approvals.EndAbsence(ctx, actor(ctx, who), id)
}

// Absences lists the caller's absences, and those in which the caller answers for
// somebody.
func (d *Desk) Absences(ctx context.Context, who core.Person) (view.Absences, error) {
	own, others, err := d.Parts.Approvals.Absences(ctx, who.ID)
	v := view.Absences{Own: []view.Absence{}, AnswersFor: []view.Absence{}}
	now := d.Parts.Approvals.Now()
	for _, x := range own {
		v.Own = append(v.Own, d.absence(ctx, x, now))
	}
	for _, x := range others {
		v.AnswersFor = append(v.AnswersFor, d.absence(ctx, x, now))
	}
	return v, err
}

func (d *Desk) absence(ctx context.Context, x core.Delegation, now int64) view.Absence {
	return view.Absence{ID: x.ID, Person: d.email(ctx, x.Person), Delegate: d.email(ctx, x.Delegate), From: moment(x.From), Until: moment(x.Until), Reason: x.Reason, Now: x.InForce(now)}
}

// days reads the first and the last day of an absence: from the beginning of the
// one to the end of the other, in UTC.
func days(in view.NewAbsence) (from, until int64, err error) {
	if in.From != "" {
		first, err := time.Parse(time.DateOnly, in.From)
		if err != nil {
			return 0, 0, core.Errorf(core.Invalid, "%.40q is no day.", in.From).At("from").Hinted("Write it as 2026-12-24, or leave it empty for now.")
		}
		from = core.Stamp(first)
	}
	last, err := time.Parse(time.DateOnly, in.Until)
	if err != nil {
		return 0, 0, core.Errorf(core.Invalid, "%.40q is no day.", in.Until).At("until").Hinted("Write the last day as 2026-12-31.")
	}
	return from, core.Stamp(last.AddDate(0, 0, 1)), nil
}
