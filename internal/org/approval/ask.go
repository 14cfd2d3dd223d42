package approval

import (
	"context"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Ask asks for approval in the caller's transaction and returns the request.
// q says what for: Gate, AppID, Digest, Subject, Link, Needs, Requester, Excluded
// and Authors; the rest is filled in. Asking again for the same gate, app, digest
// and needs returns the request that stands, whatever its state, so a caller
// may ask each time and look at State. A request that has ended by time, or that
// misses one of the needs, is replaced.
//
// Those who can answer are told once. Errors: Invalid when q lacks something.
func (a *Approvals) Ask(ctx context.Context, by core.Actor, q core.ApprovalRequest) (core.ApprovalRequest, error) {
	if err := check(by, q); err != nil {
		return q, err
	}
	q.Needs = merge(q.Needs)
	given := q.Excluded
	var out core.ApprovalRequest
	err := a.store.InTx(ctx, func(ctx context.Context) error {
		l, err := a.Look(ctx)
		if err != nil {
			return err
		}
		q.Excluded = given
		q.Excluded = l.exclude(q)
		standing, ok, err := a.Standing(ctx, q.Gate, q.AppID, q.Digest)
		if err != nil {
			return err
		}
		if ok && a.stands(standing, q) {
			out = standing
			return nil
		}
		if ok {
			if err := a.retire(ctx, by, standing); err != nil {
				return err
			}
		}
		out, err = a.open(ctx, by, q, l)
		return err
	})
	return out, err
}

// stands reports whether an earlier request answers q: a no, until it ends by
// time; or an open request that covers q's needs and keeps out all that q does.
func (a *Approvals) stands(r, q core.ApprovalRequest) bool {
	if r.State == core.ApprovalRefused {
		return a.now() < r.Expires
	}
	for _, id := range q.Excluded {
		if !slices.Contains(r.Excluded, id) {
			return false
		}
	}
	return (r.State == core.ApprovalPending || r.State == core.ApprovalGranted) && Covers(r, q.Needs)
}

// retire takes an earlier request out of the way of a new one.
func (a *Approvals) retire(ctx context.Context, by core.Actor, r core.ApprovalRequest) error {
	kept, err := a.store.Request(ctx, r.ID)
	if err != nil {
		return err
	}
	if kept.State != core.ApprovalPending && kept.State != core.ApprovalGranted {
		return nil
	}
	to := core.ApprovalVoided
	if r.State == core.ApprovalExpired {
		to = core.ApprovalExpired
	}
	if err := a.store.MoveRequest(ctx, r.ID, kept.State, to); err != nil {
		return err
	}
	return a.record(ctx, "approval.end", by, r, string(to), nil)
}

// open keeps a new request, tells those who can answer and escalates what
// nobody can.
func (a *Approvals) open(ctx context.Context, by core.Actor, q core.ApprovalRequest, l *Look) (core.ApprovalRequest, error) {
	now := a.clock.Now()
	q.ID, q.State, q.Approvals = a.ids.New(now), core.ApprovalPending, nil
	q.Created, q.Expires = core.Stamp(now), core.Stamp(now.Add(a.valid))
	q.Marks, q.Authors = l.marks(q), nil
	if err := a.store.AddRequest(ctx, q); err != nil {
		return q, err
	}
	if err := a.record(ctx, "approval.ask", by, q, "ok", map[string]string{"needs": roles(q.Needs)}); err != nil {
		return q, err
	}
	m, err := l.Matter(ctx, q)
	if err != nil {
		return q, err
	}
	for _, p := range m.Eligible() {
		if _, away := l.away(p.ID); away { // whoever answers for them is told
			continue
		}
		if err := a.tell.Tell(ctx, askNotice(p, m)); err != nil {
			return q, err
		}
	}
	if missing := unmet(m.waiting(), m.able()); len(missing) > 0 {
		return q, a.escalate(ctx, by, m, missing)
	}
	return q, nil
}

// escalate makes the platform team find somebody for needs that nobody can
// meet. The request stays pending: it fails closed.
func (a *Approvals) escalate(ctx context.Context, by core.Actor, m *Matter, missing []core.Need) error {
	t := unmetTicket(m, missing)
	t.ID, t.At = a.ids.New(a.clock.Now()), a.now()
	if _, err := a.store.AddTicket(ctx, t); err != nil {
		return err
	}
	for _, p := range m.people {
		if p.Has(core.RolePlatform) && !p.Disabled {
			if err := a.tell.Tell(ctx, unmetNotice(p, m.Req, t)); err != nil {
				return err
			}
		}
	}
	return a.record(ctx, "approval.escalate", by, m.Req, "ok", map[string]string{"needs": roles(missing)})
}

// record appends an event about a request.
func (a *Approvals) record(ctx context.Context, action string, by core.Actor, r core.ApprovalRequest, code string, more map[string]string) error {
	data := map[string]string{"subject": r.Subject, "digest": r.Digest}
	for k, v := range more {
		data[k] = v
	}
	return a.audit.Append(ctx, core.Event{Action: action, Actor: by, AppID: r.AppID, Gate: r.Gate, Target: string(r.ID), Code: code, Data: data})
}

// check refuses questions that could not be answered safely. Only Paddock itself
// may ask without a requester.
func check(by core.Actor, q core.ApprovalRequest) error {
	missing := ""
	switch {
	case !slices.Contains(core.Gates, q.Gate):
		missing = "a gate"
	case q.Digest == "":
		missing = "a digest"
	case q.Subject == "":
		missing = "a subject"
	case len(q.Needs) == 0 || slices.ContainsFunc(q.Needs, func(n core.Need) bool { return n.Role == "" }):
		missing = "a role for each need"
	case q.Requester == "" && by.Kind != core.ActorSystem:
		missing = "a requester"
	default:
		return nil
	}
	return core.Errorf(core.Invalid, "The request for approval of %q at %q lacks %s.", q.Subject, q.Gate, missing).
		Hinted("Tell the platform team.")
}

// merge makes one need of several for the same role, with all their reasons and
// the strictest of their terms.
func merge(needs []core.Need) []core.Need {
	var out []core.Need
	for _, n := range needs {
		i := slices.IndexFunc(out, func(o core.Need) bool { return o.Role == n.Role })
		if i < 0 {
			out = append(out, n)
			continue
		}
		out[i] = out[i].With(n)
		if n.Reason != "" && !strings.Contains(out[i].Reason, n.Reason) {
			out[i].Reason = strings.TrimPrefix(out[i].Reason+" "+n.Reason, " ")
		}
	}
	return out
}

// exclude lists who may never answer: the requester first, then the others, those
// who wrote what is asked about, and every further account of each.
func (l *Look) exclude(q core.ApprovalRequest) []core.ID {
	var out []core.ID
	all := append([]core.ID{q.Requester}, q.Excluded...)
	for _, author := range q.Authors {
		all = append(all, l.wrote(author)...)
	}
	for _, id := range all {
		if id == "" {
			continue
		}
		for _, account := range append([]core.ID{id}, l.humans.Accounts(id)...) {
			if !slices.Contains(out, account) {
				out = append(out, account)
			}
		}
	}
	return out
}

// marks stand for every address of those who are excluded, and for those that the
// thing was written under, so that they are known again under another account.
func (l *Look) marks(q core.ApprovalRequest) []string {
	out := []string{}
	add := func(email string) {
		if m := core.Mark(q.ID, email); email != "" && !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	for _, author := range q.Authors {
		_, email := splitAuthor(author)
		add(email)
	}
	for _, id := range q.Excluded {
		for _, email := range l.addresses[id] {
			add(email)
		}
	}
	slices.Sort(out)
	return out
}
