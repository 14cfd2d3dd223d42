package access

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// submit asks the gate about a draft, in the caller's transaction. refused says
// what the rules have against it; that is kept, so it does not undo anything.
func (s *Service) submit(ctx context.Context, who core.Person, by core.Actor, g core.Grant) (_ core.Grant, refused, err error) {
	now, err := s.now(ctx)
	if err != nil {
		return g, nil, err
	}
	g.Stage, g.Asked, g.Lapses = core.StageAsked, now, now+s.Settings().Pending.Microseconds()
	if err := s.Store.MoveGrant(ctx, g, core.StageDraft); err != nil {
		return g, nil, err
	}
	err = s.record(ctx, "access.request", by, g, map[string]string{"reason": g.Reason, "ticket": g.Ticket, "minutes": minutes(g), "starts": stamp(g.Wanted),
		"extends": string(g.Extends), "lapses": stamp(g.Lapses), "digest": Digest(g)})
	if err != nil {
		return g, nil, err
	}
	return s.decide(ctx, who, by, by, g)
}

// decide asks the gate about a request and keeps what comes of it. asks is who
// does: once the last yes is there it is nobody in person, because the approver
// has not acted; by is whose doing the end of it is.
func (s *Service) decide(ctx context.Context, who core.Person, asks, by core.Actor, g core.Grant) (_ core.Grant, refused, err error) {
	now, err := s.now(ctx)
	if err != nil {
		return g, nil, err
	}
	app, err := s.Store.App(ctx, g.AppID)
	if err != nil {
		return g, nil, err
	}
	q, err := s.question(ctx, who, app, g, now)
	if err != nil {
		return g, nil, err
	}
	q.Actor = asks
	asked := g
	d, err := s.Gates.Pass(ctx, q, func(ctx context.Context, d core.Decision) error {
		g, err = s.begin(ctx, by, app, asked, d)
		return err
	})
	switch code := core.CodeOf(err); {
	case err == nil:
		return g, nil, nil
	case d.Result == core.Waiting && code == core.Pending:
		g.RequestID, g.DecisionID = d.RequestID, d.ID
		return g, nil, s.Store.MoveGrant(ctx, g, core.StageAsked)
	case d.Result == core.Deny && code == core.Denied:
		g.DecisionID = d.ID
		g, gone := s.deny(ctx, by, g, "policy")
		return g, err, gone
	}
	return g, nil, err
}

// begin makes the right: its clock starts now, or at the start that was wished
// for.
func (s *Service) begin(ctx context.Context, by core.Actor, app core.App, g core.Grant, d core.Decision) (core.Grant, error) {
	now, err := s.now(ctx)
	if err != nil {
		return g, err
	}
	if d.RequestID != "" {
		g.RequestID = d.RequestID
	}
	g.Stage, g.DecisionID, g.Granted, g.Starts = core.StageGranted, d.ID, now, max(now, g.Wanted)
	g.Expires = g.Starts + g.Length
	if err := s.Store.MoveGrant(ctx, g, core.StageAsked); err != nil {
		return g, err
	}
	err = s.record(ctx, "access.grant", by, g, map[string]string{"starts": stamp(g.Starts), "expires": stamp(g.Expires), "decision": string(d.ID), "policy": d.PolicyRevision,
		"input": d.InputDigest, "request": string(g.RequestID), "digest": Digest(g), "ticket": g.Ticket, "extends": string(g.Extends)})
	if err != nil {
		return g, err
	}
	return g, s.tellGranted(ctx, g, app)
}

// deny ends a request without a grant.
func (s *Service) deny(ctx context.Context, by core.Actor, g core.Grant, cause string) (core.Grant, error) {
	now, err := s.now(ctx)
	if err != nil {
		return g, err
	}
	g.Stage, g.Ended, g.EndedBy, g.Cause = core.StageDenied, now, by.ID, cause
	if err := s.Store.MoveGrant(ctx, g, core.StageAsked); err != nil {
		return g, err
	}
	return g, s.record(ctx, "access.deny", by, g, map[string]string{"cause": cause, "decision": string(g.DecisionID), "request": string(g.RequestID), "ended": stamp(g.Ended)})
}

