package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/api"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// clerk is a desk that answers a few questions and remembers what reached it.
type clerk struct {
	api.Desk
	create error
	got    []string
}

func (c *clerk) CreateApp(_ context.Context, _ core.Person, f view.NewApp) (view.App, error) {
	c.got = append(c.got, "create "+f.Name)
	a := view.App{}
	a.Name = f.Name
	return a, c.create
}

func (c *clerk) PutSecret(_ context.Context, _ core.Person, name string, v core.Secret) error {
	c.got = append(c.got, "secret "+name+" "+v.String())
	return nil
}

func (c *clerk) AddReport(_ context.Context, _ core.Person, app, commit string, b []byte) (view.OutsideReport, error) {
	c.got = append(c.got, "report "+app+" "+commit+" "+string(b))
	return view.OutsideReport{}, nil
}

func (c *clerk) AddOwnReport(_ context.Context, _ core.Person, app, commit string, b []byte) (view.OutsideReport, error) {
	c.got = append(c.got, "own "+app+" "+commit+" "+string(b))
	return view.OutsideReport{}, nil
}

func (c *clerk) CheckRules(_ context.Context, _ core.Person, app string) ([]byte, string, error) {
	return []byte("rules of " + app), "d1", nil
}

func (c *clerk) AddVEX(_ context.Context, _ core.Person, b []byte) (view.VEX, error) {
	c.got = append(c.got, "vex "+string(b))
	return view.VEX{}, nil
}

func (c *clerk) Templates(context.Context, core.Person) ([]view.Template, error) { return nil, nil }

func (c *clerk) Change(context.Context, core.Person, string, int) (view.Change, error) {
	return view.Change{}, errors.New("SELECT * FROM secrets: disk I/O error")
}

func (c *clerk) Events(_ context.Context, _ core.Person, q view.EventQuery) (view.EventPage, error) {
	c.got = append(c.got, "events "+q.Actor)
	return view.EventPage{Events: []view.Event{}}, nil
}

// admin may do everything.
type admin struct{}

func (admin) Session(context.Context, core.Secret) (core.Person, error) { return core.Person{}, nil }

func (admin) Token(context.Context, core.Secret, core.Use) (core.Person, core.Credential, error) {
	return core.Person{ID: "p", Email: "pia@example.org"}, core.Credential{Scope: "write"}, nil
}

// serve puts the API behind the real edge.
func serve(c *clerk) (http.Handler, *api.API) {
	a := api.New(c, "test")
	table := &edge.Table{}
	table.Add(a.Routes()...)
	return edge.NewRouter(edge.Options{Identity: admin{}, May: func(core.Person, string) bool { return true }, Covers: func([]string, string, bool) error { return nil }, Log: slog.New(slog.DiscardHandler), Clock: core.SystemClock{}, IDs: core.IDs{},
		Hosts: []string{"paddock.example"}, AppDomain: "apps.example", Refuse: map[edge.Door]func(http.ResponseWriter, *http.Request, *core.Error){edge.API: api.Refuse}}, table), a
}

