package change

import (
	"context"
	"slices"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// rules asks the merge gate's policy from inside a check, so that a maker reads
// in the report what the gate will say later.
type rules struct {
	rev     *catalog.Revision
	author  core.Person
	courses []string
	app     core.App
	now     time.Time
	records []policy.Record
}

// Merge implements check.Policy. It asks what the rules say if all checks pass,
// because the checks speak for themselves; the gate holds their real verdicts.
func (r rules) Merge(ctx context.Context, soFar core.Report) (core.Verdicts, string, error) {
	d := r.app.Descriptor
	if soFar.Descriptor != nil {
		d = *soFar.Descriptor
	}
	in := r.rev.Input(r.author, r.courses, d)
	in.Gate, in.Now = core.GateChangeMerge, r.now.Format(time.RFC3339)
	in.Report = policy.ReportFacts(&soFar)
	in.Report.At(r.now)
	in.Report.Verdict, in.Report.Records = core.Passed, r.records
	for i := range in.Report.Checks {
		in.Report.Checks[i].Verdict = core.Passed
	}
	in.Report.Checks = append(in.Report.Checks, policy.Check{Name: "policy", Verdict: core.Passed})
	v, err := r.rev.Policy.Eval(ctx, core.GateChangeMerge, in)
	v.Deny = notSaid(v.Deny, soFar.Findings)
	return v, r.rev.Policy.Revision(), err
}

// notSaid leaves out the reasons that a check has given already, with the same
// code and with the exact line: a maker should read each cause once.
func notSaid(reasons []core.Reason, said []core.Finding) []core.Reason {
	return slices.DeleteFunc(slices.Clone(reasons), func(r core.Reason) bool {
		return slices.ContainsFunc(said, func(f core.Finding) bool { return f.Blocking && f.Code == r.Code })
	})
}
