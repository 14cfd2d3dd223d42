package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/engine/identity"
)

// leaver brings somebody by SCIM who signs in, owns an app and leaves: with the
// next request they are out everywhere, and the platform team knows.
func (m *matrix) leaver(t *testing.T) {
	scim := func(method, path, body string) map[string]any {
		t.Helper()
		rec := m.speak(method, "/scim/v2/acme"+path, body, "Bearer "+m.token["scim token"], "")
		var out map[string]any
		if rec.Code >= 300 || rec.Body.Len() > 0 && json.Unmarshal(rec.Body.Bytes(), &out) != nil {
			t.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
		}
		return out
	}
	other, _, err := m.identity.MakeToken(t.Context(), m.people["platform"], identity.Wish{Name: "other", Scopes: []string{identity.ScopeSCIM}, Provider: "entra"})
	m.must(err)
	for path, want := range map[string]int{"/scim/v2/acme/Users": http.StatusForbidden, "/scim/v2/entra/Users": http.StatusNotFound} { // entra brings nobody here
		if rec := m.speak("GET", path, "", "Bearer "+string(other.Open()), ""); rec.Code != want || rec.Header().Get("Content-Type") != "application/scim+json" {
			t.Errorf("%s by a token of another provider: %d %s", path, rec.Code, rec.Body)
		}
	}
	user := scim("POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"lea@example.org","externalId":"oid-lea","active":true}`)
	group := scim("POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Makers","members":[{"value":"`+fmt.Sprint(user["id"])+`"}]}`)
	lea, session, err := m.identity.Arrive(t.Context(), identity.Arrival{Provider: "acme", Title: "Acme", Subject: "s-lea", Brings: true, ExternalID: "oid-lea", Once: "lea-1", Ends: 1 << 60})
	m.must(err)
	token, _, err := m.identity.NewToken(t.Context(), lea, "laptop", identity.ScopeWrite, 0)
	m.must(err)
	m.people["lea"] = lea
	m.app("leas-app", "lea", "co-owner")
	ask := func() [3]int {
		return [3]int{
			m.speak("GET", "/apps/leas-app", "", "", string(session.Open())).Code,
			m.speak("GET", "/api/v1/apps/leas-app", "", "Bearer "+string(token.Open()), "").Code,
			m.gitCode("/git/leas-app.git/info/refs", string(token.Open())),
		}
	}
	if got := ask(); got != [3]int{200, 200, 404} { // git lets them in; this house has no repository for the app
		t.Fatalf("before: %v", got)
	}
	scim("PATCH", "/Users/"+fmt.Sprint(user["id"]), `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"False"}]}`)
	if got := ask(); got != [3]int{http.StatusSeeOther, http.StatusUnauthorized, http.StatusUnauthorized} {
		t.Errorf("after: %v", got)
	}
	if _, _, err := m.identity.Arrive(t.Context(), identity.Arrival{Provider: "acme", Title: "Acme", Subject: "s-lea", Once: "lea-2", Ends: 1 << 60}); core.CodeOf(err) != core.Forbidden {
		t.Errorf("signs in again: %v", err)
	}
	for _, who := range []string{"platform", "co-owner"} {
		all, err := m.store.Notices(t.Context(), m.people[who].ID)
		m.must(err)
		if len(all) == 0 || all[0].Title != "leas-app has lost its owner" {
			t.Errorf("%s was told %v", who, all)
		}
	}
	page := m.speak("GET", "/apps/leas-app", "", "", m.session["platform"]).Body.String()
	if !strings.Contains(page, "The owner of this app has left") || !strings.Contains(page, `action="/apps/leas-app/owner"`) {
		t.Error("the page does not say that the owner has left")
	}
	scim("DELETE", "/Groups/"+fmt.Sprint(group["id"]), "")
}

// speak sends one request with an access token or a session.
func (m *matrix) speak(method, path, body, authorization, session string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost:8420"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/scim+json")
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	if session != "" {
		r.AddCookie(&http.Cookie{Name: edge.SessionCookie, Value: session})
	}
	rec := httptest.NewRecorder()
	m.router.ServeHTTP(rec, r)
	return rec
}

func (m *matrix) gitCode(path, token string) int {
	r := httptest.NewRequest("GET", "http://localhost:8420"+path+"?service=git-upload-pack", nil)
	r.SetBasicAuth("token", token)
	rec := httptest.NewRecorder()
	m.router.ServeHTTP(rec, r)
	return rec.Code
}
