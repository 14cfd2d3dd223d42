package approval

import (
	"context"
	"strings"
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
	var out core.ApprovalRequest
	err := a.store.InTx(ctx, func(ctx context.Context) error {
		r, err := a.Request(ctx, id)
		if err != nil {
			return err
		}
		p, err := a.store.Person(ctx, by.ID)
		if err != nil {
			return err
		}
		if err := a.CanAnswer(p, r); err != nil {
			return err
		}
		if digest != r.Digest {
			return core.Errorf(core.Conflict, "You looked at %q; the request is about %q.", shown(digest), shown(r.Digest)).Hinted("Load the page again and look at what is there now.")
		}
		out, err = a.take(ctx, by, p, r, yes, note)
		return err
	})
	return out, err
}

// take keeps an answer that is allowed, and what follows from it.
func (a *Approvals) take(ctx context.Context, by core.Actor, p core.Person, r core.ApprovalRequest, yes bool, note string) (core.ApprovalRequest, error) {
	all, err := a.store.People(ctx)
	if err != nil {
		return r, err
	}
	answer := core.Approval{ID: a.ids.New(a.clock.Now()), Request: r.ID, Role: pick(p, r, all), Approver: p.ID, Yes: yes, Note: note, Digest: r.Digest, At: a.now()}
	if err := a.store.AddApproval(ctx, answer); err != nil {
		return r, err
	}
	r.Approvals = append(r.Approvals, answer)
	word := "yes"
	switch {
	case !yes:
		r.State, word = core.ApprovalRefused, "no"
	case len(openNeeds(r)) == 0:
		r.State = core.ApprovalGranted
	}
	if err := a.record(ctx, "approval.answer", by, r, "ok", map[string]string{"answer": word, "role": string(answer.Role), "state": string(r.State)}); err != nil {
		return r, err
	}
	if r.State == core.ApprovalPending {
		return r, nil
	}
	if err := a.store.MoveRequest(ctx, r.ID, core.ApprovalPending, r.State); err != nil {
		return r, err
	}
	if r.Requester == "" {
		return r, nil // Paddock asked; it looks by itself
	}
	return r, a.tell.Tell(ctx, endNotice(r, answer))
}

// CanAnswer says why p may not answer r now; nil if p may. Errors: Conflict when
// r is not open, Forbidden for the person. r must be as the store has it.
func (a *Approvals) CanAnswer(p core.Person, r core.ApprovalRequest) error {
	switch state := a.state(r); state {
	case core.ApprovalPending:
		return whyNot(p, r)
	case core.ApprovalExpired:
		return core.Errorf(core.Conflict, "This request ended on %s.", day(r.Expires)).Hinted("The maker can ask again.")
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
