// Package oauth exchanges tokens of pipelines for access tokens, as RFC 8693 says.
// Errors are those of RFC 6749, with the reason and what to do beside them.
package oauth

import (
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
)

// The words of RFC 8693 that are taken.
const (
	grantType   = "urn:ietf:params:oauth:grant-type:token-exchange"
	typeIDToken = "urn:ietf:params:oauth:token-type:id_token"
	typeJWT     = "urn:ietf:params:oauth:token-type:jwt"
	typeAccess  = "urn:ietf:params:oauth:token-type:access_token"
)

// maxBody bounds a request: a token, and a few words.
const maxBody = 32 << 10

// Given is an access token.
type Given struct {
	Value  core.Secret
	Scopes []string
	Life   int64 // seconds
}

// Exchanger gives access tokens. Its errors carry a reason in their field.
type Exchanger interface {
	Exchange(ctx context.Context, token, app string, scopes []string) (Given, error)
}

// Door answers /oauth/token.
type Door struct {
	Exchange Exchanger
	Reveal   func(v core.Secret) string // hands an access token out, this once
}

// Routes lists what the door answers.
func (d Door) Routes() []edge.Route {
	return []edge.Route{{Door: edge.API, Method: http.MethodPost, Pattern: "/oauth/token", Permission: edge.Anyone, Audit: "token.exchange or token.refuse",
		Example: "/oauth/token", Limit: maxBody, SignsIn: true, Handler: http.HandlerFunc(d.token)}}
}

// fault is an error of RFC 6749.
type fault struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	Reason      string `json:"reason,omitempty"`
	Hint        string `json:"hint,omitempty"`
}

func (d Door) token(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json")
	form, bad := asked(r)
	if bad != nil {
		refuse(w, http.StatusBadRequest, *bad)
		return
	}
	g, err := d.Exchange.Exchange(r.Context(), form.Get("subject_token"), form.Get("audience"), strings.Fields(form.Get("scope")))
	if err != nil {
		edge.Note(r.Context(), err)
		status, f := faultOf(core.AsError(err))
		refuse(w, status, f)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": d.Reveal(g.Value), "issued_token_type": typeAccess, "token_type": "Bearer", "expires_in": g.Life, "scope": strings.Join(g.Scopes, " ")})
}

// asked reads the form. Each word counts once; those that we do not follow are
// refused where leaving them out would change what is meant.
func asked(r *http.Request) (url.Values, *fault) {
	invalid := func(text string) (url.Values, *fault) {
		return nil, &fault{Error: "invalid_request", Description: text, Hint: "See how to connect a pipeline in the guide for platform teams."}
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/x-www-form-urlencoded" {
		return invalid("The request is not application/x-www-form-urlencoded.")
	}
	if r.URL.RawQuery != "" {
		return invalid("Nothing may stand in the address: a token there would be in logs.")
	}
	if err := r.ParseForm(); err != nil {
		return invalid("The form cannot be read, or is too large.")
	}
	for name, values := range r.PostForm {
		if len(values) > 1 {
			return invalid("A word is there twice.")
		}
		if strings.HasPrefix(name, "actor_token") {
			return invalid("Nobody acts for somebody else here: leave actor_token out.")
		}
	}
	switch f := r.PostForm; {
	case f.Get("grant_type") != grantType:
		return nil, &fault{Error: "unsupported_grant_type", Description: "The grant type must be " + grantType + "."}
	case f.Get("subject_token") == "":
		return invalid("There is no subject_token.")
	case f.Get("subject_token_type") != typeIDToken && f.Get("subject_token_type") != typeJWT:
		return invalid("The subject_token_type must be " + typeIDToken + ".")
	case f.Get("requested_token_type") != "" && f.Get("requested_token_type") != typeAccess:
		return invalid("Only an access token can be asked for.")
	default:
		return f, nil
	}
}

// faultOf maps an error to RFC 6749's. What was wrong with the token is
// invalid_grant, whoever is to mend it; the reason says more.
func faultOf(e *core.Error) (int, fault) {
	f := fault{Error: "invalid_grant", Description: e.Msg, Reason: e.Field, Hint: e.Hint}
	switch {
	case e.Code == core.Unavailable:
		f.Error = "temporarily_unavailable"
		return http.StatusServiceUnavailable, f
	case e.Code == core.Internal:
		f.Error = "server_error"
		return http.StatusInternalServerError, f
	case e.Field == "scope_not_allowed":
		f.Error = "invalid_scope"
	case e.Field == "app_not_connected":
		f.Error = "invalid_target"
	}
	return http.StatusBadRequest, f
}

func refuse(w http.ResponseWriter, status int, f fault) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(f)
}
