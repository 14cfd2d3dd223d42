package export

import "strings"

// The classes of OCSF that we use.
const (
	accountChange  = 3001
	authentication = 3002
	userAccess     = 3005
	apiActivity    = 6003
)

var (
	categories = map[int]string{3: "Identity & Access Management", 6: "Application Activity"}
	classes    = map[int]string{accountChange: "Account Change", authentication: "Authentication", userAccess: "User Access Management", apiActivity: "API Activity"}
)

// Class is where an action belongs in OCSF.
type Class struct {
	UID      int
	Activity int
	Name     string // of the activity
}

// identity lists the actions that are about people and rights.
var identity = map[string]Class{
	"session.start":      {authentication, 1, "Logon"},
	"session.end":        {authentication, 2, "Logoff"},
	"link.create":        {authentication, 99, "Sign-in link made"},
	"link.use":           {authentication, 6, "Preauth"},
	"token.create":       {authentication, 99, "Access token made"},
	"token.revoke":       {authentication, 99, "Access token ended"},
	"token.exchange":     {authentication, 1, "Logon"},
	"token.refuse":       {authentication, 1, "Logon"},
	"pipeline.ask":       {userAccess, 99, "Access asked for"},
	"pipeline.confirm":   {userAccess, 1, "Assign Privileges"},
	"pipeline.remove":    {userAccess, 2, "Revoke Privileges"},
	"person.add":         {accountChange, 1, "Create"},
	"person.switch_on":   {accountChange, 2, "Enable"},
	"person.switch_off":  {accountChange, 5, "Disable"},
	"person.erase":       {accountChange, 6, "Delete"},
	"secret.lease":       {userAccess, 1, "Assign Privileges"},
	"secret.renew":       {userAccess, 1, "Assign Privileges"},
	"secret.revoke":      {userAccess, 2, "Revoke Privileges"},
	"lease.revoke":       {userAccess, 2, "Revoke Privileges"},
	"deploy.credentials": {userAccess, 1, "Assign Privileges"},
	"grant.start":        {userAccess, 1, "Assign Privileges"},
	"grant.end":          {userAccess, 2, "Revoke Privileges"},
}

// verbs give the activity of an API event: the part of the action behind its
// last dot. A verb that is not here is 99, with the verb as its name.
var verbs = map[string]Class{
	"create": {apiActivity, 1, "Create"}, "open": {apiActivity, 1, "Create"}, "add": {apiActivity, 1, "Create"}, "build": {apiActivity, 1, "Create"},
	"import": {apiActivity, 1, "Create"}, "ask": {apiActivity, 1, "Create"}, "put": {apiActivity, 1, "Create"}, "repository": {apiActivity, 1, "Create"},
	"read": {apiActivity, 2, "Read"}, "export": {apiActivity, 2, "Read"},
	"update": {apiActivity, 3, "Update"}, "merge": {apiActivity, 3, "Update"}, "deploy": {apiActivity, 3, "Update"}, "activate": {apiActivity, 3, "Update"},
	"answer": {apiActivity, 3, "Update"}, "restore": {apiActivity, 3, "Update"}, "reactivate": {apiActivity, 3, "Update"}, "archive": {apiActivity, 3, "Update"},
	"delete": {apiActivity, 4, "Delete"}, "void": {apiActivity, 4, "Delete"}, "revoke": {apiActivity, 4, "Delete"},
}

// ClassOf returns the class of an action. Every action has one.
func ClassOf(action string) Class {
	if c, ok := identity[action]; ok {
		return c
	}
	verb := action[strings.LastIndexByte(action, '.')+1:]
	if c, ok := verbs[verb]; ok {
		return c
	}
	return Class{apiActivity, 99, orWord(verb, "Other")}
}
