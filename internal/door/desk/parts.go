package desk

import (
	"context"
	"io"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/engine/recall"
	"github.com/paddock-dev/paddock/internal/life/change"
	"github.com/paddock-dev/paddock/internal/life/deploy"
	"github.com/paddock-dev/paddock/internal/life/govern"
	"github.com/paddock-dev/paddock/internal/life/provision"
	"github.com/paddock-dev/paddock/internal/life/retire/archive"
	"github.com/paddock-dev/paddock/internal/life/unsaved"
	"github.com/paddock-dev/paddock/internal/org/access"
	"github.com/paddock-dev/paddock/internal/org/approval"
	"github.com/paddock-dev/paddock/internal/org/evidence"
	"github.com/paddock-dev/paddock/internal/org/fleet"
	"github.com/paddock-dev/paddock/internal/org/inventory"
	"github.com/paddock-dev/paddock/internal/org/pipeline"
)

// Parts are the use cases and readers behind the desk.
type Parts struct {
	Store     Store
	Log       EventStore
	Catalog   Catalog
	Identity  *identity.Service
	Provision *provision.Service
	Changes   *change.Service
	Deploys   *deploy.Service
	Archives  *archive.Service
	Approvals *approval.Approvals
	Pipelines *pipeline.Service
	Access    *access.Service
	Data      Data
	Retire    Retire
	Fleet     Fleet
	VEX       VEX
	Govern    *govern.Service
	Carrier   Carrier
	Lender    Lender
	Inventory Inventory
	Costs     Costs
	Training  Training
	Secrets   Secrets
	Imports   Importer
	Index     func(ctx context.Context, a core.Artifact) error // lists the parts of an artifact that is kept
	Evidence  Evidence
	Recall    *recall.Recall
	Forge     Forge
	Queue     Queue
	Audit     Audit
	Sagas     Sagas
	Issuer    Issuer
	Reviews   Reviews
	Unsaved   *unsaved.Service
	Owners    Owners
	Brought   Directories
	Tell      Teller
}

// Owners gives apps to other owners.
type Owners interface {
	Give(ctx context.Context, who core.Person, by core.Actor, a core.App, email string) error
}

// Teller tells people, once for each key, in the caller's transaction.
type Teller interface {
	Tell(ctx context.Context, n core.Notice) error
}

// Store reads records for views.
type Store interface {
	GrantStore
	Reviews(ctx context.Context) ([]core.Review, error)
	ReviewItems(ctx context.Context, review core.ID, open, unused bool, after core.ID, most int) ([]core.ReviewItem, error)
	ReviewTally(ctx context.Context, review core.ID) (core.ReviewTally, error)
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	Quietly(ctx context.Context, fn func(ctx context.Context) error) error
	AppByName(ctx context.Context, name string) (core.App, error)
	App(ctx context.Context, id core.ID) (core.App, error)
	AppsNamed(ctx context.Context, names []string) ([]core.App, error)
	Standings(ctx context.Context, apps []core.ID) (map[core.ID]core.Standing, error)
	Verdicts(ctx context.Context, app core.ID, commits []string) (map[string]core.Verdict, error)
	Person(ctx context.Context, id core.ID) (core.Person, error)
	PersonByEmail(ctx context.Context, email string) (core.Person, error)
	People(ctx context.Context) ([]core.Person, error)
	Change(ctx context.Context, app core.ID, number int) (core.Change, error)
	Changes(ctx context.Context, app core.ID) ([]core.Change, error)
	Report(ctx context.Context, app core.ID, commit string) (core.Report, int64, error)
	Reports(ctx context.Context, app core.ID) ([]core.Report, error)
	Artifacts(ctx context.Context, app core.ID) ([]core.Artifact, error)
	Deployments(ctx context.Context, app core.ID) ([]core.Deployment, error)
	SagasOf(ctx context.Context, app core.ID) ([]core.Saga, error)
	Tickets(ctx context.Context, app core.ID) ([]core.Ticket, error)
	Incidents(ctx context.Context, app core.ID) ([]core.Incident, error)
	Notices(ctx context.Context, person core.ID) ([]core.Notice, error)
	Unread(ctx context.Context, person core.ID) (int, error)
	ReadNotice(ctx context.Context, person, id core.ID, at int64) error
	PendingRequests(ctx context.Context) ([]core.ApprovalRequest, error)
	Request(ctx context.Context, id core.ID) (core.ApprovalRequest, error)
	Decisions(ctx context.Context, app core.ID) ([]core.Decision, error)
	Memberships(ctx context.Context, person core.ID) ([]core.Membership, error)
	RequestFor(ctx context.Context, gate core.Gate, app core.ID, digest string) (core.ApprovalRequest, bool, error)
	RequestsOf(ctx context.Context, app core.ID) ([]core.ApprovalRequest, error)
	Certificates(ctx context.Context, person core.ID) (map[string]int64, error)
	VEXDocuments(ctx context.Context) ([]core.VEX, error)
	OwnReports(ctx context.Context, app core.ID, commit string) ([]core.OwnReport, error)
	OutsideReports(ctx context.Context, app core.ID, commit string) ([]core.OutsideReport, error)
	OutsideDecisions(ctx context.Context, before core.ID, drift bool, most int) ([]core.OutsideDecision, error)
}

// Fleet lists apps.
type Fleet interface {
	List(ctx context.Context, a fleet.Ask) (fleet.Page, error)
}

// Inventory finds who holds a component.
type Inventory interface {
	Search(ctx context.Context, a inventory.Ask) (inventory.Answer, error)
}

// Forge tells what a change changes.
type Forge interface {
	ChangedFiles(ctx context.Context, name, base, head string) ([]core.FileChange, error)
}

// Retire takes apps out of the retirement queue.
type Retire interface {
	Reactivate(ctx context.Context, actor core.Actor, a core.App) error
}

// Queue enqueues a task in the caller's transaction.
type Queue interface {
	Add(ctx context.Context, name string, payload any) error
}

// Sagas names the steps of a kind of saga.
type Sagas interface {
	Steps(kind string) []string
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Secrets keeps the organisation's secrets.
type Secrets interface {
	Put(ctx context.Context, name string, value core.Secret, by core.Actor) error
	Names(ctx context.Context) ([]string, error)
}

// Importer keeps an artifact that was built elsewhere.
type Importer interface {
	// Import verifies bundles, if any, by the rules of trust, and attaches them.
	Import(ctx context.Context, a core.App, commit string, worker []byte, public map[string][]byte, bundles [][]byte) (core.Artifact, error)
	// ImportReference fetches one from another registry, with what its builder
	// attached to it there.
	ImportReference(ctx context.Context, a core.App, reference string) (core.Artifact, error)
	// Document returns a stored SBOM or provenance document.
	Document(ctx context.Context, digest string) (mediaType string, body []byte, err error)
}

// Evidence writes evidence packs.
type Evidence interface {
	Export(ctx context.Context, scope evidence.Scope, w io.Writer) (evidence.Summary, error)
}
