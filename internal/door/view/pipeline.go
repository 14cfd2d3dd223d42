package view

import (
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Pipeline is a workflow of a forge that may act for an app, or asks to.
type Pipeline struct {
	ID           core.ID   `json:"id"`
	Forge        string    `json:"forge" enum:"github,gitlab"`
	Issuer       string    `json:"issuer"`
	Repository   string    `json:"repository" doc:"As the forge called it last. The numbers are what counts."`
	RepositoryID string    `json:"repository_id"`
	OwnerID      string    `json:"owner_id" doc:"Number of the repository's owner; of a GitLab project, its namespace's."`
	Ref          string    `json:"ref"`
	Environment  string    `json:"environment,omitempty"`
	Events       []string  `json:"events" doc:"What may set off a run."`
	Workflow     string    `json:"workflow"`
	WorkflowSHA  string    `json:"workflow_sha,omitempty" doc:"The commit that the workflow is pinned to; absent when it is the repository's own."`
	SelfHosted   bool      `json:"self_hosted" doc:"Runners of one's own are allowed."`
	State        string    `json:"state" enum:"asks,security,active,stopped" doc:"asks: the owner has not confirmed it. security: the security team has not. stopped: who confirmed it does not own the app any more."`
	Asked        time.Time `json:"asked_at"`
	Lapses       time.Time `json:"lapses_at,omitzero"`
	Owner        string    `json:"owner,omitempty" doc:"Who confirmed it, and answers for it."`
	Security     string    `json:"security,omitempty"`
	Used         time.Time `json:"used_at,omitzero"`
	Run          string    `json:"run,omitempty" doc:"The last one."`
	Namesake     bool      `json:"namesake,omitempty" doc:"Another repository of the same name is connected: this one may have been made in its place."`
	MoreEvents   []string  `json:"more_events" doc:"What else may be allowed to set off a run."`
	CanConfirm   bool      `json:"can_confirm"`
	CanRemove    bool      `json:"can_remove"`
}

// AskedPipeline is what the forge says of a run that asks to be connected.
type AskedPipeline struct {
	Forge        string `json:"forge"`
	Repository   string `json:"repository"`
	RepositoryID string `json:"repository_id"`
	Ref          string `json:"ref"`
	Environment  string `json:"environment,omitempty"`
	Event        string `json:"event"`
	Workflow     string `json:"workflow"`
	Next         string `json:"next" doc:"What happens now, in words."`
}
