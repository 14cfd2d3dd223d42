package egress

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// IdentityHost is where an app asks for a token of its own: the gateway answers
// itself, so the name exists for apps only, and the socket says which app asks.
const IdentityHost = "identity.paddock.internal"

// Identity makes a token by which the app is known to one audience, and says
// when it ends.
type Identity func(ctx context.Context, appID core.ID, audience string) (token core.Secret, expires time.Time, err error)

// identity answers GET http://identity.paddock.internal/token?audience=NAME.
// Only audiences of the app's approved vendors are answered.
func (g *Gateway) identity(w http.ResponseWriter, r *http.Request) {
	audience := r.URL.Query().Get("audience")
	if r.Method != http.MethodGet || r.URL.Path != "/token" || audience == "" {
		answer(w, http.StatusNotFound, &refusal{Code: "not_found", Host: IdentityHost, What: "There is nothing at this address.",
			Why: "Tokens are at /token, and each is for one audience.", Fix: "Call fetch(\"http://" + IdentityHost + "/token?audience=NAME\")."})
		return
	}
	if no := g.policy.Load().mayMeet(audience); no != nil {
		g.refuse(w, r, no)
		return
	}
	token, expires, err := g.token(r.Context(), audience)
	if err != nil {
		g.o.Log.Warn("no identity token for an app", "app", g.policy.Load().AppID, "audience", audience, "err", err)
		answer(w, http.StatusServiceUnavailable, &refusal{Code: "identity_unavailable", Host: IdentityHost, What: "There is no token for this app now.",
			Why: "Paddock could not sign one.", Fix: "Try again. If it goes on, ask the platform team."})
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(struct {
		Token    string    `json:"token"`
		Audience string    `json:"audience"`
		Expires  time.Time `json:"expires"`
	}{string(token.Open()), audience, expires.UTC()}) // the app may have gone
}

func (g *Gateway) token(ctx context.Context, audience string) (core.Secret, time.Time, error) {
	if g.o.Identity == nil {
		return core.Secret{}, time.Time{}, core.Errorf(core.Unavailable, "Nobody signs identity tokens here.")
	}
	return g.o.Identity(ctx, g.policy.Load().AppID, audience)
}

// mayMeet answers whether the app may have a token for audience: if one of its
// vendors takes it, and may be called at all.
func (p Policy) mayMeet(audience string) *refusal {
	for _, v := range p.Vendors {
		if v.Audience == audience && v.State == core.VendorApproved && slices.Contains(v.Regions, p.DataRegion) {
			return nil
		}
	}
	return refuse(IdentityHost, fmt.Sprintf("No vendor of this app takes tokens for %.80q.", audience),
		"Add the vendor under vendors: in microapp.yaml. The platform team sets the audience in the vendor's file.")
}
