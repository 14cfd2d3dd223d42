package core

import "slices"

// AppState is where an app is in its life.
type AppState string

// The states of an app:
//
//	provisioning -> active -> idle (queued for retirement) -> archived -> deleted
//	     |            ^         |                               |
//	     v            +---------+-------------------------------+  (reactivate, restore)
//	   failed
const (
	AppProvisioning AppState = "provisioning"
	AppActive       AppState = "active"
	AppIdle         AppState = "idle"     // in the retirement queue
	AppArchived     AppState = "archived" // address off, credentials revoked, data kept
	AppFailed       AppState = "failed"   // provisioning gave up; leftovers are listed
	AppDeleted      AppState = "deleted"
)

var appMoves = map[AppState][]AppState{
	AppProvisioning: {AppActive, AppFailed},
	AppFailed:       {AppProvisioning, AppDeleted},
	AppActive:       {AppIdle, AppArchived},
	AppIdle:         {AppActive, AppArchived},
	AppArchived:     {AppActive, AppDeleted},
}

// CanMove reports whether an app may go from state s to state to.
func (s AppState) CanMove(to AppState) bool { return slices.Contains(appMoves[s], to) }

// Runtime is how an app runs.
type Runtime string

// The runtimes.
const (
	Serverless Runtime = "serverless"
	Container  Runtime = "container"
	ManagedDB  Runtime = "managed-db"
)

// Runtimes lists all runtimes.
var Runtimes = []Runtime{Serverless, Container, ManagedDB}

// CostProfile is the expected size of an app.
type CostProfile string

// CostProfiles lists all cost profiles, smallest first.
var CostProfiles = []CostProfile{"micro", "moderate", "high"}

// Guardrails are an app's limits (RUN-1). Zero means "the organisation's default".
type Guardrails struct {
	CPUMillis   int      `json:"cpu_millis,omitempty" yaml:"cpu_millis,omitempty"`   // thousandths of one core
	MemoryMiB   int      `json:"memory_mib,omitempty" yaml:"memory_mib,omitempty"`   // of the whole process
	Concurrency int      `json:"concurrency,omitempty" yaml:"concurrency,omitempty"` // requests in flight
	TimeoutMS   int      `json:"timeout_ms,omitempty" yaml:"timeout_ms,omitempty"`   // wall time of one request
	EgressKBps  int      `json:"egress_kbps,omitempty" yaml:"egress_kbps,omitempty"` // outbound bandwidth, kilobytes a second
	StorageMiB  int      `json:"storage_mib,omitempty" yaml:"storage_mib,omitempty"` // of the app's own database
	Egress      []string `json:"egress,omitempty" yaml:"egress,omitempty"`           // extra allowed hosts, by policy
}

// VendorUse is one vendor an app declares, with the hosts it calls.
type VendorUse struct {
	Name  string   `json:"name" yaml:"name"`
	Hosts []string `json:"hosts" yaml:"hosts"`
}

// SecretUse is one secret an app needs: where it lives and how it arrives.
type SecretUse struct {
	Name   string `json:"name" yaml:"name"`
	Store  string `json:"store" yaml:"store"`   // e.g. "platform"
	Inject string `json:"inject" yaml:"inject"` // egress | env | file
}

// Budget is money for one calendar month.
type Budget struct {
	Monthly  float64 `json:"monthly" yaml:"monthly"`
	Currency string  `json:"currency,omitempty" yaml:"currency,omitempty"` // ISO 4217; default EUR
}

// Descriptor is microapp.yaml: what an app says of itself.
type Descriptor struct {
	Name           string         `json:"name" yaml:"name"`
	Template       string         `json:"template" yaml:"template"` // name@version
	Owner          string         `json:"owner" yaml:"owner"`       // e-mail
	CoOwners       []string       `json:"co_owners,omitempty" yaml:"co_owners,omitempty"`
	Classification Classification `json:"classification" yaml:"classification"`
	Region         string         `json:"region" yaml:"region"`
	Runtime        Runtime        `json:"runtime" yaml:"runtime"`
	Audience       string         `json:"audience,omitempty" yaml:"audience,omitempty"` // owners | organisation | public; default organisation
	Image          string         `json:"image,omitempty" yaml:"image,omitempty"`       // container runtime only: the base image
	Guardrails     Guardrails     `json:"guardrails,omitzero" yaml:"guardrails,omitempty"`
	Vendors        []VendorUse    `json:"vendors,omitempty" yaml:"vendors,omitempty"`
	Secrets        []SecretUse    `json:"secrets,omitempty" yaml:"secrets,omitempty"`
	Data           []string       `json:"data,omitempty" yaml:"data,omitempty"` // categories: contact, identity, health, payment, credentials, children
	Budget         Budget         `json:"budget,omitzero" yaml:"budget,omitempty"`
}

// App is one micro-app as the control plane knows it.
type App struct {
	ID         ID
	Name       string // unique, a DNS label
	OwnerID    ID
	OwnerEmail string
	BuddyID    ID // a platform engineer for the maker's first 30 days; empty if none
	State      AppState
	Descriptor Descriptor // as on the main branch, or as requested while provisioning
	Created    int64      // Stamp (created_at)
	LastActive int64      // Stamp (last_active); 0 means never used
	IdleSince  int64      // Stamp; when the retirement queue took it
	Archived   int64      // Stamp
	Version    int64      // grows with every write; used for ETags
}
