package authz

import (
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// TestScopes holds scopes against what they open; r is a look, c a change. The
// expectation is written by hand.
func TestScopes(t *testing.T) {
	for scope, want := range map[string]map[Permission]string{
		"read":   {AppRead: "r", AppDeploy: "r", PeopleManage: "r", ReportAdd: "r", PolicyBundle: "r", TokenManage: "r", PeopleProvision: ""},
		"write":  {AppRead: "rc", AppDeploy: "rc", PeopleManage: "rc", ReportAdd: "rc", PolicyBundle: "rc", TokenManage: "rc", PeopleProvision: ""},
		"git":    {AppRead: "", AppDeploy: "", AppEdit: "", PeopleManage: "", TokenManage: "", PeopleProvision: ""},
		"checks": {AppRead: "r", ReportAdd: "rc", RulesRead: "rc", AppDeploy: "", AuditRead: "", TokenManage: "", PeopleProvision: ""},
		"deploy": {AppRead: "r", AppDeploy: "rc", ReportAdd: "", AppArchive: "", TokenManage: "", PeopleProvision: ""},
		"opa":    {PolicyBundle: "rc", PolicyReport: "rc", AppRead: "", TokenManage: "", PeopleProvision: ""},
		"scim":   {PeopleProvision: "rc", PeopleManage: "", AppRead: "", TokenManage: "", AuditRead: ""},
		"":       {AppRead: "", PeopleProvision: ""},
		"root":   {AppRead: "", PeopleProvision: ""},
	} {
		for perm, reach := range want {
			got := ""
			if Covers([]string{scope}, perm, false) == nil {
				got += "r"
			}
			if Covers([]string{scope}, perm, true) == nil {
				got += "c"
			}
			if got != reach {
				t.Errorf("scope %q reaches %s: %q, want %q", scope, perm, got, reach)
			}
		}
	}
	if Covers([]string{"checks", "deploy"}, AppDeploy, true) != nil || Covers([]string{"checks", "deploy"}, ReportAdd, true) != nil {
		t.Error("two scopes do not add up")
	}
	for scope, want := range map[string][2]bool{"read": {true, false}, "write": {true, true}, "git": {true, true}, "deploy": {}, "checks": {}, "scim": {}, "opa": {}} {
		if fetch, push := Git([]string{scope}); fetch != want[0] || push != want[1] {
			t.Errorf("git takes %q for fetch %v and push %v", scope, fetch, push)
		}
	}
}

// A token that is bound to apps takes its person's rights away elsewhere, also
// those that are about no app, whatever roles the person has.
func TestBoundToken(t *testing.T) {
	here, there := app, core.App{ID: "a2", Name: "other", OwnerID: "owner"}
	for name, who := range map[string]core.Person{
		"owner": {ID: "owner", Email: "owner@example.org", Only: []core.ID{"a1"}},
		"chief": {ID: "owner", Email: "owner@example.org", Roles: []core.Role{core.RolePlatform, core.RoleSecurity}, Only: []core.ID{"a1"}},
	} {
		if err := Can(who, AppDeploy, &here); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, perm := range Permissions() {
			if Can(who, perm, &there) == nil || Can(who, perm, nil) == nil {
				t.Errorf("%s may %s elsewhere", name, perm)
			}
		}
		for _, perm := range []Permission{PeopleManage, TokenManage, SecretManage, NoticeRead, AppCreate, GovernancePublish, Lab} {
			if May(who, perm) {
				t.Errorf("%s may call routes of %s", name, perm)
			}
		}
		if !May(who, AppDeploy) {
			t.Errorf("%s may not call routes of its own apps", name)
		}
	}
	if Can(core.Person{ID: "x", Only: []core.ID{"a1"}}, AppDeploy, &here) == nil {
		t.Error("a bound token gives rights that its person has not")
	}
	grant := core.Grant{ID: "g1", Person: "x", AppID: there.ID, Role: core.GrantDeployer, Stage: core.StageGranted, Starts: 1, Expires: 10}
	for only, want := range map[core.ID]bool{"": true, there.ID: true, here.ID: false} {
		who := core.Person{ID: "x", Email: "x@example.org"}
		if only != "" {
			who.Only = []core.ID{only}
		}
		if _, ok := ByGrant(who, AppDeploy, there.ID, "", []core.Grant{grant}, 5); ok != want {
			t.Errorf("a token bound to %q uses a grant of another app: %v", only, ok)
		}
	}
}
