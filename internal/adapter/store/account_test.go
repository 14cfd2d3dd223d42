package store_test

import (
	"context"
	"slices"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit"
)

func TestAccounts(t *testing.T) { testkit.Each(t, testAccounts) }

func testAccounts(t *testing.T, g *testkit.Ground) {
	ana, bob := g.Somebody("ana@example.org"), g.Somebody("bob@example.org")
	a := core.Account{Provider: "okta", Subject: "00u1", Person: ana.ID, Email: "Ana@Example.org", Created: 5}
	second := core.Account{Provider: "okta", Subject: "00u2", Person: ana.ID, Created: 6, Used: 6}
	write(g, func(ctx context.Context) error { return g.AddAccount(ctx, a) })
	write(g, func(ctx context.Context) error { return g.AddAccount(ctx, second) })
	taken := a
	taken.Person = bob.ID
	refuse(t, g, "another person's account", core.Conflict, func(ctx context.Context) error { return g.AddAccount(ctx, taken) })
	write(g, func(ctx context.Context) error { return g.UseAccount(ctx, "okta", "00u1", "new@example.org", 9) })
	a.Email, a.Used = "new@example.org", 9
	got, err := g.Account(t.Context(), "okta", "00u1")
	g.Must(err)
	same(t, "account", got, a)
	_, err = g.Account(t.Context(), "entra", "00u1")
	missing(t, "the subject at another provider", err)
	all, err := g.Accounts(t.Context(), ana.ID)
	g.Must(err)
	same(t, "accounts", all, []core.Account{a, second})

	write(g, func(ctx context.Context) error {
		_, err := g.PutGroups(ctx, ana.ID, "okta", []string{"makers"}, 9)
		return err
	})
	write(g, func(ctx context.Context) error { return g.RemoveAccount(ctx, "okta", "00u2") })
	if m, err := g.Memberships(t.Context(), ana.ID); err != nil || len(m) != 1 {
		t.Errorf("groups went with one of two accounts: %v %v", m, err)
	}
	write(g, func(ctx context.Context) error { return g.RemoveAccount(ctx, "okta", "00u1") })
	if m, err := g.Memberships(t.Context(), ana.ID); err != nil || len(m) != 0 {
		t.Errorf("groups outlive the last account: %v %v", m, err)
	}
	refuse(t, g, "an account that is gone", core.NotFound, func(ctx context.Context) error { return g.RemoveAccount(ctx, "okta", "00u1") })
}

func TestGroupsAreReplaced(t *testing.T) { testkit.Each(t, testGroupsAreReplaced) }

func testGroupsAreReplaced(t *testing.T, g *testkit.Ground) {
	ana := g.Somebody("ana@example.org")
	put := func(provider string, now int64, groups ...string) (differs bool) {
		t.Helper()
		write(g, func(ctx context.Context) (err error) {
			differs, err = g.PutGroups(ctx, ana.ID, provider, groups, now)
			return err
		})
		return differs
	}
	if !put("okta", 1, "b", "a", "b") || put("okta", 2, "a", "b") || !put("entra", 3, "a") || !put("okta", 4, "b", "c") {
		t.Error("whether groups changed is told wrongly")
	}
	got, err := g.Memberships(t.Context(), ana.ID)
	g.Must(err)
	group := func(provider, name string, since int64) core.Membership {
		return core.Membership{Person: ana.ID, Group: core.Group{Provider: provider, Name: name}, Since: since}
	}
	same(t, "memberships", got, []core.Membership{group("entra", "a", 3), group("okta", "b", 1), group("okta", "c", 4)})
	members, err := g.Members(t.Context(), core.Group{Provider: "okta", Name: "b"})
	g.Must(err)
	same(t, "members", members, []core.ID{ana.ID})
}

// Roles in force are read at each use: a group that is taken away, or a rule that
// is, counts at the next read, wherever a person is read.
func TestRolesInForce(t *testing.T) { testkit.Each(t, testRolesInForce) }

