package desk

import (
	"context"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/org/pipeline"
)

// AskPipeline puts the pipeline that holds a token before the owner of an app. It
// says the same whether or not there is such an app. Errors: those of
// pipeline.Connect.
func (d *Desk) AskPipeline(ctx context.Context, app, token string) (view.AskedPipeline, error) {
	c, _, err := d.Pipelines.Connect(ctx, app, token)
	if err != nil {
		return view.AskedPipeline{}, err
	}
	return view.AskedPipeline{Forge: c.Kind, Repository: c.Repository, RepositoryID: c.RepositoryID, Ref: c.Ref, Environment: c.Environment, Event: c.Event, Workflow: c.Workflow,
		Next: "If there is an app of this name, its owner now sees this pipeline on its page " + d.BaseURL + "/apps/" + app + " and can confirm it within 7 days."}, nil
}

// ConfirmPipeline lets a pipeline act for its app. Errors: those of pipeline.Confirm.
func (d *Desk) ConfirmPipeline(ctx context.Context, who core.Person, app string, id core.ID, events []string) (view.Pipeline, error) {
	a, err := d.app(ctx, who, app, authz.PipelineManage)
	if err != nil {
		return view.Pipeline{}, err
	}
	p, err := d.Pipelines.Confirm(ctx, who, actor(ctx, who), a, id, events)
	if err != nil {
		return view.Pipeline{}, err
	}
	return d.pipeline(ctx, who, a, p), nil
}

// RemovePipeline ends a pipeline and its access tokens. Errors: NotFound.
func (d *Desk) RemovePipeline(ctx context.Context, who core.Person, app string, id core.ID) error {
	a, err := d.app(ctx, who, app, authz.PipelineManage)
	if err != nil {
		return err
	}
	return d.Pipelines.Remove(ctx, actor(ctx, who), a, id)
}

// pipelines lists those of an app, for whoever may decide on them.
func (d *Desk) pipelines(ctx context.Context, who core.Person, a core.App, v *view.App) error {
	v.Pipelines = []view.Pipeline{}
	if authz.Can(who, authz.PipelineManage, &a) != nil {
		return nil
	}
	all, err := d.Pipelines.List(ctx, a.ID)
	for _, p := range all {
		row := d.pipeline(ctx, who, a, p)
		row.Namesake = slices.ContainsFunc(all, func(o core.Pipeline) bool {
			return o.Issuer == p.Issuer && o.Repository == p.Repository && o.RepositoryID != p.RepositoryID && o.Asked < p.Asked
		})
		v.Pipelines = append(v.Pipelines, row)
	}
	return err
}

func (d *Desk) pipeline(ctx context.Context, who core.Person, a core.App, p core.Pipeline) view.Pipeline {
	v := view.Pipeline{ID: p.ID, Forge: p.Kind, Issuer: p.Issuer, Repository: p.Repository, RepositoryID: p.RepositoryID, OwnerID: p.OwnerID, Ref: p.Ref, Environment: p.Environment,
		Events: p.Events, Workflow: p.Workflow, WorkflowSHA: p.WorkflowSHA, SelfHosted: p.SelfHosted, Asked: moment(p.Asked), Owner: d.email(ctx, p.Owner), Security: d.email(ctx, p.Security),
		Used: moment(p.Used), Run: p.Run, CanRemove: true, MoreEvents: []string{}}
	v.State = d.Pipelines.Standing(ctx, p, a)
	switch v.State {
	case pipeline.Asks, pipeline.Stopped:
		v.CanConfirm = authz.Owns(who, a)
		if v.State == pipeline.Asks {
			v.Lapses = moment(p.Lapses)
		}
	case pipeline.WaitsForSecurity:
		v.CanConfirm = who.Has(core.RoleSecurity) && who.ID != p.Owner
	}
	if authz.Owns(who, a) && v.CanConfirm {
		for _, e := range pipeline.Events(p.Kind) {
			if !slices.Contains(p.Events, e) {
				v.MoreEvents = append(v.MoreEvents, e)
			}
		}
	}
	return v
}

// Reveal hands out an access token that was just made, this once.
func Reveal(v core.Secret) string { return string(v.Open()) }
