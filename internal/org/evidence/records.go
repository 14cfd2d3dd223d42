package evidence

import "github.com/paddock-dev/paddock/internal/core"

// The shapes of the pack's files. Moments are RFC 3339 in UTC, "" for never.
// Ids are those of the audit log.

type appRecord struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Owner       string          `json:"owner"`
	State       string          `json:"state"`
	Created     string          `json:"created_at"`
	LastActive  string          `json:"last_active"`
	Archived    string          `json:"archived_at"`
	Description core.Descriptor `json:"descriptor"`
}

type actorRecord struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Name string `json:"name"`
	Door string `json:"door"`
}

type decisionRecord struct {
	ID       string        `json:"id"`
	Gate     string        `json:"gate"`
	Subject  string        `json:"subject"` // what was decided on: a commit, a digest
	Result   string        `json:"result"`
	Actor    actorRecord   `json:"actor"`
	Policy   string        `json:"policy_revision"`
	Verdicts core.Verdicts `json:"verdicts"`
	Request  string        `json:"approval_request,omitempty"`
	At       string        `json:"at"`
	Digest   string        `json:"input_digest"`
	Input    string        `json:"input"` // the exact bytes given to policy
}

type approvalRecord struct {
	ID        string         `json:"id"`
	Gate      string         `json:"gate"`
	Subject   string         `json:"subject"`
	Digest    string         `json:"digest"`
	Needs     []core.Need    `json:"needs"`
	Requester string         `json:"requester"`
	Excluded  []string       `json:"excluded"`
	State     string         `json:"state"`
	Created   string         `json:"created_at"`
	Expires   string         `json:"expires_at"`
	Answers   []answerRecord `json:"answers"`
}

type answerRecord struct {
	Role     string `json:"role"`
	Approver string `json:"approver"`
	Yes      bool   `json:"yes"`
	Note     string `json:"note"`
	Digest   string `json:"digest"`
	At       string `json:"at"`
}

type artifactRecord struct {
	Digest     string `json:"digest"`
	Commit     string `json:"commit"`
	SBOM       string `json:"sbom"`       // digest; the file is sbom/<hex>.json
	Provenance string `json:"provenance"` // digest; the file is provenance/<hex>.json
	Size       int64  `json:"bytes"`
	Created    string `json:"created_at"`
}

type deploymentRecord struct {
	ID       string `json:"id"`
	Artifact string `json:"artifact"`
	Target   string `json:"target"`
	Region   string `json:"region"`
	State    string `json:"state"`
	Decision string `json:"decision"`
	By       string `json:"by"`
	Created  string `json:"created_at"`
	Ended    string `json:"ended_at"`
}

type vendorRecord struct {
	Name         string   `json:"name"`
	Title        string   `json:"title"`
	Purpose      string   `json:"purpose"`
	State        string   `json:"state"`
	Hosts        []string `json:"hosts"`
	Regions      []string `json:"regions"`
	DPASigned    bool     `json:"dpa_signed"`
	DPAExpires   string   `json:"dpa_expires"`
	PrivacyState string   `json:"privacy_state"`
	PrivacyBy    string   `json:"privacy_by"`
	PrivacyDate  string   `json:"privacy_date"`
}

type leaseRecord struct {
	ID      string `json:"id"`
	Secret  string `json:"secret"` // the name; never a value
	Created string `json:"created_at"`
	Expires string `json:"expires_at"`
	Revoked string `json:"revoked_at"`
	End     string `json:"end"` // in force | expired | revoked
	Why     string `json:"why"`
}

type incidentRecord struct {
	ID    string      `json:"id"`
	Kind  string      `json:"kind"`
	Actor actorRecord `json:"actor"`
	What  string      `json:"what"`
	Place string      `json:"place"`
	At    string      `json:"at"`
}

// Cost is what an app cost in one period.
type Cost struct {
	Period   string  `json:"period"` // YYYY-MM
	Amount   float64 `json:"amount"`
	Budget   float64 `json:"budget"`
	Currency string  `json:"currency"` // ISO 4217
	Requests int64   `json:"requests"`
}

type personRecord struct {
	ID    string `json:"id"`
	Email string `json:"email"`
	Name  string `json:"name"`
}

// eventLine is one line of audit/events.jsonl. Leaf and Opening are exact
// bytes; Proof is a whole tlog-proof file.
type eventLine struct {
	Index   int64  `json:"index"`
	Leaf    string `json:"leaf"`
	Opening string `json:"opening"`
	Proof   string `json:"proof"`
}
