package app

import (
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// askers are the columns of the matrix. All are asked at every route; the first
// is an app's owner at that app, the third a maker who owns another one.
var askers = []string{"owner", "co-owner", "maker", "platform", "security", "data-owner", "privacy", "finance", "auditor",
	"anonymous", "off", "expired session", "read token", "opa token", "scim token", "pipeline"}

// bodyFor is what a route is sent: enough that it gets past reading its input to
// the right to the app. Rows about no app need none.
func bodyFor(r edge.Route) []byte {
	switch {
	case r.Method == http.MethodGet || r.Method == "" || r.Door != edge.API || !strings.Contains(r.Pattern, "{app}"):
		return nil
	case strings.HasSuffix(r.Pattern, "/deployments"):
		return []byte(`{"artifact":"sha256:00","target":"embedded-eu"}`)
	case strings.HasSuffix(r.Pattern, "/data"):
		return []byte(`{"sql":"SELECT 1"}`)
	case strings.HasSuffix(r.Pattern, "/owner"): // nobody, so that the app stays whose it is
		return []byte(`{"email":"nobody@nowhere.example"}`)
	case strings.HasSuffix(r.Pattern, "/merge"):
		return []byte(`{"head":"` + strings.Repeat("a", 40) + `"}`)
	}
	return []byte(`{}`)
}

// declared is authz's own table as it is written out by hand, by permission and
// caller: what every cell is predicted from.
func declared(t *testing.T) map[string]map[string]bool {
	t.Helper()
	text, err := os.ReadFile("../engine/authz/testdata/matrix.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	columns := strings.Fields(lines[0])
	out := map[string]map[string]bool{}
	for _, line := range lines[1:] {
		cells := strings.Fields(line)
		out[cells[0]] = map[string]bool{}
		for i, c := range cells[1:] {
			out[cells[0]][columns[i+1]] = c == "yes"
		}
	}
	return out
}

// aboutApp reports whether a row is about one app, which its path or host names.
func aboutApp(r edge.Route) bool {
	return strings.Contains(r.Pattern, "{app}") || filtered[name(r)] != "" || r.Door == edge.Git || r.Door == edge.Address
}

// predict says whether the table lets a caller through to a route's use case.
func predict(table map[string]map[string]bool, r edge.Route, as string) bool {
	may := table[r.Permission]
	if f := ownRefusal[name(r)]; f != "" {
		return false
	}
	reads := r.Method == http.MethodGet || r.Method == "" || r.Reads || strings.HasSuffix(r.Pattern, "/git-upload-pack")
	if r.Door == edge.SCIM {
		return as == "scim token"
	}
	switch as {
	case "scim token": // of the platform team, for one provider
		return r.Door != edge.Address && r.Permission == edge.Anyone
	case "read token": // of the owner, who is a maker
		return r.Door != edge.Address && (r.Permission == edge.Anyone || reads && predict(table, r, "owner"))
	case "opa token": // of the platform team
		return r.Door != edge.Address && (r.Permission == edge.Anyone || strings.HasPrefix(r.Pattern, "/opa/") && may["platform"])
	case "pipeline": // of payroll, with every scope
		return r.Service && may["pipeline"] && strings.Contains(r.Example, "payroll")
	case "anonymous", "off", "expired session":
		return r.Permission == edge.Anyone
	}
	switch {
	case r.Permission == edge.Anyone:
		return true
	case aboutApp(r):
		return may[as]
	case whole[name(r)] != "":
		return may[as] && as != "owner" && as != "co-owner"
	case as == "auditor" && !reads:
		return may[as] // owning an app makes nobody act who only reads
	case as == "owner", as == "co-owner":
		return may["owner"] || may["maker"] // they are makers, too
	}
	return may[as] || may["owner"] // everybody may have an app; the use case shows theirs only
}

// whole are the rows about all apps at once, where owning one does not count.
var whole = map[string]string{
	"GET /api/v1/log/health":               "the log is one",
	"GET /api/v1/policy/outside-decisions": "they name workloads of all apps",
}

// filtered are the rows that are about one app when its name is the filter; so
// they are asked. Without it only those may who see the whole log (door/desk).
var filtered = map[string]string{
	"GET /api/v1/events":        "/api/v1/events?app=payroll",
	"GET /api/v1/events/export": "/api/v1/events/export?app=payroll&format=csv",
	"GET /audit":                "/audit?app=payroll",
	"GET /audit/export":         "/audit/export?app=payroll&format=csv",
}

// example is the path that a row is asked at.
func example(r edge.Route) string { return cmp.Or(filtered[name(r)], r.Example) }

// ownRefusal are the rows that answer nobody's request here with a page, because
// what they are sent is missing or wrong.
var ownRefusal = map[string]string{
	"POST /sign-in": "401 is its own answer to a wrong link",
}

// through reports whether an answer is a use case's own: the caller was let in.
func through(r edge.Route, rec *httptest.ResponseRecorder) bool {
	switch rec.Code {
	case http.StatusUnauthorized, http.StatusForbidden:
		return false
	case http.StatusSeeOther:
		return r.Method != http.MethodGet || r.Permission == edge.Anyone || !strings.HasPrefix(rec.Header().Get("Location"), "/sign-in?") // only pages lead there
	case http.StatusNotFound: // what somebody may not see looks like what is not there
		return !strings.Contains(rec.Body.String(), "There is no app named") && !strings.Contains(rec.Body.String(), "There is no such app")
	}
	return true
}

// TestMatrix walks every route of every door as every sort of caller, through
// the router of a whole house (promise 11).
func TestMatrix(t *testing.T) {
	m := openMatrix(t)
	got := m.walk(t)
	m.signIn() // the walk signed everybody out
	t.Run("table", func(t *testing.T) { m.holds(t, got) })
	t.Run("written", func(t *testing.T) { m.written(t, got) })
	t.Run("auditor", m.auditorReads)
	t.Run("pages", m.signedPages)
	t.Run("methods", m.methods)
	t.Run("paths", m.paths)
	t.Run("hosts", m.hostTricks)
	t.Run("headers", m.hostileHeaders)
	t.Run("leaver", m.leaver)
	t.Run("tokens", m.scopedTokens)
}

// rows are the routes in the order that they are walked: what ends a session or
// takes an app out of service comes last.
func (m *matrix) rows() []edge.Route {
	rank := func(r edge.Route) int {
		switch {
		case endsSession(r):
			return 2
		case r.Method != http.MethodGet && aboutApp(r) && r.Door != edge.Git && r.Door != edge.Address:
			return 1
		}
		return 0
	}
	rows := slices.DeleteFunc(m.table.Routes(), func(r edge.Route) bool { return r.Door == edge.Admission })
	slices.SortStableFunc(rows, func(a, b edge.Route) int { return cmp.Compare(rank(a), rank(b)) })
	return rows
}

// endsSession reports whether a row signs its caller out.
func endsSession(r edge.Route) bool {
	return r.Method == http.MethodPost && (r.Pattern == "/sign-out" || strings.HasPrefix(r.Pattern, "/sessions"))
}

func name(r edge.Route) string { return strings.TrimSpace(r.Method + " " + r.Pattern) }

// method is the one that a row is asked with.
func method(r edge.Route) string { return cmp.Or(r.Method, http.MethodGet) }

// walk asks every row as every caller, and returns who was let through.
func (m *matrix) walk(t *testing.T) map[string]map[string]bool {
	got := map[string]map[string]bool{}
	for _, r := range m.rows() {
		key := string(r.Door) + " " + name(r)
		got[key] = map[string]bool{}
		missing := 0
		if endsSession(r) {
			m.signIn()
		}
		for _, as := range askers {
			rec := m.send(as, r, method(r), example(r))
			row := m.heard.last()
			if row != name(r) && rec.Code != http.StatusNotFound || strings.HasPrefix(rec.Body.String(), "404 page") {
				t.Errorf("%s: the example %s is served by %q", name(r), r.Example, row)
			}
			got[key][as] = through(r, rec)
			if aboutApp(r) && r.Door == edge.API && rec.Code == http.StatusUnprocessableEntity && as == "maker" {
				t.Errorf("%s: a stranger is told %s before the right to the app is known: give the row a whole body in bodyFor", name(r), rec.Body)
			}
			if rec.Code == http.StatusNotFound {
				missing++
			}
			if rec.Code >= http.StatusInternalServerError && rec.Code != http.StatusServiceUnavailable {
				t.Errorf("%s as %s: %d %.200s", name(r), as, rec.Code, rec.Body)
			}
		}
		if missing == len(askers) || r.Method == http.MethodGet && m.nothingThere(r) {
			if nowhere[name(r)] == "" {
				t.Errorf("%s: the example %s is not in this house: add it in matrix_house_test.go, or say in nowhere why not", name(r), r.Example)
			}
		}
	}
	return got
}

// nothingThere reports whether the caller who sees the most finds nothing at a
// row's example.
func (m *matrix) nothingThere(r edge.Route) bool {
	return m.send("platform", r, http.MethodGet, r.Example).Code == http.StatusNotFound
}

// nowhere are the rows whose example this house does not have, and why.
var nowhere = map[string]string{
	"GET /api/v1/apps/{app}/documents/{digest}": "a digest is made by a build",
	"GET /apps/{app}/documents/{digest}":        "the same",
	"GET /api/v1/decisions/{id}":                "ids are random; internal/door/desk/decision_test.go asks for those of other apps",
	"GET /api/v1/decisions/{id}/explain":        "the same",
	"GET /api/v1/decisions/{id}/replay":         "the same",
	"GET /api/v1/governance/changes/{number}":   "made by a push to the governance repository",
	"GET /api/v1/grants/{id}":                   "ids are random; internal/org/access asks for those of others",
	"GET /access/{id}":                          "the same",
	"GET /api/v1/grants/{id}/evidence":          "the same",
	"GET /evidence/access/{id}":                 "the same",
	"GET /api/v1/reviews/{review}":              "named by the quarter; review_test.go asks for one",
	"GET /api/v1/approvals/{id}/explain":        "ids are random; internal/door/desk/desk_test.go asks for those of other apps",
	"GET /approvals/{id}":                       "the same",
	"GET /audit/proof/{id}":                     "ids are random; internal/door/desk/log_test.go asks for those of other apps",
	"GET /sign-in/with/{provider}":              "needs a provider; internal/engine/identity/oidc signs in at real ones",
	"GET /sign-in/back/{provider}":              "the same",
	"GET /sign-out/at/{provider}":               "the same",
	"GET /witness/{origin}/checkpoint":          "needs another log that asks for cosignatures",
}

// holds compares what was measured with what authz's table says.
func (m *matrix) holds(t *testing.T, got map[string]map[string]bool) {
	table, cells := declared(t), 0
	for _, r := range m.rows() {
		for _, as := range askers {
			cells++
			want := predict(table, r, as)
			if g := got[string(r.Door)+" "+name(r)][as]; g != want {
				t.Errorf("%s as %s: let through %v, but its right %q says %v", name(r), as, g, r.Permission, want)
			}
		}
	}
	t.Logf("%d routes, %d callers, %d cells", len(m.rows()), len(askers), cells)
}

const permissionsFile = "../../docs/reference/permissions.md"

// written holds docs/reference/permissions.md to what was measured, so that a
// changed cell shows as a difference; run with -update to write it again.
func (m *matrix) written(t *testing.T, got map[string]map[string]bool) {
	var b strings.Builder
	b.WriteString(permissionsHead)
	door := edge.Door("")
	for _, r := range m.table.Routes() {
		if r.Door == edge.Admission {
			continue
		}
		if r.Door != door {
			door = r.Door
			fmt.Fprintf(&b, "\n## %s\n\n| route | right | %s |\n|---|---|%s\n", doorTitles[door], strings.Join(shown, " | "), strings.Repeat("---|", len(shown)))
		}
		fmt.Fprintf(&b, "| `%s` | %s |", name(r), r.Permission)
		for _, as := range shown {
			fmt.Fprintf(&b, " %s |", word(r, got[string(r.Door)+" "+name(r)], as))
		}
		b.WriteString("\n")
	}
	if *update {
		if err := os.WriteFile(permissionsFile, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(permissionsFile)
	if err != nil || string(text) != b.String() {
		t.Errorf("%s is not what was measured (%v). Look at each cell that differs; to write it again: go test ./internal/app -run TestMatrix -update", permissionsFile, err)
	}
}

// shown are the columns of the document; the other callers stand in its head.
var shown = []string{"owner", "co-owner", "maker", "platform", "security", "data-owner", "privacy", "finance", "auditor", "anonymous", "read token", "opa token", "scim token", "pipeline"}

// word is one cell of the document.
func word(r edge.Route, row map[string]bool, as string) string {
	role := slices.Contains(core.Roles, core.Role(as))
	own := authz.Can(core.Person{ID: "x", Roles: []core.Role{core.Role(as)}}, authz.Permission(r.Permission), &core.App{OwnerID: "x"}) == nil
	switch {
	case ownRefusal[name(r)] != "" && as != "pipeline" && !strings.HasSuffix(as, " token"):
		return "yes"
	case row[as] && role && !aboutApp(r) && r.Permission != edge.Anyone && authz.Can(core.Person{ID: "x", Roles: []core.Role{core.Role(as)}}, authz.Permission(r.Permission), nil) != nil:
		return "own apps"
	case row[as]:
		return "yes"
	case role && aboutApp(r) && own:
		return "own apps"
	}
	return "no"
}

const permissionsHead = `# Who may do what

Every route of every door and every sort of caller, measured: ` + "`internal/app/matrix_test.go`" + ` sends each request through the router of a whole server, holds the answer
against the [table of rights](../../internal/engine/authz/table.go), and writes this file. A cell that changes shows as a difference here.

- **yes**: let through to the use case. **own apps**: for apps that they own or co-own, and what a list shows is theirs only. **no**: refused, or told that there is no such thing.
- *owner* and *co-owner* are measured at their own app, *maker* at an app of somebody else. A person with several roles may do what any of them may;
  but with the role auditor they only read, whatever else they hold.
- Somebody who is switched off, and a session that has ended, are answered like anonymous.
- *read token* is one of the owner, *opa token* and *scim token* are ones of the platform team, *pipeline* the token of a pipeline of that app.
- A gate may still refuse what a right allows; it gives none.
`

var doorTitles = map[edge.Door]string{edge.Web: "Pages", edge.API: "API", edge.Git: "git", edge.SCIM: "SCIM, for sign-in providers", edge.Address: "An app's own address",
	edge.Admission: "Kubernetes admission, on its own TLS listener"}
