package approval

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
)

// mostNote bounds the note of an answer, in letters.
const mostNote = 2000

// Answer takes a person's yes or no to exactly the digest they saw and returns
// the request as it stands then. A no needs a note that says why. Errors:
// Conflict when the request is no longer open or is about another digest,
// Forbidden when this person may not answer, Invalid for the note, NotFound.
func (a *Approvals) Answer(ctx context.Context, by core.Actor, id core.ID, digest string, yes bool, note string) (core.ApprovalRequest, error) {
	note = strings.TrimSpace(note)
	if err := checkNote(yes, note); err != nil {
		return core.ApprovalRequest{}, err
	}
	if by.Kind != core.ActorPerson {
		return core.ApprovalRequest{}, core.Errorf(core.Forbidden, "Only a person can answer a request for approval.").Hinted("Let somebody answer who has looked at it.")
	}
	var out core.ApprovalRequest
	err := a.store.InTx(ctx, func(ctx context.Context) error {
		r, err := a.store.Request(ctx, id)
		if err != nil {
			return err
		}
		m, err := a.Matter(ctx, r)
		if err != nil {
			return err
		}
		p, ok := m.byID[by.ID]
		if !ok {
			return core.Errorf(core.NotFound, "There is no person with the id %q.", by.ID)
		}
		if err := m.CanAnswer(p); err != nil {
			return err
		}
		if digest != r.Digest {
			return core.Errorf(core.Conflict, "You looked at %q; the request is about %q.", shown(digest), shown(r.Digest)).Hinted("Load the page again and look at what is there now.")
		}
		out, err = a.take(ctx, by, p, m, yes, note)
		return err
	})
	return out, err
}

// take keeps an answer that is allowed, and what follows from it.
func (a *Approvals) take(ctx context.Context, by core.Actor, p core.Person, m *Matter, yes bool, note string) (core.ApprovalRequest, error) {
	n, right := m.pick(p)
	at, err := a.fresh(ctx, n)
	if err != nil {
		return m.Req, err
	}
	r, kept := m.Req, m.Req.State
	answer := core.Approval{ID: a.ids.New(a.clock.Now()), Request: r.ID, Role: n.Role, Approver: p.ID, Yes: yes, Note: note, Digest: r.Digest, At: m.now, For: right.of, Basis: right.basis, AuthTime: at}
	if err := a.store.AddApproval(ctx, answer); err != nil {
		return r, err
	}
	r.Approvals = append(slices.Clip(r.Approvals), answer)
	after := *m
	after.Req = r
	word := "yes"
	switch {
	case !yes:
		r.State, word = core.ApprovalRefused, "no"
	case len(after.waiting()) == 0:
		r.State = core.ApprovalGranted
	default:
		r.State = core.ApprovalPending
	}
	data := map[string]string{"answer": word, "role": string(n.Role), "state": string(r.State), "basis": string(right.basis)}
	if right.of != "" {
		data["for"] = string(right.of)
	}
	if err := a.record(ctx, "approval.answer", by, r, "ok", data); err != nil {
		return r, err
	}
	if r.State == core.ApprovalPending {
		return r, nil
	}
	if r.State != kept {
		if err := a.store.MoveRequest(ctx, r.ID, kept, r.State); err != nil {
			return r, err
		}
	}
	if r.Requester == "" || r.Gate == core.GateAccessElevate && r.State == core.ApprovalGranted {
		return r, nil // Paddock asked, and looks by itself; or org/access tells of the grant
	}
	return r, a.tell.Tell(ctx, endNotice(r, answer))
}

// Fresh is how long ago an approver may have signed in where a need asks for a
// step-up.
const Fresh = 10 * time.Minute

// fresh returns when the caller last proved who they are, if the need asks for it.
// Errors: StepUp when that is too long ago, or they came with a token.
func (a *Approvals) fresh(ctx context.Context, n core.Need) (int64, error) {
	if !n.StepUp {
		return 0, nil
	}
	if a.SignedIn != nil {
		if at, ok := a.SignedIn(ctx); ok && at > 0 && a.now()-at <= Fresh.Microseconds() && at <= a.now() {
			return at, nil
		}
	}
	return 0, stepUp()
}

// CanAnswer says why somebody may not answer now; nil if they may. Errors: Conflict
// when the request is not open, Forbidden for the person.
func (m *Matter) CanAnswer(p core.Person) error {
	switch state := m.State(); state {
	case core.ApprovalPending:
		return m.WhyNot(p)
	case core.ApprovalExpired:
		return core.Errorf(core.Conflict, "This request ended on %s.", day(m.Req.Expires)).Hinted("The maker can ask again.")
	case core.ApprovalVoided:
		return core.Errorf(core.Conflict, "This request is void: the thing to approve has changed.").Hinted("Look for the newer request.")
	default:
		return core.Errorf(core.Conflict, "This request is %s already.", state).Hinted("Nothing is left to answer.")
	}
}

func checkNote(yes bool, note string) error {
	if n := utf8.RuneCountInString(note); n > mostNote || !utf8.ValidString(note) {
		return core.Errorf(core.Invalid, "The note has %d letters.", n).At("note").Hinted("Use at most %d.", mostNote)
	}
	if !yes && note == "" {
		return core.Errorf(core.Invalid, "A no needs a reason.").At("note").Hinted("Write what should change, so that the maker can go on.")
	}
	return nil
}
