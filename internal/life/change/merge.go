package change

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/life/build"
	"github.com/paddock-dev/paddock/internal/org/inventory"
)

// Saga is the kind of saga that merges and builds a change.
const Saga = "merge"

type progress struct {
	Number int     `json:"number"`
	Head   string  `json:"head"`
	By     core.ID `json:"by"`
	Merge  string  `json:"merge,omitempty"`

	Artifact *core.Artifact `json:"artifact,omitempty"`
}

// Merge asks the gate for a change's merge and, if it may, merges and builds
// it. head is the commit the caller saw. It may be repeated: the same person's
// merge of the same commit is gone on with, or answered as the first time.
// Errors: Conflict when the change has moved on or main has, Denied, Pending.
func (s *Service) Merge(ctx context.Context, who core.Person, actor core.Actor, a core.App, number int, head string) error {
	if saga, again, err := s.pressed(ctx, who, a.ID, number, head); err != nil || again {
		if err != nil {
			return err
		}
		return s.finish(ctx, saga)
	}
	q, err := s.ask(ctx, who, actor, a, number, head)
	if err != nil {
		return err
	}
	var saga core.Saga
	_, err = s.Gates.Pass(ctx, q, func(ctx context.Context, d core.Decision) error {
		saga, err = s.Sagas.Start(ctx, Saga, string(a.ID)+":"+q.Digest, a.ID, progress{Number: number, Head: q.Digest, By: who.ID}, actor)
		return err
	})
	if err != nil {
		return err
	}
	return s.finish(ctx, saga)
}

// pressed finds a person's earlier wish to merge the same commit, if it is under
// way or the change is open no more.
func (s *Service) pressed(ctx context.Context, who core.Person, app core.ID, number int, head string) (core.Saga, bool, error) {
	all, err := s.Store.SagasOf(ctx, app)
	if err != nil {
		return core.Saga{}, false, err
	}
	for _, g := range slices.Backward(all) {
		p := read(&g)
		if g.Kind != Saga || p.Number != number || p.By != who.ID || head != "" && p.Head != head {
			continue
		}
		c, err := s.Store.Change(ctx, app, number)
		return g, err == nil && (g.State == core.SagaRunning || c.State != core.ChangeOpen), err
	}
	return core.Saga{}, false, nil
}

// finish runs what is left of a merge.
func (s *Service) finish(ctx context.Context, saga core.Saga) error {
	saga, err := s.Sagas.Run(ctx, saga.ID)
	if err != nil {
		return err
	}
	if saga.State == core.SagaFailed {
		return core.Errorf(core.Conflict, "%s", saga.Problem).Hinted("Mend it, push again, and merge the new commit.")
	}
	return nil
}

// MayMerge says what the merge gate would answer now; it changes nothing.
func (s *Service) MayMerge(ctx context.Context, who core.Person, actor core.Actor, a core.App, c core.Change) (core.Decision, error) {
	q, err := s.ask(ctx, who, actor, a, c.Number, c.Head)
	if err != nil {
		return core.Decision{}, err
	}
	return s.Gates.Preview(ctx, q)
}

func (s *Service) ask(ctx context.Context, who core.Person, actor core.Actor, a core.App, number int, head string) (q gate.Question, err error) {
	if a.State != core.AppActive && a.State != core.AppIdle {
		return q, core.Errorf(core.Conflict, "App %q is %s: nothing can be merged into it.", a.Name, a.State)
	}
	c, err := s.Store.Change(ctx, a.ID, number)
	if err != nil {
		return q, err
	}
	if c.State != core.ChangeOpen {
		return q, core.Errorf(core.Conflict, "Change %d is %s already.", number, c.State)
	}
	if head != "" && c.Head != head {
		return q, core.Errorf(core.Conflict, "Change %d has moved on to commit %s since you looked.", number, short(c.Head)).Hinted("Load the page again.")
	}
	fresh, err := s.Forge.UpToDate(ctx, a.Name, Main, c.Head)
	if err != nil {
		return q, err
	}
	if !fresh {
		return q, core.Errorf(core.Conflict, "The main branch has moved since this change was made.").Hinted("Run: git pull --rebase origin main. Then push your branch again.")
	}
	report, err := s.Check(ctx, a.ID, number, c.Head)
	if err != nil {
		return q, err
	}
	return s.question(ctx, s.Catalog.Current(), a, c, report, who, actor)
}

// Kind returns the steps that merge and build.
func (s *Service) Kind() job.Kind {
	return job.Kind{Name: Saga, Failed: s.failed, Steps: []job.Step{
		{Name: "merge", Do: s.merge, Keep: s.keepMerge},
		{Name: "build", Do: s.build, Keep: s.keepBuild},
	}}
}

