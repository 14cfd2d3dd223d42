package api

import (
	"context"
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// named picks an app by its name.
type named struct {
	App string `path:"app" doc:"Name of the app."`
}

// made is a created app: 201 when it is being made, 202 when it waits for a human.
type made struct {
	Status   int
	Location string `header:"Location"`
	Body     view.App
}

func (a *API) apps() {
	op(a, "POST", "/apps", "create-app", "Make an app from a template", row{"app.create", "app.create", 0},
		func(ctx context.Context, who core.Person, in *body[view.NewApp]) (*made, error) {
			app, err := a.desk.CreateApp(ctx, who, in.Body)
			out := &made{Status: http.StatusCreated, Location: "/api/v1/apps/" + app.Name, Body: app}
			if core.CodeOf(err) == core.Pending {
				out.Status = http.StatusAccepted
				return out, nil
			}
			return out, err
		})
	op(a, "GET", "/apps", "list-apps", "List the apps that the caller may see", row{"app.read", readOnly, 0},
		func(ctx context.Context, who core.Person, in *appQuery) (*body[view.AppPage], error) {
			return answer(a.desk.Apps(ctx, who, in.query()))
		})
	op(a, "GET", "/apps/{app}", "get-app", "Show an app", row{"app.read", readOnly, 0},
		func(ctx context.Context, who core.Person, in *named) (*body[view.App], error) {
			return answer(a.desk.App(ctx, who, in.App))
		})
	a.forPipelines()
	op(a, "POST", "/apps/{app}/artifacts", "import-artifact", "Bring an artifact that was built elsewhere", row{"app.deploy", "artifact.import", 32 << 20},
		func(ctx context.Context, who core.Person, in *struct {
			App  string `path:"app"`
			Body view.Bundle
		}) (*body[view.Artifact], error) {
			return answer(a.desk.ImportArtifact(ctx, who, in.App, in.Body))
		})
	a.forPipelines()
	op(a, "POST", "/apps/{app}/deployments", "deploy", "Run an artifact at a target", row{"app.deploy", "app.deploy", 0},
		func(ctx context.Context, who core.Person, in *struct {
			App  string `path:"app"`
			Body struct {
				Artifact string `json:"artifact" doc:"Digest of the artifact."`
				Target   string `json:"target" doc:"Name of the target."`
			}
		}) (*body[view.App], error) {
			if err := a.desk.Deploy(ctx, who, in.App, in.Body.Artifact, in.Body.Target); err != nil {
				return nil, err
			}
			return answer(a.desk.App(ctx, who, in.App))
		})
	a.forPipelines()
}
