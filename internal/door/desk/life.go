package desk

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// Deploy runs an artifact at a target.
func (d *Desk) Deploy(ctx context.Context, who core.Person, app, artifact, target string) error {
	a, err := d.appIn(ctx, who, app, authz.AppDeploy, target)
	if err != nil {
		return err
	}
	_, err = d.Deploys.Deploy(ctx, who, actor(ctx, who), a, artifact, target)
	return err
}

// ImportArtifact keeps an artifact that was built elsewhere, with the evidence
// that its builder signed.
func (d *Desk) ImportArtifact(ctx context.Context, who core.Person, app string, in view.Bundle) (view.Artifact, error) {
	a, err := d.app(ctx, who, app, authz.AppDeploy)
	if err != nil {
		return view.Artifact{}, err
	}
	public := make(map[string][]byte, len(in.Public))
	for path, text := range in.Public {
		public[path] = []byte(text)
	}
	bundles := make([][]byte, len(in.Bundles))
	for i, b := range in.Bundles {
		bundles[i] = b
	}
	var art core.Artifact
	switch {
	case in.Reference == "":
		art, err = d.Imports.Import(ctx, a, in.Commit, []byte(in.Worker), public, bundles)
	case in.Commit != "" || in.Worker != "" || len(in.Public)+len(in.Bundles) > 0:
		err = core.Errorf(core.Invalid, "The artifact is named by its reference and given by its parts.").At("reference").Hinted("Send the reference alone, or the parts.")
	default:
		art, err = d.Imports.ImportReference(ctx, a, in.Reference)
	}
	if err == nil {
		err = ofItsRun(who, art.Commit)
	}
	if err != nil {
		return view.Artifact{}, err
	}
	err = d.Store.InTx(ctx, func(ctx context.Context) error {
		if err := d.Deploys.Keep(ctx, art); err != nil {
			return err
		}
		return d.Audit.Append(ctx, core.Event{Action: "artifact.import", Actor: actor(ctx, who), AppID: a.ID, Target: art.Digest, Code: "ok", Data: map[string]string{"commit": art.Commit, "reference": in.Reference, "sbom": art.SBOM, "provenance": art.Provenance}})
	})
	if err == nil && art.SBOM != "" {
		_ = d.Index(ctx, art) // if not now, the next sweep lists it
	}
	return artifactView(art), err
}

// Archive takes an app out of service.
func (d *Desk) Archive(ctx context.Context, who core.Person, app string) error {
	a, err := d.app(ctx, who, app, authz.AppArchive)
	if err != nil {
		return err
	}
	return d.Archives.Archive(ctx, a, actor(ctx, who), "by "+who.Email)
}

// Restore brings an archived app back.
func (d *Desk) Restore(ctx context.Context, who core.Person, app string) error {
	a, err := d.app(ctx, who, app, authz.AppArchive)
	if err != nil {
		return err
	}
	return d.Archives.Restore(ctx, who, actor(ctx, who), a)
}

// Reactivate takes an app out of the retirement queue.
func (d *Desk) Reactivate(ctx context.Context, who core.Person, app string) error {
	a, err := d.app(ctx, who, app, authz.AppKeep)
	if err != nil {
		return err
	}
	return d.Retire.Reactivate(ctx, actor(ctx, who), a)
}

// Give makes somebody else the owner of an app.
func (d *Desk) Give(ctx context.Context, who core.Person, app, email string) error {
	if err := authz.Can(who, authz.PeopleManage, nil); err != nil {
		return err
	}
	a, err := d.app(ctx, who, app, authz.AppRead)
	if err != nil {
		return err
	}
	return d.Owners.Give(ctx, who, actor(ctx, who), a, email)
}

// Document returns an SBOM or provenance document of one of the app's artifacts.
func (d *Desk) Document(ctx context.Context, who core.Person, app, digest string) (string, []byte, error) {
	a, err := d.app(ctx, who, app, authz.AppRead)
	if err != nil {
		return "", nil, err
	}
	arts, err := d.Store.Artifacts(ctx, a.ID)
	if err != nil {
		return "", nil, err
	}
	for _, x := range arts {
		if digest != "" && (x.SBOM == digest || x.Provenance == digest) {
			return d.Imports.Document(ctx, digest)
		}
	}
	return "", nil, core.Errorf(core.NotFound, "App %q has no document %q.", app, digest)
}