// Settle goes on after an answer to an approval: in the transaction of the
// answer, so that a grant is in force when the last yes is kept. It does nothing
// for other requests. Errors: Conflict when the request for access is over; then
// the answer must not be kept either.
func (s *Service) Settle(ctx context.Context, by core.Actor, req core.ApprovalRequest) error {
	if req.Gate != core.GateAccessElevate || req.State == core.ApprovalPending {
		return nil
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		g, ok, err := s.Store.GrantOfRequest(ctx, req.ID)
		if err != nil || !ok {
			return err
		}
		now, err := s.now(ctx)
		if err != nil {
			return err
		}
		if st := g.State(now); st != core.GrantPending {
			return core.Errorf(core.Conflict, "This request for access is %s.", st).Hinted("There is nothing to answer any more.")
		}
		switch req.State {
		case core.ApprovalRefused:
			_, err = s.deny(ctx, by, g, "approver")
			return err
		case core.ApprovalGranted:
			return s.approved(ctx, by, g)
		}
		return nil // voided or ended by time: the request for access lapses
	})
}

// approved asks the gate once more: the rules, the person and the app may have
// changed since the request.
func (s *Service) approved(ctx context.Context, by core.Actor, g core.Grant) error {
	who, err := s.Store.Person(ctx, g.Person)
	if err != nil {
		return err
	}
	if who.Disabled {
		_, err = s.deny(ctx, by, g, "person")
		return err
	}
	app, err := s.Store.App(ctx, g.AppID)
	if err != nil {
		return err
	}
	if app.State != core.AppActive && app.State != core.AppIdle {
		_, err = s.deny(ctx, by, g, "app")
		return err
	}
	g, refused, err := s.decide(ctx, who, core.System("approval"), by, g)
	if err != nil || refused == nil {
		return err
	}
	return s.Tell.Tell(ctx, core.Notice{Person: g.Person, AppID: g.AppID, Key: "access:" + string(g.ID) + ":denied", Title: "Access refused by the rules: " + subject(app, g),
		Body: "It was approved, but the rules of now do not allow it. " + reasons(refused), Link: Link(g)})
}

// Preview says what the gate would answer, and asks nobody.
func (s *Service) Preview(ctx context.Context, who core.Person, by core.Actor, ask Ask) (core.Decision, error) {
	now, err := s.now(ctx)
	if err != nil {
		return core.Decision{}, err
	}
	if err := ask.check(now); err != nil {
		return core.Decision{}, err
	}
	g := core.Grant{Person: who.ID, AppID: ask.App.ID, Role: ask.Role, Environment: ask.Environment, Reason: ask.Reason, Ticket: ask.Ticket, Length: ask.Length.Microseconds(), Extends: ask.Extends}
	if !ask.Start.IsZero() {
		g.Wanted = core.Stamp(ask.Start)
	}
	q, err := s.question(ctx, who, ask.App, g, now)
	if err != nil {
		return core.Decision{}, err
	}
	q.Actor = by
	return s.Gates.Preview(ctx, q)
}

// question is what the gate is asked about a request.
func (s *Service) question(ctx context.Context, who core.Person, app core.App, g core.Grant, now int64) (gate.Question, error) {
	in, err := s.Facts(ctx, who, app)
	if err != nil {
		return gate.Question{}, err
	}
	held, err := s.held(ctx, g, now)
	if err != nil {
		return gate.Question{}, err
	}
	set := s.Settings()
	begins := core.Moment(max(now, g.Wanted))
	local := begins.In(set.Zone)
	in.Access = policy.Access{Role: g.Role, Environment: g.Environment, Minutes: wholeMinutes(g), Reason: g.Reason, Ticket: g.Ticket, Extends: g.Extends != "", Held: held,
		Begins: begins.Format(time.RFC3339), Ahead: int(max(0, g.Wanted-now) / time.Minute.Microseconds()), Weekday: strings.ToLower(local.Weekday().String()), Hour: local.Hour(), Limits: set.Limits}
	return gate.Question{Gate: core.GateAccessElevate, AppID: app.ID, Digest: Digest(g), Subject: fmt.Sprintf("%s, for %s, %s", subject(app, g), who.Email, words(g.Duration())), Link: Link(g),
		Asker: who.ID, Input: in}, nil
}

// held counts the other grants that give the same right now, or will.
func (s *Service) held(ctx context.Context, g core.Grant, now int64) (n int, err error) {
	list, err := s.Store.HeldGrants(ctx, g.Person, g.AppID)
	for _, o := range list {
		if o.ID != g.ID && o.Same(g) && !o.State(now).Over() {
			n++
		}
	}
	return n, err
}

// Digest is what an approval of a grant binds to: all that was asked for.
func Digest(g core.Grant) string {
	b, err := json.Marshal([]any{g.ID, g.Person, g.AppID, g.Role, g.Environment, g.Reason, g.Ticket, g.Length, g.Wanted, g.Extends})
	if err != nil {
		panic("access: a list of plain values did not encode: " + err.Error())
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Link is the page of a grant.
func Link(g core.Grant) string { return "/access/" + string(g.ID) }
