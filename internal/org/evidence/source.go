package evidence

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// Apps finds apps and people.
type Apps interface {
	// AppByName returns an app. NotFound if there is none.
	AppByName(ctx context.Context, name string) (core.App, error)
	App(ctx context.Context, id core.ID) (core.App, error)
	// Person returns a person. NotFound if there is none.
	Person(ctx context.Context, id core.ID) (core.Person, error)
}

// Judged lists what was decided about an app ("" for what is about no app),
// oldest first.
type Judged interface {
	Decisions(ctx context.Context, app core.ID) ([]core.Decision, error)
	RequestsOf(ctx context.Context, app core.ID) ([]core.ApprovalRequest, error)
	Reports(ctx context.Context, app core.ID) ([]Report, error)
}

// Report is a report with the moment at which it was made.
type Report struct {
	core.Report
	At int64
}

// Ran lists what was built and run of an app, and what went wrong.
type Ran interface {
	Artifacts(ctx context.Context, app core.ID) ([]core.Artifact, error)
	Deployments(ctx context.Context, app core.ID) ([]core.Deployment, error)
	Incidents(ctx context.Context, app core.ID) ([]core.Incident, error)
}

// Grants lists what was granted to something for a time, such as leases. Each
// kind of grant comes from one of these; those of people come from their events.
type Grants interface {
	// Grants lists the grants about an app ("" for those about none), oldest first.
	Grants(ctx context.Context, app core.ID) ([]Grant, error)
}

// Grant is a right that ends by itself. Never a credential's value.
type Grant struct {
	Kind    string // lease, ...
	ID      core.ID
	To      string // who or what holds it
	What    string // what it opens
	Created int64
	Expires int64
	Revoked int64  // 0 if nobody ended it
	Why     string // why it was revoked
}

// Access lists what people got for one app, for a while.
type Access interface {
	// Elevation returns one grant, and the digest that an approval of it binds to.
	// Errors: NotFound.
	Elevation(ctx context.Context, id core.ID) (g core.Grant, digest string, err error)
	// Elevations lists the grants for an app.
	Elevations(ctx context.Context, app core.ID) ([]core.Grant, error)
}

// Around tells what surrounds an app.
type Around interface {
	// Costs returns what the app cost in each month that lies in the time.
	Costs(ctx context.Context, app core.App, from, to int64) ([]Cost, error)
	// Certificates returns the courses that a person has passed.
	Certificates(ctx context.Context, person core.ID) ([]Certificate, error)
}

// Certificate is one course that a person has passed, as last taken.
type Certificate struct {
	Course          string
	Passed, Expires int64 // Expires 0 means for ever
}

// Governance reads the governance repository as it was.
type Governance interface {
	// Revision reads one commit. NotFound if it is not there.
	Revision(ctx context.Context, commit string) (Revision, error)
}

// Revision is the governance repository at one commit.
type Revision struct {
	Commit   string
	Policy   policy.Source
	PolicyID string // the name that decisions give to Policy; empty if this Paddock cannot compile it
	Vendors  map[string]core.Vendor
	Files    map[string][]byte // the records of vendors and the settings, by path
}

// VendorFile is the path of a vendor's record.
func VendorFile(name string) string { return "vendors/" + name + ".yaml" }

// Blobs gives content by digest.
type Blobs interface {
	// Get returns the bytes with this digest ("sha256:..."). NotFound otherwise.
	Get(ctx context.Context, digest string) ([]byte, error)
}

// Attestations names signed statements about an artifact beside its provenance,
// such as verification summaries.
type Attestations interface {
	Attestations(ctx context.Context, artifact string) (digests []string, err error)
}

// Event is an audit event that is in the tree, with its exact bytes.
type Event struct {
	ID            core.ID
	At            int64
	Index         int64
	Action        string
	Leaf, Opening string
}

// Span is a time, from From up to, not including, To. The ids of its events lie
// from First up to Past: an id is never older than its event, but may be younger
// by as much as a clock was set back.
type Span struct {
	From, To    int64
	First, Past core.ID
}

// Log gives audit events that are in the tree. All lists are in the order of
// ids, from the one after the given id on, at most n.
type Log interface {
	EventsOf(ctx context.Context, app, after core.ID, n int) ([]Event, error)
	EventsOfAction(ctx context.Context, action string, after core.ID, n int) ([]Event, error)
	// AppsWithEvents lists apps with an event in the span.
	AppsWithEvents(ctx context.Context, s Span, after core.ID, n int) ([]core.ID, error)
	// LeafSpan returns the lowest and highest index of such events; -1 for none.
	LeafSpan(ctx context.Context, s Span) (low, high int64, err error)
	// StrayLeaves lists events with an index from low to high that are not in the
	// span. Only ID and AppID are filled in.
	StrayLeaves(ctx context.Context, low, high int64, s Span, n int) ([]core.Event, error)
	// IntegrateNow makes every committed event provable.
	IntegrateNow(ctx context.Context) (int, error)
}

// Proofs proves events.
type Proofs interface {
	Checkpoint(ctx context.Context) (signed string, c audit.Checkpoint, err error)
	// Prover proves many events under one checkpoint.
	Prover(signed string, c audit.Checkpoint) Prover
}

// Prover proves events under one checkpoint.
type Prover interface {
	Prove(ctx context.Context, index int64) (audit.Proof, error)
}

// Source is where an Exporter takes evidence from. All fields are required.
type Source struct {
	Apps         Apps
	Judged       Judged
	Ran          Ran
	Grants       []Grants
	Access       Access
	Around       Around
	Governance   Governance
	Blobs        Blobs
	Attestations Attestations
	Log          Log
	Proofs       Proofs
}
