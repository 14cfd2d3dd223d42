package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// checkDecisions checks that each decision is the one that was logged, with
// the input whose digest was logged.
func (v *check) checkDecisions() {
	v.decisions = map[string]decisionRecord{}
	const place = "decisions.jsonl"
	data, err := v.a.read(place)
	if err != nil {
		v.failed(place, err)
		return
	}
	n := 0
	for line := range bytes.Lines(data) {
		n++
		where := fmt.Sprintf("%s:%d", place, n)
		var d decisionRecord
		if err := strict(line, &d); err != nil {
			v.res.add(where, "The decision cannot be read: %v.", err)
			continue
		}
		v.decisions[d.ID] = d
		if sum := sha256.Sum256([]byte(d.Input)); d.Digest != "sha256:"+hex.EncodeToString(sum[:]) {
			v.res.add(where, "Decision %s: its input is not the one that its digest names.", d.ID)
		}
		if fault := v.notLogged(d); fault != "" {
			v.res.add(where, "Decision %s: %s.", d.ID, fault)
		}
	}
	v.count("decisions", n)
}

// notLogged says how a decision differs from its audit event, "" if it does not.
func (v *check) notLogged(d decisionRecord) string {
	leaf := v.events.decided[d.ID]
	switch {
	case leaf == nil:
		return "the audit log has no such decision"
	case leaf.Gate != d.Gate || fact(leaf, "input") != d.Digest || fact(leaf, "policy") != d.Policy || fact(leaf, "request") != d.Request:
		return "the audit log says something else about it"
	case leaf.Target.Commit == "" && leaf.Target.Clear != d.Subject:
		return "the audit log says that it was about something else"
	case (leaf.Code == "ok") != (d.Result == string(core.Allow)):
		return "the audit log has another answer"
	}
	return ""
}

// checkApprovals checks that each answer is bound to the digest that was asked
// for, that nobody answered their own request, and that what a decision relied
// on was granted for the same digest (promise 5).
func (v *check) checkApprovals() {
	const place = "approvals.json"
	var all []approvalRecord
	if !v.load(place, &all) {
		return
	}
	v.count("approvals", len(all))
	byID := map[string]approvalRecord{}
	for _, r := range all {
		byID[r.ID] = r
		if fault := v.badApproval(r); fault != "" {
			v.res.add(place, "Approval request %s: %s.", r.ID, fault)
		}
	}
	for _, d := range v.decisions {
		if d.Request == "" {
			continue
		}
		r, ok := byID[d.Request]
		switch {
		case !ok:
			v.res.add(place, "Decision %s relies on approval request %s, which is not there.", d.ID, d.Request)
		case r.Digest != d.Subject || r.Gate != d.Gate:
			v.res.add(place, "Decision %s relies on an approval of something else.", d.ID)
		}
	}
}

func (v *check) badApproval(r approvalRecord) string {
	if logged, ok := v.events.asked[r.ID]; !ok || logged != r.Digest {
		return "the audit log has no such request for this digest"
	}
	yes := map[core.Role]bool{}
	for _, a := range r.Answers {
		switch {
		case a.Digest != r.Digest:
			return "an answer is bound to another digest"
		case a.Approver == r.Requester || slices.Contains(r.Excluded, a.Approver):
			return "somebody answered their own request"
		}
		yes[core.Role(a.Role)] = a.Yes
	}
	if r.State != string(core.ApprovalGranted) {
		return ""
	}
	for _, n := range r.Needs {
		if !yes[n.Role] {
			return "it counts as granted, but nobody said yes as " + string(n.Role)
		}
	}
	return ""
}
