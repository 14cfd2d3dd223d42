package fleet_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/fleet"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// town is a fleet in the real store.
type town struct {
	*testkit.Ground
	fleet  *fleet.Fleet
	people []core.Person
	apps   []core.App
}

func newTown(t *testing.T, g *testkit.Ground, n int) *town {
	w := &town{Ground: g, fleet: &fleet.Fleet{Store: g.DB}}
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range 5 {
		w.people = append(w.people, g.Somebody(fmt.Sprintf("p%d@example.org", i)))
	}
	pick := func(list ...string) string { return list[rnd.IntN(len(list))] }
	now := g.Clock.Now()
	g.Must(g.Quietly(context.Background(), func(ctx context.Context) error {
		for i := range n {
			owner := w.people[rnd.IntN(len(w.people))]
			name := fmt.Sprintf("%s-%s-n%d", pick("payroll", "tracker", "survey"), pick("emea", "apac", "track"), i)
			a := core.App{ID: g.IDs.New(now), Name: name, OwnerID: owner.ID, OwnerEmail: owner.Email, State: core.AppProvisioning, Created: core.Stamp(now) + int64(i),
				Descriptor: core.Descriptor{Name: name, Template: pick("dashboard@1", "dashboard@2", "form@1"), Owner: owner.Email,
					Classification: core.Classifications[rnd.IntN(4)], Region: pick("eu", "us")}}
			if rnd.IntN(4) == 0 {
				a.Descriptor.CoOwners = []string{" P0@example.org"}
			}
			if err := g.AddApp(ctx, a); err != nil {
				return err
			}
			if rnd.IntN(3) > 0 {
				if err := g.MoveApp(ctx, a, core.AppActive, 0, 0); err != nil {
					return err
				}
				a.State = core.AppActive
			}
			if rnd.IntN(2) == 0 {
				a.LastActive = core.Stamp(now) + int64(rnd.IntN(10))
				if err := g.TouchApp(ctx, a.ID, a.LastActive); err != nil {
					return err
				}
			}
			if rnd.IntN(5) == 0 { // main says something else by now
				a.Descriptor.Classification, a.Descriptor.Region = core.PHI, "ch"
				if err := g.SetDescriptor(ctx, a.ID, a.Descriptor); err != nil {
					return err
				}
			}
			w.apps = append(w.apps, a)
		}
		return nil
	}))
	return w
}

// want lists the apps as plainly as can be.
func (w *town) want(a fleet.Ask) (names []string) {
	var fit []core.App
	for _, x := range w.apps {
		template, _, _ := strings.Cut(x.Descriptor.Template, "@")
		own := a.Viewer == nil || x.OwnerID == a.Viewer.ID || len(x.Descriptor.CoOwners) > 0 && a.Viewer.ID == w.people[0].ID
		words := true
		for _, word := range a.Filter.Words {
			words = words && slices.ContainsFunc(strings.Split(x.Name, "-"), func(s string) bool { return strings.HasPrefix(s, word) })
		}
		if own && words && (a.Filter.Owner == "" || x.OwnerID == a.Filter.Owner) &&
			a.Filter.Fits(core.Cell{State: x.State, Classification: x.Descriptor.Classification, Region: x.Descriptor.Region, Template: template}) {
			fit = append(fit, x)
		}
	}
	slices.SortFunc(fit, func(x, y core.App) int {
		if a.Order == core.ByRecent {
			return cmp.Or(cmp.Compare(y.LastActive, x.LastActive), cmp.Compare(y.Name, x.Name))
		}
		return cmp.Compare(x.Name, y.Name)
	})
	for _, x := range fit {
		names = append(names, x.Name)
	}
	return names
}

// TestListAgainstPlainLoop asks in every way and compares with a loop over all
// apps, page by page; a fleet of 1,400 takes both of the ways to a page.
func TestListAgainstPlainLoop(t *testing.T) { testkit.Each(t, testListAgainstPlainLoop) }

