// Package view holds what doors show: plain structs, filled by internal/door/desk
// and shown by pages, the JSON API and other doors alike, so that every door
// tells the same story. Field names in JSON are part of the API.
package view

import (
	"encoding/json"
	"io"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Template is a template as the catalog shows it.
type Template struct {
	Name           string      `json:"name"`
	Version        string      `json:"version"`
	Title          string      `json:"title"`
	Summary        string      `json:"summary"`
	Owner          string      `json:"owner"`
	Classification string      `json:"classification"`
	Regions        []string    `json:"allowed_regions"`
	Runtime        string      `json:"runtime"`
	CostProfile    string      `json:"cost_profile"`
	Scans          []string    `json:"required_scans"`
	Parameters     []Parameter `json:"parameters"`
	Vendors        []string    `json:"vendors"`
	Budget         core.Budget `json:"budget"`
}

// Parameter is one extra field of a template's form.
type Parameter struct {
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Help     string   `json:"help,omitempty"`
	Type     string   `json:"type"` // string | choice
	Choices  []string `json:"choices,omitempty"`
	Default  string   `json:"default,omitempty"`
	Required bool     `json:"required,omitempty"`
}

// NewApp is the form that asks for an app.
type NewApp struct {
	Template       string            `json:"template" doc:"Name of a template in the catalog."`
	Name           string            `json:"name" doc:"Name of the app: lower-case letters, digits and dashes, 3 to 40 characters."`
	Owner          string            `json:"owner,omitempty" doc:"E-mail of the owner; default the caller."`
	CoOwners       []string          `json:"co_owners,omitempty" doc:"E-mails of co-owners."`
	Classification string            `json:"classification" doc:"public, internal, restricted or phi."`
	Region         string            `json:"region" doc:"One of the template's allowed regions."`
	Parameters     map[string]string `json:"parameters,omitempty" doc:"The template's own fields."`
	Budget         float64           `json:"budget,omitempty" doc:"Monthly budget; default the template's."`
}

// Preview is what will happen to a NewApp, decided by the same gate that will
// decide for real.
type Preview struct {
	Result    core.Result   `json:"result"` // allow | deny | pending
	Deny      []core.Reason `json:"deny"`
	Warn      []core.Reason `json:"warn"`
	Approvals []Stage       `json:"approvals"` // who will have to say yes, and at which gate
	Checks    []string      `json:"checks"`    // checks that every change must pass
	Target    string        `json:"target"`    // where it will run
	Budget    core.Budget   `json:"budget"`
	Policy    string        `json:"policy_revision"`
}

// Stage is an approval asked for at a gate.
type Stage struct {
	Gate   core.Gate `json:"gate"`
	Role   core.Role `json:"role"`
	Reason string    `json:"reason"`
}

// AppRow is one app in a list.
type AppRow struct {
	ID             core.ID       `json:"id"`
	Name           string        `json:"name"`
	State          core.AppState `json:"state"`
	Owner          string        `json:"owner"`
	Classification string        `json:"classification"`
	Region         string        `json:"region"`
	Template       string        `json:"template"`
	Created        time.Time     `json:"created_at"`
	LastActive     time.Time     `json:"last_active,omitzero"`
	Cost30d        float64       `json:"cost_last_30d"`
	Currency       string        `json:"currency"`
	Waiting        string        `json:"waiting,omitempty"` // the one thing the maker should do next, in words
}

// Step is one step of a saga, for the app page.
type Step struct {
	Name string `json:"name"`
	Done bool   `json:"done"`
}

// App is one app in full.
type App struct {
	AppRow
	Address     string          `json:"address"`   // where people open it
	CloneURL    string          `json:"clone_url"` // for git
	Buddy       string          `json:"buddy,omitempty"`
	CoOwners    []string        `json:"co_owners"`
	OwnerLeft   bool            `json:"owner_left,omitempty" doc:"The owner can no longer sign in; the platform team gives the app to somebody else."`
	Audience    string          `json:"audience"`
	Guardrails  core.Guardrails `json:"guardrails"`
	Vendors     []Vendor        `json:"vendors"`
	Steps       []Step          `json:"provisioning"` // empty once it is complete
	Problem     string          `json:"problem,omitempty"`
	Changes     []ChangeRow     `json:"changes"`
	Deployments []Deployment    `json:"deployments"`
	Artifacts   []Artifact      `json:"artifacts"`
	Usage       Usage           `json:"usage"`
	Tickets     []Ticket        `json:"tickets"`
	Incidents   []Incident      `json:"incidents"`
	IdleSince   time.Time       `json:"idle_since,omitzero"`
	ArchivesAt  time.Time       `json:"archives_at,omitzero"`
	ArchivedAt  time.Time       `json:"archived_at,omitzero"`
	Pipelines   []Pipeline      `json:"pipelines"`   // for those who may decide on them
	CanEdit     bool            `json:"can_edit"`    // the caller may change it
	CanArchive  bool            `json:"can_archive"` // the caller may take it out of service, and bring it back
	Targets     []Target        `json:"targets"`
	ETag        string          `json:"-"`
}

// Target is a place an app could run.
type Target struct {
	Name   string `json:"name"`
	Region string `json:"region"`
}

// Vendor is a vendor an app declares, with its state.
type Vendor struct {
	Name  string   `json:"name"`
	State string   `json:"state"`
	Hosts []string `json:"hosts"`
}

// ChangeRow is one change in a list.
type ChangeRow struct {
	Number  int              `json:"number"`
	Title   string           `json:"title"`
	State   core.ChangeState `json:"state"`
	Verdict core.Verdict     `json:"verdict,omitempty"` // empty while checks run
	Author  string           `json:"author"`
	Created time.Time        `json:"created_at"`
}

// Change is one change with its checklist.
type Change struct {
	ChangeRow
	App       string             `json:"app"`
	Branch    string             `json:"branch"`
	Head      string             `json:"head"`
	Merge     string             `json:"merge_commit,omitempty"`
	Checks    []core.CheckResult `json:"checks"`
	Findings  []core.Finding     `json:"findings"`
	SetAside  []core.SetAside    `json:"set_aside,omitempty" doc:"Known holes that do not count, by OpenVEX statements."`
	Approval  *Approval          `json:"approval,omitempty"`
	Files     []ChangedFile      `json:"files"`
	Ready     bool               `json:"ready"`     // pressing "merge" would be allowed now
	Why       []core.Reason      `json:"why"`       // if not ready: what stands in the way
	CanMerge  bool               `json:"can_merge"` // the caller has the right to press it
	CheckedAt time.Time          `json:"checked_at,omitzero"`
	Policy    string             `json:"policy_revision"`
}

// ChangedFile is one file of a change.
type ChangedFile struct {
	Path    string `json:"path"`
	Status  string `json:"status"` // added | modified | deleted | renamed
	Added   int    `json:"added"`
	Removed int    `json:"removed"`
}

// Approval is a request for approval with its answers.
type Approval struct {
	ID        core.ID            `json:"id"`
	Gate      core.Gate          `json:"gate"`
	App       string             `json:"app"`
	Subject   string             `json:"subject"`
	Link      string             `json:"link"`
	Digest    string             `json:"digest"`
	Requester string             `json:"requester"`
	State     core.ApprovalState `json:"state"`
	Needs     []NeedState        `json:"needs"`
	Created   time.Time          `json:"created_at"`
	Expires   time.Time          `json:"expires_at"`
	CanAnswer bool               `json:"can_answer"`
	Overdue   bool               `json:"overdue"`           // somebody has not answered in time
	WhyYou    string             `json:"why_you,omitempty"` // why the caller may answer
	WhyNot    string             `json:"why_not,omitempty"` // why the caller may not answer
}

// NeedState is one needed approval and who gave it. By to At are of the newest
// answer.
type NeedState struct {
	Role   core.Role `json:"role"`
	Reason string    `json:"reason"`
	By     string    `json:"by,omitempty"`
	Yes    bool      `json:"yes"`
	Note   string    `json:"note,omitempty"`
	At     time.Time `json:"at,omitzero"`

	Quorum        int           `json:"quorum"` // how many people must say yes
	Have          int           `json:"have"`   // how many have
	Answers       []AnswerState `json:"answers"`
	Certification string        `json:"certification,omitempty"` // courses that an approver must have passed
	StepUp        bool          `json:"step_up,omitempty"`       // an approver must have signed in a moment ago
	Due           time.Time     `json:"due_at,omitzero"`
	Overdue       bool          `json:"overdue"`
	EscalateTo    string        `json:"escalate_to,omitempty"` // who may answer too, once it is overdue
}

// AnswerState is one answer. Counts is false for one that has lost its weight,
// because its account turned out to be of somebody who may not answer.
type AnswerState struct {
	By     string     `json:"by"`
	Yes    bool       `json:"yes"`
	Note   string     `json:"note,omitempty"`
	At     time.Time  `json:"at"`
	For    string     `json:"for,omitempty"` // whose delegate they were
	Basis  core.Basis `json:"basis,omitempty"`
	Counts bool       `json:"counts"`
}

// Deployment is one deployment in a list.
type Deployment struct {
	ID       core.ID              `json:"id"`
	Artifact string               `json:"artifact"`
	Target   string               `json:"target"`
	Region   string               `json:"region"`
	State    core.DeploymentState `json:"state"`
	By       string               `json:"by"`
	Created  time.Time            `json:"created_at"`
}

// Artifact is one built artifact with its evidence.
type Artifact struct {
	Digest     string    `json:"digest"`
	Commit     string    `json:"commit"`
	SBOM       string    `json:"sbom"`
	Provenance string    `json:"provenance"`
	Size       int64     `json:"size"`
	Created    time.Time `json:"created_at"`
}

// Usage is what an app used and cost this month.
type Usage struct {
	Requests  int64       `json:"requests"`
	Errors    int64       `json:"errors"`
	CPUMS     int64       `json:"cpu_ms"`
	EgressB   int64       `json:"egress_bytes"`
	Cost      float64     `json:"cost_month"`
	Cost30d   float64     `json:"cost_last_30d"`
	Budget    core.Budget `json:"budget"`
	OverShare float64     `json:"budget_used"` // 1 means all of it
	Daily     []Day       `json:"daily"`       // the last 30 days, oldest first
}

// Day is one day's use. Known is false where nothing could be read: a gap, not a zero.
type Day struct {
	Date     string  `json:"date"` // YYYY-MM-DD
	Requests int64   `json:"requests"`
	Cost     float64 `json:"cost"`
	Known    bool    `json:"known"`
}

// Ticket is an onboarding or follow-up item.
type Ticket struct {
	ID    core.ID `json:"id"`
	Title string  `json:"title"`
	Body  string  `json:"body"`
	Open  bool    `json:"open"`
}

// Incident is something security should know of.
type Incident struct {
	Kind  string    `json:"kind"`
	What  string    `json:"what"`
	Place string    `json:"place"`
	At    time.Time `json:"at"`
}

// Notice is one message to the caller.
type Notice struct {
	ID    core.ID   `json:"id"`
	Title string    `json:"title"`
	Body  string    `json:"body"`
	Link  string    `json:"link"`
	At    time.Time `json:"at"`
	Read  bool      `json:"read"`
}

// Event is one audit event.
type Event struct {
	Index  int64             `json:"index"` // -1 until it is in the tree
	ID     core.ID           `json:"id"`
	At     time.Time         `json:"at"`
	Action string            `json:"action"`
	Actor  string            `json:"actor"`
	Door   string            `json:"door"`
	App    string            `json:"app,omitempty"`
	Gate   string            `json:"gate,omitempty"`
	Target string            `json:"target,omitempty"`
	Code   string            `json:"code"`
	Data   map[string]string `json:"data,omitempty"`
}

// EventQuery narrows the audit log.
type EventQuery struct {
	Actor  string // e-mail or id of a person, name of an app or a service
	App    string // name
	Gate   string
	Action string
	Code   string
	From   time.Time // the first moment; zero for the beginning
	To     time.Time // the moment after the last; zero for now
	Before string    // cursor
	Limit  int       // default 50, at most 200
}

// EventPage is a page of audit events with the state of the log.
type EventPage struct {
	Events     []Event `json:"events"`
	Next       string  `json:"next_cursor,omitempty"`
	Size       int64   `json:"tree_size"`
	Root       string  `json:"root"`
	Checkpoint string  `json:"checkpoint"` // the signed note
	Watch      Watch   `json:"watch"`
}

// LogHealth says whether the log keeps up, and who keeps watch over it.
type LogHealth struct {
	Size    int64     `json:"size"`                    // entries in the newest checkpoint
	Newest  time.Time `json:"newest"`                  // moment of its newest entry; zero while the log is empty
	Pending int       `json:"pending"`                 // events that have no place in the log yet; counted up to 1000
	Oldest  time.Time `json:"oldest_pending,omitzero"` // moment of the oldest of them
	Lag     float64   `json:"lag_seconds"`             // how long the oldest has waited
	Watch   Watch     `json:"watch"`
}

// Watch is who keeps watch over the log.
type Watch struct {
	Key       string       `json:"witness_key"`    // of this server as a witness of others
	Witnessed int64        `json:"witnessed_size"` // of the newest checkpoint that enough witnesses cosigned
	Quorum    int          `json:"quorum"`
	Witnesses []Witness    `json:"witnesses"`
	Logs      []WatchedLog `json:"logs"`
	Copies    []Copy       `json:"copies"`
}

// Witness is one server that cosigns our checkpoints.
type Witness struct {
	Name     string    `json:"name"`
	URL      string    `json:"url"`
	State    string    `json:"state"` // ok, silent, forked, or new
	Size     int64     `json:"size"`
	Answered time.Time `json:"answered"`
	Since    time.Time `json:"since"`
	Problem  string    `json:"problem,omitempty"`
}

// WatchedLog is one log whose checkpoints we cosign.
type WatchedLog struct {
	Origin string `json:"origin"`
	Size   int64  `json:"size"`
}

// Copy is one place that our checkpoints are copied to.
type Copy struct {
	Place   string    `json:"place"`
	Size    int64     `json:"size"`
	At      time.Time `json:"at"`
	Problem string    `json:"problem,omitempty"`
}

// LogExport is events as a file. Write streams it; it fails, and must be broken
// off, if the file would not be whole.
type LogExport struct {
	File, MediaType string
	Write           func(w io.Writer) error
}

// Me is the caller.
type Me struct {
	ID      core.ID     `json:"id"`
	Email   string      `json:"email"`
	Name    string      `json:"name"`
	Roles   []core.Role `json:"roles"`
	Courses []Course    `json:"courses"`
	Unread  int         `json:"unread"`
	// Emergencies say who came in by a sealed code that is open now; for those who
	// are told.
	Emergencies []string `json:"emergencies,omitempty"`
}

// Course is a course and whether the caller has passed it.
type Course struct {
	Name   string    `json:"name"`
	Title  string    `json:"title"`
	Passed bool      `json:"passed"`
	Until  time.Time `json:"until,omitzero"`
}

// Person is somebody who can sign in.
type Person struct {
	ID       core.ID     `json:"id"`
	Email    string      `json:"email"`
	Name     string      `json:"name"`
	Roles    []core.Role `json:"roles"`
	Disabled bool        `json:"disabled"`
}

// NewPerson asks for a person to be added.
type NewPerson struct {
	Email string      `json:"email" doc:"E-mail, used to sign in and in git."`
	Name  string      `json:"name" doc:"Full name."`
	Roles []core.Role `json:"roles" doc:"maker, platform, security, data-owner, privacy, finance, auditor."`
}

// Bundle is an artifact that was built elsewhere.
type Bundle struct {
	Commit string            `json:"commit,omitempty" doc:"The commit it was built from."`
	Worker string            `json:"worker,omitempty" doc:"The worker module (JavaScript)."`
	Public map[string]string `json:"public,omitempty" doc:"Static files: path to text."`
	// Bundles are evidence: without them the artifact cannot be deployed.
	Bundles   []json.RawMessage `json:"bundles,omitempty" doc:"Sigstore bundles, version 0.3, that the builder signed about this artifact: provenance and SBOM. They must satisfy a rule of trust in paddock.yaml."`
	Reference string            `json:"reference,omitempty" doc:"In place of all others: where the artifact lies in a registry of approved_registries, host/repository@sha256:... or host/repository:tag. The bundles attached to it there come with it."`
}

// Download is a file that is handed out. Whoever gets one closes its Body.
type Download struct {
	Name      string
	MediaType string
	Size      int64
	Body      io.ReadCloser
}
