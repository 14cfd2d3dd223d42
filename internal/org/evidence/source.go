package evidence

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
)

// Apps finds apps and people.
type Apps interface {
	// AppByName returns an app. NotFound if there is none.
	AppByName(ctx context.Context, name string) (core.App, error)
	// Person returns a person. NotFound if there is none.
	Person(ctx context.Context, id core.ID) (core.Person, error)
}

// Judged lists what was decided about an app, oldest first.
type Judged interface {
	Decisions(ctx context.Context, app core.ID) ([]core.Decision, error)
	RequestsOf(ctx context.Context, app core.ID) ([]core.ApprovalRequest, error)
	Reports(ctx context.Context, app core.ID) ([]core.Report, error)
}

// Ran lists what was built and run of an app, and what went wrong.
type Ran interface {
	Artifacts(ctx context.Context, app core.ID) ([]core.Artifact, error)
	Deployments(ctx context.Context, app core.ID) ([]core.Deployment, error)
	Leases(ctx context.Context, app core.ID) ([]core.Lease, error)
	Incidents(ctx context.Context, app core.ID) ([]core.Incident, error)
}

// Around tells what surrounds an app now.
type Around interface {
	// Vendors returns the records of the named vendors; unknown ones are left out.
	Vendors(ctx context.Context, names []string) ([]core.Vendor, error)
	// Costs returns what the app cost, by month, oldest first.
	Costs(ctx context.Context, app core.App) ([]Cost, error)
}

// Blobs gives content by digest.
type Blobs interface {
	// Get returns the bytes with this digest ("sha256:..."). NotFound otherwise.
	Get(ctx context.Context, digest string) ([]byte, error)
}

// Log gives an app's audit events.
type Log interface {
	// EachEvent calls fn for each integrated event about the app, by index, with
	// the exact leaf and opening.
	EachEvent(ctx context.Context, app core.ID, fn func(index int64, leaf, opening string) error) error
	// IntegrateNow makes every committed event provable.
	IntegrateNow(ctx context.Context) (int, error)
}

// Source is where an Exporter takes evidence from.
type Source struct {
	Apps   Apps
	Judged Judged
	Ran    Ran
	Around Around
	Blobs  Blobs
	Log    Log
	Proofs *audit.Reader
}
