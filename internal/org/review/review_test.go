package review

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/notify"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// world is a ground with rights that can be taken away; what holds beyond people
// and apps is said by hand.
type world struct {
	*testkit.Ground
	acts   map[string]int64 // person+app -> last act
	givers map[core.ID]core.ID
	links  []core.SameHuman
	tokens map[core.ID][]core.Credential
	broken bool
}

func (w *world) Tokens(_ context.Context, p core.ID) ([]core.Credential, error) {
	return w.tokens[p], nil
}
func (w *world) Pipelines(ctx context.Context, a core.ID) ([]core.Pipeline, error) {
	return nil, nil
}
func (w *world) Givers(context.Context) (map[core.ID]core.ID, error) { return w.givers, nil }
func (w *world) LastAct(_ context.Context, p, a core.ID) (int64, error) {
	return w.acts[string(p+a)], nil
}
func (w *world) Humans(context.Context) (core.Humans, error) { return core.NewHumans(w.links), nil }

// Remove ends tokens and roles; the rest is for people.
func (w *world) Remove(ctx context.Context, _ core.Actor, r core.Right) (bool, error) {
	switch r.Kind {
	case core.RightToken:
		w.tokens[r.Person] = slices.DeleteFunc(w.tokens[r.Person], func(c core.Credential) bool { return c.ID == r.Ref })
		return true, nil
	case core.RightRole:
		p, err := w.Person(ctx, r.Person)
		if err != nil {
			return false, err
		}
		p.Given = slices.DeleteFunc(p.Given, func(have core.Role) bool { return string(have) == r.Name })
		return true, w.UpdatePerson(ctx, p)
	}
	return false, nil
}

func (w *world) Holds(ctx context.Context, r core.Right) (bool, error) {
	if w.broken {
		return false, core.Errorf(core.Unavailable, "The apps cannot be read.")
	}
	a, err := w.App(ctx, r.AppID)
	return slices.Contains(a.Descriptor.CoOwners, r.Email), err
}

func start(g *testkit.Ground) (*world, *Reviews) {
	w := &world{Ground: g, acts: map[string]int64{}, givers: map[core.ID]core.ID{}, tokens: map[core.ID][]core.Credential{}}
	return w, &Reviews{Store: g.DB, Rights: w, Remover: w, Tickets: g.DB, Audit: g.Audit, Tell: notify.New(g.DB, g.DB, g.Audit, g.Clock, g.IDs), Clock: g.Clock, IDs: g.IDs}
}

// list says a review's items in words, sorted.
func (w *world) list(t *testing.T, open, unused bool) []string {
	t.Helper()
	all, err := w.Reviews(w.Ctx())
	w.Must(err)
	items, err := w.ReviewItems(w.Ctx(), all[0].ID, open, unused, "", 1000)
	w.Must(err)
	var out []string
	for _, i := range items {
		out = append(out, fmt.Sprintf("%s: %s (%s)", strings.Split(i.Email, "@")[0], Words(i.Right), i.From))
	}
	slices.Sort(out)
	return out
}

func (w *world) item(t *testing.T, words string) core.ReviewItem {
	t.Helper()
	all, err := w.Reviews(w.Ctx())
	w.Must(err)
	items, err := w.ReviewItems(w.Ctx(), all[0].ID, false, false, "", 1000)
	w.Must(err)
	for _, i := range items {
		if strings.Split(i.Email, "@")[0]+": "+Words(i.Right) == words {
			return i
		}
	}
	t.Fatalf("%q is not in the review", words)
	return core.ReviewItem{}
}

