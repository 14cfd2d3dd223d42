package inventory

import (
	"context"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
)

// Store knows components and who holds them.
type Store interface {
	// ComponentsNamed lists the components that have one of some names.
	ComponentsNamed(ctx context.Context, names ...string) ([]core.Component, error)
	// HoldersOf lists the holdings of the next apps, by app.
	HoldersOf(ctx context.Context, h core.Holders) ([]core.Holding, error)
	// CountHolders counts the apps, whatever After and Most are.
	CountHolders(ctx context.Context, h core.Holders) (int, error)
	// CountUnlisted counts the apps whose parts nobody could read.
	CountUnlisted(ctx context.Context, where core.Where, viewer *core.Person) (int, error)
	HolderApps(ctx context.Context, names []string) (map[string]core.HolderApp, error)
}

// VEX is the statements about known holes that are in force.
type VEX interface {
	Current(ctx context.Context) (*openvex.Set, error)
}

// Inventory searches the fleet. It is safe for concurrent use if its store is.
type Inventory struct {
	Store Store
	VEX   VEX        // nil for none
	Clock core.Clock // needed for VEX
}

// Ask is a search.
type Ask struct {
	Query  Query
	Where  core.Where // default live
	Viewer *core.Person
	After  string
	Most   int // apps; default 50, at most MostApps
}

// MostApps bounds a page of a search.
const MostApps = 1000

// Answer is one page of a search.
type Answer struct {
	Versions   []core.Component // that match, newest first
	Others     int              // versions of the name that do not match
	Uncompared []core.Component // nobody can say whether they match: they are not among the holders
	Counted    bool             // Total and Unlisted are known: on the first page only, because counting reads every holder
	Total      int              // apps
	Unlisted   int              // apps whose parts are not known
	Holders    []Holder
	Next       string // cursor; empty on the last page
}

// Holder is one app with what it holds.
type Holder struct {
	core.HolderApp
	Holdings []Held
}

// Held is one matching component in one build.
type Held struct {
	core.Holding
	What core.Component
	VEX  []openvex.Judgement // what is said of it, by vulnerability
}

// Search answers which apps hold what the query asks for, by name of the app. It
// counts them on the first page only.
func (v *Inventory) Search(ctx context.Context, a Ask) (Answer, error) {
	if a.Where == "" {
		a.Where = core.WhereLive
	}
	if a.Most <= 0 {
		a.Most = 50
	}
	a.Most = min(a.Most, MostApps)
	all, err := v.Store.ComponentsNamed(ctx, a.Query.names()...)
	if err != nil {
		return Answer{}, err
	}
	var out Answer
	byID := map[string]core.Component{}
	h := core.Holders{Where: a.Where, Viewer: a.Viewer, After: a.After, Most: a.Most + 1}
	for _, c := range all {
		if !a.Query.means(c) {
			continue
		}
		switch fits, ok := a.Query.Matches(c); {
		case !ok:
			out.Uncompared = append(out.Uncompared, c)
		case fits:
			out.Versions = append(out.Versions, c)
			byID[c.ID] = c
			h.Components = append(h.Components, c.ID)
		default:
			out.Others++
		}
	}
	slices.SortFunc(out.Versions, newer)
	slices.SortFunc(out.Uncompared, newer)
	if len(h.Components) > 0 {
		if err := v.page(ctx, h, byID, &out); err != nil {
			return out, err
		}
	}
	if a.After == "" {
		err = v.count(ctx, h, &out)
	}
	return out, err
}

// count fills in what a first page says of the whole. A page that is the whole is
// counted as it stands.
func (v *Inventory) count(ctx context.Context, h core.Holders, out *Answer) (err error) {
	out.Counted, out.Total = true, len(out.Holders)
	if out.Next != "" {
		if out.Total, err = v.Store.CountHolders(ctx, h); err != nil {
			return err
		}
	}
	out.Unlisted, err = v.Store.CountUnlisted(ctx, h.Where, h.Viewer)
	return err
}

// names are the ways in which ecosystems would write the name.
func (q Query) names() []string {
	out := []string{q.Name}
	for _, e := range append(Ecosystems(), "") {
		if n := normal(e, q.Name); (q.Ecosystem == "" || q.Ecosystem == e) && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// means reports whether c has the name that is asked for, in its own ecosystem.
func (q Query) means(c core.Component) bool {
	return (q.Ecosystem == "" || q.Ecosystem == c.Ecosystem) && c.Name == normal(c.Ecosystem, q.Name)
}

func (v *Inventory) page(ctx context.Context, h core.Holders, byID map[string]core.Component, out *Answer) error {
	rows, err := v.Store.HoldersOf(ctx, h)
	if err != nil {
		return err
	}
	var names []string
	for _, r := range rows {
		if len(names) == 0 || names[len(names)-1] != r.App {
			names = append(names, r.App)
		}
	}
	if len(names) == h.Most {
		names = names[:h.Most-1]
		out.Next = names[len(names)-1]
	}
	apps, err := v.Store.HolderApps(ctx, names)
	if err != nil {
		return err
	}
	var said *openvex.Set
	if v.VEX != nil {
		if said, err = v.VEX.Current(ctx); err != nil {
			return err
		}
	}
	for _, r := range rows {
		if out.Next != "" && r.App > out.Next {
			break
		}
		if n := len(out.Holders); n == 0 || out.Holders[n-1].Name != r.App {
			out.Holders = append(out.Holders, Holder{HolderApp: apps[r.App]})
		}
		last := &out.Holders[len(out.Holders)-1]
		held := Held{Holding: r, What: byID[r.Component]}
		if said != nil {
			held.VEX = said.About(openvex.Subject{App: r.App, Commit: r.Commit, Artifact: r.Artifact, Component: held.What}, v.Clock.Now())
		}
		last.Holdings = append(last.Holdings, held)
	}
	return nil
}
