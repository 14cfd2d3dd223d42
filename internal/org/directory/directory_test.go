package directory_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/engine/identity/scim"
	"github.com/paddock-dev/paddock/internal/engine/notify"
	"github.com/paddock-dev/paddock/internal/org/directory"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// firm is a house's ground with people, and two providers that bring more.
type firm struct {
	*testkit.Ground
	*directory.Service
	people *identity.Service
	entra  directory.Provider
	okta   directory.Provider
	chief  core.Person
	t      *testing.T
}

var bot = core.Actor{Kind: core.ActorPerson, Name: "provider@example.org", Door: "api"}

func newFirm(t *testing.T, g *testkit.Ground) *firm {
	f := &firm{Ground: g, t: t}
	roles := core.GroupRoles{{Provider: "entra", Name: "Chiefs"}: {core.RolePlatform}, {Provider: "entra", Name: "Money"}: {core.RoleFinance}}
	g.UseGroupRoles(func() core.GroupRoles { return roles })
	f.people = identity.New(g, g.Audit, g.Clock, g.IDs, rand.Reader)
	f.entra = directory.Provider{Name: "entra", Title: "Entra", Domains: []string{"example.org"}, Groups: true}
	f.okta = directory.Provider{Name: "okta", Title: "Okta", Domains: []string{"example.org"}, Removals: 2}
	f.Service = &directory.Service{Parts: directory.Parts{Store: g, People: f.people, Tell: notify.New(g, g, g.Audit, g.Clock, g.IDs), Audit: g.Audit, Clock: g.Clock, IDs: g.IDs, Log: g.Log,
		Email: identity.Email, Roles: func() core.GroupRoles { return roles }, Providers: []directory.Provider{f.entra, f.okta}}}
	f.chief = g.Somebody("chief@example.org", core.RolePlatform)
	return f
}

func user(name string) scim.User {
	return scim.User{UserName: name + "@example.org", ExternalID: "oid-" + name, DisplayName: name, Active: true}
}

func (f *firm) add(p directory.Provider, u scim.User) core.Brought {
	f.t.Helper()
	b, err := f.AddUser(f.Ctx(), bot, p, u)
	f.Must(err)
	return b
}

func (f *firm) active(p directory.Provider, b core.Brought, yes bool) error {
	_, err := f.ChangeUser(f.Ctx(), bot, p, b.ID, func(u scim.User) (scim.User, error) { u.Active = yes; return u, nil })
	return err
}

func (f *firm) off(id core.ID) bool {
	f.t.Helper()
	p, err := f.Person(f.Ctx(), id)
	f.Must(err)
	return p.Disabled
}

func (f *firm) roles(id core.ID) string {
	f.t.Helper()
	p, err := f.Person(f.Ctx(), id)
	f.Must(err)
	return fmt.Sprint(p.Roles)
}

func (f *firm) titles(p core.Person) (titles []string) {
	f.t.Helper()
	all, err := f.Notices(f.Ctx(), p.ID)
	f.Must(err)
	for _, n := range all {
		titles = append(titles, n.Title)
	}
	return titles
}

func want(t *testing.T, note string, err error, code core.Code, field string) {
	t.Helper()
	if e := core.AsError(err); err == nil || e.Code != code || field != "" && e.Field != field {
		t.Errorf("%s: %v, want %s %s", note, err, code, field)
	}
}