func (s *Service) merge(ctx context.Context, g *core.Saga) (*core.Event, error) {
	p := read(g)
	a, err := s.Store.App(ctx, g.AppID)
	if err != nil {
		return nil, err
	}
	by, err := s.People.Person(ctx, p.By)
	if err != nil {
		return nil, err
	}
	c, err := s.Store.Change(ctx, g.AppID, p.Number)
	if err != nil {
		return nil, err
	}
	p.Merge, err = s.Forge.Merge(ctx, a.Name, Main, p.Head, by.Name+" <"+by.Email+">", fmt.Sprintf("Merge change %d: %s", p.Number, c.Title), core.Moment(g.Created))
	if err != nil {
		return nil, err
	}
	write(g, p)
	return &core.Event{Action: "change.merge", Actor: g.Actor, AppID: g.AppID, Gate: core.GateChangeMerge, Target: fmt.Sprintf("change %d", p.Number), Code: "ok",
		Data: map[string]string{"head": p.Head, "merge": p.Merge}}, nil
}

func (s *Service) keepMerge(ctx context.Context, g *core.Saga) error {
	p := read(g)
	c, err := s.Store.Change(ctx, g.AppID, p.Number)
	if err != nil {
		return err
	}
	c.Head = p.Head
	if err := s.Store.EndChange(ctx, c, core.ChangeMerged, core.Stamp(s.Clock.Now()), p.Merge); err != nil {
		return err
	}
	report, _, err := s.Store.Report(ctx, g.AppID, p.Head)
	if err != nil {
		return err
	}
	d, err := s.descriptor(ctx, g.AppID, p.Head, report)
	if err != nil {
		return err
	}
	return s.Store.SetDescriptor(ctx, g.AppID, d)
}

func (s *Service) build(ctx context.Context, g *core.Saga) (*core.Event, error) {
	p := read(g)
	a, err := s.Store.App(ctx, g.AppID)
	if err != nil {
		return nil, err
	}
	tree, err := s.Forge.Tree(ctx, a.Name, p.Merge)
	if err != nil {
		return nil, err
	}
	report, _, err := s.Store.Report(ctx, g.AppID, p.Head)
	if err != nil {
		return nil, err
	}
	art, err := s.Builder.Build(ctx, build.Request{App: a.Name, AppID: a.ID, Repository: "git/" + a.Name + ".git", Ref: "refs/heads/" + Main, Commit: p.Merge, Tree: tree, SBOM: report.SBOM})
	if err != nil {
		return nil, err
	}
	p.Artifact = &art
	write(g, p)
	return &core.Event{Action: "artifact.build", Actor: g.Actor, AppID: g.AppID, Target: art.Digest, Code: "ok",
		Data: map[string]string{"commit": p.Merge, "sbom": art.SBOM, "provenance": art.Provenance}}, nil
}

// keepBuild keeps the artifact with what it is made of: the parts of the report
// that the build was given as its SBOM.
func (s *Service) keepBuild(ctx context.Context, g *core.Saga) error {
	p := read(g)
	if err := s.Store.PutArtifact(ctx, *p.Artifact); err != nil {
		return err
	}
	report, _, err := s.Store.Report(ctx, g.AppID, p.Head)
	if err != nil {
		return err
	}
	state := core.BillListed
	parts, err := inventory.Read(report.SBOM)
	if err != nil { // the bill says so; searches count it as not known
		state = core.BillUnreadable
	}
	return s.Store.PutParts(ctx, p.Artifact.Digest, p.Artifact.SBOM, state, parts)
}

// failed tells who pressed merge; a merged change stays merged, without an artifact.
func (s *Service) failed(ctx context.Context, g *core.Saga, cause *core.Error) (*core.Event, error) {
	p := read(g)
	a, err := s.Store.App(ctx, g.AppID)
	if err != nil {
		return nil, err
	}
	step := []string{"merged", "built"}[min(g.Step, 1)]
	err = s.Tell.Tell(ctx, core.Notice{Person: p.By, AppID: a.ID, Key: "merge-failed:" + string(g.ID), Title: fmt.Sprintf("Change %d of %s could not be %s", p.Number, a.Name, step),
		Body: cause.Msg, Link: fmt.Sprintf("/apps/%s/changes/%d", a.Name, p.Number)})
	return &core.Event{Action: "change.fail", Actor: g.Actor, AppID: g.AppID, Target: fmt.Sprintf("change %d", p.Number), Code: string(cause.Code), Data: map[string]string{"step": step, "problem": cause.Msg}}, err
}

func read(g *core.Saga) (p progress) {
	_ = json.Unmarshal(g.Data, &p)
	return p
}

func write(g *core.Saga, p progress) { g.Data, _ = json.Marshal(p) }
