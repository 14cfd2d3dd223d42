package authz

import (
	"slices"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// What a grant opens is of its one app: no role of a grant holds a right over
// secrets, people, rules, other apps' evidence or approvals, whatever it is called,
// for the app or for an environment of it.
func TestGrantsOpenNoSecrets(t *testing.T) {
	who := core.Person{ID: "p", Email: "ada@example.org", Roles: []core.Role{core.RoleMaker}}
	never := []Permission{SecretManage, PeopleManage, PeopleLink, GovernancePublish, ApprovalAnswer, EvidenceExport, IssuerManage, PipelineManage, AccessRevoke, ReviewDecide, VEXAdd, PolicyBundle, Lab}
	for _, role := range core.GrantRoles {
		for _, environment := range []string{"", "eu-sovereign"} {
			g := core.Grant{ID: "g", Person: who.ID, AppID: "a", Role: role, Environment: environment, Stage: core.StageGranted, Starts: 1, Expires: 100}
			for _, perm := range never {
				if _, ok := ByGrant(who, perm, "a", environment, []core.Grant{g}, 50); ok || Gives(role, perm) {
					t.Errorf("%s in %q gives %s", role, environment, perm)
				}
			}
			for _, given := range Given(role) {
				if _, ok := ByGrant(who, Permission(given), "another", environment, []core.Grant{g}, 50); ok {
					t.Errorf("%s gives %s for another app", role, given)
				}
			}
		}
		touches := slices.Contains(Given(role), string(DataRead)) || slices.Contains(Given(role), string(DataWrite))
		if touches != role.TouchesData() {
			t.Errorf("%s reaches data: %v", role, touches)
		}
	}
}
