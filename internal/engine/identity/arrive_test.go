package identity_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity"
)

// arrival is Ana, who comes from a provider that vouches for her e-mail.
func arrival(once string) identity.Arrival {
	return identity.Arrival{Provider: "okta", Title: "Okta", Subject: "00u1", Email: "Ana@Example.org", Vouched: true, AuthTime: 7, ACR: "mfa", Session: "s1", Once: once, Ends: 1 << 60}
}

func TestArriveLinksWhoIsKnown(t *testing.T) {
	tw := newTown(t)
	who, session, err := tw.Arrive(t.Context(), arrival("1"))
	if err != nil || who.ID != tw.ana.ID {
		t.Fatalf("%v, %v", who, err)
	}
	if p, err := tw.Session(t.Context(), session); err != nil || p.ID != tw.ana.ID {
		t.Errorf("the session: %v", err)
	}
	if c, err := tw.SignedIn(t.Context(), session); err != nil || c.Provider != "okta" || c.ProviderSession != "s1" || c.AuthTime != 7 || c.ACR != "mfa" {
		t.Errorf("%+v, %v", c, err)
	}
	again := arrival("2")
	again.Email, again.Vouched = "changed@elsewhere.example", false // the account decides, not the e-mail
	if who, _, err := tw.Arrive(t.Context(), again); err != nil || who.ID != tw.ana.ID {
		t.Errorf("at the second sign-in: %v, %v", who, err)
	}
	if a, err := tw.Account(t.Context(), "okta", "00u1"); err != nil || a.Email != "changed@elsewhere.example" || a.Used == 0 {
		t.Errorf("%+v, %v", a, err)
	}
	if got := strings.Join(tw.Events(0), " "); got != "account.link session.start session.start" {
		t.Errorf("events: %s", got)
	}
}

// Nobody takes over an account of somebody else, and nobody unknown comes in.
func TestArrivalsThatAreRefused(t *testing.T) {
	for what, c := range map[string]struct {
		change func(a *identity.Arrival)
		want   core.Code
	}{
		"an e-mail that nobody vouches for": {func(a *identity.Arrival) { a.Vouched = false }, core.Forbidden},
		"somebody unknown":                  {func(a *identity.Arrival) { a.Email = "eve@example.org" }, core.Forbidden},
		"no e-mail":                         {func(a *identity.Arrival) { a.Email = "" }, core.Forbidden},
		"no e-mail address":                 {func(a *identity.Arrival) { a.Email = "(ana)ana@example.org" }, core.Forbidden},
		"look-alike letters":                {func(a *identity.Arrival) { a.Email = "аna@example.org" }, core.Forbidden},
		"not vouched for, but admitted":     {func(a *identity.Arrival) { a.Email, a.Vouched, a.Admit = "eve@example.org", false, true }, core.Forbidden},
		"another subject with her e-mail":   {func(a *identity.Arrival) { a.Subject = "00u2" }, core.Conflict},
		"an attempt that was used":          {func(a *identity.Arrival) { a.Once = "1" }, core.Unauthorized},
	} {
		tw := newTown(t)
		if _, _, err := tw.Arrive(t.Context(), arrival("1")); err != nil {
			t.Fatal(err)
		}
		a := arrival("2")
		if what != "an attempt that was used" {
			a.Subject = "00u9"
		}
		c.change(&a)
		before := len(tw.Events(0))
		if _, _, err := tw.Arrive(t.Context(), a); core.CodeOf(err) != c.want || core.AsError(err).Hint == "" {
			t.Errorf("%s: %v", what, err)
		}
		if all, _ := tw.People(t.Context()); len(all) != 1 || len(tw.Events(before)) > 0 {
			t.Errorf("%s: something was kept: %v %v", what, all, tw.Events(before))
		}
	}
}