// A leaver is out at once, comes back when the provider says
// so, and saying a thing again is no act.
func TestLeaver(t *testing.T) {
	f := newFirm(t, testkit.New(t))
	ana := f.add(f.entra, user("ana"))
	who, err := f.Person(f.Ctx(), ana.Person)
	f.Must(err)
	if who.Email != "ana@example.org" || who.Name != "ana" || len(who.Roles) != 0 || who.Disabled {
		t.Errorf("%+v", who)
	}
	session, err := f.people.StartSession(f.Ctx(), who)
	f.Must(err)
	token, _, err := f.people.NewToken(f.Ctx(), who, "mine", identity.ScopeRead, 0)
	f.Must(err)
	before := len(f.Events(0))
	for range 2 {
		f.Must(f.active(f.entra, ana, false))
	}
	if got := f.Events(before); !slices.Equal(got, []string{"person.switch_off", "directory.change_user"}) {
		t.Errorf("events %v", got)
	}
	_, err = f.people.Session(f.Ctx(), session)
	want(t, "session", err, core.Unauthorized, "")
	if _, _, err := f.people.Token(f.Ctx(), token, core.Use{}); core.CodeOf(err) != core.Unauthorized {
		t.Errorf("token: %v", err)
	}
	f.Must(f.active(f.entra, ana, true))
	if f.off(ana.Person) {
		t.Error("did not come back")
	}
	_, err = f.people.Session(f.Ctx(), session)
	want(t, "the old session", err, core.Unauthorized, "")
	f.Must(f.RemoveUser(f.Ctx(), bot, f.entra, ana.ID))
	if !f.off(ana.Person) {
		t.Error("who was taken away is not off")
	}
	want(t, "again", f.RemoveUser(f.Ctx(), bot, f.entra, ana.ID), core.NotFound, "")
	if back := f.add(f.entra, user("ana")); back.ID != ana.ID || back.Person != ana.Person || f.off(ana.Person) {
		t.Errorf("the same human came back as %+v", back)
	}
}

// Who a user is: never by an e-mail of a strange domain, never by one that changed
// hands, and whom a person switched off stays off.
func TestWhoSomebodyIs(t *testing.T) {
	f := newFirm(t, testkit.New(t))
	ben := f.Somebody("ben@example.org", core.RoleMaker)
	b := f.add(f.entra, user("ben"))
	if b.Person != ben.ID {
		t.Error("somebody who is known was added again")
	}
	for note, c := range map[string]struct {
		u     scim.User
		code  core.Code
		field string
	}{
		"strange domain":     {scim.User{UserName: "x@example.com", Active: true}, core.Invalid, scim.InvalidValue},
		"subdomain":          {scim.User{UserName: "x@a.example.org", Active: true}, core.Invalid, scim.InvalidValue},
		"no e-mail":          {scim.User{UserName: "x", Active: true}, core.Invalid, scim.InvalidValue},
		"the same":           {user("ben"), core.Conflict, scim.Uniqueness},
		"user name":          {scim.User{UserName: "BEN@example.org", ExternalID: "other", Emails: []scim.Email{{Value: "c@example.org"}}, Active: true}, core.Conflict, scim.Uniqueness},
		"external id":        {scim.User{UserName: "c@example.org", ExternalID: "oid-ben", Active: true}, core.Conflict, scim.Uniqueness},
		"e-mail of another":  {scim.User{UserName: "c", ExternalID: "oid-c", Emails: []scim.Email{{Value: "ben@example.org"}}, Active: true}, core.Conflict, scim.Uniqueness},
		"strange main email": {scim.User{UserName: "d@example.org", Emails: []scim.Email{{Value: "d@evil.example", Primary: true}}, Active: true}, core.Invalid, scim.InvalidValue},
	} {
		_, err := f.AddUser(f.Ctx(), bot, f.entra, c.u)
		want(t, note, err, c.code, c.field)
	}
	other := f.add(f.entra, user("dan"))
	_, err := f.ChangeUser(f.Ctx(), bot, f.entra, other.ID, func(u scim.User) (scim.User, error) { u.ExternalID = "oid-ben"; return u, nil })
	want(t, "taking another's name", err, core.Conflict, scim.Uniqueness)
	_, err = f.ChangeUser(f.Ctx(), bot, f.entra, other.ID, func(u scim.User) (scim.User, error) { u.UserName = "dan@example.com"; return u, nil })
	want(t, "moving to a strange domain", err, core.Invalid, scim.InvalidValue)
	_, err = f.ChangeUser(f.Ctx(), bot, f.okta, other.ID, func(u scim.User) (scim.User, error) { return u, nil })
	want(t, "another provider", err, core.NotFound, "")

	f.Must(f.people.SwitchOff(f.Ctx(), f.chief.As("cli"), ben.ID))
	f.Must(f.active(f.entra, b, false))
	f.Must(f.active(f.entra, b, true))
	if !f.off(ben.ID) {
		t.Error("a provider switched on whom a person had switched off")
	}
	f.Must(f.RemoveUser(f.Ctx(), bot, f.entra, b.ID))
	_, err = f.AddUser(f.Ctx(), bot, f.entra, scim.User{UserName: "ben@example.org", ExternalID: "oid-another-ben", Active: true})
	want(t, "an e-mail that changed hands", err, core.Conflict, scim.Uniqueness)
}

