package evidence

import (
	"reflect"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// maxSets is how many compiled policies a replay keeps.
const maxSets = 8

// replayer judges again by the policies in a pack.
type replayer struct {
	sets map[string]*policy.Set // nil for one that cannot be run
	old  []string
}

// set compiles a policy of the pack. A policy that compiles to another name than
// it is filed under is told as a problem; one that cannot be compiled is not.
func (v *check) set(id string) *policy.Set {
	r := &v.replay
	if s, ok := r.sets[id]; ok {
		return s
	}
	if r.sets == nil {
		r.sets = map[string]*policy.Set{}
	}
	if len(r.old) >= maxSets {
		delete(r.sets, r.old[0])
		r.old = r.old[1:]
	}
	r.old = append(r.old, id)
	r.sets[id] = nil
	name := policyFile(id)
	if !v.a.Has(name) {
		return nil
	}
	var rec policyRecord
	if !v.whole(name, &rec) {
		return nil
	}
	s, err := rec.Source.Compile(v.ctx)
	if err != nil {
		return nil // written for another version
	}
	if rec.Policy != id || s.Revision() != id {
		v.res.add(name, "The policy is not the one that it is filed as: it was changed.")
		return nil
	}
	r.sets[id] = s
	return s
}

// judgedOtherwise replays a decision and says how the answer differs, "" if it
// does not, or if it cannot be replayed.
func (v *check) judgedOtherwise(d *decisionRecord, requests map[string]*approvalRecord) string {
	s := v.set(d.Policy)
	if s == nil {
		v.tally.unreplayed++
		return ""
	}
	if _, err := policy.ReadInput([]byte(d.Input)); err != nil { // written by a later version
		v.tally.unreplayed++
		return ""
	}
	said, err := s.Answer(v.ctx, core.Gate(d.Gate), []byte(d.Input))
	got := said.Verdicts
	if err != nil || timedOut(got) || timedOut(d.Verdicts) {
		v.tally.unreplayed++ // a rule that failed may fail otherwise
		return ""
	}
	// A refusal by an approver is the gate's own reason, not policy's.
	want := d.Verdicts
	want.Deny = slices.DeleteFunc(slices.Clone(want.Deny), func(r core.Reason) bool { return r.Rule == "approval" })
	refused := len(want.Deny) != len(d.Verdicts.Deny)
	if !reflect.DeepEqual(plain(got), plain(want)) {
		return "the same rules give another answer to the same input"
	}
	if len(d.Fired) > 0 && !slices.Equal(d.Fired, said.Fired) {
		return "other rules than those that are named gave the answer"
	}
	expect := core.Allow
	switch {
	case len(got.Deny) > 0 || refused:
		expect = core.Deny
	case len(got.Approve) > 0 && !(d.Result == string(core.Allow) && requests[d.Request] != nil):
		expect = core.Waiting
	}
	if d.Result != string(expect) {
		return "its reasons do not lead to its answer"
	}
	v.tally.replayed++
	return ""
}

func timedOut(v core.Verdicts) bool {
	return slices.ContainsFunc(v.Deny, func(r core.Reason) bool { return r.Code == "policy_error" })
}

// plain makes empty lists equal.
func plain(v core.Verdicts) core.Verdicts {
	return core.Verdicts{Deny: append([]core.Reason{}, v.Deny...), Warn: append([]core.Reason{}, v.Warn...), Approve: append([]core.Need{}, v.Approve...)}
}
