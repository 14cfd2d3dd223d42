package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// components finds the apps that hold a component.
func (p *Pages) components(w http.ResponseWriter, r *http.Request, who core.Person) error {
	v := r.URL.Query()
	q := view.ComponentQuery{Text: strings.TrimSpace(v.Get("q")), Where: v.Get("where"), After: v.Get("after"), Limit: 50}
	if q.Where == "" {
		q.Where = string(core.WhereLive)
	}
	f := p.frame(r, "Components", "/components")
	if q.Text == "" {
		return p.show(w, r, http.StatusOK, componentsPage(f, q, nil, nil))
	}
	page, err := p.desk.Components(r.Context(), who, q)
	switch core.CodeOf(err) {
	case "":
		return p.show(w, r, http.StatusOK, componentsPage(f, q, &page, nil))
	case core.Invalid, core.TooLarge:
		return p.show(w, r, http.StatusUnprocessableEntity, componentsPage(f, q, nil, core.AsError(err)))
	}
	return err
}

// componentsPath is the page of a search.
func componentsPath(q view.ComponentQuery) string {
	v := url.Values{"q": {q.Text}}
	if q.Where != "" && q.Where != string(core.WhereLive) {
		v.Set("where", q.Where)
	}
	if q.After != "" {
		v.Set("after", q.After)
	}
	return "/components?" + v.Encode()
}

// component is a query for one component in every version.
func componentNamed(h view.HeldComponent) view.ComponentQuery {
	return view.ComponentQuery{Text: h.Ecosystem + ":" + h.Name}
}

func startFrom(q view.ComponentQuery, after string) view.ComponentQuery {
	q.After = after
	return q
}

// column is where in a query a fault is: 0 when it is in no one place.
func column(e *core.Error) int {
	_, n, _ := strings.Cut(e.Field, ":")
	at, _ := strconv.Atoi(n)
	return at
}

// places are where a search may look.
func places() []pair {
	return []pair{{string(core.WhereLive), "What runs now"}, {string(core.WhereLatest), "Newest builds"}, {string(core.WhereAny), "Every build"}}
}

// directBadge says how a component came into an app.
func directBadge(h view.HeldComponent) badge {
	switch {
	case h.BuildOnly:
		return badge{"For building", "dot", "off"}
	case h.Direct == "yes":
		return badge{"Direct", "dot", "wait"}
	case h.Direct == "no":
		return badge{"Through another", "dot", "off"}
	}
	return badge{"Not known", "dot", "off"}
}

// runsWhere says where an app runs.
func runsWhere(h view.ComponentHolder) string {
	if h.Target == "" {
		return "It does not run now."
	}
	if h.Target == h.Region {
		return h.Target
	}
	return h.Target + ", " + h.Region
}

// searchCount heads a result. A following page is not counted.
func searchCount(p *view.ComponentPage) string {
	if p.Total == nil {
		return "More apps that hold it."
	}
	verb := "hold"
	if *p.Total == 1 {
		verb = "holds"
	}
	return plural(*p.Total, "app", "apps") + " " + verb + " it."
}
