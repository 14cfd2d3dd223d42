package app

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// deadProvider is a house whose only sign-in provider answers nothing.
func deadProvider(t *testing.T) *house {
	t.Helper()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	file := filepath.Join(t.TempDir(), "identity.yaml")
	must(t, os.WriteFile(file, []byte("providers:\n  - name: okta\n    title: Okta\n    issuer: "+gone.URL+"\n    client_id: paddock\n"), 0o600))
	h, err := open(t.Context(), cli.Config{Data: testkit.Folder(t), Listen: "127.0.0.1:8420", AppDomain: "apps.localhost", Admin: "admin@example.org", LogLevel: "error", Identity: file}, "test", slog.New(slog.DiscardHandler))
	must(t, err)
	t.Cleanup(func() { h.close(t.Context()) })
	return h
}

// visitor is a browser without script.
type visitor struct {
	*http.Client
	t    *testing.T
	base string
}

func (v visitor) page(path string, form url.Values) (int, string) {
	v.t.Helper()
	var resp *http.Response
	var err error
	if form == nil {
		resp, err = v.Get(v.base + path)
	} else {
		resp, err = v.PostForm(v.base+path, form)
	}
	must(v.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	must(v.t, err)
	return resp.StatusCode, string(text)
}

// With every provider down a sealed code lets its holder in, once, for an hour,
// tells everybody who must know, and stays listed until security has looked.
func TestBreakGlassWithADeadProvider(t *testing.T) {
	h := deadProvider(t)
	s := httptest.NewServer(h.router)
	t.Cleanup(s.Close)
	jar, err := cookiejar.New(nil)
	must(t, err)
	v := visitor{&http.Client{Jar: jar}, t, s.URL}
	person := func(role core.Role) core.Person {
		p, err := h.identity.AddPerson(t.Context(), core.System("test"), string(role)+"@example.org", "", []core.Role{role})
		must(t, err)
		return p
	}
	admin, sec, aud, mak := person(core.RolePlatform), person(core.RoleSecurity), person(core.RoleAuditor), person(core.RoleMaker)
	codes, err := h.identity.Seal(t.Context(), core.System("test"), admin.ID, 1)
	must(t, err)
	code := string(codes[0].Open())
	form := func(code, reason string) url.Values { return url.Values{"code": {code}, "reason": {reason}} }

	if status, _ := v.page("/sign-in/with/okta", nil); status < 400 {
		t.Fatalf("the provider is not down: %d", status)
	}
	if status, _ := v.page("/sign-in/break-glass", form(code, "short")); status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", status)
	}
	if status, page := v.page("/sign-in/break-glass", form(code[:len(code)-1]+"U", "Okta is down since noon.")); status != http.StatusUnauthorized || strings.Contains(page, code[:20]) {
		t.Errorf("with a wrong code: %d", status)
	}
	status, page := v.page("/sign-in/break-glass", form(" "+strings.ToLower(code)+" ", "Okta is down since noon."))
	if status != http.StatusOK || !strings.Contains(page, "Emergency access is open.") || !strings.Contains(page, "sign-in with Okta") || strings.Contains(page, code) {
		t.Fatalf("with the code: %d %.400s", status, page)
	}
	if status, _ := (visitor{&http.Client{}, t, s.URL}).page("/sign-in/break-glass", form(code, "Okta is down since noon.")); status != http.StatusUnauthorized {
		t.Errorf("a second time: %d", status)
	}
	for _, c := range []struct {
		who  core.Person
		told int
	}{{admin, 1}, {sec, 1}, {aud, 1}, {mak, 0}} {
		notes, err := h.store.Notices(t.Context(), c.who.ID)
		must(t, err)
		n := 0
		for _, x := range notes {
			if strings.Contains(x.Title, "Emergency access") && strings.Contains(x.Body, "Skipped: sign-in with Okta") {
				n++
			}
		}
		if n != c.told {
			t.Errorf("%v told %d times, want %d", c.who.Roles, n, c.told)
		}
	}
	h.reviewed(t, sec, admin)
}

// reviewed holds that a use waits until somebody of security, not its own person,
// has said what they found.
func (h *house) reviewed(t *testing.T, sec, holder core.Person) {
	t.Helper()
	all, err := h.desk.SealedCodes(t.Context(), sec)
	must(t, err)
	if len(all) != 1 || !all[0].Open || !all[0].CanReview || all[0].Holder != holder.Email {
		t.Fatalf("listed %+v", all)
	}
	holder.Roles = append(holder.Roles, core.RoleSecurity)
	if err := h.desk.ReviewGlass(t.Context(), holder, all[0].ID, "I was good."); core.CodeOf(err) != core.Forbidden {
		t.Errorf("who came in reviews it: %v", err)
	}
	must(t, h.desk.ReviewGlass(t.Context(), sec, all[0].ID, "Looked at the log: only a provider was changed."))
	all, err = h.desk.SealedCodes(t.Context(), sec)
	must(t, err)
	if all[0].CanReview || all[0].Reviewer != sec.Email {
		t.Errorf("after the review: %+v", all[0])
	}
	if err := h.desk.ReviewGlass(t.Context(), sec, all[0].ID, "Again."); core.CodeOf(err) != core.Conflict {
		t.Errorf("reviewed twice: %v", err)
	}
	if identity.SealedLife.Hours() != 1 {
		t.Error("the session is not an hour")
	}
}
