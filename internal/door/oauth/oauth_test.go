package oauth_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/oauth"
)

// teller gives a token for "good", and an error for anything else.
type teller struct{ err error }

func (f teller) Exchange(_ context.Context, token, app string, scopes []string) (oauth.Given, error) {
	if token != "good" {
		return oauth.Given{}, f.err
	}
	return oauth.Given{Value: core.NewSecret([]byte("pdkp_x")), Scopes: append(scopes, app), Life: 900}, nil
}

func ask(t *testing.T, err error, media, query string, form url.Values) (int, http.Header, map[string]any) {
	t.Helper()
	d := oauth.Door{Exchange: teller{err}, Reveal: func(v core.Secret) string { return string(v.Open()) }}
	r := httptest.NewRequest(http.MethodPost, "/oauth/token"+query, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", media)
	w := httptest.NewRecorder()
	d.Routes()[0].Handler.ServeHTTP(w, r)
	var got map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	return w.Code, w.Header(), got
}

const usual = "application/x-www-form-urlencoded"

func words(changed map[string]string) url.Values {
	f := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, "subject_token": {"good"}, "subject_token_type": {"urn:ietf:params:oauth:token-type:id_token"}}
	for k, v := range changed {
		f.Set(k, v)
	}
	return f
}

func TestExchange(t *testing.T) {
	code, h, got := ask(t, nil, usual, "", words(map[string]string{"audience": "payroll", "scope": "app.read report.add"}))
	if code != 200 || h.Get("Cache-Control") != "no-store" || got["access_token"] != "pdkp_x" || got["token_type"] != "Bearer" || got["expires_in"] != 900.0 || got["scope"] != "app.read report.add payroll" ||
		got["issued_token_type"] != "urn:ietf:params:oauth:token-type:access_token" {
		t.Errorf("%d %v %v", code, h, got)
	}
}

func TestErrors(t *testing.T) {
	twice := words(nil)
	twice.Add("scope", "a")
	twice.Add("scope", "b")
	for note, c := range map[string]struct {
		media, query string
		form         url.Values
		want         string
	}{
		"no form":              {"application/json", "", words(nil), "invalid_request"},
		"token in the address": {usual, "?subject_token=good", words(nil), "invalid_request"},
		"another grant":        {usual, "", words(map[string]string{"grant_type": "password"}), "unsupported_grant_type"},
		"no token":             {usual, "", words(map[string]string{"subject_token": ""}), "invalid_request"},
		"an access token":      {usual, "", words(map[string]string{"subject_token_type": "urn:ietf:params:oauth:token-type:access_token"}), "invalid_request"},
		"a word twice":         {usual, "", twice, "invalid_request"},
		"for somebody else":    {usual, "", words(map[string]string{"actor_token": "x"}), "invalid_request"},
		"asks for a SAML":      {usual, "", words(map[string]string{"requested_token_type": "urn:ietf:params:oauth:token-type:saml2"}), "invalid_request"},
	} {
		if code, _, got := ask(t, nil, c.media, c.query, c.form); code != 400 || got["error"] != c.want || got["access_token"] != nil {
			t.Errorf("%s: %d %v", note, code, got)
		}
	}
	for want, err := range map[string]error{
		"invalid_grant":           core.Errorf(core.Unauthorized, "expired").At("token_expired"),
		"invalid_scope":           core.Errorf(core.Forbidden, "scope").At("scope_not_allowed"),
		"invalid_target":          core.Errorf(core.Forbidden, "app").At("app_not_connected"),
		"temporarily_unavailable": core.Errorf(core.Unavailable, "later").At("issuer_unreachable"),
		"server_error":            core.Hidden("This", nil),
	} {
		if _, _, got := ask(t, err, usual, "", words(map[string]string{"subject_token": "bad"})); got["error"] != want || got["reason"] == nil && want != "server_error" {
			t.Errorf("%s: %v", want, got)
		}
	}
}