// Two providers must both say that somebody is back.
func TestTwoProviders(t *testing.T) {
	f := newFirm(t, testkit.New(t))
	a, b := f.add(f.entra, user("ana")), f.add(f.okta, user("ana"))
	if a.Person != b.Person {
		t.Fatal("two people")
	}
	for i, c := range []struct {
		p    directory.Provider
		b    core.Brought
		on   bool
		want bool // off
	}{{f.entra, a, false, true}, {f.okta, b, false, true}, {f.entra, a, true, true}, {f.okta, b, true, false}, {f.okta, b, false, true}, {f.entra, a, true, true}, {f.okta, b, true, false}} {
		f.Must(f.active(c.p, c.b, c.on))
		if f.off(a.Person) != c.want {
			t.Errorf("step %d: off is %v", i, !c.want)
		}
	}
}

// A provider that would switch many off is held, loudly and once, until somebody
// lifts that; those before stay off, and others can be brought meanwhile.
func TestTooManyLeavers(t *testing.T) {
	f := newFirm(t, testkit.New(t))
	var all []core.Brought
	for i := range 6 {
		all = append(all, f.add(f.okta, user(fmt.Sprintf("p%d", i))))
	}
	f.Must(f.active(f.okta, all[0], false))
	f.Ground.Clock.Move(59 * time.Minute)
	f.Must(f.active(f.okta, all[1], false))
	for range 2 {
		want(t, "the third", f.active(f.okta, all[2], false), core.RateLimited, "")
		want(t, "the fourth", f.RemoveUser(f.Ctx(), bot, f.okta, all[3].ID), core.RateLimited, "")
	}
	if !f.off(all[0].Person) || !f.off(all[1].Person) || f.off(all[2].Person) || f.off(all[3].Person) {
		t.Error("wrong people are off")
	}
	if got := f.titles(f.chief); !slices.Equal(got, []string{"Okta wants to switch off too many people"}) {
		t.Errorf("told %v", got)
	}
	if n := strings.Count(strings.Join(f.Events(0), " "), "directory.hold"); n != 1 {
		t.Errorf("%d events", n)
	}
	f.Must(f.active(f.okta, all[1], true)) // bringing people goes on
	f.add(f.okta, user("new"))
	f.Ground.Clock.Move(3 * time.Hour) // time alone lifts nothing
	want(t, "later", f.active(f.okta, all[2], false), core.RateLimited, "")
	f.Must(f.Lift(f.Ctx(), f.chief.As("cli"), f.okta))
	want(t, "lifted twice", f.Lift(f.Ctx(), f.chief.As("cli"), f.okta), core.Conflict, "")
	for _, b := range all[1:5] {
		f.Must(f.active(f.okta, b, false))
	}
	f.Ground.Clock.Move(61 * time.Minute)
	f.Must(f.active(f.okta, all[5], false))
	h, err := f.Hold(f.Ctx(), f.okta)
	f.Must(err)
	if h.Since != 0 || h.Removed != 1 || h.Most != 2 {
		t.Errorf("%+v", h)
	}
	if h, _ := f.Hold(f.Ctx(), f.entra); h.Most != 10 {
		t.Errorf("by default %+v", h)
	}
}

func (f *firm) group(name string, members ...core.Brought) core.BroughtGroup {
	f.t.Helper()
	in := scim.Group{DisplayName: name}
	for _, m := range members {
		in.Members = append(in.Members, string(m.ID))
	}
	g, err := f.AddGroup(f.Ctx(), bot, f.entra, in)
	f.Must(err)
	return g
}

func (f *firm) members(g core.BroughtGroup, steps ...scim.Members) error {
	_, err := f.ChangeGroup(f.Ctx(), bot, f.entra, g.ID, scim.Change{Members: steps})
	return err
}

