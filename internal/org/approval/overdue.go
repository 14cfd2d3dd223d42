package approval

import (
	"context"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// Remind tells of requests that are overdue, each need once: those whom its rule
// names for that, and those who have not answered. That they may answer follows from
// the time, not from this; a job calls it to tell them. Where a rule names nobody
// who could, the platform team is told.
func (a *Approvals) Remind(ctx context.Context) error {
	open, err := a.store.PendingRequests(ctx)
	if err != nil || !slices.ContainsFunc(open, func(r core.ApprovalRequest) bool { return a.late(r) }) {
		return err
	}
	return a.store.InTx(ctx, func(ctx context.Context) error {
		l, err := a.Look(ctx)
		if err != nil {
			return err
		}
		for _, r := range open {
			if !a.late(r) {
				continue
			}
			r, err := a.store.Request(ctx, r.ID) // as this transaction sees it
			if err != nil {
				return err
			}
			m, err := l.Matter(ctx, r)
			if err != nil {
				return err
			}
			if err := a.remind(ctx, m); err != nil {
				return err
			}
		}
		return nil
	})
}

// late reports whether a need of an open request may be overdue.
func (a *Approvals) late(r core.ApprovalRequest) bool {
	return a.now() < r.Expires && slices.ContainsFunc(r.Needs, func(n core.Need) bool { at := n.Overdue(r.Created); return at != 0 && a.now() >= at })
}

func (a *Approvals) remind(ctx context.Context, m *Matter) error {
	if m.State() != core.ApprovalPending {
		return nil
	}
	known, err := a.store.Tickets(ctx, m.Req.AppID)
	if err != nil {
		return err
	}
	for _, n := range m.Req.Needs {
		if !m.Overdue(n) || slices.ContainsFunc(known, func(t core.Ticket) bool { return t.Key == overdueKey(m.Req, n) }) {
			continue
		}
		t := core.Ticket{ID: a.ids.New(a.clock.Now()), AppID: m.Req.AppID, Key: overdueKey(m.Req, n), Title: "Overdue: " + m.Req.Subject, Open: true, At: m.now,
			Body: "Nobody with the role " + string(n.Role) + " has answered in time."}
		if _, err := a.store.AddTicket(ctx, t); err != nil {
			return err
		}
		told := 0
		for _, p := range m.Eligible() {
			if _, ok, _ := m.may(p, n); !ok {
				continue
			}
			if err := a.tell.Tell(ctx, overdueNotice(p, m, n)); err != nil {
				return err
			}
			told++
		}
		if err := a.record(ctx, "approval.overdue", core.System("approval"), m.Req, "ok", map[string]string{"needs": string(n.Role), "to": n.EscalateTo}); err != nil {
			return err
		}
		if told == 0 {
			if err := a.escalate(ctx, core.System("approval"), m, []core.Need{n}); err != nil {
				return err
			}
		}
	}
	return nil
}