// WFL-5: a quarter's review lists every standing right once, proposes what was not
// used for ninety days, and tells the reviewers once.
func TestReviewListsEveryRight(t *testing.T) {
	testkit.Each(t, func(t *testing.T, g *testkit.Ground) {
		w, s := start(g)
		hana := g.Somebody("hana@example.org", core.RoleMaker)
		pia := g.Somebody("pia@example.org", core.RolePlatform, core.RoleSecurity)
		gone := g.Somebody("gone@example.org", core.RolePlatform)
		g.SetDisabled(gone, true)
		a := g.NewApp("payroll", hana, "Pia@example.org", "gone@example.org", "nobody@example.org")
		w.tokens[hana.ID] = []core.Credential{{ID: "t1", Name: "laptop", Created: core.Stamp(g.Clock.Now())}}
		g.Clock.Move(100 * 24 * time.Hour)
		w.acts[string(hana.ID+a.ID)] = core.Stamp(g.Clock.Now().Add(-time.Hour))
		w.acts[string(pia.ID)] = core.Stamp(g.Clock.Now().Add(-time.Hour))
		g.Must(s.Run(g.Ctx()))
		want := []string{"hana: the access token laptop (made by the person)", "hana: the place of owner of the app payroll (the making of the app)", "hana: the role maker (given by hand)",
			"pia: the place of co-owner of the app payroll (microapp.yaml)", "pia: the role platform (given by hand)", "pia: the role security (given by hand)"}
		if got := w.list(t, true, false); !slices.Equal(got, want) {
			t.Errorf("rights:\n%s", strings.Join(got, "\n"))
		}
		unused := []string{"hana: the access token laptop (made by the person)", "hana: the role maker (given by hand)", "pia: the place of co-owner of the app payroll (microapp.yaml)"}
		if got := w.list(t, true, true); !slices.Equal(got, unused) {
			t.Errorf("proposed for removal:\n%s", strings.Join(got, "\n"))
		}
		g.Must(s.Run(g.Ctx())) // again: nothing more
		if got := w.list(t, true, false); len(got) != len(want) {
			t.Errorf("running again makes %d items", len(got))
		}
		notices, err := g.Notices(g.Ctx(), pia.ID)
		g.Must(err)
		if len(notices) != 1 || notices[0].Link != "/reviews" {
			t.Errorf("notices: %+v", notices)
		}
		if _, err := s.Open(g.Ctx(), core.System("test")); core.CodeOf(err) != core.Conflict {
			t.Errorf("a second review of the quarter: %v", err)
		}
		g.Clock.Move(92 * 24 * time.Hour)
		g.Must(s.Run(g.Ctx()))
		if all, err := g.Reviews(g.Ctx()); err != nil || len(all) != 2 || all[0].Name == all[1].Name {
			t.Errorf("reviews: %+v %v", all, err)
		}
	})
}

// More apps than fit one step are all gathered, each once, also when the first run
// broke off after some of them.
func TestGatheringGoesOn(t *testing.T) {
	g := testkit.New(t)
	w, s := start(g)
	hana := g.Somebody("hana@example.org", core.RoleMaker)
	for i := range batch + 3 {
		g.NewApp(fmt.Sprintf("app-%04d", i), hana)
	}
	r, err := s.Open(g.Ctx(), core.System("test"))
	g.Must(err)
	people, err := g.People(g.Ctx())
	g.Must(err)
	g.Must(s.ofPeople(g.Ctx(), &r, people))
	g.Must(s.ofApps(g.Ctx(), &r, people)) // the server stops here
	if got := len(w.list(t, true, false)); got != batch+1 {
		t.Fatalf("%d items after one step", got)
	}
	g.Must(s.Run(g.Ctx()))
	if got := len(w.list(t, true, false)); got != batch+4 {
		t.Errorf("%d items, want %d", got, batch+4)
	}
}

