package outside

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/engine/policy/bundle"
)

// judge holds a record against what the rules say. The error is only that ctx ended.
func judge(ctx context.Context, rules *policy.Set, r Record) (core.OutsideDecision, error) {
	o := core.OutsideDecision{Decision: r.DecisionID, Source: tidy(r.source()), Revision: tidy(r.revision()), Query: tidy(r.query()), Gate: r.gate(), InputDigest: digest(r.Input),
		Masked: r.masked(), Made: core.Stamp(r.Timestamp), Compared: core.NotCompared}
	o.InForce = o.Revision == rules.Revision()
	theirs, readable := r.verdicts()
	if readable {
		o.Result = said(theirs)
	}
	switch {
	case o.Gate == "":
		o.Why = "It was asked for something else than a gate's answer."
	case len(o.Masked) > 0:
		o.Why = "The other server left something out or masked it."
	case len(r.Error) > 0 && string(r.Error) != "null":
		o.Why = "The other server failed."
	case len(r.Input) == 0:
		o.Why = "It had no input."
	default:
		return o, compare(ctx, rules, r.Input, theirs, readable, &o)
	}
	return o, nil
}

// compare decides again.
func compare(ctx context.Context, rules *policy.Set, input []byte, theirs core.Verdicts, readable bool, o *core.OutsideDecision) error {
	ours, err := rules.Replay(ctx, o.Gate, input)
	if err != nil {
		if core.CodeOf(err) == core.Unavailable {
			return err
		}
		o.Why = "Its input is none that a gate can be asked about."
		return nil
	}
	o.Compared, o.Why = core.Same, ""
	if !readable || !bundle.Same(theirs, ours) {
		o.Compared, o.Why = core.Differs, difference(said(theirs), said(ours), readable)
	}
	return nil
}

// difference says what we would have said that the other server did not, and the
// other way round, by codes and roles.
func difference(theirs, ours core.AnswerCodes, readable bool) string {
	if !readable {
		return "It is not the answer of a gate."
	}
	var parts []string
	for _, l := range []struct {
		word         string
		theirs, ours []string
	}{{"deny", theirs.Deny, ours.Deny}, {"warn", theirs.Warn, ours.Warn}, {"approve", theirs.Approve, ours.Approve}} {
		for _, code := range l.ours {
			if !slices.Contains(l.theirs, code) {
				parts = append(parts, "only here: "+l.word+" "+code)
			}
		}
		for _, code := range l.theirs {
			if !slices.Contains(l.ours, code) {
				parts = append(parts, "only there: "+l.word+" "+code)
			}
		}
	}
	if len(parts) == 0 {
		return "The texts differ."
	}
	if len(parts) > 20 {
		parts = append(parts[:20], "and more")
	}
	return strings.Join(parts, "; ")
}

// said leaves out the texts.
func said(v core.Verdicts) core.AnswerCodes {
	out := core.AnswerCodes{Deny: codes(v.Deny), Warn: codes(v.Warn), Approve: []string{}}
	for _, n := range v.Approve {
		out.Approve = append(out.Approve, short(string(n.Role)))
	}
	return out
}

func codes(list []core.Reason) []string {
	out := []string{}
	for _, r := range list {
		if code := short(r.Code); !slices.Contains(out, code) && len(out) < 500 {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out
}

// short makes a code that somebody else wrote fit to be kept.
func short(code string) string {
	if len(code) > 64 || !named(code) {
		return "unreadable"
	}
	return code
}

// verdicts reads the result as the answer of a gate.
func (r Record) verdicts() (core.Verdicts, bool) {
	var v struct {
		core.Verdicts
		Allow *bool `json:"allow"`
	}
	dec := json.NewDecoder(bytes.NewReader(r.Result))
	err := dec.Decode(&v)
	return v.Verdicts, err == nil && v.Allow != nil && len(v.Deny)+len(v.Warn)+len(v.Approve) <= 5000
}

// gate is the gate whose answer was asked for, or "".
func (r Record) gate() core.Gate {
	path, ok := strings.CutPrefix(strings.Trim(r.Path, "/"), bundle.Root+"/")
	gate := core.Gate(strings.ReplaceAll(path, "/", "."))
	if !ok || !slices.Contains(core.Gates, gate) {
		return ""
	}
	return gate
}

// masked lists what the other server erased or masked.
func (r Record) masked() []string {
	var out []string
	for _, path := range append(slices.Clone(r.Erased), r.Masked...) {
		out = append(out, tidy(path))
	}
	return out
}

func (r Record) query() string {
	if r.Path != "" {
		return r.Path
	}
	return r.Query
}

// source names the server: the label id is made by OPA itself.
func (r Record) source() string { return r.Labels["id"] }

func (r Record) revision() string {
	if b, ok := r.Bundles[bundle.Name]; ok {
		return b.Revision
	}
	return r.Revision
}

// digest names an input as decisions do, or by its own bytes where it is not in
// our form.
func digest(input json.RawMessage) string {
	if len(input) == 0 {
		return ""
	}
	if in, err := policy.ReadInput(input); err == nil {
		if _, sum, err := in.Canonical(); err == nil {
			return sum
		}
	}
	sum := sha256.Sum256(input)
	return "sha256:" + hex.EncodeToString(sum[:])
}
