// Package change takes an app's change from a push to a merged, built commit:
// checks, report, approvals, the gate, the merge and the artifact (CHK-1, CHK-2,
// CHK-4, WFL-1).
package change

import (
	"context"
	"io/fs"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
	"github.com/paddock-dev/paddock/internal/life/build"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/check"
)

// Store keeps changes, reports and artifacts.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	App(ctx context.Context, id core.ID) (core.App, error)
	SetDescriptor(ctx context.Context, id core.ID, d core.Descriptor) error
	AddChange(ctx context.Context, c core.Change) (core.Change, error)
	SagasOf(ctx context.Context, app core.ID) ([]core.Saga, error)
	Change(ctx context.Context, app core.ID, number int) (core.Change, error)
	OpenChange(ctx context.Context, app core.ID, branch string) (core.Change, error)
	MoveHead(ctx context.Context, c core.Change) error
	EndChange(ctx context.Context, c core.Change, state core.ChangeState, at int64, merge string) error
	PutReport(ctx context.Context, id, app core.ID, r core.Report, at int64) error
	Report(ctx context.Context, app core.ID, commit string) (core.Report, int64, error)
	Changes(ctx context.Context, app core.ID) ([]core.Change, error)
	PutOutsideReport(ctx context.Context, r core.OutsideReport) error
	OutsideReports(ctx context.Context, app core.ID, commit string) ([]core.OutsideReport, error)
	PutOwnReport(ctx context.Context, r core.OwnReport) error
	OwnReports(ctx context.Context, app core.ID, commit string) ([]core.OwnReport, error)
	PutArtifact(ctx context.Context, a core.Artifact) error
	// PutParts keeps what an artifact that is kept already is made of.
	PutParts(ctx context.Context, artifact, sbom string, state core.BillState, parts []core.Part) error
	AddIncident(ctx context.Context, i core.Incident) error
}

// Forge reads and merges repositories.
type Forge interface {
	Head(ctx context.Context, name, branch string) (string, error)
	Tree(ctx context.Context, name, commit string) (fs.FS, error)
	Commits(ctx context.Context, name, base, head string) ([]core.Commit, error)
	UpToDate(ctx context.Context, name, base, head string) (bool, error)
	Merge(ctx context.Context, name, base, head, author, message string, at time.Time) (string, error)
}

// Checks inspects a tree.
type Checks interface {
	Run(ctx context.Context, in check.Input) (core.Report, error)
}

// Scanner looks for secrets in one file of a push.
type Scanner interface {
	Scan(path string, content []byte) []core.Finding
}

// Builder makes an artifact of a tree.
type Builder interface {
	Build(ctx context.Context, in build.Request) (core.Artifact, error)
}

// People finds people by the e-mail in a commit.
type People interface {
	Person(ctx context.Context, id core.ID) (core.Person, error)
}

// Approvals voids what a push has made stale.
type Approvals interface {
	Void(ctx context.Context, by core.Actor, app core.ID, g core.Gate, exceptDigest string) error
}

// Sagas runs multi-step acts.
type Sagas interface {
	Start(ctx context.Context, kind, key string, app core.ID, data any, actor core.Actor) (core.Saga, error)
	Run(ctx context.Context, id core.ID) (core.Saga, error)
}

// Queue enqueues a task in the caller's transaction.
type Queue interface {
	Add(ctx context.Context, name string, payload any) error
}

// Catalog is the governance revision in force.
type Catalog interface {
	Current() *catalog.Revision
}

// VEX is the statements about known holes that are in force.
type VEX interface {
	Current(ctx context.Context) (*openvex.Set, error)
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

// Service handles changes. All fields are required.
type Service struct {
	Store     Store
	Forge     Forge
	Checks    Checks
	Scanner   Scanner
	Builder   Builder
	People    People
	Approvals Approvals
	Sagas     Sagas
	Queue     Queue
	Catalog   Catalog
	VEX       VEX
	Gates     *gate.Gates
	Training  Training
	Tell      Teller
	Audit     Audit
	Clock     core.Clock
	IDs       core.IDs

	checking singleflight.Group
}
