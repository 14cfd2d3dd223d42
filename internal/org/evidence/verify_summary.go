package evidence

import (
	"errors"
	"strings"

	vsa "github.com/in-toto/attestation/go/predicates/vsa/v1"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/attest"
)

// agrees checks that a verification summary, whose signature is good, says what
// was decided: there is a decision about this artifact at this target, of that
// moment, with that answer; or one that waited, and an answer to its request of
// that moment. One of a moment outside of the pack's time may rest on a decision
// that the pack need not hold.
func (v *check) agrees(s attest.Statement, artifact string, decisions map[string]decided, requests map[string]*approvalRecord) error {
	var p vsa.VerificationSummary
	if err := s.Read(attest.PredicateSummary, &p); err != nil {
		return errors.New("it cannot be read")
	}
	_, target, ok := strings.Cut(p.GetResourceUri(), "/target:")
	result := map[string]core.Result{"PASSED": core.Allow, "FAILED": core.Deny}[p.GetVerificationResult()]
	if !ok || result == "" || p.GetTimeVerified() == nil {
		return errors.New("it is not whole")
	}
	at := core.Stamp(p.GetTimeVerified().AsTime())
	for _, d := range decisions {
		if d.gate == string(core.GateAppDeploy) && d.subject == artifact+"@"+target && settled(d, requests[d.request], result, moment(at)) {
			return nil
		}
	}
	if !v.time.holds(at) {
		return nil
	}
	return errors.New("no decision in the pack says so")
}

// settled reports whether a decision has that answer at that moment: its own, or
// the one that ended its waiting.
func settled(d decided, r *approvalRecord, result core.Result, at string) bool {
	if d.result != string(core.Waiting) {
		return d.result == string(result) && d.at == at
	}
	if r == nil || len(r.Answers) == 0 {
		return false
	}
	last := r.Answers[len(r.Answers)-1]
	for _, a := range r.Answers {
		if a.At > last.At {
			last = a
		}
	}
	return last.At == at && (result == core.Allow) == last.Yes
}
