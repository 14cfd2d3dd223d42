package desk

import (
	"context"
	"fmt"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/engine/identity"
)

// BreakGlass uses a sealed code up and returns the session that it opens. skipped
// is the normal way in, in words.
func (d *Desk) BreakGlass(ctx context.Context, code, reason, skipped string) (core.Secret, error) {
	return d.Identity.At("web").BreakGlass(ctx, identity.Glass{Code: core.NewSecret([]byte(code)), Reason: reason, Skipped: skipped, From: edge.From(ctx)}, d.Tell)
}

// SealedCodes lists the codes in force and their uses; looking is logged.
func (d *Desk) SealedCodes(ctx context.Context, who core.Person) ([]view.SealedCode, error) {
	if err := authz.Can(who, authz.ReviewRead, nil); err != nil {
		return nil, err
	}
	all, err := d.Identity.SealedCodes(ctx)
	if err != nil {
		return nil, err
	}
	out, now := []view.SealedCode{}, core.Stamp(d.Clock.Now())
	for _, c := range all {
		v := view.SealedCode{ID: c.ID, Holder: d.email(ctx, c.Person), Sealed: moment(c.Sealed), By: c.By, Used: moment(c.Used), Until: moment(c.Until), Open: c.Open(now),
			Reason: c.Reason, Skipped: c.Skipped, From: c.From, Reviewed: moment(c.Reviewed), Note: c.Note,
			CanReview: c.Used != 0 && c.Reviewed == 0 && c.Person != who.ID && who.Has(core.RoleSecurity) && authz.Can(who, authz.ReviewDecide, nil) == nil}
		if c.Reviewer != "" {
			v.Reviewer = d.email(ctx, c.Reviewer)
		}
		out = append(out, v)
	}
	return out, d.read(ctx, who, readAgain, "break-glass", core.Event{Action: "emergency.list", Data: map[string]string{"codes": fmt.Sprint(len(out))}})
}

// ReviewGlass takes what somebody of security found when they looked at a use.
func (d *Desk) ReviewGlass(ctx context.Context, who core.Person, id core.ID, note string) error {
	if err := authz.Can(who, authz.ReviewDecide, nil); err != nil {
		return err
	}
	return d.Identity.At(actor(ctx, who).Door).ReviewGlass(ctx, who, id, note)
}

// emergencies are the sealed codes whose session is open now, for those who are told.
func (d *Desk) emergencies(ctx context.Context, who core.Person) ([]string, error) {
	if authz.Can(who, authz.ReviewRead, nil) != nil {
		return nil, nil
	}
	open, err := d.Identity.GlassOpen(ctx)
	var out []string
	for _, c := range open {
		out = append(out, fmt.Sprintf("%s came in by a sealed code, until %s UTC.", d.email(ctx, c.Person), core.Moment(c.Until).Format("15:04")))
	}
	return out, err
}
