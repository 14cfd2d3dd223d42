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
	alike    bool // but for the rules
	now      string
	courses  map[core.ID][]string
}

func (a apps) subjects(f core.FleetApp) []whatif.Subject {
	gates := []core.Gate{core.GateChangeMerge}
	if f.Live.Digest != "" {
		gates = append(gates, core.GateAppDeploy)
	}
	var out []whatif.Subject
	for _, gate := range gates {
		out = append(out, whatif.Subject{Gate: gate, App: f.App.Name, Owner: f.Owner.Email, Classification: f.App.Descriptor.Classification,
			Alike: a.alike, Inputs: func() ([]byte, []byte, error) { return a.inputs(gate, f) }})
	}
	return out
}

func (a apps) inputs(gate core.Gate, f core.FleetApp) (before, after []byte, err error) {
	before, err = document(gate, a.input(a.from, f))
	if err != nil || a.alike {
		return before, before, err
	}
	after, err = document(gate, a.input(a.to, f))
	if bytes.Equal(before, after) {
		after = before
	}
	return before, after, err
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
func past(d core.PastDecision) []whatif.Subject {
	return []whatif.Subject{{Gate: d.Gate, App: d.App, Decision: d.ID, Was: &d.Verdicts, Inputs: func() ([]byte, []byte, error) { return nil, d.Input, nil }}}
}
