package scim_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/door/scim"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	spoken "github.com/paddock-dev/paddock/internal/engine/identity/scim"
	"github.com/paddock-dev/paddock/internal/engine/notify"
	"github.com/paddock-dev/paddock/internal/org/directory"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// porch is the door on the real directory and store.
type porch struct {
	*testkit.Ground
	mux   *http.ServeMux
	bound string // the provider of the caller's token
	t     *testing.T
}

func newPorch(t *testing.T) *porch {
	g := testkit.New(t)
	roles := core.GroupRoles{{Provider: "entra", Name: "Finance"}: {core.RoleFinance}}
	g.UseGroupRoles(func() core.GroupRoles { return roles })
	people := identity.New(g, g.Audit, g.Clock, g.IDs, rand.Reader)
	g.Somebody("chief@example.org", core.RolePlatform)
	provider := directory.Provider{Title: "X", Domains: []string{"example.org"}, Groups: true, Removals: 3}
	entra, okta := provider, provider
	entra.Name, okta.Name = "entra", "okta"
	p := &porch{Ground: g, mux: http.NewServeMux(), bound: "entra", t: t}
	d := &scim.Door{BaseURL: "https://paddock.example", BoundTo: func(context.Context) string { return p.bound },
		Directory: &directory.Service{Parts: directory.Parts{Store: g, People: people, Tell: notify.New(g, g, g.Audit, g.Clock, g.IDs), Audit: g.Audit, Clock: g.Clock, IDs: g.IDs, Log: g.Log,
			Email: identity.Email, Roles: func() core.GroupRoles { return roles }, Providers: []directory.Provider{entra, okta}}}}
	for _, r := range d.Routes() {
		p.mux.HandleFunc(r.Method+" "+r.Pattern, func(w http.ResponseWriter, q *http.Request) {
			q.Body = http.MaxBytesReader(w, q.Body, r.Limit)
			r.Handler.ServeHTTP(w, q.WithContext(edge.WithActor(q.Context(), core.Actor{Kind: core.ActorPerson, Name: "bot", Door: string(r.Door)})))
		})
	}
	return p
}

type answer struct {
	code int
	h    http.Header
	body map[string]any
}

func (p *porch) ask(method, path, body string) answer {
	p.t.Helper()
	if !strings.HasPrefix(path, "/scim/") {
		path = "/scim/v2/" + p.bound + path
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	w := httptest.NewRecorder()
	p.mux.ServeHTTP(w, r)
	a := answer{code: w.Code, h: w.Header()}
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &a.body); err != nil || a.h.Get("Content-Type") != scim.MediaType {
			p.t.Errorf("%s %s: %v %s %.200s", method, path, err, a.h.Get("Content-Type"), w.Body)
		}
	}
	return a
}

// ok is ask for what must be answered with a code.
func (p *porch) ok(code int, method, path, body string) map[string]any {
	p.t.Helper()
	a := p.ask(method, path, body)
	if a.code != code {
		p.t.Fatalf("%s %s: %d %v, want %d", method, path, a.code, a.body, code)
	}
	return a.body
}

// refused wants one error in SCIM's form.
func (p *porch) refused(note string, a answer, code int, kind string) {
	p.t.Helper()
	got, _ := a.body["scimType"].(string)
	text, _ := a.body["detail"].(string)
	if a.code != code || got != kind || a.body["status"] != fmt.Sprint(code) || text == "" || len(text) > 500 || fmt.Sprint(a.body["schemas"]) != "["+spoken.ErrorMessage+"]" {
		p.t.Errorf("%s: %d %v, want %d %s", note, a.code, a.body, code, kind)
	}
}

func find(filter string) string { return "?filter=" + url.QueryEscape(filter) }

func patch(ops string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + ops + `]}`
}

func (p *porch) person(email string) core.Person {
	p.t.Helper()
	who, err := p.PersonByEmail(p.Ctx(), email)
	p.Must(err)
	return who
}

