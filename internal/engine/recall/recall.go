// Package recall looks back at a decision that was kept: what it was, whether the
// same rules say the same again, and why it was so (promise 2). It changes
// nothing and asks the rules of the decision's own revision only.
package recall

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// Records gives what is kept.
type Records interface {
	Decision(ctx context.Context, id core.ID) (core.Decision, error)
	App(ctx context.Context, id core.ID) (core.App, error)
	Request(ctx context.Context, id core.ID) (core.ApprovalRequest, error)
}

// History finds former revisions of the rules. Errors: NotFound for a revision
// that there is not.
type History interface {
	Rules(ctx context.Context, revision string) (*policy.Set, error)
}

// Recall looks back. It is safe for concurrent use.
type Recall struct {
	Records Records
	History History
}

// Shown is a decision for people and programs.
type Shown struct {
	ID        string        `json:"id"`
	Gate      core.Gate     `json:"gate"`
	App       string        `json:"app,omitempty"` // name
	Subject   string        `json:"subject"`       // what was decided on
	Result    core.Result   `json:"result"`
	Verdicts  core.Verdicts `json:"verdicts"`
	By        string        `json:"by"`
	Door      string        `json:"door"`
	At        string        `json:"at"` // RFC 3339
	Policy    string        `json:"policy_revision"`
	Digest    string        `json:"input_digest"`
	Fired     []core.Fired  `json:"fired"`
	TookMicro int64         `json:"took_us"`
	Approvals []Yes         `json:"approvals"`
	Request   string        `json:"approval_request,omitempty"`
	State     string        `json:"approval_state,omitempty"`
}

// Yes is a person's answer that the decision had.
type Yes struct {
	Role string `json:"role"`
	By   string `json:"by"`  // id of the person
	Yes  bool   `json:"yes"` // or no
	At   string `json:"at"`
}

// Show returns a decision. Errors: NotFound.
func (r *Recall) Show(ctx context.Context, id core.ID) (Shown, error) {
	d, err := r.Records.Decision(ctx, id)
	if err != nil {
		return Shown{}, notFound(err, id)
	}
	out := Shown{ID: string(d.ID), Gate: d.Gate, Subject: d.Subject, Result: d.Result, Verdicts: d.Verdicts, By: d.Actor.Name, Door: d.Actor.Door, At: stamp(d.At),
		Policy: d.PolicyRevision, Digest: d.InputDigest, Fired: append([]core.Fired{}, d.Fired...), TookMicro: d.Took, Approvals: []Yes{}, Request: string(d.RequestID)}
	if out.By == "" {
		out.By = string(d.Actor.ID)
	}
	out.App, err = r.app(ctx, d.AppID)
	if err != nil || d.RequestID == "" {
		return out, err
	}
	req, err := r.Records.Request(ctx, d.RequestID)
	if core.CodeOf(err) == core.NotFound {
		return out, nil // what fsck tells of
	}
	out.State = string(req.State)
	for _, a := range req.Approvals {
		out.Approvals = append(out.Approvals, Yes{Role: string(a.Role), By: string(a.Approver), Yes: a.Yes, At: stamp(a.At)})
	}
	return out, err
}

func (r *Recall) app(ctx context.Context, id core.ID) (string, error) {
	if id == "" {
		return "", nil
	}
	a, err := r.Records.App(ctx, id)
	if core.CodeOf(err) == core.NotFound {
		return "", nil // a denied form never became an app
	}
	return a.Name, err
}

func stamp(us int64) string { return core.Moment(us).Format(time.RFC3339) }

func notFound(err error, id core.ID) error {
	if core.CodeOf(err) == core.NotFound {
		return core.Errorf(core.NotFound, "There is no decision with the id %q.", id).Hinted("Ids are in the audit log, in the events gate.decide: paddock audit export.")
	}
	return err
}

// again finds a decision and the rules that it was made by.
func (r *Recall) again(ctx context.Context, id core.ID) (core.Decision, *policy.Set, error) {
	d, err := r.Records.Decision(ctx, id)
	if err != nil {
		return d, nil, notFound(err, id)
	}
	rules, err := r.History.Rules(ctx, d.PolicyRevision)
	return d, rules, err
}

// Replayed says whether the same rules give the same answer again.
type Replayed struct {
	ID          string        `json:"id"`
	Same        bool          `json:"same"`
	Policy      string        `json:"policy_revision"`
	Differences []string      `json:"differences"` // in words
	Was         core.Verdicts `json:"was"`
	Now         core.Verdicts `json:"now"`
}

// Replay asks the decision's own revision about the stored input again. Errors:
// NotFound for a decision or a revision that there is not, and those of
// policy.Set.Answer.
func (r *Recall) Replay(ctx context.Context, id core.ID) (Replayed, error) {
	d, rules, err := r.again(ctx, id)
	if err != nil {
		return Replayed{}, err
	}
	a, err := rules.ReplayAnswer(ctx, d.Gate, d.Input)
	if err != nil {
		return Replayed{}, err
	}
	was := d.Verdicts
	was.Deny = slices.DeleteFunc(slices.Clone(was.Deny), byPeople)
	out := Replayed{ID: string(d.ID), Policy: d.PolicyRevision, Differences: []string{}, Was: was, Now: a.Verdicts}
	out.Differences = append(out.Differences, differences(was, a.Verdicts)...)
	if len(d.Fired) > 0 && !slices.Equal(d.Fired, a.Fired) {
		out.Differences = append(out.Differences, "Other rules fired.")
	}
	if len(was.Deny) == len(d.Verdicts.Deny) && !follows(d, a.Verdicts) {
		out.Differences = append(out.Differences, "The kept answer is "+string(d.Result)+", but the rules lead to "+string(policy.ResultOf(a.Verdicts))+".")
	}
	out.Same = len(out.Differences) == 0
	return out, nil
}

// byPeople is a reason that no rule gave: an approver said no.
func byPeople(x core.Reason) bool { return x.Rule == "approval" && x.Code == "approval_refused" }

// follows reports whether a kept result can come of verdicts: what waits is
// allowed once people said yes.
func follows(d core.Decision, v core.Verdicts) bool {
	want := policy.ResultOf(v)
	return d.Result == want || want == core.Waiting && d.Result == core.Allow && d.RequestID != ""
}

// differences says how two answers differ.
func differences(was, now core.Verdicts) (out []string) {
	for _, l := range []struct {
		word     string
		was, now []string
	}{{"denied by", lines(was.Deny), lines(now.Deny)}, {"warned by", lines(was.Warn), lines(now.Warn)}, {"waiting for", lines(was.Approve), lines(now.Approve)}} {
		for _, x := range l.was {
			if !slices.Contains(l.now, x) {
				out = append(out, "No longer "+l.word+" "+x)
			}
		}
		for _, x := range l.now {
			if !slices.Contains(l.was, x) {
				out = append(out, "Newly "+l.word+" "+x)
			}
		}
	}
	return out
}

// lines writes each entry on one line of JSON.
func lines[T any](list []T) []string {
	out := make([]string, len(list))
	for i, x := range list {
		b, err := json.Marshal(x)
		if err != nil {
			panic("recall: plain values did not encode: " + err.Error())
		}
		out[i] = string(b)
	}
	return out
}
