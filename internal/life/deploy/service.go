// Package deploy puts an artifact to work at a target: it verifies the
// artifact's evidence from the stored bytes, asks the gate, opens the leases of
// the app's credentials, starts the app and switches over (CHK-4, RUN-5, SEC-5).
package deploy

import (
	"context"
	"io/fs"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/run"
)

// Store keeps deployments.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	App(ctx context.Context, id core.ID) (core.App, error)
	Artifact(ctx context.Context, digest string) (core.Artifact, error)
	PutArtifact(ctx context.Context, a core.Artifact) error
	Report(ctx context.Context, app core.ID, commit string) (core.Report, int64, error)
	// Decisions lists what was decided about an app.
	Decisions(ctx context.Context, app core.ID) ([]core.Decision, error)
	Changes(ctx context.Context, app core.ID) ([]core.Change, error)
	AddDeployment(ctx context.Context, d core.Deployment) error
	MoveDeployment(ctx context.Context, d core.Deployment, to core.DeploymentState, ended int64) error
	Deployment(ctx context.Context, id core.ID) (core.Deployment, error)
	SagasOf(ctx context.Context, app core.ID) ([]core.Saga, error)
	Live(ctx context.Context, app core.ID) (core.Deployment, error)
	// LiveAppsWithVendors lists up to most apps that are deployed and declare
	// vendors, by id from after on.
	LiveAppsWithVendors(ctx context.Context, after core.ID, most int) ([]core.App, error)
}

// Evidence verifies an artifact's stored bytes and signatures.
type Evidence interface {
	Verify(ctx context.Context, digest string) (Proof, error)
	Load(ctx context.Context, digest string) (Bundle, error)
	// Resolve returns the digest that an app's tag stands for now. Errors: NotFound.
	Resolve(ctx context.Context, app, tag string) (digest string, err error)
	// Summarise signs what was decided about an artifact, attaches it and returns
	// the digest of the summary; it is empty when there is no such artifact.
	Summarise(ctx context.Context, digest string, v Verdict) (string, error)
}

// Verdict is a decision about an artifact, for its summary.
type Verdict struct {
	App, Target string
	Policy      string   // the revision in force
	Passed      bool     // or it was denied
	Inputs      []string // digests of the evidence that was looked at
	Level       int      // the SLSA build level of its builder
	At          time.Time
}

// Bundle is what an artifact holds.
type Bundle struct {
	Worker []byte
	Public fs.FS
}

// Proof is what was found of an artifact's evidence.
type Proof struct {
	SBOM, Provenance string // digests; empty if there is none
	Signed           bool   // the provenance's signature and subject hold
	Level            int    // the SLSA build level of the builder
}

// Runtime runs apps.
type Runtime interface {
	Deploy(ctx context.Context, s run.Spec) error
	Allow(app core.ID, vendors []core.Vendor) error
	Stop(ctx context.Context, app core.ID, why string) error
	Follow(ctx context.Context, s run.Spec) error
	Runs(app core.ID) (deployment core.ID)
	Known() []core.ID
}

// Leases opens credentials for an app.
type Leases interface {
	Lease(ctx context.Context, app core.ID, secret string, ttl time.Duration) (core.Lease, error)
}

// Sagas runs multi-step acts.
type Sagas interface {
	Start(ctx context.Context, kind, key string, app core.ID, data any, actor core.Actor) (core.Saga, error)
	Run(ctx context.Context, id core.ID) (core.Saga, error)
}

// Catalog is the governance revision in force.
type Catalog interface {
	Current() *catalog.Revision
}

// Training knows the courses a person has passed.
type Training interface {
	Valid(ctx context.Context, person core.ID) ([]string, error)
}

// Teller tells people something once.
type Teller interface {
	Tell(ctx context.Context, n core.Notice) error
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Service deploys. All fields are required.
type Service struct {
	Store    Store
	Evidence Evidence
	Runtime  Runtime
	Leases   Leases
	Sagas    Sagas
	Catalog  Catalog
	Gates    *gate.Gates
	Training Training
	Tell     Teller
	Audit    Audit
	Clock    core.Clock
	IDs      core.IDs

	started sync.Map // the deployment of each app that this process started last: core.ID -> core.ID
}
