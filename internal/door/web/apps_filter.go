package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// appQuery reads the filter of the list from an address; unknown keys are ignored.
func appQuery(v url.Values) view.AppQuery {
	get := func(key string) string { return strings.TrimSpace(v.Get(key)) }
	return view.AppQuery{Text: get("q"), States: several(v, "state"), Classifications: several(v, "classification"), Regions: several(v, "region"),
		Templates: several(v, "template"), Owner: get("owner"), Sort: get("sort"), After: get("after")}
}

// several reads the values of a key, without empty ones; no honest address has more
// than 20.
func several(v url.Values, key string) []string {
	var out []string
	for _, s := range v[key] {
		if s != "" && len(out) < 20 && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// appsPath is the list with a filter.
func appsPath(q view.AppQuery) string {
	v := url.Values{}
	for _, h := range kept(q) {
		v.Add(h.name, h.value)
	}
	if q.Text != "" {
		v.Set("q", q.Text)
	}
	if q.After != "" {
		v.Set("after", q.After)
	}
	if len(v) == 0 {
		return "/"
	}
	return "/?" + v.Encode()
}

type pair struct{ name, value string }

// kept are the parts of a filter that a new search keeps.
func kept(q view.AppQuery) []pair {
	var out []pair
	add := func(name string, values ...string) {
		for _, v := range values {
			if v != "" {
				out = append(out, pair{name, v})
			}
		}
	}
	add("state", q.States...)
	add("classification", q.Classifications...)
	add("region", q.Regions...)
	add("template", q.Templates...)
	add("owner", q.Owner)
	add("sort", q.Sort)
	return out
}

func from(q view.AppQuery, after string) view.AppQuery {
	q.After = after
	return q
}

// facet is one filter with its values.
type facet struct {
	title string
	chips []chip
}

type chip struct {
	label   string
	path    string // where it leads
	n       int
	counted bool
	on      bool
}

// mostChips bounds the values of a filter that are shown; chosen ones always are.
const mostChips = 10

// chips shows the values of a filter. toggle returns the query with a value put on
// or taken off.
func chips(title string, counts []view.Count, chosen []string, exact bool, label func(string) string, toggle func(value string) view.AppQuery) facet {
	f := facet{title: title}
	add := func(value string, n int, counted bool) {
		q := toggle(value)
		q.After = ""
		f.chips = append(f.chips, chip{label: label(value), path: appsPath(q), n: n, counted: counted, on: slices.Contains(chosen, value)})
	}
	for _, v := range chosen {
		if !slices.ContainsFunc(counts, func(c view.Count) bool { return c.Value == v }) {
			add(v, 0, exact)
		}
	}
	for i, c := range counts {
		if i < mostChips || slices.Contains(chosen, c.Value) {
			add(c.Value, c.N, true)
		}
	}
	return f
}

// flip puts a value into a list or takes it out.
func flip(list []string, v string) []string {
	if i := slices.Index(list, v); i >= 0 {
		return slices.Delete(slices.Clone(list), i, i+1)
	}
	return append(slices.Clone(list), v)
}

func same(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func stateFacet(q view.AppQuery, p view.AppPage) facet {
	return chips("State", p.Facets.States, q.States, p.Exact, func(s string) string { return appBadge(core.AppState(s)).word }, func(v string) view.AppQuery {
		x := q
		x.States = flip(q.States, v)
		return x
	})
}

func classFacet(q view.AppQuery, p view.AppPage) facet {
	return chips("Data", p.Facets.Classifications, q.Classifications, p.Exact, classTitle, func(v string) view.AppQuery {
		x := q
		x.Classifications = flip(q.Classifications, v)
		return x
	})
}

func regionFacet(q view.AppQuery, p view.AppPage) facet {
	return chips("Region", p.Facets.Regions, q.Regions, p.Exact, same, func(v string) view.AppQuery {
		x := q
		x.Regions = flip(q.Regions, v)
		return x
	})
}

func templateFacet(q view.AppQuery, p view.AppPage) facet {
	return chips("Template", p.Facets.Templates, q.Templates, p.Exact, same, func(v string) view.AppQuery {
		x := q
		x.Templates = flip(q.Templates, v)
		return x
	})
}

func ownerFacet(q view.AppQuery, p view.AppPage) facet {
	var chosen []string
	if q.Owner != "" {
		chosen = []string{q.Owner}
	}
	return chips("Most apps", p.Facets.Owners, chosen, false, same, func(v string) view.AppQuery {
		x := q
		if x.Owner = v; v == q.Owner {
			x.Owner = ""
		}
		return x
	})
}

func moreOpen(q view.AppQuery) bool { return len(q.Regions)+len(q.Templates) > 0 || q.Owner != "" }

// sorts are the orders of the list.
func sorts(q view.AppQuery) []chip {
	by := func(sort string) string {
		x := q
		x.Sort, x.After = sort, ""
		return appsPath(x)
	}
	return []chip{{label: "by name", path: by(""), on: q.Sort == "" || q.Sort == "name"}, {label: "last used first", path: by("recent"), on: q.Sort == "recent"}}
}

// manyApps reports whether the list is long enough for a filter to help.
func manyApps(q view.AppQuery, p view.AppPage) bool {
	return q.Narrowed() || q.After != "" || p.Next != "" || p.Total > 8
}

// appCount says how many apps there are: "12 apps", or "more than 1,000 apps".
func appCount(p view.AppPage) string {
	if !p.Exact {
		return "More than " + grouped(int64(p.Total)) + " apps"
	}
	return plural(p.Total, "app", "apps")
}

// narrowedWord ends the sentence that appCount begins.
func narrowedWord(q view.AppQuery) string {
	if q.Narrowed() {
		return "that fit, among those you may see."
	}
	return "you own, share or look after."
}