func ask(h http.Handler, method, path, media, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://paddock.example"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer x")
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

// problem reads an RFC 9457 answer and demands what each of them must have.
func problem(t *testing.T, what string, rec *httptest.ResponseRecorder) api.Problem {
	t.Helper()
	var p api.Problem
	if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil {
		t.Fatalf("%s: the answer is no problem: %d %s", what, rec.Code, rec.Body)
	}
	if media := rec.Header().Get("Content-Type"); media != "application/problem+json" {
		t.Errorf("%s: the media type is %q", what, media)
	}
	if p.Status != rec.Code || p.Title == "" || p.Code == "" || p.RequestID == "" || p.RequestID != rec.Header().Get("X-Request-Id") || p.Type != "/docs/errors#"+string(p.Code) {
		t.Errorf("%s: the problem is %+v (%d)", what, p, rec.Code)
	}
	return p
}

const canary = "canary-9c2f"

// Promise 7: whatever is wrong with a request, its values are not repeated: a
// secret may be among them.
func TestProblemsDoNotEchoTheInput(t *testing.T) {
	jsonMedia := "application/json"
	for _, c := range []struct {
		name, method, path, media, body string
		status                          int
		pointer                         string
	}{
		{"a wrong type", "PUT", "/api/v1/secrets/x", jsonMedia, `{"value": ["` + canary + `"]}`, 422, "body.value"},
		{"an unknown property", "PUT", "/api/v1/secrets/x", jsonMedia, `{"value": "v", "vaule": "` + canary + `"}`, 422, "body.vaule"},
		{"a missing property", "PUT", "/api/v1/secrets/x", jsonMedia, `{"val": "` + canary + `"}`, 422, "body"},
		{"no object", "PUT", "/api/v1/secrets/x", jsonMedia, `"` + canary + `"`, 422, "body"},
		{"a value too long", "PUT", "/api/v1/secrets/x", jsonMedia, `{"value": "` + strings.Repeat(canary, 8000) + `"}`, 422, "body.value"},
		{"none of the choices", "POST", "/api/v1/tokens", jsonMedia, `{"name": "n", "scope": "` + canary + `"}`, 422, "body.scope"},
		{"a number out of range", "POST", "/api/v1/tokens", jsonMedia, `{"name": "n", "scope": "read", "days": 98765}`, 422, "body.days"},
		{"JSON that breaks off", "PUT", "/api/v1/secrets/x", jsonMedia, `{"value": "` + canary, 400, ""},
		{"no JSON", "PUT", "/api/v1/secrets/x", jsonMedia, canary, 400, ""},
		{"another media type", "PUT", "/api/v1/secrets/x", "text/" + canary, canary, 415, ""},
		{"a query that is no number", "GET", "/api/v1/events?limit=" + canary, "", "", 422, "query.limit"},
		{"a path that is no number", "GET", "/api/v1/apps/payroll/changes/" + canary, "", "", 422, "path.number"},
		{"nothing at all", "PUT", "/api/v1/secrets/x", jsonMedia, "", 400, ""},
		{"a body too large", "PUT", "/api/v1/secrets/x", jsonMedia, `{"value": "` + strings.Repeat(canary, 200_000) + `"}`, 413, ""},
	} {
		desk := &clerk{}
		h, _ := serve(desk)
		rec := ask(h, c.method, c.path, c.media, c.body)
		if rec.Code != c.status {
			t.Errorf("%s: %d, want %d: %s", c.name, rec.Code, c.status, rec.Body)
			continue
		}
		p := problem(t, c.name, rec)
		if strings.Contains(rec.Body.String(), canary) || strings.Contains(rec.Body.String(), "98765") {
			t.Errorf("%s: the problem repeats the input: %s", c.name, rec.Body)
		}
		if c.pointer != "" && !slices.ContainsFunc(p.Errors, func(f api.Fault) bool { return f.Pointer == c.pointer && f.Message != "" }) {
			t.Errorf("%s: no fault at %s: %+v", c.name, c.pointer, p.Errors)
		}
		if len(desk.got) != 0 {
			t.Errorf("%s: reached the desk: %v", c.name, desk.got)
		}
	}
}

func TestForeignErrorIsHidden(t *testing.T) {
	h, _ := serve(&clerk{})
	rec := ask(h, "GET", "/api/v1/apps/payroll/changes/1", "", "")
	if p := problem(t, "a foreign error", rec); rec.Code != 500 || p.Code != core.Internal || strings.Contains(rec.Body.String(), "SELECT") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

// Every fault of a form is named, with its place and what to do.
func TestEveryFaultIsNamed(t *testing.T) {
	faults := []*core.Error{core.Errorf(core.Invalid, "The name is too short.").At("name").Hinted("Use 3 letters."), core.Errorf(core.Invalid, "No such region.").At("region")}
	h, _ := serve(&clerk{create: core.Join(core.Invalid, "The form has several faults.", faults)})
	p := problem(t, "a form", ask(h, "POST", "/api/v1/apps", "application/json", `{"template":"t","name":"n","classification":"internal","region":"eu"}`))
	if want := []api.Fault{{Pointer: "name", Message: "The name is too short.", Fix: "Use 3 letters."}, {Pointer: "region", Message: "No such region."}}; p.Status != 422 || !slices.Equal(p.Errors, want) {
		t.Errorf("%+v", p)
	}
}

func TestCreatedAndWaiting(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
	}{{nil, 201}, {core.Errorf(core.Pending, "This waits for approval."), 202}, {core.Errorf(core.Denied, "No."), 403}, {core.Errorf(core.Conflict, "Taken."), 409}} {
		h, _ := serve(&clerk{create: c.err})
		rec := ask(h, "POST", "/api/v1/apps", "application/json", `{"template":"t","name":"payroll","classification":"internal","region":"eu"}`)
		if rec.Code != c.status || c.status < 300 && rec.Header().Get("Location") != "/api/v1/apps/payroll" {
			t.Errorf("%v: %d, Location %q", c.err, rec.Code, rec.Header().Get("Location"))
		}
	}
}

func TestEmptyListIsAList(t *testing.T) {
	h, _ := serve(&clerk{})
	if rec := ask(h, "GET", "/api/v1/templates", "", ""); rec.Code != 200 || !strings.Contains(rec.Body.String(), `"items":[]`) {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

// API-1: the description is OpenAPI 3.1 and leaves out no route; each row of the
// table says who may call it and what it leaves in the log.
func TestDescriptionAndTableAgree(t *testing.T) {
	h, a := serve(&clerk{})
	var doc struct {
		OpenAPI string                               `json:"openapi"`
		Paths   map[string]map[string]map[string]any `json:"paths"`
	}
	rec := ask(h, "GET", "/api/openapi.json", "", "")
	if err := json.Unmarshal(rec.Body.Bytes(), &doc); err != nil || rec.Code != 200 || !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Fatalf("%d %v %s", rec.Code, err, doc.OpenAPI)
	}
	rows := map[string]edge.Route{}
	for _, r := range a.Routes() {
		rows[r.Method+" "+r.Pattern] = r
		if r.Permission == "" || r.Audit == "" || r.Example == "" || strings.Contains(r.Example, "{") && r.Permission != edge.Anyone {
			t.Errorf("%s %s: permission %q, audit %q, example %q", r.Method, r.Pattern, r.Permission, r.Audit, r.Example)
		}
		if changes := r.Method != "GET"; changes && strings.HasPrefix(r.Audit, "none") && !r.Reads && r.Pattern != "/api/v1/apps/preview" {
			t.Errorf("%s %s changes something and leaves no event", r.Method, r.Pattern)
		}
	}
	described := 0
	for path, methods := range doc.Paths {
		for method, op := range methods {
			described++
			key := strings.ToUpper(method) + " " + path
			row, ok := rows[key]
			if !ok {
				key = strings.ToUpper(method) + " " + strings.Replace(path, "}", "...}", 1)
				row, ok = rows[key]
			}
			if !ok {
				t.Errorf("%s is described, but has no row", key)
			}
			if _, guarded := op["security"]; guarded != (row.Permission != edge.Anyone) {
				t.Errorf("%s: described as guarded: %v; permission %q", key, guarded, row.Permission)
			}
			if op["summary"] == "" || op["operationId"] == "" {
				t.Errorf("%s has no summary or id", key)
			}
		}
	}
	served := 0
	for _, r := range a.Routes() {
		if strings.HasPrefix(r.Pattern, "/api/v1/") {
			served++
		}
	}
	if described != served || served < 30 {
		t.Errorf("%d operations are described, %d are served", described, served)
	}
}

// An OpenVEX document reaches the desk byte for byte, and is bounded.
func TestVEXBody(t *testing.T) {
	c := &clerk{}
	h, _ := serve(c)
	if rec := ask(h, "POST", "/api/v1/vex", "application/json", "{ \"a\": 1}\n"); rec.Code != 200 || !slices.Contains(c.got, "vex { \"a\": 1}\n") {
		t.Errorf("%d, %q", rec.Code, c.got)
	}
	commit := strings.Repeat("a1", 20)
	if rec := ask(h, "POST", "/api/v1/apps/shop/commits/"+commit+"/reports", "application/sarif+json", "{}"); rec.Code != 200 || !slices.Contains(c.got, "report shop "+commit+" {}") {
		t.Errorf("a report of another tool: %d %s, got %q", rec.Code, rec.Body, c.got)
	}
	if rec := ask(h, "POST", "/api/v1/apps/shop/commits/"+commit+"/reports", "application/vnd.paddock.report+json", "{}"); rec.Code != 200 || !slices.Contains(c.got, "own shop "+commit+" {}") {
		t.Errorf("a report of our own: %d %s, got %q", rec.Code, rec.Body, c.got)
	}
	if rec := ask(h, "GET", "/api/v1/rules?app=shop", "", ""); rec.Code != 200 || rec.Body.String() != "rules of shop" || rec.Header().Get("ETag") != `"d1"` {
		t.Errorf("rules: %d %s %v", rec.Code, rec.Body, rec.Header())
	}
	if rec := ask(h, "POST", "/api/v1/apps/shop/commits/main/reports", "application/json", "{}"); rec.Code != 422 {
		t.Errorf("a branch in place of a commit: %d %s", rec.Code, rec.Body)
	}
	if rec := ask(h, "POST", "/api/v1/vex", "application/json", strings.Repeat(" ", 1<<20+1)); rec.Code != 413 {
		t.Errorf("a large document: %d", rec.Code)
	}
}
