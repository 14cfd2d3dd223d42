package authz

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

var app = core.App{ID: "a1", Name: "payroll", OwnerID: "owner", OwnerEmail: "owner@example.org",
	Descriptor: core.Descriptor{CoOwners: []string{"Co@Example.org"}}}

// callers are the columns of testdata/matrix.txt.
func callers() map[string]core.Person {
	who := map[string]core.Person{
		"nobody":   {},
		"none":     {ID: "p", Email: "p@example.org"},
		"owner":    {ID: "owner", Email: "owner@example.org"},
		"co-owner": {ID: "co", Email: "co@example.org"},
		"disabled": {ID: "owner", Email: "owner@example.org", Roles: []core.Role{core.RolePlatform, core.RoleSecurity}, Disabled: true},
	}
	who["pipeline"] = core.Person{ID: "owner", Email: "owner@example.org", Service: &core.Service{App: app.ID, Scopes: everything()}}
	for _, r := range core.Roles {
		who[string(r)] = core.Person{ID: core.ID(r), Email: string(r) + "@example.org", Roles: []core.Role{r}}
	}
	return who
}

// TestMatrix holds every permission against every kind of caller, for one app.
// The expectation is written out by hand, so that a change of the table shows.
func TestMatrix(t *testing.T) {
	f, err := os.Open("testdata/matrix.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Scan()
	columns := strings.Fields(lines.Text())[1:]
	if len(columns) != len(callers()) {
		t.Fatalf("matrix has %d callers, want %d", len(columns), len(callers()))
	}
	seen := map[Permission]bool{}
	for lines.Scan() {
		cells := strings.Fields(lines.Text())
		perm := Permission(cells[0])
		seen[perm] = true
		for i, name := range columns {
			who, ok := callers()[name]
			if !ok {
				t.Fatalf("matrix names an unknown caller %q", name)
			}
			err := Can(who, perm, &app)
			if want := cells[i+1] == "yes"; (err == nil) != want {
				t.Errorf("Can(%s, %s) = %v, want allowed=%v", name, perm, err, want)
			}
			if err == nil && !May(who, perm) {
				t.Errorf("May(%s, %s) refuses what Can allows", name, perm)
			}
		}
	}
	for _, p := range Permissions() {
		if !seen[p] {
			t.Errorf("permission %s is not in the matrix", p)
		}
	}
}

// An auditor changes nothing, whatever the table or somebody's other roles say:
// own things (access tokens, read marks, courses) are all that they may touch.
func TestAuditorOnlyReads(t *testing.T) {
	every := core.Person{ID: "owner", Email: "owner@example.org", Roles: core.Roles}
	for _, perm := range Permissions() {
		switch r := rules[perm]; {
		case r.effect != acts:
		case slices.Contains(r.roles, core.RoleAuditor):
			t.Errorf("the table gives auditors %s, which changes something", perm)
		case Can(every, perm, &app) == nil || May(every, perm):
			t.Errorf("an auditor with every other role may %s", perm)
		}
	}
	if err := core.AsError(Can(every, AppDeploy, &app)); !strings.Contains(err.Msg, "only reads") || err.Hint == "" {
		t.Errorf("the refusal says %v", err)
	}
}

// A machine keeps to the app that it proved to belong to, whatever its roles.
func TestMachineKeepsToItsApp(t *testing.T) {
	other := core.App{ID: "a2", Name: "other", OwnerID: "somebody"}
	mighty := core.Person{ID: "somebody", Email: "co@example.org", Roles: []core.Role{core.RolePlatform}, Service: &core.Service{App: app.ID, Scopes: everything()}}
	for _, perm := range Permissions() {
		if Can(mighty, perm, &other) == nil || Can(mighty, perm, nil) == nil {
			t.Errorf("a machine of one app may %s at another, or at none", perm)
		}
	}
}

// everything are the scopes of a pipeline's token that asked for all there is.
func everything() (scopes []string) {
	for _, p := range Permissions() {
		scopes = append(scopes, string(p))
	}
	return scopes
}

func TestOwnersHaveNoRightsElsewhere(t *testing.T) {
	other := core.App{ID: "a2", Name: "other", OwnerID: "somebody"}
	for _, name := range []string{"owner", "co-owner"} {
		for _, perm := range []Permission{AppRead, AppEdit, AppDeploy, AppArchive, AppKeep, ChangeMerge, AuditRead, ApprovalRead} {
			if Can(callers()[name], perm, &other) == nil {
				t.Errorf("%s may %s on an app of somebody else", name, perm)
			}
			if Can(callers()[name], perm, nil) == nil {
				t.Errorf("%s may %s on no app at all", name, perm)
			}
		}
	}
}

// A pipeline's token is for one app and for its scopes, whoever answers for it.
func TestPipelines(t *testing.T) {
	other := core.App{ID: "a2", Name: "other", OwnerID: "owner"}
	p := core.Person{ID: "owner", Roles: append([]core.Role{core.RoleService}, core.Roles...), Service: &core.Service{App: "a1", Scopes: []string{"app.read", "app.edit"}}}
	for perm, want := range map[Permission]bool{AppRead: true, AppDeploy: false, ReportAdd: false, AppEdit: false, TokenManage: false, PeopleManage: false, ApprovalAnswer: false} {
		if got := Can(p, perm, &app) == nil; got != want || May(p, perm) != want {
			t.Errorf("%s: %v, want %v", perm, got, want)
		}
		if Can(p, perm, &other) == nil || Can(p, perm, nil) == nil {
			t.Errorf("%s is allowed elsewhere", perm)
		}
	}
	for _, perm := range Permissions() {
		p.Service.Scopes = append(p.Service.Scopes, string(perm))
	}
	var all []Permission
	for _, perm := range Permissions() {
		if Can(p, perm, &app) == nil {
			all = append(all, perm)
		}
	}
	if !slices.Equal(all, []Permission{AppDeploy, AppRead, ReportAdd, RulesRead}) || Owns(p, app) {
		t.Errorf("a pipeline with every scope may %v", all)
	}
}

func TestUnknownPermissionIsDenied(t *testing.T) {
	admin := core.Person{ID: "x", Roles: []core.Role{core.RolePlatform, core.RoleSecurity}}
	if err := Can(admin, "app.destroy", nil); core.CodeOf(err) != core.Forbidden {
		t.Errorf("unknown permission: %v", err)
	}
	if May(admin, "app.destroy") || May(admin, "") {
		t.Error("May allows an unknown permission")
	}
}

func TestEmptyIdentityOwnsNothing(t *testing.T) {
	if Owns(core.Person{}, core.App{}) || Owns(core.Person{ID: "x"}, core.App{OwnerID: "y", Descriptor: core.Descriptor{CoOwners: []string{""}}}) {
		t.Error("an empty value matched an empty value")
	}
}

func TestAudience(t *testing.T) {
	colleague := core.Person{ID: "c", Email: "c@example.org"}
	for audience, want := range map[string]bool{"": true, "organisation": true, "public": true, "owners": false, "ownrs": false} {
		a := app
		a.Descriptor.Audience = audience
		if got := Can(colleague, AppOpen, &a) == nil; got != want {
			t.Errorf("audience %q: colleague may open = %v, want %v", audience, got, want)
		}
		if Can(callers()["owner"], AppOpen, &a) != nil {
			t.Errorf("audience %q shuts the owner out", audience)
		}
	}
}

func TestRefusalSaysWhoToAsk(t *testing.T) {
	err := core.AsError(Can(callers()["none"], AppDeploy, &app))
	if err.Code != core.Forbidden || err.Msg != `You may not deploy for the app "payroll".` || !strings.Contains(err.Hint, "owner@example.org") {
		t.Errorf("refusal = %q %q", err.Msg, err.Hint)
	}
}
