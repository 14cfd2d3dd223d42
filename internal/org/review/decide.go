package review

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
)

// Decide says of a right that it stays or goes. A right that goes is ended at
// once where Paddock can; otherwise a ticket asks for it. Errors: Forbidden for
// whoever holds the right or gave it, by any account; Conflict when it is decided;
// Invalid for the decision or without a reason; NotFound.
func (s *Reviews) Decide(ctx context.Context, who core.Person, by core.Actor, id core.ID, decision core.ReviewDecision, reason string) (core.ReviewItem, error) {
	reason = strings.TrimSpace(reason)
	if err := check(decision, reason); err != nil {
		return core.ReviewItem{}, err
	}
	var item core.ReviewItem
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		var err error
		if item, err = s.Store.ReviewItem(ctx, id); err != nil {
			return err
		}
		if err := s.Mine(ctx, who, item); err != nil {
			return err
		}
		item.Decision, item.Reason, item.By, item.ByEmail, item.At = decision, reason, who.ID, who.Email, s.now()
		if err := s.Store.Decide(ctx, item); err != nil {
			return err
		}
		if decision == core.ReviewRemove {
			if err := s.remove(ctx, by, &item); err != nil {
				return err
			}
		}
		return s.record(ctx, "review.decide", by, item, map[string]string{"decision": string(decision), "reason": reason})
	})
	return item, err
}

// Mine says why who may not decide on an item; nil if they may. Errors: Forbidden.
func (s *Reviews) Mine(ctx context.Context, who core.Person, item core.ReviewItem) error {
	humans, err := s.Rights.Humans(ctx)
	switch {
	case err != nil:
		return err
	case humans.Same(who.ID, item.Person):
		return core.Errorf(core.Forbidden, "This is a right of your own.").Hinted("Leave it to another reviewer.")
	case humans.Same(who.ID, item.Giver):
		return core.Errorf(core.Forbidden, "You gave this right.").Hinted("Leave it to another reviewer.")
	}
	return nil
}

// remove ends a right, or asks for its end in a ticket.
func (s *Reviews) remove(ctx context.Context, by core.Actor, item *core.ReviewItem) error {
	done, err := s.Remover.Remove(ctx, by, item.Right)
	if err != nil {
		return err
	}
	if done {
		item.Gone = s.now()
		return s.Store.Settle(ctx, item.ID, item.Gone)
	}
	_, err = s.Tickets.AddTicket(ctx, core.Ticket{ID: s.IDs.New(s.Clock.Now()), AppID: item.AppID, Key: "review " + string(item.ID), Open: true, At: s.now(),
		Title: "Take away " + Words(item.Right) + " from " + item.Email,
		Body:  fmt.Sprintf("The access review decided it: %s Its origin is %s, which Paddock cannot change. The item is settled when the right is gone.", sentence(item.Reason), item.From)})
	return err
}

// settle looks at removals that were asked for: what is gone is settled.
func (s *Reviews) settle(ctx context.Context) error {
	for after := core.ID(""); ; {
		list, err := s.Store.Unsettled(ctx, after, batch)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, item := range list {
			after = item.ID
			holds, err := s.Remover.Holds(ctx, item.Right)
			if err != nil {
				return err // a failed read is not absence
			}
			if holds {
				continue
			}
			item.Gone = s.now()
			err = s.Store.InTx(ctx, func(ctx context.Context) error {
				if err := s.Store.Settle(ctx, item.ID, item.Gone); err != nil {
					return err
				}
				return s.record(ctx, "review.settle", core.System("review"), item, nil)
			})
			if err != nil {
				return err
			}
		}
	}
}

func (s *Reviews) record(ctx context.Context, action string, by core.Actor, item core.ReviewItem, more map[string]string) error {
	data := map[string]string{"right": Words(item.Right), "person": string(item.Person)}
	for k, v := range more {
		data[k] = v
	}
	return s.Audit.Append(ctx, core.Event{Action: action, Actor: by, AppID: item.AppID, Target: string(item.ID), Code: "ok", Data: data})
}

// Words says a right in plain words, after "take away".
func Words(r core.Right) string {
	switch r.Kind {
	case core.RightRole:
		return "the role " + r.Name
	case core.RightToken:
		return "the access token " + r.Name
	case core.RightPipeline:
		return "the pipeline of " + r.Name + " for the app " + r.App
	default:
		return "the place of " + string(r.Kind) + " of the app " + r.App
	}
}

func check(d core.ReviewDecision, reason string) error {
	switch {
	case d != core.ReviewKeep && d != core.ReviewRemove:
		return core.Errorf(core.Invalid, "%.40q is no decision on a right.", d).At("decision").Hinted("Choose keep or remove.")
	case reason == "":
		return core.Errorf(core.Invalid, "A decision needs a reason.").At("reason").Hinted("Say why the right stays or goes; auditors read it.")
	case len(reason) > mostReason || !utf8.ValidString(reason):
		return core.Errorf(core.Invalid, "The reason has %d bytes.", len(reason)).At("reason").Hinted("Use at most %d.", mostReason)
	}
	return nil
}

func sentence(s string) string { return strings.TrimRight(s, ".!? ") + "." }
