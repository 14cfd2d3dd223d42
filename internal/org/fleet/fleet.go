// Package fleet lists, counts and finds apps where there are a hundred thousand
// of them (CAT-3).
//
// Two ways lead to a page. Where the apps in question are few (a maker's own, an
// owner's, a rare word, a small cell of the tally) they are all read, and
// filtered, counted and sorted here, exactly. Where they are many, the list is
// walked in its order until the page is full, which is soon, because many fit;
// the numbers then come from the tally. Both cost the same for the first page
// and the last.
package fleet

import (
	"context"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Few is how many apps are read at once rather than walked.
const Few = 1000

// Store keeps the apps and what they are counted by.
type Store interface {
	Tally(ctx context.Context) ([]core.Tally, error)
	TopOwners(ctx context.Context, most int) ([]core.OwnerTally, error)
	BriefsOwned(ctx context.Context, p core.Person) ([]core.Brief, error)
	BriefsOfOwner(ctx context.Context, owner core.ID) ([]core.Brief, error)
	BriefsInCells(ctx context.Context, cells []core.Cell) ([]core.Brief, error)
	// BriefsNamed lists the apps with a word that begins so; all is false when
	// there are more than most.
	BriefsNamed(ctx context.Context, word string, most int) (found []core.Brief, all bool, err error)
	PageOfApps(ctx context.Context, f core.AppFilter, order core.AppOrder, after core.AppCursor, most int) ([]core.Brief, error)
}

// Ask is a request for a page of apps.
type Ask struct {
	Viewer *core.Person // nil sees every app; else only those that they own or co-own
	Filter core.AppFilter
	Order  core.AppOrder
	After  core.AppCursor
	Most   int
}

// Page is a page of apps with the numbers around it.
type Page struct {
	Apps   []core.Brief
	Next   core.AppCursor // not set on the last page
	Total  int
	Exact  bool // false: Total is only a lower bound, and Facets are empty
	Facets Facets
}

// Facets count, for each value of each filter, the apps that would be listed if
// that value were chosen and the other filters stayed.
type Facets struct {
	States, Classifications, Regions, Templates []Count
	Owners                                      []core.OwnerTally // who owns the most, whatever the filter; empty for a viewer who does not see all
}

// Count is a value and how many apps have it.
type Count struct {
	Value string
	N     int
}

// Fleet lists apps. It is safe for concurrent use if its store is.
type Fleet struct{ Store Store }

// List returns a page of apps.
func (f *Fleet) List(ctx context.Context, a Ask) (Page, error) {
	few, ok, err := f.few(ctx, a)
	if err != nil {
		return Page{}, err
	}
	if ok {
		return f.whole(ctx, a, few)
	}
	return f.walk(ctx, a)
}

// few reads all apps in question, if they are few.
func (f *Fleet) few(ctx context.Context, a Ask) ([]core.Brief, bool, error) {
	if a.Viewer != nil {
		all, err := f.Store.BriefsOwned(ctx, *a.Viewer)
		return all, true, err
	}
	if a.Filter.Owner != "" {
		all, err := f.Store.BriefsOfOwner(ctx, a.Filter.Owner)
		return all, true, err
	}
	if len(a.Filter.Words) > 0 {
		return f.Store.BriefsNamed(ctx, slices.MaxFunc(a.Filter.Words, func(x, y string) int { return len(x) - len(y) }), Few)
	}
	return nil, false, nil
}

// whole makes the page from all apps in question.
func (f *Fleet) whole(ctx context.Context, a Ask, all []core.Brief) (Page, error) {
	all = slices.DeleteFunc(all, func(b core.Brief) bool {
		return b.State == core.AppDeleted || a.Filter.Owner != "" && b.OwnerID != a.Filter.Owner || !named(b.Name, a.Filter.Words)
	})
	cells := map[core.Cell]int{}
	for _, b := range all {
		cells[b.Cell]++
	}
	tally := make([]core.Tally, 0, len(cells))
	for c, n := range cells {
		tally = append(tally, core.Tally{Cell: c, N: n})
	}
	p := Page{Exact: true, Facets: facets(tally, a.Filter)}
	fit := slices.DeleteFunc(all, func(b core.Brief) bool { return !a.Filter.Fits(b.Cell) })
	p.Total = len(fit)
	p.cut(sorted(fit, a.Order, a.After), a)
	return p, f.owners(ctx, a, &p)
}

// walk makes the page from the order of the list, and the numbers from the tally.
func (f *Fleet) walk(ctx context.Context, a Ask) (Page, error) {
	tally, err := f.Store.Tally(ctx)
	if err != nil {
		return Page{}, err
	}
	var p Page
	var cells []core.Cell
	for _, t := range tally {
		if t.N > 0 && a.Filter.Fits(t.Cell) {
			p.Total += t.N
			cells = append(cells, t.Cell)
		}
	}
	if len(a.Filter.Words) > 0 { // a frequent word: how frequent within the filter is not counted
		p.Total = min(p.Total, Few)
	} else {
		p.Exact, p.Facets = true, facets(tally, a.Filter)
	}
	var rows []core.Brief
	if p.Total <= Few && p.Exact {
		rows, err = f.Store.BriefsInCells(ctx, cells)
		rows = sorted(rows, a.Order, a.After)
	} else {
		rows, err = f.Store.PageOfApps(ctx, a.Filter, a.Order, a.After, a.Most+1)
	}
	if err != nil {
		return p, err
	}
	p.cut(rows, a)
	if !p.Exact && !p.Next.Set && !a.After.Set { // it all went onto one page
		p.Total, p.Exact = len(p.Apps), true
	}
	return p, f.owners(ctx, a, &p)
}

func (f *Fleet) owners(ctx context.Context, a Ask, p *Page) (err error) {
	if a.Viewer == nil {
		p.Facets.Owners, err = f.Store.TopOwners(ctx, 10)
	}
	return err
}

// cut keeps the first page of rows.
func (p *Page) cut(rows []core.Brief, a Ask) {
	p.Apps = rows
	if len(rows) > a.Most {
		p.Apps = rows[:a.Most]
		last := p.Apps[a.Most-1]
		p.Next = core.AppCursor{Name: last.Name, LastActive: last.LastActive, Set: true}
	}
}

// sorted sorts apps and leaves out those up to the cursor.
func sorted(list []core.Brief, order core.AppOrder, after core.AppCursor) []core.Brief {
	cmp := func(a, b core.Brief) int { return strings.Compare(a.Name, b.Name) }
	if order == core.ByRecent {
		cmp = func(a, b core.Brief) int {
			if a.LastActive != b.LastActive {
				return int(min(1, max(-1, b.LastActive-a.LastActive)))
			}
			return strings.Compare(b.Name, a.Name)
		}
	}
	slices.SortFunc(list, cmp)
	if !after.Set {
		return list
	}
	at, found := slices.BinarySearchFunc(list, core.Brief{Name: after.Name, LastActive: after.LastActive}, cmp)
	if found {
		at++
	}
	return list[at:]
}

// named reports whether each word begins a word of the name.
func named(name string, words []string) bool {
	for _, w := range words {
		if !strings.HasPrefix(name, w) && !strings.Contains(name, "-"+w) {
			return false
		}
	}
	return true
}

// Words reads what somebody typed into words of names: letters, digits and
// dashes in lower case. What no name can hold separates words.
func Words(text string) []string {
	fields := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	})
	var out []string
	for _, w := range fields {
		if w = strings.Trim(w, "-"); w != "" && len(out) < 5 {
			out = append(out, w)
		}
	}
	return out
}
