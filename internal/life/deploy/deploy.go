package deploy

import (
	"context"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// Deploy asks the gate whether an artifact may run at a target and, if so,
// starts it there and switches over. ref is the artifact's digest, or a tag of the
// app such as main: a tag is looked up once, first, and from then on only the
// digest counts. If the tag moves meanwhile, that changes nothing. It may be
// repeated: the same person's deployment of the same artifact that is under way is
// gone on with. Errors: NotFound (no such artifact of this
// app), Invalid (no such target), Denied, Pending, Unavailable.
func (s *Service) Deploy(ctx context.Context, who core.Person, actor core.Actor, a core.App, ref, target string) (core.Deployment, error) {
	if a.State != core.AppActive && a.State != core.AppIdle {
		return core.Deployment{}, core.Errorf(core.Conflict, "App %q is %s: it cannot be deployed.", a.Name, a.State)
	}
	rev := s.Catalog.Current()
	t, err := find(rev, target)
	if err != nil {
		return core.Deployment{}, err
	}
	digest, err := s.pin(ctx, a, ref)
	if err != nil {
		return core.Deployment{}, err
	}
	art, err := s.Store.Artifact(ctx, digest)
	if err != nil && core.CodeOf(err) != core.NotFound {
		return core.Deployment{}, err
	}
	if err != nil || art.AppID != a.ID {
		return core.Deployment{}, noArtifact(a, ref)
	}
	if dep, saga, under, err := s.underWay(ctx, who, a.ID, digest, t.Name); err != nil || under {
		if err != nil {
			return dep, err
		}
		return s.finish(ctx, dep, saga)
	}
	if err := injectable(a.Descriptor); err != nil {
		return core.Deployment{}, err
	}
	in, proof, err := s.input(ctx, rev, who, a, art, t)
	if err != nil {
		return core.Deployment{}, err
	}
	excluded, authors, err := s.authors(ctx, a.ID, art.Commit)
	if err != nil {
		return core.Deployment{}, err
	}
	now := s.Clock.Now()
	dep := core.Deployment{ID: s.IDs.New(now), AppID: a.ID, Artifact: digest, Target: t.Name, Region: t.Region, State: core.DeployStarting, By: who.ID, Created: core.Stamp(now)}
	q := gate.Question{Gate: core.GateAppDeploy, AppID: a.ID, Digest: digest + "@" + t.Name, Subject: "Deployment of " + a.Name + " to " + t.Name, Link: "/apps/" + a.Name,
		Actor: actor, Asker: who.ID, Excluded: excluded, Authors: authors, Input: in,
		Note: func(ctx context.Context, d core.Decision) (map[string]string, error) {
			return s.summarise(ctx, a, art, t, ref, proof, d)
		}}
	var saga core.Saga
	_, err = s.Gates.Pass(ctx, q, func(ctx context.Context, d core.Decision) error {
		dep.Decision = d.ID
		if err := s.Store.AddDeployment(ctx, dep); err != nil {
			return err
		}
		saga, err = s.Sagas.Start(ctx, Saga, string(dep.ID), a.ID, progress{Deployment: dep.ID}, actor)
		return err
	})
	if err != nil {
		return dep, err
	}
	return s.finish(ctx, dep, saga)
}

// underWay finds a person's deployment of an artifact that is not finished.
func (s *Service) underWay(ctx context.Context, who core.Person, app core.ID, digest, target string) (core.Deployment, core.Saga, bool, error) {
	all, err := s.Store.SagasOf(ctx, app)
	if err != nil {
		return core.Deployment{}, core.Saga{}, false, err
	}
	for _, g := range all {
		if g.Kind != Saga || g.State != core.SagaRunning {
			continue
		}
		d, err := s.Store.Deployment(ctx, core.ID(g.Key))
		if err != nil || d.By == who.ID && d.Artifact == digest && d.Target == target {
			return d, g, err == nil, err
		}
	}
	return core.Deployment{}, core.Saga{}, false, nil
}

// finish runs what is left of a deployment.
func (s *Service) finish(ctx context.Context, dep core.Deployment, saga core.Saga) (core.Deployment, error) {
	saga, err := s.Sagas.Run(ctx, saga.ID)
	if err != nil {
		return dep, err
	}
	if saga.State == core.SagaFailed {
		return dep, core.Errorf(core.Unavailable, "%s", saga.Problem).Hinted("What ran before goes on running.")
	}
	return s.Store.Deployment(ctx, dep.ID)
}

// pin turns what the caller named into a digest.
func (s *Service) pin(ctx context.Context, a core.App, ref string) (string, error) {
	if strings.HasPrefix(ref, "sha256:") {
		return ref, nil
	}
	digest, err := s.Evidence.Resolve(ctx, a.Name, ref)
	if core.CodeOf(err) == core.NotFound {
		return "", noArtifact(a, ref)
	}
	return digest, err
}

func noArtifact(a core.App, ref string) *core.Error {
	return core.Errorf(core.NotFound, "App %q has no artifact %.140q.", a.Name, ref).At("artifact").
		Hinted("Choose a digest from the app's page, which begins with sha256:, or a tag such as main.")
}

// summarise signs a decision that is final, as evidence for others. A decision
// that waits for approval is none yet; Settle signs it when the answer is there.
func (s *Service) summarise(ctx context.Context, a core.App, art core.Artifact, t core.Target, ref string, p Proof, d core.Decision) (map[string]string, error) {
	facts := map[string]string{}
	if ref != art.Digest {
		facts["tag"] = ref
	}
	if d.Result == core.Waiting {
		return facts, nil
	}
	digest, err := s.Evidence.Summarise(ctx, art.Digest, verdict(a, t.Name, d.PolicyRevision, d.Result == core.Allow, p, d.At))
	if err != nil {
		return nil, err
	}
	if digest != "" {
		facts["summary"] = digest
	}
	return facts, nil
}

// injectable refuses an app whose secrets the embedded runtime cannot hand over
// in the way that it asks for.
func injectable(d core.Descriptor) error {
	var faults []*core.Error
	for _, use := range d.Secrets {
		if use.Inject != "" && use.Inject != "egress" {
			faults = append(faults, core.Errorf(core.Blocked, "The secret %q asks to be given to the app by %q.", use.Name, use.Inject).At("microapp.yaml").
				Hinted("The gateway adds secrets to calls. Write inject: egress, and take the secret out of the code."))
		}
	}
	return core.Join(core.Blocked, "Some secrets cannot be handed over.", faults)
}

// input gathers the facts for the gate. The evidence is read from the stored
// bytes now, not taken from a record.
func (s *Service) input(ctx context.Context, rev *catalog.Revision, who core.Person, a core.App, art core.Artifact, t core.Target) (policy.Input, Proof, error) {
	courses, err := s.Training.Valid(ctx, who.ID)
	if err != nil {
		return policy.Input{}, Proof{}, err
	}
	in := rev.Input(who, courses, a.Descriptor)
	in.Target = policy.TargetFacts(t)
	in.Artifact.Digest = art.Digest
	proof, err := s.Evidence.Verify(ctx, art.Digest)
	switch core.CodeOf(err) {
	case "":
		in.Artifact = policy.Artifact{Digest: art.Digest, SBOM: proof.SBOM, Provenance: proof.Provenance, Signed: proof.Signed}
	case core.Internal, core.Unavailable:
		return in, proof, err
	default: // what cannot be proven counts as not there
		proof = Proof{}
	}
	commit, err := s.checked(ctx, a.ID, art.Commit)
	if err != nil {
		return in, proof, err
	}
	r, _, err := s.Store.Report(ctx, a.ID, commit)
	if core.CodeOf(err) == core.NotFound {
		return in, proof, nil
	}
	in.Report = policy.ReportFacts(&r)
	return in, proof, err
}

// checked names the commit whose checks speak for a built one: of a merge, the
// head that was merged.
func (s *Service) checked(ctx context.Context, app core.ID, built string) (string, error) {
	changes, err := s.Store.Changes(ctx, app)
	for _, c := range changes {
		if c.MergeCommit == built {
			return c.Head, err
		}
	}
	return built, err
}

// authors names who worked on the change that was built, and who proposed it.
func (s *Service) authors(ctx context.Context, app core.ID, built string) ([]core.ID, []string, error) {
	changes, err := s.Store.Changes(ctx, app)
	for _, c := range changes {
		if c.MergeCommit == built || c.Head == built {
			return []core.ID{c.Author}, c.Committers, err
		}
	}
	return nil, nil, err
}

func find(rev *catalog.Revision, target string) (core.Target, error) {
	if t, ok := rev.Target(target); ok {
		return t, nil
	}
	var names []string
	for _, t := range rev.Targets() {
		names = append(names, t.Name)
	}
	return core.Target{}, core.Errorf(core.Invalid, "There is no target named %q.", target).At("target").
		Hinted("The targets are %s. %s", strings.Join(names, ", "), core.DidYouMean(target, names))
}

// Keep records an artifact that was built elsewhere, in the caller's transaction.
func (s *Service) Keep(ctx context.Context, a core.Artifact) error {
	return s.Store.PutArtifact(ctx, a)
}
