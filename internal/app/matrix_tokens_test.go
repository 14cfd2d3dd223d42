package app

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/engine/identity"
)

// reach says what an access token is good for beside what anyone may: rights, with
// "GET " before those that it only looks with.
type reach struct {
	who, scope string
	rights     []string
	git        string // "", "fetch" or "push"
}

var reaches = map[string]reach{
	"git token":    {"owner", identity.ScopeGit, nil, "push"},
	"checks token": {"owner", identity.ScopeChecks, []string{"GET app.read", "rules.read", "check.run", "report.add"}, ""},
	"deploy token": {"owner", identity.ScopeDeploy, []string{"GET app.read", "app.deploy"}, ""},
	"scim token":   {"platform", identity.ScopeSCIM, []string{"people.provision"}, ""},
}

// boundLists are the rows about no one app that a token bound to payroll reaches:
// what they list or take is payroll's only, and templates are nobody's. Ids of
// other apps' requests are tried in internal/door/desk.
var boundLists = []string{
	"GET /{$}", "GET /api/v1/me", "GET /api/v1/apps", "GET /api/v1/templates",
	"GET /approvals", "GET /approvals/{id}", "POST /approvals/{id}", "GET /api/v1/approvals", "POST /api/v1/approvals/{id}", "GET /api/v1/approvals/{id}/explain",
	"GET /api/v1/decisions/{id}", "GET /api/v1/decisions/{id}/explain", "GET /api/v1/decisions/{id}/replay", "GET /api/v1/log/proof", "GET /audit/proof/{id}",
	"GET /components", "GET /api/v1/components", // with a query they refuse a bound token
}

// scopedTokens holds that tokens reach what is written here by hand, and nothing
// else of all the routes there are.
func (m *matrix) scopedTokens(t *testing.T) {
	for as, c := range reaches {
		w := identity.Wish{Name: as, Scopes: []string{c.scope}}
		if c.scope == identity.ScopeSCIM {
			w.Provider = "acme"
		}
		m.addToken(as, c.who, w)
	}
	a, err := m.store.AppByName(t.Context(), "payroll")
	m.must(err)
	m.addToken("bound token", "owner", identity.Wish{Name: "bound", Scopes: []string{identity.ScopeWrite}, Apps: []core.ID{a.ID}})
	table := declared(t)
	for _, r := range m.rows() {
		for as, c := range reaches {
			may := slices.Contains(c.rights, r.Permission) || r.Method == http.MethodGet && slices.Contains(c.rights, "GET "+r.Permission)
			if r.Door == edge.Git {
				may = c.git == "push"
			}
			m.reached(t, r, as, r.Door != edge.Address && (r.Permission == edge.Anyone || may && (r.Door == edge.SCIM || predict(table, r, c.who))))
		}
		want := slices.Contains(boundLists, name(r))
		if aboutApp(r) {
			want = strings.Contains(example(r), "payroll") && predict(table, r, "owner")
		}
		m.reached(t, r, "bound token", r.Door != edge.Address && (want || r.Permission == edge.Anyone))
	}
	if got := m.send("bound token", edge.Route{}, http.MethodGet, "/api/v1/apps").Body.String(); !strings.Contains(got, "payroll") || strings.Contains(got, "tracker") {
		t.Errorf("a bound token sees %s", got)
	}
}

func (m *matrix) addToken(as, who string, w identity.Wish) {
	v, _, err := m.identity.MakeToken(m.t.Context(), m.people[who], w)
	m.must(err)
	m.token[as], m.people[as] = string(v.Open()), m.people[who]
}

func (m *matrix) reached(t *testing.T, r edge.Route, as string, want bool) {
	t.Helper()
	if ownRefusal[name(r)] != "" {
		want = false
	}
	rec := m.send(as, r, method(r), example(r))
	if got := through(r, rec); got != want {
		t.Errorf("%s by %s: let through %v, want %v: %d %.120s", name(r), as, got, want, rec.Code, rec.Body)
	}
}
