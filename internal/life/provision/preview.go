package provision

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// Preview is what will happen to a form: the answer of the gate now, and what
// the later gates will ask for if all checks pass.
type Preview struct {
	Decision core.Decision
	Later    map[core.Gate]core.Verdicts
	Checks   []string
	Target   core.Target
	Budget   core.Budget
}

// Preview asks every gate on the app's road with the evaluator that will decide
// for real. It changes nothing.
func (s *Service) Preview(ctx context.Context, who core.Person, f Form) (Preview, error) {
	rev := s.Catalog.Current()
	p, err := s.read(ctx, rev, who, f)
	if err != nil {
		return Preview{}, err
	}
	in, err := s.input(ctx, rev, who, p)
	if err != nil {
		return Preview{}, err
	}
	d, err := s.Gates.Preview(ctx, gate.Question{Gate: core.GateAppCreate, Digest: p.digest(), Input: in})
	if err != nil {
		return Preview{}, err
	}
	out := Preview{Decision: d, Later: map[core.Gate]core.Verdicts{}, Checks: p.Template.RequiredScans, Budget: p.Descriptor.Budget, Target: rev.TargetFor(f.Region)}
	in.Report = policy.PassingReport("preview", p.Template.RequiredScans)
	in.Artifact = policy.Artifact{Digest: "preview", SBOM: "preview", Provenance: "preview", Signed: true}
	in.Target = policy.TargetFacts(out.Target)
	for _, g := range []core.Gate{core.GateChangeMerge, core.GateAppDeploy} {
		later, err := s.Gates.Preview(ctx, gate.Question{Gate: g, Input: in})
		if err != nil {
			return out, err
		}
		out.Later[g] = later.Verdicts
	}
	return out, nil
}

func (s *Service) input(ctx context.Context, rev *catalog.Revision, who core.Person, p plan) (policy.Input, error) {
	courses, err := s.Training.Valid(ctx, who.ID)
	if err != nil {
		return policy.Input{}, err
	}
	return rev.Input(who, courses, p.Descriptor), nil
}