func testRolesInForce(t *testing.T, g *testkit.Ground) {
	ana, bob := g.Somebody("ana@example.org", core.RoleMaker), g.Somebody("bob@example.org", core.RoleFinance)
	app := g.NewApp("payroll", ana)
	g.NewApp("survey", bob)
	rules := core.GroupRoles{}
	g.UseGroupRoles(func() core.GroupRoles { return rules })
	set := func(groups ...string) {
		write(g, func(ctx context.Context) error {
			_, err := g.PutGroups(ctx, ana.ID, "okta", groups, 1)
			return err
		})
	}
	everywhere := func(what string, want ...core.Role) {
		t.Helper()
		byID, err := g.Person(t.Context(), ana.ID)
		g.Must(err)
		byEmail, err := g.PersonByEmail(t.Context(), ana.Email)
		g.Must(err)
		all, err := g.People(t.Context())
		g.Must(err)
		fleet, err := g.Fleet(t.Context(), "", 10)
		g.Must(err)
		read := map[string]core.Person{"by id": byID, "by e-mail": byEmail}
		for _, p := range all {
			if p.ID == ana.ID {
				read["in the list"] = p
			} else if !slices.Equal(p.Roles, []core.Role{core.RoleFinance}) {
				t.Errorf("%s: somebody else has %v", what, p.Roles)
			}
		}
		for _, a := range fleet {
			if a.App.ID == app.ID {
				read["as owner"] = a.Owner
			}
		}
		if len(read) != 4 {
			t.Fatalf("%s: read %v", what, read)
		}
		for how, p := range read {
			if !slices.Equal(p.Roles, want) || !slices.Equal(p.Given, []core.Role{core.RoleMaker}) {
				t.Errorf("%s, %s: in force %v, given %v, want %v", what, how, p.Roles, p.Given, want)
			}
		}
	}
	everywhere("no rules", core.RoleMaker)
	set("makers", "sec")
	everywhere("groups without a rule", core.RoleMaker)
	rules = core.GroupRoles{{Provider: "okta", Name: "sec"}: {core.RoleSecurity, core.RoleMaker}, {Provider: "entra", Name: "makers"}: {core.RolePlatform}}
	everywhere("a group with roles", core.RoleMaker, core.RoleSecurity)
	p, err := g.Person(t.Context(), ana.ID)
	g.Must(err)
	p.Name = "Ana"
	write(g, func(ctx context.Context) error { return g.UpdatePerson(ctx, p) })
	everywhere("after a change of the name", core.RoleMaker, core.RoleSecurity)
	set("makers")
	everywhere("out of the group", core.RoleMaker)
	set("sec")
	rules = core.GroupRoles{{Provider: "okta", Name: "else"}: {core.RoleSecurity}}
	everywhere("the rule is gone", core.RoleMaker)
}

func TestSessionsOfAProvider(t *testing.T) { testkit.Each(t, testSessionsOfAProvider) }

func testSessionsOfAProvider(t *testing.T, g *testkit.Ground) {
	ana := g.Somebody("ana@example.org")
	c := core.Credential{Hash: "h", ID: "s1", Kind: core.CredSession, Person: ana.ID, Created: 10, Expires: 20,
		Provider: "okta", ProviderSession: "sid", AuthTime: 9, ACR: "urn:mfa"}
	plain := core.Credential{Hash: "i", ID: "s2", Kind: core.CredSession, Person: ana.ID, Created: 11, Expires: 20}
	write(g, func(ctx context.Context) error { return g.AddCredential(ctx, c) })
	write(g, func(ctx context.Context) error { return g.AddCredential(ctx, plain) })
	mine, err := g.Sessions(t.Context(), ana.ID)
	g.Must(err)
	same(t, "sessions", mine, []core.Credential{plain, c})
	there, err := g.ProviderSessions(t.Context(), "okta", "sid")
	g.Must(err)
	same(t, "of the provider", there, []core.Credential{c})
	write(g, func(ctx context.Context) error { return g.RevokeCredential(ctx, "s1", 12) })
	if there, err = g.ProviderSessions(t.Context(), "okta", "sid"); err != nil || len(there) != 0 {
		t.Errorf("a session that ended: %v %v", there, err)
	}
}
