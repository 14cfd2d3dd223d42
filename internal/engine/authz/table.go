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
	AppArchive        Permission = "app.archive" // archive, restore, reactivate
	ChangeMerge       Permission = "change.merge"
	ApprovalRead      Permission = "approval.read"
	ApprovalAnswer    Permission = "approval.answer"
	AuditRead         Permission = "audit.read"
	EvidenceExport    Permission = "evidence.export" // packs of a period, over all apps
	PeopleManage      Permission = "people.manage"
	SecretManage      Permission = "secret.manage"
	GovernancePublish Permission = "governance.publish"
	PolicyBundle      Permission = "policy.bundle" // the rules in force, for OPA servers elsewhere
	PolicyReport      Permission = "policy.report" // decisions of OPA servers elsewhere
	GovernanceRead    Permission = "governance.read"
	PipelineManage    Permission = "pipeline.manage" // whose pipelines act for an app
	ReportAdd         Permission = "report.add"      // what another tool found in an app
	VEXAdd            Permission = "vex.add"
	VEXRead           Permission = "vex.read"
	TokenManage       Permission = "token.manage" // one's own access tokens
	NoticeRead        Permission = "notice.read"  // one's own messages
	CourseTake        Permission = "course.take"
	Lab               Permission = "lab" // move the clock and break things, on a laboratory server only
)

// rule says who holds one permission.
type rule struct {
	words    string // what it lets one do, after "You may not"
	roles    []core.Role
	owners   bool // the owner and co-owners of the app
	all      bool // everybody who can sign in
	audience bool // whom the app's audience invites
	service  bool // pipelines of the app, if their access token is for it
}

// approvers are the roles that approvals are asked of.
var approvers = []core.Role{core.RolePlatform, core.RoleSecurity, core.RoleDataOwner, core.RolePrivacy, core.RoleFinance}

// readers see every app: those who run, check, pay for and audit the fleet,
// and those who approve, because nobody should say yes to what they cannot see.
var readers = slices.Concat(approvers, []core.Role{core.RoleAuditor})

// platform alone holds the rights that keep the system itself.
var platform = []core.Role{core.RolePlatform}

var rules = map[Permission]rule{
	AppRead:     {words: "see this", roles: readers, owners: true, service: true},
	AppOpen:     {words: "open this", owners: true, audience: true},
	AppCreate:   {words: "create an app", roles: []core.Role{core.RoleMaker, core.RolePlatform}},
	AppEdit:     {words: "change the code", owners: true},
	AppDeploy:   {words: "deploy", roles: platform, owners: true, service: true},
	AppArchive:  {words: "archive or restore", roles: platform, owners: true},
	ChangeMerge: {words: "merge a change", owners: true},

	ApprovalRead:   {words: "see approvals", roles: readers, owners: true},
	ApprovalAnswer: {words: "answer a request for approval", roles: approvers},
	AuditRead:      {words: "read the audit log", roles: []core.Role{core.RolePlatform, core.RoleSecurity, core.RoleAuditor}, owners: true},

	EvidenceExport: {words: "export evidence of all apps", roles: []core.Role{core.RolePlatform, core.RoleSecurity, core.RoleAuditor}},

	PeopleManage:      {words: "manage people", roles: platform},
	SecretManage:      {words: "manage secrets", roles: platform},
	GovernancePublish: {words: "publish governance", roles: []core.Role{core.RolePlatform, core.RoleSecurity}},
	PolicyBundle:      {words: "fetch the rules for an OPA server", roles: []core.Role{core.RolePlatform, core.RoleSecurity}},
	PolicyReport:      {words: "report decisions of an OPA server", roles: []core.Role{core.RolePlatform, core.RoleSecurity}},
	GovernanceRead:    {words: "see what is proposed for the rules", roles: readers},
	ReportAdd:         {words: "bring a report of another tool", roles: []core.Role{core.RolePlatform, core.RoleSecurity}, owners: true, service: true},
	PipelineManage:    {words: "decide which pipelines act", roles: []core.Role{core.RolePlatform, core.RoleSecurity}, owners: true},
	VEXAdd:            {words: "say which known holes do not count", roles: []core.Role{core.RoleSecurity}},
	VEXRead:           {words: "see the OpenVEX statements", roles: readers},
	Lab:               {words: "use the laboratory", roles: platform},

	TokenManage: {words: "manage your access tokens", all: true},
	NoticeRead:  {words: "read your messages", all: true},
	CourseTake:  {words: "take a course", all: true},
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
