package preview

import (
	"bytes"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/engine/policy/whatif"
)

// apps makes the questions about one app.
type apps struct {
	from, to Revision
	now      string
	courses  map[core.ID][]string
}

func (a apps) subjects(f core.FleetApp) ([]whatif.Subject, error) {
	gates := []core.Gate{core.GateChangeMerge}
	if f.Live.Digest != "" {
		gates = append(gates, core.GateAppDeploy)
	}
	before, after := a.input(a.from, f), a.input(a.to, f)
	var out []whatif.Subject
	for _, gate := range gates {
		one, err := document(gate, before)
		if err != nil {
			return out, err
		}
		other, err := document(gate, after)
		if err != nil {
			return out, err
		}
		if bytes.Equal(one, other) {
			other = one
		}
		d := f.App.Descriptor
		out = append(out, whatif.Subject{Gate: gate, App: f.App.Name, Owner: f.Owner.Email, Classification: d.Classification, Before: one, After: other})
	}
	return out, nil
}

// input is what the gates see of an app under a revision.
func (a apps) input(rev Revision, f core.FleetApp) policy.Input {
	in := rev.Input(f.Owner, a.courses[f.Owner.ID], f.App.Descriptor)
	in.Now = a.now
	in.Report = policy.PassingReport(f.Live.Commit, in.Template.RequiredScans)
	in.Artifact = policy.ArtifactFacts(f.Live, f.Live.Provenance != "")
	in.Target = policy.TargetFacts(rev.TargetFor(f.App.Descriptor.Region))
	return in
}

// document is the input of one gate: a merge has no artifact and no target.
func document(gate core.Gate, in policy.Input) ([]byte, error) {
	in.Gate = gate
	if gate == core.GateChangeMerge {
		in.Artifact, in.Target = policy.Artifact{}, policy.Target{}
	}
	doc, _, err := in.Canonical()
	return doc, err
}

// past makes the question about one decision.
func past(d core.PastDecision) ([]whatif.Subject, error) {
	s := whatif.Subject{Gate: d.Gate, App: d.App, Decision: d.ID, After: d.Input, Was: &d.Verdicts}
	if in, err := policy.ReadInput(d.Input); err == nil {
		s.Owner, s.Classification = in.App.Owner, in.App.Classification
	}
	return []whatif.Subject{s}, nil
}
