package evidence

import "github.com/paddock-dev/paddock/internal/core"

// The shapes of the pack's files, one JSON object a line. Moments are RFC 3339
// in UTC, "" for never. Ids are those of the audit log, log_index is the place
// in audit/events.jsonl's tree. A record with support is not of the time that
// was asked for, but something in it rests on it.

type appRecord struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Owner       string          `json:"owner"`
	OwnerID     string          `json:"owner_id"`
	BuddyID     string          `json:"buddy_id,omitempty"`
	State       string          `json:"state"` // at the export
	Created     string          `json:"created_at"`
	LastActive  string          `json:"last_active"`
	IdleSince   string          `json:"idle_since"`
	Archived    string          `json:"archived_at"`
	Description core.Descriptor `json:"descriptor"`
	Support     bool            `json:"support,omitempty"`
}

type actorRecord struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Name string `json:"name"`
	Door string `json:"door"`
}

type decisionRecord struct {
	ID       string        `json:"id"`
	App      string        `json:"app"`
	Gate     string        `json:"gate"`
	Subject  string        `json:"subject"` // what was decided on: a commit, a digest
	Result   string        `json:"result"`
	Actor    actorRecord   `json:"actor"`
	Policy   string        `json:"policy_revision"` // its text is policies/<hex>.json
	Verdicts core.Verdicts `json:"verdicts"`
	Request  string        `json:"approval_request,omitempty"`
	At       string        `json:"at"`
	Digest   string        `json:"input_digest"`
	Input    string        `json:"input"`             // the exact bytes given to policy
	Event    int64         `json:"log_index"`         // -1 if the pack has no such event
	Fired    []core.Fired  `json:"fired,omitempty"`   // the rules that had something to say
	Took     int64         `json:"took_us,omitempty"` // microseconds that the rules needed
	Support  bool          `json:"support,omitempty"`
}

type approvalRecord struct {
	ID        string         `json:"id"`
	App       string         `json:"app"`
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
	Event     int64          `json:"log_index"`
	Support   bool           `json:"support,omitempty"`
}

type answerRecord struct {
	Role     string `json:"role"`
	Approver string `json:"approver"`
	Yes      bool   `json:"yes"`
	Note     string `json:"note"`
	Digest   string `json:"digest"`
	At       string `json:"at"`
	Event    int64  `json:"log_index"`
	For      string `json:"for,omitempty"`   // the absent person whose delegate they were
	Basis    string `json:"basis,omitempty"` // role, owner, group, delegate or escalation
}

type reportRecord struct {
	App     string      `json:"app"`
	At      string      `json:"at"`
	Report  core.Report `json:"report"`
	Support bool        `json:"support,omitempty"`
}

type artifactRecord struct {
	Digest       string   `json:"digest"`
	App          string   `json:"app"`
	Commit       string   `json:"commit"`
	SBOM         string   `json:"sbom"`                   // digest; the file is sbom/<hex>.json
	Provenance   string   `json:"provenance"`             // digest; the file is provenance/<hex>.json
	Attestations []string `json:"attestations,omitempty"` // digests; the files are attestations/<hex>.json
	Size         int64    `json:"bytes"`
	Created      string   `json:"created_at"`
	Support      bool     `json:"support,omitempty"`
}

type deploymentRecord struct {
	ID       string `json:"id"`
	App      string `json:"app"`
	Artifact string `json:"artifact"`
	Target   string `json:"target"`
	Region   string `json:"region"`
	State    string `json:"state"`
	Decision string `json:"decision"`
	By       string `json:"by"`
	Created  string `json:"created_at"`
	Ended    string `json:"ended_at"`
	Support  bool   `json:"support,omitempty"`
}

