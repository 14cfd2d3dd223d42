// Package pipeline lets workflows of GitHub and GitLab act for one app each,
// without a key that anybody could lose (SEC-3).
//
// A run shows Paddock one real token of its forge. What the token says, with the
// forge's numbers, is put before the app's owner, who confirms it; for restricted
// data somebody of the security team does too. From then on a run of exactly that
// pipeline exchanges its token for an access token of at most 15 minutes. Nobody
// ever types what a token's sub is to be.
//
//	pending ──> active ──> removed
//	   └──────────^──────────^
//
// A pipeline acts for the person who confirmed it, who answers for it: when they
// leave, or no longer own the app, it stands still until another owner confirms.
// Whether it is confirmed, by whom, and whether it was removed is read at each use.
package pipeline

import (
	"context"
	"io"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/engine/identity/ci"
)

// Bounds.
const (
	TokenLife   = 15 * time.Minute   // the longest that an access token lasts
	pendingLife = 7 * 24 * time.Hour // how long a pipeline waits to be confirmed
	mostPending = 20                 // that wait at one app
	mostOfOne   = 5                  // of one repository
)

// Prefix begins every access token of a pipeline, so that doors and scanners know it.
const Prefix = "pdkp_"

// Scopes are what an access token of a pipeline may be for: rights of authz.
func Scopes() []string {
	return []string{string(authz.AppRead), string(authz.RulesRead), string(authz.ReportAdd), string(authz.AppDeploy)}
}

// Store keeps pipelines and their tokens.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	AddPipeline(ctx context.Context, p core.Pipeline) error
	UpdatePipeline(ctx context.Context, p core.Pipeline) error
	UsePipeline(ctx context.Context, id core.ID, run string, now int64) error
	Pipeline(ctx context.Context, id core.ID) (core.Pipeline, error)
	Pipelines(ctx context.Context, app core.ID) ([]core.Pipeline, error)
	PipelinesOf(ctx context.Context, issuer, repositoryID, repository string) ([]core.Pipeline, error)
	AddPipelineToken(ctx context.Context, t core.PipelineToken) error
	PipelineToken(ctx context.Context, hash string) (core.PipelineToken, error)
	UseCIToken(ctx context.Context, hash string, expires, now int64) (once bool, err error)
	App(ctx context.Context, id core.ID) (core.App, error)
	AppByName(ctx context.Context, name string) (core.App, error)
	Person(ctx context.Context, id core.ID) (core.Person, error)
	People(ctx context.Context) ([]core.Person, error)
}

// Verifier says what a token of a forge is worth.
type Verifier interface {
	Configured() bool
	Verify(ctx context.Context, token string) (ci.Claims, error)
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Teller tells people something once, in the caller's transaction.
type Teller interface {
	Tell(ctx context.Context, n core.Notice) error
}

// Service connects pipelines and gives them tokens. All fields are required.
type Service struct {
	Store  Store
	Verify Verifier
	Audit  Audit
	Tell   Teller
	Clock  core.Clock
	IDs    core.IDs
	Rand   io.Reader // cryptographic
}

// Reasons why a good token gives nothing. They are stable, as those of ci are.
const (
	NotSetUp     = "no_issuers"
	Replayed     = "token_used_before"
	NotConnected = "not_connected"
	Waits        = "not_confirmed"
	Recreated    = "repository_recreated"
	Transferred  = "repository_transferred"
	WrongRef     = "ref_not_allowed"
	WrongEnv     = "environment_not_allowed"
	WrongEvent   = "event_not_allowed"
	WrongFlow    = "workflow_not_allowed"
	ChangedFlow  = "workflow_changed"
	WrongRunner  = "runner_not_allowed"
	NobodyLeft   = "nobody_answers"
	AppGone      = "app_not_running"
	BadScope     = "scope_not_allowed"
	WrongApp     = "app_not_connected"
)

// again says how to go on after a refusal that a new connection mends.
const again = "To connect it again, run paddock ci connect in the pipeline; the app's owner then confirms it."

func refuse(reason, format string, args ...any) *core.Error {
	return core.Errorf(core.Forbidden, format, args...).At(reason)
}
