package access

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// Withdraw takes back the caller's own draft or request. Errors: Conflict when
// it is neither, Forbidden when it is somebody else's.
func (s *Service) Withdraw(ctx context.Context, who core.Person, by core.Actor, id core.ID) (core.Grant, error) {
	var g core.Grant
	err := s.Store.InTx(ctx, func(ctx context.Context) (err error) {
		var now int64
		if g, now, err = s.at(ctx, id); err != nil {
			return err
		}
		st := g.State(now)
		if g.Person != who.ID {
			return core.Errorf(core.Forbidden, "This request is somebody else's.").Hinted("Say no to it on the page Approvals, if you may answer.")
		}
		if st != core.GrantDraft && st != core.GrantPending {
			return over(st)
		}
		was := g.Stage
		g.Stage, g.Ended, g.EndedBy, g.Cause = core.StageWithdrawn, now, who.ID, "withdrawn"
		if err := s.Store.MoveGrant(ctx, g, was); err != nil {
			return err
		}
		if g.RequestID != "" {
			if err := s.Approvals.Close(ctx, by, g.RequestID); err != nil {
				return err
			}
		}
		return s.record(ctx, "access.withdraw", by, g, map[string]string{"request": string(g.RequestID), "ended": stamp(g.Ended)})
	})
	return g, err
}

// Drop ends the caller's own grant now, before its time. Another grant that
// gives the same right stays. Errors: Conflict when it is not in force and will
// not be, Forbidden when it is somebody else's.
func (s *Service) Drop(ctx context.Context, who core.Person, by core.Actor, id core.ID) (core.Grant, error) {
	return s.end(ctx, who, by, id, "dropped", "")
}

// Revoke ends a grant now: somebody else's with the right to, or one's own. why
// is told to who holds it. Errors: as Drop; Invalid without a reason.
func (s *Service) Revoke(ctx context.Context, who core.Person, by core.Actor, id core.ID, why string) (core.Grant, error) {
	why = strings.TrimSpace(why)
	if n := utf8.RuneCountInString(why); n == 0 || n > mostReason || !utf8.ValidString(why) {
		return core.Grant{}, core.Errorf(core.Invalid, "Ending access needs a reason, of at most %d letters.", mostReason).At("why").Hinted("Write it for the person who loses the access.")
	}
	return s.end(ctx, who, by, id, "revoked", why)
}

func (s *Service) end(ctx context.Context, who core.Person, by core.Actor, id core.ID, cause, why string) (core.Grant, error) {
	var g core.Grant
	err := s.Store.InTx(ctx, func(ctx context.Context) (err error) {
		var now int64
		if g, now, err = s.at(ctx, id); err != nil {
			return err
		}
		if g.Person != who.ID {
			if cause == "dropped" {
				return core.Errorf(core.Forbidden, "This access is somebody else's.").Hinted("Revoke it, if you have the role platform or security.")
			}
			if err := authz.Can(who, authz.AccessRevoke, nil); err != nil {
				return err
			}
		}
		if st := g.State(now); st != core.GrantActive && st != core.GrantScheduled {
			return over(st)
		}
		g.Stage, g.Ended, g.EndedBy, g.Cause = core.StageRevoked, now, who.ID, cause
		if err := s.Store.MoveGrant(ctx, g, core.StageGranted); err != nil {
			return err
		}
		if err := s.record(ctx, "access.revoke", by, g, map[string]string{"cause": cause, "why": why, "ended": stamp(g.Ended)}); err != nil {
			return err
		}
		return s.tellRevoked(ctx, g, who, why)
	})
	return g, err
}

// at returns a grant and the moment.
func (s *Service) at(ctx context.Context, id core.ID) (core.Grant, int64, error) {
	g, err := s.Store.Grant(ctx, id)
	if err != nil {
		return g, 0, err
	}
	now, err := s.now(ctx)
	return g, now, err
}

// over says that nothing can be done with a grant in a state.
func over(st core.GrantState) error {
	hint := "Nothing is left to do."
	switch st {
	case core.GrantDraft, core.GrantPending:
		hint = "Withdraw it instead."
	case core.GrantActive, core.GrantScheduled:
		hint = "Drop it instead."
	}
	return core.Errorf(core.Conflict, "This access is %s.", st).Hinted("%s", hint)
}