// Roles follow groups at the next look, on both engines.
func TestGroups(t *testing.T) {
	testkit.Each(t, func(t *testing.T, ground *testkit.Ground) {
		f := newFirm(t, ground)
		ana, ben := f.add(f.entra, user("ana")), f.add(f.entra, user("ben"))
		g := f.group("Money", ana)
		check := func(note, a, b string) {
			t.Helper()
			if f.roles(ana.Person) != a || f.roles(ben.Person) != b {
				t.Errorf("%s: ana %s, ben %s", note, f.roles(ana.Person), f.roles(ben.Person))
			}
		}
		check("made", "[finance]", "[]")
		f.Must(f.members(g, scim.Members{How: scim.Join, IDs: []string{string(ana.ID), string(ben.ID)}}))
		check("joined", "[finance]", "[finance]")
		before := len(f.Events(0))
		f.Must(f.members(g, scim.Members{How: scim.Join, IDs: []string{string(ben.ID)}}, scim.Members{How: scim.Leave, IDs: []string{"unknown"}}))
		if got := f.Events(before); len(got) != 0 {
			t.Errorf("saying it again is %v", got)
		}
		f.Must(f.members(g, scim.Members{How: scim.Leave, IDs: []string{string(ana.ID)}}))
		check("left", "[]", "[finance]")
		want(t, "a stranger", f.members(g, scim.Members{How: scim.Join, IDs: []string{"unknown"}}), core.Invalid, scim.InvalidValue)
		other := "Others"
		_, err := f.ChangeGroup(f.Ctx(), bot, f.entra, g.ID, scim.Change{DisplayName: &other})
		f.Must(err)
		check("renamed", "[]", "[]")
		back := "Money"
		_, err = f.ChangeGroup(f.Ctx(), bot, f.entra, g.ID, scim.Change{DisplayName: &back, Members: []scim.Members{{How: scim.Only, IDs: []string{string(ana.ID)}}, {How: scim.Join, IDs: []string{string(ben.ID)}}}})
		f.Must(err)
		check("renamed back, others", "[finance]", "[finance]")
		_, err = f.AddGroup(f.Ctx(), bot, f.entra, scim.Group{DisplayName: "MONEY"})
		want(t, "the name in another case", err, core.Conflict, scim.Uniqueness)
		_, err = f.AddGroup(f.Ctx(), bot, f.okta, scim.Group{DisplayName: "x"})
		want(t, "a provider without groups", err, core.Forbidden, "")
		member := string(ben.ID)
		if got, n, err := f.Groups(f.Ctx(), f.entra, []scim.Term{{Attr: scim.ByMember, Text: member}}, 0, 10); err != nil || n != 1 || got[0].ID != g.ID {
			t.Errorf("groups of ben: %v %d %v", got, n, err)
		}
		f.Must(f.RemoveUser(f.Ctx(), bot, f.entra, ben.ID))
		if got, err := f.InGroup(f.Ctx(), g, 10); err != nil || len(got) != 1 || got[0].ID != ana.ID {
			t.Errorf("in the group: %v %v", got, err)
		}
		f.Must(f.RemoveGroup(f.Ctx(), bot, f.entra, g.ID))
		check("gone", "[]", "[]")
		want(t, "again", f.RemoveGroup(f.Ctx(), bot, f.entra, g.ID), core.NotFound, "")
	})
}

// Nobody can be shut out of the platform team as its last: not as a person, not by
// a group. Somebody is told, and it goes through when another is there.
func TestLastOfThePlatformTeam(t *testing.T) {
	f := newFirm(t, testkit.New(t))
	guard := f.Somebody("guard@example.org", core.RoleSecurity)
	ana, ben := f.add(f.entra, user("ana")), f.add(f.entra, user("ben"))
	g := f.group("Chiefs", ana)
	f.Must(f.people.SwitchOff(f.Ctx(), ground(), f.chief.ID))
	empty := scim.Members{How: scim.Only}
	for range 2 {
		want(t, "the person", f.active(f.entra, ana, false), core.Forbidden, "")
		want(t, "taken away", f.RemoveUser(f.Ctx(), bot, f.entra, ana.ID), core.Forbidden, "")
		want(t, "the group emptied", f.members(g, empty), core.Forbidden, "")
		want(t, "the group gone", f.RemoveGroup(f.Ctx(), bot, f.entra, g.ID), core.Forbidden, "")
	}
	name := "Chefs"
	_, err := f.ChangeGroup(f.Ctx(), bot, f.entra, g.ID, scim.Change{DisplayName: &name})
	want(t, "the group renamed", err, core.Forbidden, "")
	if f.off(ana.Person) || f.roles(ana.Person) != "[platform]" {
		t.Error("nobody is left")
	}
	if got := f.titles(guard); !slices.Equal(got, []string{"Entra would leave nobody in the platform team"}) {
		t.Errorf("told %v", got)
	}
	f.Must(f.members(g, scim.Members{How: scim.Join, IDs: []string{string(ben.ID)}}))
	f.Must(f.active(f.entra, ana, false))
	if !f.off(ana.Person) {
		t.Error("still there")
	}
}

