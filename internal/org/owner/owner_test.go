package owner_test

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/engine/notify"
	"github.com/paddock-dev/paddock/internal/org/owner"
	"github.com/paddock-dev/paddock/internal/testkit"
)

func newService(g *testkit.Ground) *owner.Service {
	return &owner.Service{Store: g, Tell: notify.New(g, g, g.Audit, g.Clock, g.IDs), Audit: g.Audit, Clock: g.Clock}
}

// When an owner is switched off, co-owners and the platform team know in the same
// transaction which apps have nobody, each once and nobody else.
func TestLeft(t *testing.T) {
	g := testkit.New(t)
	s := newService(g)
	people := identity.New(g, g.Audit, g.Clock, g.IDs, rand.Reader).WhenOff(s.Left)
	ana, co, gone := g.Somebody("ana@example.org", core.RoleMaker), g.Somebody("co@example.org", core.RoleMaker), g.Somebody("gone@example.org")
	plat, sec := g.Somebody("plat@example.org", core.RolePlatform), g.Somebody("sec@example.org", core.RoleSecurity)
	g.SetDisabled(gone, true)
	g.NewApp("payroll", ana, "CO@example.org", "gone@example.org")
	g.NewApp("travel", ana)
	g.NewApp("other", co, "ana@example.org")
	g.Must(people.SwitchOff(g.Ctx(), plat.As("cli"), ana.ID))
	for _, c := range []struct {
		to    core.Person
		title string
		body  string
	}{
		{plat, "2 apps have lost their owner", "ana@example.org has left. Give each of them to somebody else, on the app's page. Apps: payroll, travel."},
		{co, "payroll has lost its owner", "ana@example.org has left. Ask the platform team to give it to somebody else. Apps: payroll."},
		{gone, "", ""}, {sec, "", ""}, {ana, "", ""},
	} {
		all, err := g.Notices(g.Ctx(), c.to.ID)
		g.Must(err)
		if c.title == "" && len(all) > 0 || c.title != "" && (len(all) != 1 || all[0].Title != c.title || all[0].Body != c.body) {
			t.Errorf("%s was told %+v", c.to.Email, all)
		}
	}
	if got := strings.Join(g.Events(0), " "); got != "person.switch_off app.owner_left app.owner_left" {
		t.Errorf("events %s", got)
	}
}

func TestGive(t *testing.T) {
	g := testkit.New(t)
	s := newService(g)
	ana, ben, plat := g.Somebody("ana@example.org", core.RoleMaker), g.Somebody("ben@example.org", core.RoleMaker), g.Somebody("plat@example.org", core.RolePlatform)
	off, eye := g.Somebody("off@example.org"), g.Somebody("eye@example.org", core.RoleAuditor)
	g.SetDisabled(off, true)
	a := g.NewApp("payroll", ana)
	for _, email := range []string{"nobody@example.org", off.Email, eye.Email, ana.Email, plat.Email, ""} {
		if err := s.Give(g.Ctx(), plat, plat.As("api"), a, email); core.CodeOf(err) != core.Invalid || core.AsError(err).Hint == "" || core.AsError(err).Field != "email" {
			t.Errorf("%q: %v", email, err)
		}
	}
	before := len(g.Events(0))
	g.Must(s.Give(g.Ctx(), plat, plat.As("api"), a, " Ben@example.org "))
	if got := g.Reload(a); got.OwnerID != ben.ID || got.OwnerEmail != ben.Email || !slices.Equal(g.Events(before), []string{"app.give"}) {
		t.Errorf("%+v %v", got, g.Events(before))
	}
	tally, err := g.TopOwners(g.Ctx(), 10)
	g.Must(err)
	if len(tally) != 1 || tally[0].Owner != ben.ID || tally[0].N != 1 {
		t.Errorf("counted as %+v", tally)
	}
}
