package core

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
)

// Gate is a decision point.
type Gate string

// The gates of design §2.
const (
	GateTemplatePublish Gate = "template.publish"
	GateAppCreate       Gate = "app.create"
	GateChangeMerge     Gate = "change.merge"
	GateAppDeploy       Gate = "app.deploy"
	GateWorkloadAdmit   Gate = "workload.admit"
	GateSecretIssue     Gate = "secret.issue"
	GateAccessElevate   Gate = "access.elevate"
	GateVendorUse       Gate = "vendor.use"
	GateAppArchive      Gate = "app.archive"
	GatePolicyPublish   Gate = "policy.publish"
)

// Gates lists all gates.
var Gates = []Gate{GateTemplatePublish, GateAppCreate, GateChangeMerge, GateAppDeploy, GateWorkloadAdmit,
	GateSecretIssue, GateAccessElevate, GateVendorUse, GateAppArchive, GatePolicyPublish}

// Result is what a gate answers.
type Result string

// The answers.
const (
	Allow   Result = "allow"
	Deny    Result = "deny"
	Waiting Result = "pending" // pending approval
)

// Reason is one policy result: why a gate denied or warned.
type Reason struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Fix     string `json:"fix,omitempty"`
	Path    string `json:"path,omitempty"` // e.g. microapp.yaml:7
	Rule    string `json:"rule,omitempty"` // the policy package that said it
}

// Verdicts is the outcome of evaluating policy for one gate: pure data.
type Verdicts struct {
	Deny    []Reason `json:"deny"`
	Warn    []Reason `json:"warn"`
	Approve []Need   `json:"approve"`
}

// Fired is a rule that had something to say.
type Fired struct {
	Answer string `json:"answer"`          // deny, warn or approve
	Code   string `json:"code"`            // of the reason, or the role that must approve
	Rule   string `json:"rule"`            // data.paddock.lib.regions.deny
	Place  string `json:"place,omitempty"` // policies/regions.rego:4:1
	// Became says what the rollout made of a denial: "" when it is enforced, off,
	// warn, halted, or exempt.
	Became string `json:"became,omitempty"`
}

// Compare orders rules that fired: denials first, then by code, rule and place.
func (f Fired) Compare(g Fired) int {
	rank := map[string]int{"deny": 0, "warn": 1, "approve": 2}
	return cmp.Or(cmp.Compare(rank[f.Answer], rank[g.Answer]), cmp.Compare(f.Code, g.Code), cmp.Compare(f.Rule, g.Rule), cmp.Compare(f.Place, g.Place))
}

// Decision is what a gate answered, kept so that it can be replayed.
type Decision struct {
	ID             ID
	Gate           Gate
	AppID          ID     // empty when the gate is not about an app
	Subject        string // what is decided on: a commit, an artifact digest, a template ...
	Actor          Actor
	Result         Result
	Verdicts       Verdicts
	PolicyRevision string
	InputDigest    string // sha256 of Input
	Input          []byte // canonical JSON given to policy
	RequestID      ID     // the approval request it opened or relied on; empty if none
	At             int64
	Fired          []Fired // the rules that had something to say, sorted; empty for decisions from before they were kept
	Took           int64   // microseconds that the rules needed; 0 for decisions from before it was kept
}

// ApprovalState is where a request for approval is.
type ApprovalState string

// The states of an approval request.
const (
	ApprovalPending ApprovalState = "pending"
	ApprovalGranted ApprovalState = "granted"
	ApprovalRefused ApprovalState = "refused"
	ApprovalVoided  ApprovalState = "voided" // a later push changed the digest
	ApprovalExpired ApprovalState = "expired"
)

// ApprovalRequest asks humans for a yes to exactly one digest.
type ApprovalRequest struct {
	ID        ID
	Gate      Gate
	AppID     ID
	Subject   string // what it is for, for people: "Change 2 of payroll"
	Link      string // page of the thing to approve
	Digest    string // the digest that a yes is bound to
	Needs     []Need // one approval per need
	Requester ID
	Excluded  []ID     // requester, committers and their second accounts: never approve (promise 5)
	Authors   []string // of a question only: everybody who wrote what is asked about, as git names them
	Marks     []string // see Mark: addresses of everybody excluded, known or not
	State     ApprovalState
	Created   int64
	Expires   int64
	Approvals []Approval
}

// Approval is one human's answer.
type Approval struct {
	ID       ID
	Request  ID
	Role     Role
	Approver ID
	Yes      bool
	Note     string
	Digest   string
	At       int64
	For      ID    // the absent person whose delegate the approver was; empty if nobody's
	Basis    Basis // why the approver could answer; empty of answers from before it was kept
	AuthTime int64 // when the approver last proved who they are, where the need asked for it
}

// Basis is why somebody may answer a request.
type Basis string

// The bases of an answer.
const (
	ByRole       Basis = "role"
	ByOwnership  Basis = "owner"
	ByGroup      Basis = "group"
	ByDelegation Basis = "delegate"
	ByEscalation Basis = "escalation"
)

// Mark stands for an e-mail address in one request, so that the address is known
// again without being written down.
func Mark(request ID, email string) string {
	sum := sha256.Sum256([]byte(string(request) + "\n" + PlainAddress(email)))
	return hex.EncodeToString(sum[:16])
}
