package catalog

import (
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

func TestRolesOfGroups(t *testing.T) {
	s, _, err := ParseSettings([]byte(`organisation: X
regions: [eu]
roles:
  - provider: entra
    group: 0f3c7a52-0000-4000-8000-1b2c3d4e5f60
    roles: [security, auditor]
  - provider: okta
    group: Makers / Zürich
    roles: [maker]
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	of := s.GroupRoles()
	got := of.InForce([]core.Role{core.RoleMaker}, []core.Group{{Provider: "entra", Name: "0f3c7a52-0000-4000-8000-1b2c3d4e5f60"}, {Provider: "okta", Name: "Makers / Zürich"}})
	if want := []core.Role{core.RoleMaker, core.RoleSecurity, core.RoleAuditor}; !slices.Equal(got, want) {
		t.Errorf("roles in force %v, want %v", got, want)
	}
	if got := of.InForce(nil, []core.Group{{Provider: "okta", Name: "0f3c7a52-0000-4000-8000-1b2c3d4e5f60"}, {Provider: "okta", Name: "makers / zürich"}}); len(got) != 0 {
		t.Errorf("another provider's group, or another spelling, has the roles %v", got)
	}
}

func TestFaultsInRoles(t *testing.T) {
	for what, c := range map[string]struct{ entry, want string }{
		"a misspelt role":   {"{provider: okta, group: g, roles: [securty]}", `Did you mean "security"?`},
		"a misspelt key":    {"{providr: okta, group: g, roles: [maker]}", `Did you mean "provider"?`},
		"no roles":          {"{provider: okta, group: g, roles: []}", `The group "g" of "okta" has no roles.`},
		"a role twice":      {"{provider: okta, group: g, roles: [maker, maker]}", `The role "maker" is there twice.`},
		"a provider's name": {"{provider: 'Ok ta', group: g, roles: [maker]}", "Ok ta"},
		"an invisible mark": {"{provider: okta, group: \"g\\u200b\", roles: [maker]}", "cannot be a group"},
		"a group twice":     {"{provider: okta, group: g, roles: [maker]}\n  - {provider: okta, group: g, roles: [platform]}", `The group "g" of "okta" is there twice.`},
		"no group":          {"{provider: okta, roles: [maker]}", "The entry names no group."},
	} {
		_, _, err := ParseSettings([]byte("organisation: X\nregions: [eu]\nroles:\n  - "+c.entry+"\n"), nil)
		if err == nil {
			t.Errorf("%s: taken", what)
			continue
		}
		if text := core.AsError(err).Error() + core.AsError(err).Hint; !strings.Contains(text, c.want) {
			t.Errorf("%s: %s", what, text)
		}
	}
}