func TestArriveAdmits(t *testing.T) {
	tw := newTown(t)
	a := arrival("1")
	a.Email, a.Name, a.Subject, a.Admit, a.Roles = "Bea@Example.org", " Bea ", "00u3", true, []core.Role{core.RoleMaker}
	who, _, err := tw.Arrive(t.Context(), a)
	if err != nil || who.Email != "bea@example.org" || who.Name != "Bea" || !slices.Equal(who.Given, a.Roles) {
		t.Errorf("%+v, %v", who, err)
	}
	if got := strings.Join(tw.Events(0), " "); got != "person.add account.link session.start" {
		t.Errorf("events: %s", got)
	}
	// Whom the platform team switched off stays out, and is not added anew.
	tw.SetDisabled(who, true)
	a.Once = "2"
	if _, _, err := tw.Arrive(t.Context(), a); core.CodeOf(err) != core.Forbidden {
		t.Errorf("somebody switched off: %v", err)
	}
}

// Groups count from the sign-in on; one that is taken away counts no more, in
// sessions that are open already too.
func TestGroupsOfArrivals(t *testing.T) {
	tw := newTown(t)
	tw.UseGroupRoles(func() core.GroupRoles {
		return core.GroupRoles{{Provider: "okta", Name: "sec"}: {core.RoleSecurity}, {Provider: "entra", Name: "plat"}: {core.RolePlatform}}
	})
	a := arrival("1")
	a.Told, a.Groups = true, []string{"plat", "sec"}
	who, first, err := tw.Arrive(t.Context(), a)
	if err != nil || !slices.Equal(who.Roles, []core.Role{core.RoleMaker, core.RoleSecurity}) {
		t.Fatalf("%v, %v", who.Roles, err)
	}
	token, _, err := tw.NewToken(t.Context(), who, "laptop", identity.ScopeRead, 0)
	tw.Must(err)
	a.Once, a.Groups, a.Told = "2", nil, false
	if who, _, err = tw.Arrive(t.Context(), a); err != nil || len(who.Roles) != 2 {
		t.Errorf("a provider that is not asked for groups took them away: %v, %v", who.Roles, err)
	}
	a.Once, a.Told = "3", true
	if _, _, err = tw.Arrive(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	bySession, err := tw.Session(t.Context(), first)
	tw.Must(err)
	byToken, _, err := tw.Token(t.Context(), token, core.Use{})
	tw.Must(err)
	for how, p := range map[string]core.Person{"an open session": bySession, "an access token": byToken} {
		if !slices.Equal(p.Roles, []core.Role{core.RoleMaker}) {
			t.Errorf("%s still has %v", how, p.Roles)
		}
	}
	if got := strings.Join(tw.Events(0), " "); strings.Count(got, "person.groups") != 2 {
		t.Errorf("events: %s", got)
	}
}

func TestMostSessions(t *testing.T) {
	tw := newTown(t)
	first := tw.signIn(t)
	tw.Clock.Move(time.Second)
	second := tw.signIn(t)
	for range identity.MostSessions - 2 {
		tw.signIn(t)
	}
	if _, err := tw.Session(t.Context(), first); err != nil {
		t.Errorf("as many as there may be: %v", err)
	}
	tw.signIn(t)
	_, err := tw.Session(t.Context(), first)
	refused(t, "the oldest of one too many", err)
	if _, err := tw.Session(t.Context(), second); err != nil {
		t.Errorf("the next one: %v", err)
	}
	if all, err := tw.Sessions(t.Context(), tw.ana.ID); err != nil || len(all) != identity.MostSessions {
		t.Errorf("%d sessions, %v", len(all), err)
	}
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	tw := newTown(t)
	bob := tw.Somebody("bob@example.org")
	here, there := tw.signIn(t), tw.signIn(t)
	other, err := tw.StartSession(t.Context(), bob)
	tw.Must(err)
	all, err := tw.Sessions(t.Context(), tw.ana.ID)
	if err != nil || len(all) != 2 {
		t.Fatalf("%d sessions, %v", len(all), err)
	}
	own, err := tw.SignedIn(t.Context(), there)
	tw.Must(err)
	if err := tw.EndOwn(t.Context(), bob, own.ID); core.CodeOf(err) != core.NotFound {
		t.Errorf("somebody else ended it: %v", err)
	}
	tw.Must(tw.EndOwn(t.Context(), tw.ana, own.ID))
	_, err = tw.Session(t.Context(), there)
	refused(t, "an ended session", err)
	if _, err := tw.Session(t.Context(), here); err != nil {
		t.Errorf("the other one: %v", err)
	}
	tw.Must(tw.EndAll(t.Context(), tw.ana))
	_, err = tw.Session(t.Context(), here)
	refused(t, "after signing out everywhere", err)
	if _, err := tw.Session(t.Context(), other); err != nil {
		t.Errorf("somebody else's: %v", err)
	}
	tw.signIn(t)
	tw.Clock.Move(identity.SessionIdle)
	if all, err := tw.Sessions(t.Context(), tw.ana.ID); err != nil || len(all) != 0 {
		t.Errorf("idle sessions are listed: %v %v", all, err)
	}
}

// Who signs out at the provider is signed out here.
func TestSessionsEndWithTheProviders(t *testing.T) {
	tw := newTown(t)
	arrive := func(once, session string) core.Secret {
		a := arrival(once)
		a.Session = session
		_, s, err := tw.Arrive(t.Context(), a)
		tw.Must(err)
		return s
	}
	one, two, link := arrive("1", "s1"), arrive("2", "s2"), tw.signIn(t)
	tw.Must(tw.EndAt(t.Context(), "entra", "s1", ""))
	tw.Must(tw.EndAt(t.Context(), "okta", "nothing", ""))
	tw.Must(tw.EndAt(t.Context(), "okta", "", "nobody"))
	if _, err := tw.Session(t.Context(), one); err != nil {
		t.Errorf("another provider ended it: %v", err)
	}
	tw.Must(tw.EndAt(t.Context(), "okta", "s1", ""))
	_, err := tw.Session(t.Context(), one)
	refused(t, "the session there", err)
	if _, err := tw.Session(t.Context(), two); err != nil {
		t.Errorf("another session there: %v", err)
	}
	tw.Must(tw.EndAt(t.Context(), "okta", "", "00u1"))
	_, err = tw.Session(t.Context(), two)
	refused(t, "all of the account's", err)
	if _, err := tw.Session(t.Context(), link); err != nil {
		t.Errorf("one that did not begin there: %v", err)
	}
}

func TestLimitsOfSessions(t *testing.T) {
	tw := newTown(t)
	tw.Service = tw.Limit(identity.Limits{Life: time.Hour, Idle: 10 * time.Minute})
	s := tw.signIn(t)
	for range 6 {
		tw.Clock.Move(9 * time.Minute)
		if _, err := tw.Session(t.Context(), s); err != nil {
			t.Fatalf("a busy session ended at %s: %v", tw.Clock.Now(), err)
		}
	}
	tw.Clock.Move(6 * time.Minute)
	_, err := tw.Session(t.Context(), s)
	refused(t, "after an hour", err)
	s = tw.signIn(t)
	tw.Clock.Move(10 * time.Minute)
	_, err = tw.Session(t.Context(), s)
	refused(t, "idle", err)
	// A limit that is shortened counts for sessions that are open.
	s = tw.signIn(t)
	tw.Clock.Move(5 * time.Minute)
	_, err = tw.Limit(identity.Limits{Life: 4 * time.Minute}).Session(t.Context(), s)
	refused(t, "older than sessions may be now", err)
}

// Where people sign in at providers, links are for the platform team alone, as
// given by hand.
func TestLinksWhereThereAreProviders(t *testing.T) {
	tw := newTown(t)
	pia := tw.Somebody("pia@example.org", core.RolePlatform)
	old, err := tw.NewLink(t.Context(), tw.ana.ID, core.System("start"))
	tw.Must(err)
	tw.UseGroupRoles(func() core.GroupRoles { return core.GroupRoles{{Provider: "okta", Name: "plat"}: {core.RolePlatform}} })
	a := arrival("1")
	a.Told, a.Groups = true, []string{"plat"}
	_, _, err = tw.Arrive(t.Context(), a)
	tw.Must(err)
	tw.Service = tw.ByProvider()
	_, _, err = tw.TakeLink(t.Context(), old)
	refused(t, "a link of before", err)
	if _, err := tw.NewLink(t.Context(), tw.ana.ID, core.System("start")); core.CodeOf(err) != core.Conflict {
		t.Errorf("a link for somebody whose role comes from a group: %v", err)
	}
	link, err := tw.NewLink(t.Context(), pia.ID, core.System("start"))
	tw.Must(err)
	if who, _, err := tw.TakeLink(t.Context(), link); err != nil || who.ID != pia.ID {
		t.Errorf("the platform team: %v", err)
	}
}
