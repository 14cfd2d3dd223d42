// Package gate is the one way to an act that matters: facts in, policy
// evaluated, approvals required or met, decision recorded, act performed, all
// in one transaction with its audit event. Every door passes through it, so the
// answer is the same at every door and can be replayed (promise 2).
package gate

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// Policy evaluates the rules in force. Rules is one revision of them: a decision
// uses the same revision from start to end.
type Policy interface {
	Rules() Rules
}

// Rules is one revision of the organisation's policy.
type Rules interface {
	Answer(ctx context.Context, gate core.Gate, input []byte) (policy.Answer, error)
	Revision() string
}

// Decisions keeps decisions.
type Decisions interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	AddDecision(ctx context.Context, d core.Decision) error
}

// Approvals knows and asks for humans' answers.
type Approvals interface {
	// Standing returns the newest request for exactly this digest, if any.
	Standing(ctx context.Context, gate core.Gate, app core.ID, digest string) (core.ApprovalRequest, bool, error)
	// Ask opens a request in the caller's transaction, or returns the one that stands.
	Ask(ctx context.Context, by core.Actor, req core.ApprovalRequest) (core.ApprovalRequest, error)
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Gates decides. All fields are required.
type Gates struct {
	Policy    Policy
	Store     Decisions
	Approvals Approvals
	Audit     Audit
	Clock     core.Clock
	IDs       core.IDs
}

// Question is what a gate is asked.
type Question struct {
	Gate     core.Gate
	AppID    core.ID
	Digest   string // what exactly is decided on; an approval binds to it
	Subject  string // the same in words, for approvers: "Change 2 of payroll"
	Link     string // the page that shows it
	Actor    core.Actor
	Asker    core.ID   // the person who asks; empty for the system
	Excluded []core.ID // further people who may not approve, such as the owner
	Authors  []string  // everybody who wrote what is decided on, as git names them: "Name <mail>"; they may not approve either
	Input    policy.Input
	// Note, if set, is called with the decision in its transaction, before the
	// event is written, and gives further facts for the event. If it fails, the
	// decision is not made. It may be called again when the transaction is.
	Note func(ctx context.Context, d core.Decision) (map[string]string, error)
}

// Preview answers a question without recording it or asking anybody.
func (g *Gates) Preview(ctx context.Context, q Question) (core.Decision, error) {
	return g.judge(ctx, q)
}

// Pass decides and, if the answer is allow, performs act in the same
// transaction as the decision and its event. Otherwise the decision is kept and
// Pass returns Denied or Pending, with every reason in Problems.
func (g *Gates) Pass(ctx context.Context, q Question, act func(ctx context.Context, d core.Decision) error) (core.Decision, error) {
	var d core.Decision
	err := g.Store.InTx(ctx, func(ctx context.Context) error {
		var err error
		if d, err = g.judge(ctx, q); err != nil {
			return err
		}
		if err := g.meet(ctx, q, &d); err != nil {
			return err
		}
		if err := g.record(ctx, q, d); err != nil {
			return err
		}
		if d.Result != core.Allow {
			return nil
		}
		return act(ctx, d)
	})
	if err != nil {
		return d, err
	}
	return d, Refusal(d)
}

// judge evaluates policy: the pure part of a decision.
func (g *Gates) judge(ctx context.Context, q Question) (core.Decision, error) {
	now := g.Clock.Now()
	q.Input.Gate, q.Input.Now = q.Gate, now.Format(time.RFC3339)
	q.Input.Report.At(now)
	input, digest, err := q.Input.Canonical() // exactly what policy sees
	if err != nil {
		return core.Decision{}, err
	}
	return g.answer(ctx, q, g.Policy.Rules(), now, input, digest)
}

// answer makes a decision of what the rules say to an input.
func (g *Gates) answer(ctx context.Context, q Question, rules Rules, now time.Time, input []byte, digest string) (core.Decision, error) {
	began := g.Clock.Now()
	answer, err := rules.Answer(ctx, q.Gate, input)
	took := g.Clock.Now().Sub(began).Microseconds()
	if err != nil {
		return core.Decision{}, err
	}
	verdicts := answer.Verdicts
	d := core.Decision{ID: g.IDs.New(now), Gate: q.Gate, AppID: q.AppID, Subject: q.Digest, Actor: q.Actor, Verdicts: verdicts, Result: core.Allow,
		PolicyRevision: rules.Revision(), InputDigest: digest, Input: input, At: core.Stamp(now), Fired: answer.Fired, Took: max(0, took)}
	switch {
	case len(verdicts.Deny) > 0:
		d.Result = core.Deny
	case len(verdicts.Approve) > 0:
		d.Result = core.Waiting
	}
	return d, nil
}

// meet holds a decision that needs approval against the answers there are, and
// asks for them if nobody was asked.
func (g *Gates) meet(ctx context.Context, q Question, d *core.Decision) error {
	if d.Result != core.Waiting {
		return nil
	}
	req, ok, err := g.Approvals.Standing(ctx, q.Gate, q.AppID, q.Digest)
	if err != nil {
		return err
	}
	open := ok && (req.State == core.ApprovalPending || req.State == core.ApprovalGranted)
	if !open || !core.Covered(req.Needs, d.Verdicts.Approve) {
		if ok && req.State == core.ApprovalRefused {
			d.RequestID, d.Result = req.ID, core.Deny
			d.Verdicts.Deny = append(slices.Clip(d.Verdicts.Deny), core.Reason{Code: "approval_refused", Message: "An approver said no to this.", Fix: "Read the note, change what it asks for, and try again.", Rule: "approval"})
			return nil
		}
		req, err = g.Approvals.Ask(ctx, q.Actor, core.ApprovalRequest{Gate: q.Gate, AppID: q.AppID, Subject: q.Subject, Link: q.Link, Digest: q.Digest,
			Needs: d.Verdicts.Approve, Requester: q.Asker, Excluded: q.Excluded, Authors: q.Authors})
		if err != nil {
			return err
		}
	}
	d.RequestID = req.ID
	if req.State == core.ApprovalGranted {
		d.Result = core.Allow
	}
	return nil
}

func (g *Gates) record(ctx context.Context, q Question, d core.Decision) error {
	if err := g.Store.AddDecision(ctx, d); err != nil {
		return err
	}
	data := map[string]string{}
	if q.Note != nil {
		more, err := q.Note(ctx, d)
		if err != nil {
			return err
		}
		maps.Copy(data, more)
	}
	maps.Copy(data, map[string]string{"decision": string(d.ID), "policy": d.PolicyRevision, "input": d.InputDigest, "request": string(d.RequestID),
		"denied": strconv.Itoa(len(d.Verdicts.Deny)), "rules": codes(d.Verdicts.Deny)})
	code := map[core.Result]string{core.Allow: "ok", core.Deny: string(core.Denied), core.Waiting: string(core.Pending)}[d.Result]
	return g.Audit.Append(ctx, core.Event{Action: "gate.decide", Actor: d.Actor, AppID: d.AppID, Gate: d.Gate, Target: d.Subject, Code: code,
		Data: data})
}

func codes(reasons []core.Reason) string {
	s := ""
	for i, r := range reasons {
		if i > 0 {
			s += " "
		}
		s += r.Code
	}
	return s
}

// Refusal turns a decision that is not "allow" into the error a door shows:
// Denied or Pending, with each reason in Problems. It returns nil for "allow".
func Refusal(d core.Decision) error {
	switch d.Result {
	case core.Allow:
		return nil
	case core.Waiting:
		e := core.Errorf(core.Pending, "This waits for approval.").Hinted("You will be told when everybody has answered.")
		for _, n := range d.Verdicts.Approve {
			e.Problems = append(e.Problems, core.Errorf(core.Pending, "%s", n.Reason).At(string(n.Role)))
		}
		return e
	}
	e := &core.Error{Code: core.Denied, Msg: "The rules do not allow this.", Hint: "Follow the fix of each reason, then try again."}
	for _, r := range d.Verdicts.Deny {
		e.Problems = append(e.Problems, &core.Error{Code: core.Denied, Msg: r.Message, Hint: r.Fix, Field: r.Path})
	}
	return e
}