// Nobody decides on a right of their own, or on one they gave, by any account.
func TestReviewerIsSomebodyElse(t *testing.T) {
	g := testkit.New(t)
	w, s := start(g)
	hana, pia := g.Somebody("hana@example.org", core.RoleMaker), g.Somebody("pia@example.org", core.RolePlatform)
	pia2, sam := g.Somebody("pia.2@example.org", core.RoleSecurity), g.Somebody("sam@example.org", core.RoleSecurity)
	w.givers[hana.ID] = pia.ID
	a, b := core.Pair(pia.ID, pia2.ID)
	w.links = []core.SameHuman{{A: a, B: b, State: core.SameProposed}}
	g.Must(s.Run(g.Ctx()))
	maker, own := w.item(t, "hana: the role maker"), w.item(t, "pia: the role platform")
	decide := func(who core.Person, i core.ReviewItem, d core.ReviewDecision, reason string) error {
		_, err := s.Decide(g.Ctx(), who, who.As("api"), i.ID, d, reason)
		return err
	}
	for what, err := range map[string]error{
		"the one who gave it":              decide(pia, maker, core.ReviewKeep, "ok"),
		"another account of the giver":     decide(pia2, maker, core.ReviewKeep, "ok"),
		"the holder":                       decide(pia, own, core.ReviewKeep, "ok"),
		"another account of the holder":    decide(pia2, own, core.ReviewKeep, "ok"),
		"the holder of what somebody gave": decide(hana, maker, core.ReviewKeep, "ok"),
	} {
		if core.CodeOf(err) != core.Forbidden {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, bad := range []struct {
		d      core.ReviewDecision
		reason string
	}{{"maybe", "x"}, {"", "x"}, {core.ReviewKeep, " "}, {core.ReviewKeep, strings.Repeat("x", mostReason+1)}} {
		if err := decide(sam, maker, bad.d, bad.reason); core.CodeOf(err) != core.Invalid {
			t.Errorf("%q %q: %v", bad.d, bad.reason, err)
		}
	}
	g.Must(decide(sam, maker, core.ReviewKeep, "She builds apps."))
	if err := decide(sam, maker, core.ReviewRemove, "No."); core.CodeOf(err) != core.Conflict {
		t.Errorf("a second decision: %v", err)
	}
}

// A removal is settled when the right is gone: at once where Paddock can end it,
// else when somebody did; while it cannot be read, nothing is settled.
func TestRemovalIsALoop(t *testing.T) {
	testkit.Each(t, func(t *testing.T, g *testkit.Ground) {
		w, s := start(g)
		hana, sam := g.Somebody("hana@example.org", core.RoleMaker), g.Somebody("sam@example.org", core.RoleSecurity)
		joe := g.Somebody("joe@example.org", core.RoleMaker)
		a := g.NewApp("payroll", hana, "joe@example.org")
		w.tokens[hana.ID] = []core.Credential{{ID: "t1", Name: "laptop", Created: 1}}
		g.Must(s.Run(g.Ctx()))
		remove := func(words string) core.ReviewItem {
			t.Helper()
			i, err := s.Decide(g.Ctx(), sam, sam.As("api"), w.item(t, words).ID, core.ReviewRemove, "Not needed.")
			g.Must(err)
			return i
		}
		if i := remove("hana: the access token laptop"); i.Gone == 0 || len(w.tokens[hana.ID]) != 0 {
			t.Errorf("the token: %+v", i)
		}
		if i := remove("joe: the role maker"); i.Gone == 0 {
			t.Errorf("the role: %+v", i)
		}
		if p, err := g.Person(g.Ctx(), joe.ID); err != nil || p.Has(core.RoleMaker) {
			t.Errorf("joe still has %v (%v)", p.Roles, err)
		}
		waiting := remove("joe: the place of co-owner of the app payroll")
		if waiting.Gone != 0 {
			t.Error("what only people can change is said to be gone")
		}
		g.Must(s.Run(g.Ctx()))
		w.broken = true
		if err := s.Run(g.Ctx()); err == nil {
			t.Error("a failed read is taken for absence")
		}
		w.broken = false
		if tally, err := g.ReviewTally(g.Ctx(), waiting.Review); err != nil || tally.Pending != 1 || tally.Removed != 2 {
			t.Errorf("tally %+v %v", tally, err)
		}
		a = g.Reload(a)
		a.Descriptor.CoOwners = nil
		g.Must(g.Quietly(g.Ctx(), func(ctx context.Context) error { return g.SetDescriptor(ctx, a.ID, a.Descriptor) }))
		g.Must(s.Run(g.Ctx()))
		if i, err := g.ReviewItem(g.Ctx(), waiting.ID); err != nil || i.Gone == 0 || i.ByEmail != "sam@example.org" {
			t.Errorf("after the change of microapp.yaml: %+v %v", i, err)
		}
		if events := strings.Join(g.Events(0), " "); strings.Count(events, "review.decide") != 3 || strings.Count(events, "review.settle") != 1 {
			t.Error(events)
		}
	})
}
