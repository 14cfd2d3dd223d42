package policy

import "github.com/paddock-dev/paddock/internal/core"

// Input is what every gate gives to policy as `input`. Every key is always
// there: what a gate does not know is empty, never missing. Its JSON Schema is
// InputSchema; a policy that reads any other key does not compile.
type Input struct {
	Gate     core.Gate `json:"gate" doc:"The gate that asks, e.g. app.deploy."`
	Now      string    `json:"now" doc:"The moment of the decision, RFC 3339 in UTC."`
	Actor    Actor     `json:"actor" doc:"Who wants to act."`
	App      App       `json:"app" doc:"The app: its microapp.yaml, or the form that asks for it."`
	Template Template  `json:"template" doc:"The template the app is made from."`
	Report   Report    `json:"report" doc:"The checks of the commit in question (change.merge, app.deploy)."`
	Artifact Artifact  `json:"artifact" doc:"What is to be deployed (app.deploy)."`
	Target   Target    `json:"target" doc:"Where it is to run (app.deploy)."`
	Vendor   Vendor    `json:"vendor" doc:"The vendor in question (vendor.use)."`
	Org      Org       `json:"org" doc:"The organisation's settings."`
	Workload Workload  `json:"workload" doc:"What a Kubernetes API server asks about (workload.admit)."`
	Publish  Publish   `json:"publish" doc:"The revision of the rules that is to be put in force (policy.publish)."`
	Access   Access    `json:"access" doc:"The right that somebody asks for (access.elevate)."`
}

// Actor is who wants to act.
type Actor struct {
	Email   string      `json:"email" doc:"E-mail of the person; empty for an app or the system."`
	Kind    string      `json:"kind" doc:"person, service (a pipeline), app or system."`
	Roles   []core.Role `json:"roles" doc:"The roles the person holds."`
	Courses []string    `json:"courses" doc:"Courses the person has passed and that are still valid."`
}

// App is what an app says of itself, joined with what the catalog knows.
type App struct {
	Name           string              `json:"name"`
	Owner          string              `json:"owner" doc:"E-mail of the owner."`
	CoOwners       []string            `json:"co_owners"`
	Classification core.Classification `json:"classification" doc:"public, internal, restricted or phi."`
	Region         string              `json:"region"`
	Runtime        core.Runtime        `json:"runtime" doc:"serverless, container or managed-db."`
	Audience       string              `json:"audience" doc:"owners, organisation or public."`
	Template       string              `json:"template" doc:"name@version."`
	Image          string              `json:"image" doc:"The base image; empty unless the runtime is container."`
	ImageReg       string              `json:"image_reg" doc:"The registry host of image; empty if there is no image."`
	Vendors        []Vendor            `json:"vendors" doc:"The vendors the app declares, with what the organisation knows of them."`
	Secrets        []core.SecretUse    `json:"secrets"`
	Data           []string            `json:"data" doc:"Categories of data: contact, identity, health, payment, credentials, children."`
	Guardrails     Guardrails          `json:"guardrails"`
	Budget         Budget              `json:"budget"`
}

// Budget is money for one calendar month.
type Budget struct {
	Monthly  float64 `json:"monthly" doc:"0 means the organisation's default."`
	Currency string  `json:"currency" doc:"ISO 4217; empty means the organisation's."`
}

// Guardrails are an app's limits; zero means the organisation's default.
type Guardrails struct {
	CPUMillis   int      `json:"cpu_millis"`
	MemoryMiB   int      `json:"memory_mib"`
	Concurrency int      `json:"concurrency"`
	TimeoutMS   int      `json:"timeout_ms"`
	EgressKBps  int      `json:"egress_kbps"`
	StorageMiB  int      `json:"storage_mib"`
	Egress      []string `json:"egress" doc:"Hosts allowed besides the vendors'."`
}

// Template is an approved scaffold, as far as policy needs it.
type Template struct {
	Name              string              `json:"name"`
	Version           string              `json:"version"`
	Owner             string              `json:"owner" doc:"The team that owns the template."`
	Classification    core.Classification `json:"classification"`
	MaxClassification core.Classification `json:"max_classification" doc:"The most sensitive app that may be made from it."`
	AllowedRegions    []string            `json:"allowed_regions"`
	Runtime           core.Runtime        `json:"runtime"`
	CostProfile       core.CostProfile    `json:"cost_profile" doc:"micro, moderate or high."`
	RequiredScans     []string            `json:"required_scans" doc:"Names of the checks that must pass."`
	Approvals         []core.Need         `json:"approvals" doc:"Approvals the template itself asks for at the merge."`
	Course            string              `json:"course" doc:"A course its makers must have passed; empty for none."`
}