// grantRecord is a right that ends by itself: an approval that was granted, a
// lease on a secret, access of a person for a while.
type grantRecord struct {
	Kind    string        `json:"kind"`
	ID      string        `json:"id"`
	App     string        `json:"app"`
	To      string        `json:"to"`
	What    string        `json:"what"` // never a value
	Created string        `json:"created_at"`
	Expires string        `json:"expires_at"`
	Ended   string        `json:"ended_at"`
	End     string        `json:"end"` // in force | expired | revoked | voided; of access also draft | pending | scheduled | denied | withdrawn | lapsed
	Why     string        `json:"why"`
	Access  *accessRecord `json:"access,omitempty"` // of the kind access
	Support bool          `json:"support,omitempty"`
}

type incidentRecord struct {
	ID      string      `json:"id"`
	App     string      `json:"app"`
	Kind    string      `json:"kind"`
	Actor   actorRecord `json:"actor"`
	What    string      `json:"what"`
	Place   string      `json:"place"`
	At      string      `json:"at"`
	Support bool        `json:"support,omitempty"`
}

// Cost is what an app cost in one month.
type Cost struct {
	App      string  `json:"app"`
	Period   string  `json:"period"` // YYYY-MM
	Amount   float64 `json:"amount"`
	Budget   float64 `json:"budget"`
	Currency string  `json:"currency"` // ISO 4217
	Requests int64   `json:"requests"`
	Hours    int     `json:"metered_hours"`
	Support  bool    `json:"support,omitempty"`
}

// actRecord is an act that is told by its event alone: a fact of an app's life,
// or of somebody's access. The verifier makes it again from the event.
type actRecord struct {
	Event   int64             `json:"log_index"`
	At      string            `json:"at"`
	App     string            `json:"app"`
	Action  string            `json:"action"`
	Actor   actorRecord       `json:"actor"`
	Target  string            `json:"target"`
	Code    string            `json:"code"`
	Data    map[string]string `json:"data"`
	Support bool              `json:"support,omitempty"`
}

type revisionRecord struct {
	Commit string   `json:"commit"`
	At     string   `json:"activated_at"`
	Event  int64    `json:"log_index"`
	Policy string   `json:"policy_revision"` // empty if its text cannot be read any longer
	Files  []string `json:"files"`           // "PATH sha256:HEX"; the file is governance/<hex>.txt
}

// vendorRecord is a vendor's state for as long as it was the same.
type vendorRecord struct {
	Name         string   `json:"name"`
	From         string   `json:"from"`  // when this state took effect
	Until        string   `json:"until"` // "" while it holds
	Revision     string   `json:"revision"`
	File         string   `json:"file"` // sha256:HEX of the vendor's record; "" if there was none
	Title        string   `json:"title"`
	Purpose      string   `json:"purpose"`
	State        string   `json:"state"` // unlisted: the revision had no such vendor
	Hosts        []string `json:"hosts"`
	Regions      []string `json:"regions"`
	DPASigned    bool     `json:"dpa_signed"`
	DPAExpires   string   `json:"dpa_expires"`
	PrivacyState string   `json:"privacy_state"`
	PrivacyBy    string   `json:"privacy_by"`
	PrivacyDate  string   `json:"privacy_date"`
}

type certificateRecord struct {
	Person  string `json:"person"`
	Course  string `json:"course"`
	Passed  string `json:"passed_at"`
	Expires string `json:"expires_at"`
}

type personRecord struct {
	ID       string   `json:"id"`
	Email    string   `json:"email"`
	Name     string   `json:"name"`
	Roles    []string `json:"roles"` // at the export
	Disabled bool     `json:"switched_off"`
	Created  string   `json:"created_at"`
}

// eventLine is one line of audit/events.jsonl. Leaf and Opening are exact
// bytes. Proof and audit/checkpoint together, in this order, are a tlog-proof
// file (c2sp.org/tlog-proof@v1).
type eventLine struct {
	Index   int64  `json:"log_index"`
	ID      string `json:"id"`
	App     string `json:"app"`
	Leaf    string `json:"leaf"`
	Opening string `json:"opening"`
	Proof   string `json:"proof"`
	Support bool   `json:"support,omitempty"`
}
