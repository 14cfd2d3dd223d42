package core

// Template is an approved scaffold: the published descriptor plus the optional
// keys of design §5.
type Template struct {
	Name           string
	Version        string // default "1"
	Title          string // for people; default the name
	Summary        string
	Owner          string // the team that owns the template
	Classification Classification
	// MaxClassification is the most sensitive app that may be made from the
	// template; empty means Classification.
	MaxClassification Classification
	AllowedRegions    []string
	Runtime           Runtime
	CostProfile       CostProfile
	RequiredScans     []string // canonical names of checks: secrets, dependencies, sbom, code, licences, regions, policy, vendors
	Approvals         []Need   // approvals asked for beyond what policy asks
	Parameters        []Parameter
	Guardrails        Guardrails
	Vendors           []VendorUse
	Secrets           []SecretUse
	Data              []string
	Budget            Budget
	Course            string // the course its makers must have passed; empty for none
	Ticket            string // title of the onboarding ticket, {{app}} is replaced; empty for the default
	SkeletonDir       string // folder inside the governance repository
}

// Parameter is one extra field of a template's form.
type Parameter struct {
	Name, Title, Help string
	Type              string // string | choice
	Choices           []string
	Default           string
	Required          bool
	Pattern           string // RE2, for strings
}

// VendorState says whether a vendor may be used.
type VendorState string

// The vendor states.
const (
	VendorApproved VendorState = "approved"
	VendorPending  VendorState = "pending"
	VendorBlocked  VendorState = "blocked"
)

// Vendor is a third party an app may call (WFL-4).
type Vendor struct {
	Name    string
	Title   string
	Purpose string
	State   VendorState
	Hosts   []string // exact host names, or *.example.com for one level
	Regions []string
	// DPA is the data processing agreement: needed for restricted and phi data.
	DPASigned  bool
	DPAExpires string // YYYY-MM-DD, empty for no end
	// Privacy review: needed for restricted and phi data.
	PrivacyState string // approved | pending | rejected | none
	PrivacyBy    string
	PrivacyDate  string
	// Credential names the organisation's secret that the egress gateway adds,
	// and how: header name and value prefix (default Authorization, "Bearer ").
	Credential       string
	CredentialHeader string
	CredentialPrefix string
	// Audience is whom an app's own identity token for this vendor is meant for;
	// empty for a vendor that takes none. TokenAdded makes the egress gateway add
	// the token to each call, so that the app never holds it.
	Audience   string
	TokenAdded bool
	// AllowPrivate lists exact host:port pairs on private or loopback addresses
	// that this vendor may be reached at. Empty means public addresses only.
	AllowPrivate []string
	// PlainHTTP lists hosts (host or host:port) that may be called without TLS.
	PlainHTTP []string
}

// Course is a short training with a quiz (WFL-2).
type Course struct {
	Name      string
	Title     string
	Lessons   []Lesson
	Questions []Question
	PassMark  int // percent
	ValidDays int // 0 means for ever
}

// Lesson is one page of a course.
type Lesson struct{ Title, Body string }

// Question is one quiz question; Answer is the index of the right choice.
type Question struct {
	Text    string
	Choices []string
	Answer  int
	Why     string // shown after answering
}

// Target is a place to run, with one region.
type Target struct {
	Name   string
	Region string
	Kind   string // embedded | kubernetes | serverless
}

// RegionGroup is a name for many regions of cloud providers, such as
// eu-sovereign. A region belongs to it if it is listed in Regions, or if it is
// in one of the Countries and, where these are given, is run from one of the
// Operators and by one of the Providers; and if it is not in Except. Countries
// and Operators are ISO 3166-1 codes or names of areas, such as EU.
type RegionGroup struct {
	Name      string
	Countries []string
	Operators []string
	Providers []string
	Regions   []string
	Except    []string
}