func testListAgainstPlainLoop(t *testing.T, g *testkit.Ground) {
	w := newTown(t, g, 1400)
	rnd := rand.New(rand.NewPCG(7, 7))
	walked := 0
	for range 50 {
		a := fleet.Ask{Order: []core.AppOrder{core.ByName, core.ByRecent}[rnd.IntN(2)], Most: 1 + rnd.IntN(400)}
		if rnd.IntN(3) == 0 {
			a.Viewer = &w.people[rnd.IntN(5)]
		}
		if rnd.IntN(3) == 0 {
			a.Filter.States = []core.AppState{core.AppActive}
		}
		if rnd.IntN(3) == 0 {
			a.Filter.Classifications = core.Classifications[rnd.IntN(4):]
		}
		if rnd.IntN(3) == 0 {
			a.Filter.Regions = []string{[]string{"eu", "us", "ch", "moon"}[rnd.IntN(4)]}
		}
		if rnd.IntN(3) == 0 {
			a.Filter.Templates = []string{"dashboard"}
		}
		if rnd.IntN(4) == 0 {
			a.Filter.Owner = w.people[rnd.IntN(5)].ID
		}
		if rnd.IntN(3) == 0 {
			a.Filter.Words = [][]string{{"track"}, {"t", "pay"}, {"n12"}, {"n"}, {"zebra"}}[rnd.IntN(5)]
		}
		want := w.want(a)
		var got []string
		for page := 0; ; page++ {
			p, err := w.fleet.List(t.Context(), a)
			w.Must(err)
			for _, b := range p.Apps {
				got = append(got, b.Name)
			}
			if p.Exact && p.Total != len(want) || p.Total > len(want) {
				t.Fatalf("%+v: %d apps are counted, want %d", a, p.Total, len(want))
			}
			if !p.Exact {
				walked++
			}
			if p.Exact && page == 0 {
				sums(t, w, a, p.Facets)
			}
			if !p.Next.Set {
				break
			}
			a.After = p.Next
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%+v:\n got %d %.200v\nwant %d %.200v", a, len(got), got, len(want), want)
		}
	}
	if walked == 0 {
		t.Error("no search was walked")
	}
}

// sums holds a facet against the list with its value chosen.
func sums(t *testing.T, w *town, a fleet.Ask, f fleet.Facets) {
	t.Helper()
	for _, c := range f.Regions {
		b := a
		b.Filter.Regions = []string{c.Value}
		if n := len(w.want(b)); n != c.N {
			t.Fatalf("%+v: region %s counts %d, want %d", a, c.Value, c.N, n)
		}
	}
	for _, c := range f.States {
		b := a
		b.Filter.States = []core.AppState{core.AppState(c.Value)}
		if n := len(w.want(b)); n != c.N {
			t.Fatalf("%+v: state %s counts %d, want %d", a, c.Value, c.N, n)
		}
	}
}

// Folding the ledger changes no number.
func TestFold(t *testing.T) { testkit.Each(t, testFold) }

func testFold(t *testing.T, g *testkit.Ground) {
	w := newTown(t, g, 60)
	before, err := w.Tally(t.Context())
	w.Must(err)
	w.Must(w.Quietly(t.Context(), func(ctx context.Context) error { return w.FoldTally(ctx, 10) }))
	after, err := w.Tally(t.Context())
	w.Must(err)
	if fmt.Sprint(sortTally(before)) != fmt.Sprint(sortTally(after)) || len(after) == 0 {
		t.Errorf("before %v\nafter %v", before, after)
	}
	a := w.Reload(w.apps[0])
	w.Must(w.Quietly(t.Context(), func(ctx context.Context) error {
		if a.State == core.AppProvisioning {
			return w.MoveApp(ctx, a, core.AppFailed, 0, 0)
		}
		return w.MoveApp(ctx, a, core.AppArchived, 0, 1)
	}))
	w.Must(w.Quietly(t.Context(), func(ctx context.Context) error { return w.FoldTally(ctx, 0) }))
	w.Must(w.Quietly(t.Context(), func(ctx context.Context) error { return w.FoldTally(ctx, 0) }))
	n := 0
	all, err := w.Tally(t.Context())
	w.Must(err)
	for _, c := range all {
		n += c.N
	}
	if n != 60 {
		t.Errorf("%d apps after two folds", n)
	}
}

func sortTally(list []core.Tally) []core.Tally {
	slices.SortFunc(list, func(a, b core.Tally) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return list
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{"": "[]", "Candidate Tracker": "[candidate tracker]", "pay%_'roll": "[pay roll]", "-a-b-": "[a-b]", "é": "[]"} {
		if got := fmt.Sprint(fleet.Words(text)); got != want {
			t.Errorf("%q: %s", text, got)
		}
	}
}