// The requests of Entra ID from the first connection to the hard delete, in its order.
func TestEntra(t *testing.T) {
	p := newPorch(t)
	if got := p.ok(200, "GET", "/Users"+find(`userName eq "0b4c2f1e-not-there"`), ""); got["totalResults"] != 0.0 || fmt.Sprint(got["Resources"]) != "[]" {
		t.Errorf("the probe: %v", got)
	}
	made := p.ask("POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"externalId":"oid-ana","userName":"Ana@example.org","active":true,
		"displayName":"Ana Lima","emails":[{"primary":true,"type":"work","value":"ana@example.org"}],"meta":{"resourceType":"User"},"name":{"formatted":"Ana Lima","familyName":"Lima","givenName":"Ana"},"roles":[]}`)
	id, _ := made.body["id"].(string)
	if made.code != 201 || made.h.Get("Location") != "https://paddock.example/scim/v2/entra/Users/"+id || made.body["userName"] != "Ana@example.org" || made.body["active"] != true {
		t.Fatalf("%+v", made)
	}
	p.refused("made again", p.ask("POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"externalId":"oid-ana","userName":"ana@example.org"}`), 409, "uniqueness")
	for _, f := range []string{`userName eq "ana@EXAMPLE.org"`, `externalId eq "oid-ana"`, `emails[type eq "work"].value eq "ana@example.org"`} {
		if got := p.ok(200, "GET", "/Users"+find(f), ""); got["totalResults"] != 1.0 || got["itemsPerPage"] != 1.0 || got["startIndex"] != 1.0 {
			t.Errorf("%s: %v", f, got)
		}
	}
	group := p.ok(201, "POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],"externalId":"gid","displayName":"Finance","meta":{"resourceType":"Group"}}`)
	g, _ := group["id"].(string)
	if got := p.ok(200, "GET", "/Groups"+find(`displayName eq "finance"`)+"&excludedAttributes=members", ""); got["totalResults"] != 1.0 || strings.Contains(fmt.Sprint(got), "members") {
		t.Errorf("%v", got)
	}
	p.ok(204, "PATCH", "/Groups/"+g, patch(`{"op":"Add","path":"members","value":[{"$ref":null,"value":"`+id+`"}]}`))
	ben := p.ok(201, "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"externalId":"oid-ben","userName":"ben@example.org","active":"True"}`)
	p.ok(204, "PATCH", "/Groups/"+g, patch(`{"op":"Add","path":"members","value":[{"value":"`+fmt.Sprint(ben["id"])+`"}]}`))
	if got := p.person("ana@example.org").Roles; !slices.Equal(got, []core.Role{core.RoleFinance}) {
		t.Errorf("roles %v", got)
	}
	if got := p.ok(200, "GET", "/Groups"+find(`id eq "`+g+`" and members eq "`+id+`"`)+"&excludedAttributes=members", ""); got["totalResults"] != 1.0 {
		t.Errorf("%v", got)
	}
	p.ok(204, "PATCH", "/Groups/"+g, patch(`{"op":"Remove","path":"members","value":[{"$ref":null,"value":"`+id+`"}]}`)) // and nobody else
	if a, b := p.person("ana@example.org"), p.person("ben@example.org"); len(a.Roles) != 0 || len(b.Roles) != 1 {
		t.Errorf("after one was removed: %v %v", a.Roles, b.Roles)
	}
	for range 2 {
		got := p.ok(200, "PATCH", "/Users/"+id, patch(`{"op":"Replace","path":"active","value":"False"}`))
		if got["active"] != false || !p.person("ana@example.org").Disabled {
			t.Errorf("%v", got)
		}
	}
	p.ok(200, "PATCH", "/Users/"+id, patch(`{"op":"Replace","path":"active","value":"True"},{"op":"Replace","path":"name.familyName","value":"Souza"},{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"X"}`))
	if got := p.ok(200, "GET", "/Users/"+id+"?attributes=name,active", ""); got["active"] != true || fmt.Sprint(got["name"]) != "map[familyName:Souza formatted:Ana Lima givenName:Ana]" || got["userName"] != nil {
		t.Errorf("%v", got)
	}
	p.ok(204, "DELETE", "/Users/"+id, "")
	p.refused("gone", p.ask("GET", "/Users/"+id, ""), 404, "")
	p.refused("deleted again", p.ask("DELETE", "/Users/"+id, ""), 404, "")
	if !p.person("ana@example.org").Disabled {
		t.Error("who was deleted is not off")
	}
	p.ok(204, "DELETE", "/Groups/"+g, "")
	if got := p.person("ben@example.org").Roles; len(got) != 0 {
		t.Errorf("roles of a group that is gone: %v", got)
	}
}

// The requests of Okta: the credential test, a push, whole users by PUT, groups.
func TestOkta(t *testing.T) {
	p := newPorch(t)
	p.bound = "okta"
	p.ok(200, "GET", "/Users?startIndex=1&count=2", "")
	whole := func(rest string) string {
		return `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"eva@example.org","name":{"givenName":"Eva","familyName":"Ray"},"emails":[{"primary":true,"value":"eva@example.org","type":"work"}],
			"displayName":"Eva Ray","locale":"en-US","externalId":"00u1","groups":[],"password":"1mz050nq"` + rest + `}`
	}
	made := p.ok(201, "POST", "/Users", whole(`,"active":true`))
	if _, there := made["password"]; there {
		t.Error("a password was kept")
	}
	id := fmt.Sprint(made["id"])
	if got := p.ok(200, "PUT", "/Users/"+id, whole(`,"id":"`+id+`","active":false,"meta":{"resourceType":"User"}`)); got["active"] != false || !p.person("eva@example.org").Disabled {
		t.Errorf("%v", got)
	}
	if got := p.ok(200, "PUT", "/Users/"+id, whole(``)); got["active"] != false { // says nothing of it
		t.Errorf("%v", got)
	}
	p.ok(200, "PUT", "/Users/"+id, whole(`,"active":true`))
	if got := p.ok(200, "PATCH", "/Users/"+id, patch(`{"op":"replace","value":{"active":false}}`)); got["active"] != false || !p.person("eva@example.org").Disabled {
		t.Errorf("%v", got)
	}
	g := fmt.Sprint(p.ok(201, "POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Team","members":[{"value":"`+id+`","display":"eva@example.org"}]}`)["id"])
	p.ok(204, "PATCH", "/Groups/"+g, patch(`{"op":"replace","value":{"id":"`+g+`","displayName":"Team A"}}`))
	p.ok(204, "PATCH", "/Groups/"+g, patch(`{"op":"remove","path":"members[value eq \"`+id+`\"]"},{"op":"add","path":"members","value":[{"value":"`+id+`","display":"eva@example.org"}]}`))
	got := p.ok(200, "GET", "/Groups/"+g, "")
	if got["displayName"] != "Team A" || !strings.Contains(fmt.Sprint(got["members"]), id) {
		t.Errorf("%v", got)
	}
	if got := p.ok(200, "PUT", "/Groups/"+g, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Team A","members":[]}`); fmt.Sprint(got["members"]) != "[]" {
		t.Errorf("%v", got)
	}
}

// Only a token that is bound to the provider opens its path.
func TestOtherProviders(t *testing.T) {
	p := newPorch(t)
	for bound, path := range map[string]string{"okta": "entra", "": "entra", "none": "none"} {
		p.bound = bound
		want := 403
		if bound == path {
			want = 404
		}
		for _, method := range []string{"GET", "POST"} {
			p.refused(bound, p.ask(method, "/scim/v2/"+path+"/Users", ""), want, "")
		}
	}
}

func TestWhatIsOffered(t *testing.T) {
	p := newPorch(t)
	c := fmt.Sprint(p.ok(200, "GET", "/ServiceProviderConfig", ""))
	for _, want := range []string{"patch:map[supported:true]", "bulk:map[maxOperations:0 maxPayloadSize:0 supported:false]", "sort:map[supported:false]", "etag:map[supported:false]", "changePassword:map[supported:false]", "filter:map[maxResults:200 supported:true]"} {
		if !strings.Contains(c, want) {
			t.Errorf("%s is not in %s", want, c)
		}
	}
	if got := p.ok(200, "GET", "/ResourceTypes", ""); got["totalResults"] != 2.0 {
		t.Errorf("%v", got)
	}
	if got := p.ok(200, "GET", "/ResourceTypes/Group", ""); got["endpoint"] != "/Groups" {
		t.Errorf("%v", got)
	}
	if got := p.ok(200, "GET", "/Schemas/"+spoken.UserSchema, ""); got["name"] != "User" {
		t.Errorf("%v", got)
	}
	p.refused("no such schema", p.ask("GET", "/Schemas/x", ""), 404, "")
	p.refused("a search of schemas", p.ask("GET", "/Schemas"+find(`id eq "x"`), ""), 403, "")
}

// Whatever is wrong, there is one error in SCIM's form, and nothing is kept.
func TestHostileRequests(t *testing.T) {
	p := newPorch(t)
	id := fmt.Sprint(p.ok(201, "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"externalId":"e","userName":"ana@example.org"}`)["id"])
	before := len(p.Events(0))
	member := `{"value":"` + id + `"},`
	for note, c := range map[string]struct {
		method, path, body string
		code               int
		kind               string
	}{
		"filter: pr":       {"GET", "/Users" + find(`userName pr`), "", 400, "invalidFilter"},
		"filter: co":       {"GET", "/Users" + find(`userName co "a"`), "", 400, "invalidFilter"},
		"filter: empty":    {"GET", "/Users?filter=", "", 400, "invalidFilter"},
		"filter: SQL":      {"GET", "/Groups" + find(`displayName eq "x" or 1=1 --`), "", 400, "invalidFilter"},
		"filter: deep":     {"GET", "/Users" + find(strings.Repeat("(", 500)), "", 400, "invalidFilter"},
		"filter: long":     {"GET", "/Users" + find(`userName eq "`+strings.Repeat("x", 1100)+`"`), "", 400, "invalidFilter"},
		"count":            {"GET", "/Users?count=many", "", 400, "invalidValue"},
		"start":            {"GET", "/Users?startIndex=99999999999999999999", "", 400, "invalidValue"},
		"both lists":       {"GET", "/Users?attributes=a&excludedAttributes=b", "", 400, "invalidValue"},
		"a long id":        {"GET", "/Users/" + strings.Repeat("a", 5000), "", 404, ""},
		"an odd id":        {"GET", "/Users/..%2f..%2fpeople", "", 404, ""},
		"huge":             {"POST", "/Users", `{"a":"` + strings.Repeat("x", 1<<20) + `"}`, 413, ""},
		"deep":             {"POST", "/Users", strings.Repeat(`{"a":`, 10000), 400, "invalidSyntax"},
		"twice":            {"PATCH", "/Users/" + id, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[],"operations":[]}`, 400, "invalidSyntax"},
		"not JSON":         {"PUT", "/Users/" + id, `<user/>`, 400, "invalidSyntax"},
		"half good":        {"PATCH", "/Users/" + id, patch(`{"op":"replace","path":"active","value":false},{"op":"replace","path":"isAdmin","value":true}`), 400, "invalidPath"},
		"strange domain":   {"POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"eve@evil.example"}`, 400, "invalidValue"},
		"10,001 members":   {"POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":[` + strings.TrimSuffix(strings.Repeat(member, 10001), ",") + `]}`, 400, "tooMany"},
		"100,000 members":  {"POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":[` + strings.TrimSuffix(strings.Repeat(member, 100000), ",") + `]}`, 413, ""},
		"unknown member":   {"POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":[` + member + `{"value":"x"}]}`, 400, "invalidValue"},
		"change of a none": {"PATCH", "/Groups/x", patch(`{"op":"add","path":"members","value":[]}`), 404, ""},
	} {
		a := p.ask(c.method, c.path, c.body)
		p.refused(note, a, c.code, c.kind)
	}
	r := httptest.NewRequest("POST", "/scim/v2/entra/Users", strings.NewReader(`{}`))
	r.Header.Set("Content-Type", "text/plain")
	w := httptest.NewRecorder()
	if p.mux.ServeHTTP(w, r); w.Code != 400 {
		t.Errorf("plain text: %d", w.Code)
	}
	if got := p.Events(before); len(got) != 0 || p.person("ana@example.org").Disabled {
		t.Errorf("something was kept: %v", got)
	}
}

// A provider that is held is told to wait.
func TestHeld(t *testing.T) {
	p := newPorch(t)
	for i := range 4 {
		id := fmt.Sprint(p.ok(201, "POST", "/Users", fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"p%d@example.org"}`, i))["id"])
		if i < 3 {
			p.ok(204, "DELETE", "/Users/"+id, "")
			continue
		}
		a := p.ask("DELETE", "/Users/"+id, "")
		p.refused("the fourth", a, 429, "")
		if a.h.Get("Retry-After") != "600" {
			t.Error("not told to wait")
		}
	}
}
