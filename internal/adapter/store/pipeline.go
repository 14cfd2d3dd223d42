package store

import (
	"context"
	"strings"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddPipeline keeps a pipeline that asks to act for an app.
func (d *DB) AddPipeline(ctx context.Context, p core.Pipeline) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Connecting a pipeline", w.InsertPipeline(ctx, gen.InsertPipelineParams{ID: string(p.ID), AppID: string(p.AppID), Kind: p.Kind, Issuer: p.Issuer,
		RepositoryID: p.RepositoryID, OwnerID: p.OwnerID, Repository: p.Repository, Ref: p.Ref, Environment: p.Environment, Events: strings.Join(p.Events, ","),
		Workflow: p.Workflow, WorkflowSha: p.WorkflowSHA, SelfHosted: p.SelfHosted, State: string(p.State), Asked: p.Asked, Lapses: p.Lapses}))
}

// UpdatePipeline changes what people decide of a pipeline, and its name. Errors:
// Conflict when somebody else changed it meanwhile.
func (d *DB) UpdatePipeline(ctx context.Context, p core.Pipeline) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.UpdatePipeline(ctx, gen.UpdatePipelineParams{ID: string(p.ID), Repository: p.Repository, Events: strings.Join(p.Events, ","), State: string(p.State), Lapses: p.Lapses,
		Owner: string(p.Owner), OwnerAt: p.OwnerAt, Security: string(p.Security), SecurityAt: p.SecurityAt, Removed: p.Removed, Version: p.Version})
	return changed(n, err, "Changing a pipeline", core.Errorf(core.Conflict, "Somebody else changed the pipeline meanwhile.").Hinted("Look at it again."))
}

// UsePipeline records a pipeline's last run.
func (d *DB) UsePipeline(ctx context.Context, id core.ID, run string, now int64) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Recording use", w.UsePipeline(ctx, gen.UsePipelineParams{ID: string(id), Used: now, Run: run}))
}

// Pipeline returns a pipeline. Errors: NotFound.
func (d *DB) Pipeline(ctx context.Context, id core.ID) (core.Pipeline, error) {
	row, err := d.r(ctx).GetPipeline(ctx, string(id))
	return pipeline(row), found(err, "There is no pipeline with the id %q.", id)
}

// Pipelines lists an app's pipelines that are not removed, oldest first.
func (d *DB) Pipelines(ctx context.Context, app core.ID) ([]core.Pipeline, error) {
	rows, err := d.r(ctx).ListPipelines(ctx, string(app))
	return each(rows, err, pipeline, "Listing pipelines")
}

// PipelinesOf lists the pipelines, of any app, that have a repository's number or
// its name, oldest first.
func (d *DB) PipelinesOf(ctx context.Context, issuer, repositoryID, repository string) ([]core.Pipeline, error) {
	rows, err := d.r(ctx).ListPipelinesOf(ctx, gen.ListPipelinesOfParams{Issuer: issuer, RepositoryID: repositoryID, Repository: repository})
	return each(rows, err, pipeline, "Listing pipelines")
}

// AddPipelineToken keeps the hash of an access token, and forgets those that have
// expired.
func (d *DB) AddPipelineToken(ctx context.Context, t core.PipelineToken) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	if err := w.DropPipelineTokens(ctx, t.Created); err != nil {
		return broken("Forgetting old tokens", err)
	}
	return broken("Giving a token", w.InsertPipelineToken(ctx, gen.InsertPipelineTokenParams{Hash: t.Hash, PipelineID: string(t.Pipeline), AppID: string(t.AppID), CommitID: t.Commit,
		Run: t.Run, Scopes: strings.Join(t.Scopes, " "), Created: t.Created, Expires: t.Expires}))
}

// PipelineToken returns the access token of a hash. Errors: NotFound.
func (d *DB) PipelineToken(ctx context.Context, hash string) (core.PipelineToken, error) {
	r, err := d.r(ctx).GetPipelineToken(ctx, hash)
	return core.PipelineToken{Hash: r.Hash, Pipeline: core.ID(r.PipelineID), AppID: core.ID(r.AppID), Commit: r.CommitID, Run: r.Run, Scopes: strings.Fields(r.Scopes),
		Created: r.Created, Expires: r.Expires}, found(err, "There is no such token.")
}

// UseCIToken remembers that a forge's token was used; once is false when it was
// used before. Those that have expired at the moment now are forgotten.
func (d *DB) UseCIToken(ctx context.Context, hash string, expires, now int64) (once bool, err error) {
	w, err := d.w(ctx)
	if err != nil {
		return false, err
	}
	if err := w.DropCITokens(ctx, now); err != nil {
		return false, broken("Forgetting old tokens", err)
	}
	n, err := w.UseCIToken(ctx, gen.UseCITokenParams{Hash: hash, Expires: expires})
	return n == 1, broken("Remembering a token", err)
}

func pipeline(r gen.Pipeline) core.Pipeline {
	return core.Pipeline{ID: core.ID(r.ID), AppID: core.ID(r.AppID), Kind: r.Kind, Issuer: r.Issuer, RepositoryID: r.RepositoryID, OwnerID: r.OwnerID, Repository: r.Repository,
		Ref: r.Ref, Environment: r.Environment, Events: strings.FieldsFunc(r.Events, func(c rune) bool { return c == ',' }), Workflow: r.Workflow, WorkflowSHA: r.WorkflowSha,
		SelfHosted: r.SelfHosted, State: core.PipelineState(r.State), Asked: r.Asked, Lapses: r.Lapses, Owner: core.ID(r.Owner), OwnerAt: r.OwnerAt,
		Security: core.ID(r.Security), SecurityAt: r.SecurityAt, Removed: r.Removed, Used: r.Used, Run: r.Run, Version: r.Version}
}
