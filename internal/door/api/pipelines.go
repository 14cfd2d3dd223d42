package api

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// pipelineLimit bounds a request about pipelines: a token of a forge at most.
const pipelineLimit = 32 << 10

func (a *API) pipelines() {
	op(a, "POST", "/pipelines", "ask-pipeline", "Show a pipeline's token, so that the app's owner can confirm the pipeline", row{edge.Anyone, "pipeline.ask", pipelineLimit},
		func(ctx context.Context, _ core.Person, in *struct {
			Body struct {
				App   string `json:"app" maxLength:"63" doc:"Name of the app. The answer is the same whether or not there is one."`
				Token string `json:"token" doc:"The ID token that GitHub Actions or GitLab CI gave the job."`
			}
		}) (*body[view.AskedPipeline], error) {
			return answer(a.desk.AskPipeline(ctx, in.Body.App, in.Body.Token))
		})
	a.signsIn() // anybody may ask, and each question costs a signature
	op(a, "POST", "/apps/{app}/pipelines/{id}/confirm", "confirm-pipeline", "Let a pipeline act for the app", row{"pipeline.manage", "pipeline.confirm", pipelineLimit},
		func(ctx context.Context, who core.Person, in *struct {
			App  string  `path:"app"`
			ID   core.ID `path:"id" doc:"Id of the pipeline, from the app's pipelines."`
			Body struct {
				Events []string `json:"events,omitempty" maxItems:"10" doc:"Further events that may set off a run, from more_events."`
			}
		}) (*body[view.Pipeline], error) {
			return answer(a.desk.ConfirmPipeline(ctx, who, in.App, in.ID, in.Body.Events))
		})
	op(a, "DELETE", "/apps/{app}/pipelines/{id}", "remove-pipeline", "End a pipeline and its access tokens at once", row{"pipeline.manage", "pipeline.remove", 0},
		func(ctx context.Context, who core.Person, in *struct {
			App string  `path:"app"`
			ID  core.ID `path:"id"`
		}) (*none, error) {
			return done(a.desk.RemovePipeline(ctx, who, in.App, in.ID))
		})
}