// Report is the outcome of the checks of one commit.
type Report struct {
	Verdict      core.Verdict `json:"verdict" doc:"pass, blocked or incomplete; empty if no checks ran."`
	Commit       string       `json:"commit"`
	Checks       []Check      `json:"checks"`
	Findings     []Finding    `json:"findings"`
	AdvisoryDate string       `json:"advisory_date" doc:"Day of the data about known holes, YYYY-MM-DD; of several ecosystems, the oldest. Empty if nobody knows."`
	AdvisoryDays int          `json:"advisory_days" doc:"How old that data is at the moment of the decision, in days; 0 if nobody knows."`
	Detected     Detected     `json:"detected" doc:"What the checks saw the app use, whatever its microapp.yaml says."`
	Records      []Record     `json:"records" doc:"What Paddock's own checks said of the commit elsewhere. A record excuses nothing; rules may ask that there is one."`
}

// Record is a report of paddock check that somebody brought.
type Record struct {
	Source   string       `json:"source" doc:"Who brought it: person or pipeline."`
	Attested bool         `json:"attested" doc:"It is signed by a key that trust.reporters names."`
	Signer   string       `json:"signer" doc:"The name of that key; empty if there is none."`
	Verdict  core.Verdict `json:"verdict" doc:"What it says."`
	Partial  bool         `json:"partial" doc:"It covers changed files only."`
	Policy   string       `json:"policy" doc:"Revision of the rules that it names."`
	Tool     string       `json:"tool" doc:"Program and version."`
}

// Detected is what the checks saw an app use.
type Detected struct {
	Regions  []string            `json:"regions" doc:"Regions of cloud providers that it uses, by their names."`
	Vendors  []string            `json:"vendors" doc:"Vendors that it calls: by the organisation's name, else by a common one."`
	Data     []string            `json:"data" doc:"Categories of data that it holds: contact, identity, health, payment, credentials, children."`
	Proposed core.Classification `json:"proposed_classification" doc:"The least classification that fits the data; empty if no personal data was seen."`
}

// Check is one check of a report.
type Check struct {
	Name    string       `json:"name"`
	Verdict core.Verdict `json:"verdict"`
}

// Finding is one result of a check.
type Finding struct {
	Code     string        `json:"code"`
	Check    string        `json:"check"`
	Severity core.Severity `json:"severity" doc:"error, warning or note."`
	Blocking bool          `json:"blocking"`
	Path     string        `json:"path"`
	Line     int           `json:"line"`
}

// Artifact is what is to be deployed, with its evidence.
type Artifact struct {
	Digest     string `json:"digest" doc:"sha256:... of the artifact."`
	SBOM       string `json:"sbom" doc:"Digest of the CycloneDX document; empty if there is none."`
	Provenance string `json:"provenance" doc:"Digest of the provenance; empty if there is none."`
	Signed     bool   `json:"signed" doc:"The provenance carries a signature that was checked."`
}

// Target is a place to run.
type Target struct {
	Name   string `json:"name"`
	Region string `json:"region"`
	Kind   string `json:"kind" doc:"embedded, kubernetes or serverless."`
}

// Vendor is a third party: the hosts that the app calls, and what is known.
type Vendor struct {
	Name         string           `json:"name"`
	Hosts        []string         `json:"hosts" doc:"The hosts the app declares."`
	State        core.VendorState `json:"state" doc:"approved, pending or blocked; empty if nobody knows the vendor."`
	KnownHosts   []string         `json:"known_hosts" doc:"The hosts in the vendor's record."`
	Regions      []string         `json:"regions" doc:"Regions whose apps may use the vendor."`
	DPASigned    bool             `json:"dpa_signed"`
	DPAExpires   string           `json:"dpa_expires" doc:"YYYY-MM-DD; empty for no end."`
	PrivacyState string           `json:"privacy_state" doc:"approved, pending, rejected or none."`
}

// Org is what the organisation's settings say.
type Org struct {
	Name               string         `json:"name"`
	Regions            []string       `json:"regions"`
	ApprovedRegistries []string       `json:"approved_registries"`
	ApprovedRuntimes   []core.Runtime `json:"approved_runtimes"`
	AllowedStores      []string       `json:"allowed_stores" doc:"Stores that may hold secrets; platform is the built-in one."`
	Approvals          []OrgNeed      `json:"approvals" doc:"Who must say yes, by gate and classification."`
	Currency           string         `json:"currency"`
	BudgetLimit        float64        `json:"budget_limit" doc:"Monthly budget that needs no approval; 0 for no limit."`
}

// OrgNeed is an approval that the organisation asks for.
type OrgNeed struct {
	Gate           core.Gate           `json:"gate"`
	Classification core.Classification `json:"classification"`
	Role           core.Role           `json:"role"`
	Reason         string              `json:"reason"`

	Quorum        int       `json:"quorum,omitempty" doc:"How many different people must say yes; 1 if left out."`
	Certification string    `json:"certification,omitempty" doc:"A course whose certificate the approver must hold at the answer."`
	WithinHours   int       `json:"within_hours,omitempty" doc:"Hours after which the request is overdue."`
	EscalateTo    string    `json:"escalate_to,omitempty" doc:"A role, or the e-mail of a person, who may answer too once it is overdue."`
	StepUp        bool      `json:"step_up,omitempty" doc:"The approver must have signed in again a moment ago."`
	DelegateRole  core.Role `json:"delegate_role,omitempty" doc:"A role whose holders may answer as the delegate of somebody absent."`
}