func ground() core.Actor { return core.System("test") }

// Groups that sign-ins told of before SCIM brought groups count no more.
func TestStrayGroups(t *testing.T) {
	f := newFirm(t, testkit.New(t))
	ana := f.add(f.entra, user("ana"))
	f.group("Others", ana)
	f.Must(f.Quietly(f.Ctx(), func(ctx context.Context) error {
		_, err := f.PutGroups(ctx, ana.Person, "entra", []string{"Money", "Others"}, 1)
		return err
	}))
	for range 2 {
		f.Must(f.Start(f.Ctx()))
	}
	ms, err := f.Memberships(f.Ctx(), ana.Person)
	f.Must(err)
	if len(ms) != 1 || ms[0].Group.Name != "Others" || f.roles(ana.Person) != "[]" {
		t.Errorf("%v", ms)
	}
	if n := strings.Count(strings.Join(f.Events(0), " "), "directory.take_over"); n != 1 {
		t.Errorf("%d events", n)
	}
}

func TestSearch(t *testing.T) {
	f := newFirm(t, testkit.New(t))
	var ids []core.ID
	for i := range 5 {
		b := f.add(f.entra, user(fmt.Sprintf("p%d", i)))
		ids = append(ids, b.ID)
	}
	named := slices.Clone(ids) // in the order of their names
	slices.Sort(ids)
	f.Must(f.active(f.entra, core.Brought{ID: named[4]}, false))
	f.add(f.okta, user("p1"))
	for note, c := range map[string]struct {
		terms      []scim.Term
		skip, most int
		want       []core.ID
		all        int
	}{
		"all":         {nil, 0, 3, ids[:3], 5},
		"next":        {nil, 3, 3, ids[3:], 5},
		"past":        {nil, 9, 3, nil, 5},
		"count only":  {nil, 0, 0, nil, 5},
		"user name":   {[]scim.Term{{Attr: scim.ByUserName, Text: "P1@Example.org"}}, 0, 3, named[1:2], 1},
		"external id": {[]scim.Term{{Attr: scim.ByExternalID, Text: "oid-p2"}}, 0, 3, named[2:3], 1},
		"its case":    {[]scim.Term{{Attr: scim.ByExternalID, Text: "OID-p2"}}, 0, 3, nil, 0},
		"e-mail":      {[]scim.Term{{Attr: scim.ByEmail, Text: "p3@example.ORG"}}, 0, 3, named[3:4], 1},
		"inactive":    {[]scim.Term{{Attr: scim.ByActive}}, 0, 3, named[4:], 1},
		"both":        {[]scim.Term{{Attr: scim.ByID, Text: string(named[0])}, {Attr: scim.ByUserName, Text: "p1@example.org"}}, 0, 3, nil, 0},
		"clash":       {[]scim.Term{{Attr: scim.ByID, Text: string(named[0])}, {Attr: scim.ByID, Text: string(named[1])}}, 0, 3, nil, 0},
		"twice":       {[]scim.Term{{Attr: scim.ByID, Text: string(named[0])}, {Attr: scim.ByID, Text: string(named[0])}}, 0, 3, named[:1], 1},
		"both states": {[]scim.Term{{Attr: scim.ByActive}, {Attr: scim.ByActive, Yes: true}}, 0, 3, nil, 0},
		"injection":   {[]scim.Term{{Attr: scim.ByUserName, Text: "x' OR '1'='1"}}, 0, 3, nil, 0},
	} {
		got, all, err := f.Users(f.Ctx(), f.entra, c.terms, c.skip, c.most)
		var gotIDs []core.ID
		for _, b := range got {
			gotIDs = append(gotIDs, b.ID)
		}
		if err != nil || !slices.Equal(gotIDs, c.want) || all != c.all {
			t.Errorf("%s: %v of %d, %v", note, gotIDs, all, err)
		}
	}
}
