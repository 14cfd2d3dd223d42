package store

import (
	"context"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// PutArtifact keeps an artifact; building the same digest again changes nothing else.
func (d *DB) PutArtifact(ctx context.Context, a core.Artifact) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	err = w.PutArtifact(ctx, gen.PutArtifactParams{Digest: a.Digest, AppID: string(a.AppID), CommitID: a.Commit,
		Sbom: a.SBOM, Provenance: a.Provenance, Size: a.Size, Created: a.Created})
	if err != nil {
		return broken("Keeping an artifact", err)
	}
	return broken("Keeping an artifact", putBill(ctx, w, a))
}

// Artifact returns the artifact of a digest. Errors: NotFound.
func (d *DB) Artifact(ctx context.Context, digest string) (core.Artifact, error) {
	row, err := d.r(ctx).GetArtifact(ctx, digest)
	return artifact(row), found(err, "There is no artifact %q.", digest)
}

// ArtifactOf returns the newest artifact of a commit. Errors: NotFound.
func (d *DB) ArtifactOf(ctx context.Context, app core.ID, commit string) (core.Artifact, error) {
	row, err := d.r(ctx).ArtifactOfCommit(ctx, gen.ArtifactOfCommitParams{AppID: string(app), CommitID: commit})
	return artifact(row), found(err, "Commit %q has not been built.", commit)
}

// Artifacts lists an app's artifacts, newest first.
func (d *DB) Artifacts(ctx context.Context, app core.ID) ([]core.Artifact, error) {
	rows, err := d.r(ctx).ListArtifacts(ctx, string(app))
	return each(rows, err, artifact, "Listing artifacts")
}

// AddDeployment keeps a new deployment in the state it carries.
func (d *DB) AddDeployment(ctx context.Context, x core.Deployment) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	err = w.InsertDeployment(ctx, gen.InsertDeploymentParams{ID: string(x.ID), AppID: string(x.AppID), Artifact: x.Artifact, Target: x.Target,
		Region: x.Region, State: string(x.State), Decision: string(x.Decision), ByPerson: string(x.By), Created: x.Created})
	if err != nil || x.State != core.DeployLive {
		return broken("Deploying", err)
	}
	if err := setLive(ctx, w, x.Artifact, true); err != nil {
		return broken("Deploying", err)
	}
	return d.announce(ctx, News{DeploymentChanged, string(x.AppID)})
}

// MoveDeployment changes a deployment's state. Errors: Conflict when it has moved meanwhile.
func (d *DB) MoveDeployment(ctx context.Context, x core.Deployment, to core.DeploymentState, ended int64) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.SetDeploymentState(ctx, gen.SetDeploymentStateParams{ID: string(x.ID), State: string(x.State), State_2: string(to), Ended: ended})
	err = changed(n, err, "Changing a deployment", core.Errorf(core.Conflict, "This deployment is no longer %s.", x.State))
	if err != nil || (x.State == core.DeployLive) == (to == core.DeployLive) {
		return err
	}
	row, err := w.GetDeployment(ctx, string(x.ID))
	if err != nil {
		return broken("Changing a deployment", err)
	}
	if err := setLive(ctx, w, row.Artifact, to == core.DeployLive); err != nil {
		return broken("Changing a deployment", err)
	}
	return d.announce(ctx, News{DeploymentChanged, row.AppID})
}

// Deployment returns one deployment. Errors: NotFound.
func (d *DB) Deployment(ctx context.Context, id core.ID) (core.Deployment, error) {
	row, err := d.r(ctx).GetDeployment(ctx, string(id))
	return deployment(row), found(err, "There is no deployment with the id %q.", id)
}

// Live returns an app's live deployment. Errors: NotFound.
func (d *DB) Live(ctx context.Context, app core.ID) (core.Deployment, error) {
	row, err := d.r(ctx).LiveDeployment(ctx, string(app))
	return deployment(row), found(err, "The app is not deployed.")
}

// LastDeployment returns the newest deployment that was ever live. Errors: NotFound.
func (d *DB) LastDeployment(ctx context.Context, app core.ID) (core.Deployment, error) {
	row, err := d.r(ctx).LatestDeployment(ctx, string(app))
	return deployment(row), found(err, "The app was never deployed.")
}

// AllLive lists every live deployment.
func (d *DB) AllLive(ctx context.Context) ([]core.Deployment, error) {
	rows, err := d.r(ctx).ListLiveDeployments(ctx)
	return each(rows, err, deployment, "Listing deployments")
}

// Deployments lists an app's deployments, newest first.
func (d *DB) Deployments(ctx context.Context, app core.ID) ([]core.Deployment, error) {
	rows, err := d.r(ctx).ListDeployments(ctx, string(app))
	return each(rows, err, deployment, "Listing deployments")
}

func artifact(r gen.Artifact) core.Artifact {
	return core.Artifact{Digest: r.Digest, AppID: core.ID(r.AppID), Commit: r.CommitID, SBOM: r.Sbom, Provenance: r.Provenance, Size: r.Size, Created: r.Created}
}

func deployment(r gen.Deployment) core.Deployment {
	return core.Deployment{ID: core.ID(r.ID), AppID: core.ID(r.AppID), Artifact: r.Artifact, Target: r.Target, Region: r.Region, State: core.DeploymentState(r.State),
		Decision: core.ID(r.Decision), By: core.ID(r.ByPerson), Created: r.Created, Ended: r.Ended}
}
