package core

// Artifact is what is deployed, named by digest, with its evidence.
type Artifact struct {
	Digest     string // sha256:... of the OCI manifest
	AppID      ID
	Commit     string
	SBOM       string // digest of the CycloneDX document; empty if there is none
	Provenance string // digest of the signed provenance; empty if there is none
	Size       int64
	Created    int64
}

// Referrer is what is attached to an artifact, as a registry lists it: a hint
// of what to read, and no proof of anything.
type Referrer struct {
	Digest    string // of the manifest
	Type      string // media type of what is attached
	Predicate string // of a signed statement: what kind it says it is
}

// DeploymentState is where a deployment is.
type DeploymentState string

// The states of a deployment.
const (
	DeployStarting DeploymentState = "starting"
	DeployLive     DeploymentState = "live"
	DeployReplaced DeploymentState = "replaced"
	DeployStopped  DeploymentState = "stopped"
	DeployFailed   DeploymentState = "failed"
)

// Deployment is one artifact running, or having run, at one target.
type Deployment struct {
	ID       ID
	AppID    ID
	Artifact string
	Target   string
	Region   string
	State    DeploymentState
	Decision ID
	By       ID
	Created  int64
	Ended    int64
}

// Lease is a short-lived credential with an owner and an end.
type Lease struct {
	ID      ID
	AppID   ID
	Secret  string // name of the secret it gives the use of
	Created int64
	Expires int64
	Revoked int64 // 0 while in force
	Why     string
}

// FactStatus says what is known about a fact.
type FactStatus string

// The statuses. A failed read is not absence (promise 3).
const (
	Seen       FactStatus = "seen"
	NotSeen    FactStatus = "not_seen"
	ReadFailed FactStatus = "read_failed"
	Gone       FactStatus = "gone"
)

// Fact is something observed, with its source, time and status.
type Fact struct {
	AppID    ID
	Kind     string // last_use, cost, owner
	Source   string
	Status   FactStatus
	Value    string
	Observed int64
}

// Usage is what an app used in one hour.
type Usage struct {
	AppID     ID
	Hour      int64 // Stamp of the hour's start
	Requests  int64
	Errors    int64
	WallMS    int64
	CPUMS     int64
	MiBMS     int64 // memory held, MiB times milliseconds
	BytesOut  int64 // answered to people
	EgressOut int64 // sent to vendors
}

// Notice is one message to one person; Key makes it be sent once.
type Notice struct {
	ID     ID
	Person ID
	AppID  ID
	Key    string
	Title  string
	Body   string // why, in plain words
	Link   string // the one thing to press
	At     int64
	Read   int64
}

// Incident is something that security should know of; the value of a secret is
// never in it.
type Incident struct {
	ID          ID
	Kind        string // secret_in_push, egress_refused, limit_hit
	AppID       ID
	Actor       Actor
	What        string
	Place       string // path:line or host
	Fingerprint string
	At          int64
}

// Ticket is an item in the built-in ticket list.
type Ticket struct {
	ID    ID
	AppID ID
	Key   string // makes it be opened once
	Title string
	Body  string
	Open  bool
	Owner ID
	At    int64
}

// Event is one entry of the audit log. Fields that name a person are replaced
// by salted commitments in the leaf, so erasure keeps the proofs.
type Event struct {
	ID     ID
	At     int64
	Action string // e.g. "app.create"; stable, dotted
	Actor  Actor
	AppID  ID
	Gate   Gate
	Target string            // what was acted on
	Code   string            // outcome: ok, or an error code
	Data   map[string]string // further facts, never secrets
}
