package authz

import (
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// Permission names one right. Names are stable: routes and tokens use them.
type Permission string

// The permissions.
const (
	AppRead           Permission = "app.read"
	AppOpen           Permission = "app.open" // the app's own address
	AppCreate         Permission = "app.create"
	AppEdit           Permission = "app.edit" // push, open a change
	AppDeploy         Permission = "app.deploy"
	AppArchive        Permission = "app.archive" // archive, restore
	AppKeep           Permission = "app.keep"    // out of the retirement queue
	ChangeMerge       Permission = "change.merge"
	ApprovalRead      Permission = "approval.read"
	ApprovalAnswer    Permission = "approval.answer"
	AuditRead         Permission = "audit.read"
	EvidenceExport    Permission = "evidence.export" // packs of a period, over all apps
	PeopleManage      Permission = "people.manage"
	PeopleProvision   Permission = "people.provision" // bring a sign-in provider's people, by SCIM
	SecretManage      Permission = "secret.manage"
	GovernancePublish Permission = "governance.publish"
	PolicyBundle      Permission = "policy.bundle" // the rules in force, for OPA servers elsewhere
	PolicyReport      Permission = "policy.report" // decisions of OPA servers elsewhere
	GovernanceRead    Permission = "governance.read"
	PipelineManage    Permission = "pipeline.manage" // whose pipelines act for an app
	ReportAdd         Permission = "report.add"      // what another tool found in an app
	IssuerManage      Permission = "issuer.manage"   // the keys of apps' identity tokens
	RulesRead         Permission = "rules.read"      // what apps are checked by
	CheckRun          Permission = "check.run"       // have files checked that are not kept
	ReviewRead        Permission = "review.read"     // access reviews
	ReviewDecide      Permission = "review.decide"   // which rights stay
	VEXAdd            Permission = "vex.add"
	VEXRead           Permission = "vex.read"
	TokenManage       Permission = "token.manage" // one's own access tokens
	AbsenceKeep       Permission = "absence.keep" // one's own absences and delegates
	PeopleLink        Permission = "people.link"  // which accounts are one human's, and their addresses
	NoticeRead        Permission = "notice.read"  // one's own messages
	CourseTake        Permission = "course.take"
	AccessAsk         Permission = "access.ask"    // for a grant, and see one's own
	AccessRead        Permission = "access.read"   // everybody's grants
	AccessRevoke      Permission = "access.revoke" // end anybody's grant
	DataRead          Permission = "data.read"     // an app's database; nobody has it without a grant
	DataWrite         Permission = "data.write"    // the same
	Lab               Permission = "lab"           // move the clock and break things, on a laboratory server only
)

// effect is what using a permission does. The zero value is the strictest, so
// that a row which forgets it is never open to those who only read.
type effect int

const (
	acts  effect = iota // changes records, code or what runs
	reads               // shows something and changes nothing
	own                 // changes only what is the caller's own, such as their access tokens
)

// rule says who holds one permission.
type rule struct {
	words    string // what it lets one do, after "You may not"
	effect   effect
	roles    []core.Role
	owners   bool // the owner and the co-owners of the app
	owner    bool // the owner alone: what a co-owner cannot undo or should not decide
	all      bool // everybody who can sign in
	audience bool // whom the app's audience invites
	service  bool // pipelines of the app, if their access token is for it
	granted  bool // nobody, but for a while by a grant
}

// approvers are the roles that approvals are asked of.
var approvers = []core.Role{core.RolePlatform, core.RoleSecurity, core.RoleDataOwner, core.RolePrivacy, core.RoleFinance}

// readers see every app: those who run, check, pay for and audit the fleet,
// and those who approve, because nobody should say yes to what they cannot see.
var readers = slices.Concat(approvers, []core.Role{core.RoleAuditor})

// platform alone holds the rights that keep the system itself.
var platform = []core.Role{core.RolePlatform}

// keepers see the log and the evidence of the whole organisation.
var keepers = []core.Role{core.RolePlatform, core.RoleSecurity, core.RoleAuditor}

// wardens publish the rules and carry them to OPA servers.
var wardens = []core.Role{core.RolePlatform, core.RoleSecurity}

var rules = map[Permission]rule{
	AppRead:     {words: "see this", effect: reads, roles: readers, owners: true, service: true},
	AppOpen:     {words: "open this", effect: reads, owners: true, audience: true},
	AppCreate:   {words: "create an app", roles: []core.Role{core.RoleMaker, core.RolePlatform}},
	AppEdit:     {words: "change the code", owners: true},
	AppDeploy:   {words: "deploy", roles: platform, owners: true, service: true},
	AppArchive:  {words: "archive or restore", roles: platform, owner: true},
	AppKeep:     {words: "keep an app from being archived", roles: platform, owners: true},
	ChangeMerge: {words: "merge a change", owners: true},

	ApprovalRead:   {words: "see approvals", effect: reads, roles: readers, owners: true},
	ApprovalAnswer: {words: "answer a request for approval", roles: approvers, owners: true}, // owners only where a rule asks them
	AuditRead:      {words: "read the audit log", effect: reads, roles: keepers, owners: true},

	EvidenceExport: {words: "export evidence of all apps", effect: reads, roles: keepers},

	PeopleLink:        {words: "say which accounts are one human's", roles: wardens},
	PeopleManage:      {words: "manage people", roles: platform},
	PeopleProvision:   {words: "bring people from a sign-in provider", roles: platform},
	SecretManage:      {words: "manage secrets", roles: platform},
	GovernancePublish: {words: "publish governance", roles: wardens},
	PolicyBundle:      {words: "fetch the rules for an OPA server", effect: reads, roles: wardens},
	PolicyReport:      {words: "report decisions of an OPA server", roles: wardens},
	GovernanceRead:    {words: "see what is proposed for the rules", effect: reads, roles: readers},
	ReportAdd:         {words: "bring a report of another tool", roles: wardens, owners: true, service: true},
	PipelineManage:    {words: "decide which pipelines act", roles: wardens, owners: true},
	IssuerManage:      {words: "manage the issuer of identity tokens", roles: platform},
	RulesRead:         {words: "read the rules that apps are checked by", effect: reads, all: true, service: true},
	CheckRun:          {words: "have files checked", effect: reads, all: true},
	ReviewRead:        {words: "see access reviews", effect: reads, roles: keepers},
	ReviewDecide:      {words: "decide which rights stay", roles: wardens},
	VEXAdd:            {words: "say which known holes do not count", roles: []core.Role{core.RoleSecurity}},
	VEXRead:           {words: "see the OpenVEX statements", effect: reads, roles: readers},
	Lab:               {words: "use the laboratory", roles: platform},

	AccessAsk:    {words: "ask for access", effect: own, all: true},
	AccessRead:   {words: "see everybody's access", effect: reads, roles: keepers},
	AccessRevoke: {words: "end somebody's access", roles: wardens},
	DataRead:     {words: "read the database", effect: reads, granted: true},
	DataWrite:    {words: "change the database", granted: true},

	TokenManage: {words: "manage your access tokens", effect: own, all: true},
	AbsenceKeep: {words: "say when you are away", effect: own, all: true},
	NoticeRead:  {words: "read your messages", effect: own, all: true},
	CourseTake:  {words: "take a course", effect: own, all: true},
}

// Permissions lists every permission, sorted.
func Permissions() []Permission {
	out := make([]Permission, 0, len(rules))
	for p := range rules {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}
