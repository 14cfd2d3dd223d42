package deploy

import (
	"context"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Settle signs the summary of a decision that waited, now that its request is
// answered: passed when it was granted, failed when it was refused. What was let
// pass is still decided anew when somebody deploys it. It may be repeated: the
// same decision gives the same summary. Other requests, and those that ended
// without an answer, have none.
func (s *Service) Settle(ctx context.Context, req core.ApprovalRequest) error {
	if req.Gate != core.GateAppDeploy || req.State != core.ApprovalGranted && req.State != core.ApprovalRefused {
		return nil
	}
	d, at, err := s.waited(ctx, req)
	if err != nil || at == 0 {
		return err
	}
	artifact, target, _ := strings.Cut(req.Digest, "@")
	a, err := s.Store.App(ctx, req.AppID)
	if err != nil {
		return err
	}
	proof, err := s.Evidence.Verify(ctx, artifact)
	switch core.CodeOf(err) {
	case "":
	case core.Internal, core.Unavailable:
		return err
	default:
		proof = Proof{}
	}
	digest, err := s.Evidence.Summarise(ctx, artifact, verdict(a, target, d.PolicyRevision, req.State == core.ApprovalGranted, proof, at))
	if err != nil || digest == "" {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		return s.Audit.Append(ctx, core.Event{Action: "deploy.settle", Actor: core.System("approval"), AppID: a.ID, Gate: req.Gate, Target: req.Digest,
			Code: map[bool]string{true: "ok", false: string(core.Denied)}[req.State == core.ApprovalGranted],
			Data: map[string]string{"decision": string(d.ID), "request": string(req.ID), "summary": digest}})
	})
}

// waited finds the newest decision that waits for a request, and the moment of
// the last answer to it; 0 if there is none of either.
func (s *Service) waited(ctx context.Context, req core.ApprovalRequest) (d core.Decision, at int64, err error) {
	all, err := s.Store.Decisions(ctx, req.AppID)
	for _, x := range all {
		if x.RequestID == req.ID && x.Result == core.Waiting && x.At >= d.At {
			d = x
		}
	}
	if d.ID == "" {
		return d, 0, err
	}
	for _, a := range req.Approvals {
		at = max(at, a.At)
	}
	return d, at, err
}

func verdict(a core.App, target, policy string, passed bool, p Proof, at int64) Verdict {
	v := Verdict{App: a.Name, Target: target, Policy: policy, Passed: passed, Level: p.Level, At: core.Moment(at)}
	for _, digest := range []string{p.Provenance, p.SBOM} {
		if digest != "" {
			v.Inputs = append(v.Inputs, digest)
		}
	}
	return v
}
