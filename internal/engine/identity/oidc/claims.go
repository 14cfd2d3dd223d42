package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/paddock-dev/paddock/internal/core"
)

// claims are what is read of an ID token or of userinfo, by name.
type claims map[string]json.RawMessage

// text returns a claim that is text and can be shown, or "".
func (c claims) text(name string) string {
	var s string
	if json.Unmarshal(c[name], &s) != nil || len(s) > maxText || !printable(s) {
		return ""
	}
	return s
}

// yes reads a claim that says yes: true, and "true" or 1 as some write it.
func (c claims) yes(name string) bool {
	return slices.Contains([]string{"true", `"true"`, "1", `"1"`}, string(c[name]))
}

// arrival reads who a good ID token is about.
func (p *Provider) arrival(ctx context.Context, o *offer, id *goidc.IDToken, token *oauth2.Token, a Attempt, raw string) (Arrival, error) {
	var c claims
	if err := id.Claims(&c); err != nil {
		return Arrival{}, p.badToken(err)
	}
	who := Arrival{Subject: id.Subject, ACR: c.text("acr"), Session: c.text("sid"), Hint: raw, ExternalID: c.text(p.SCIMClaim)}
	var seconds float64
	if json.Unmarshal(c["auth_time"], &seconds) == nil && seconds > 0 && seconds < 1e11 {
		who.AuthTime = int64(seconds) * 1e6
	}
	if now := core.Stamp(p.clock.Now()); who.AuthTime > now+skew.Microseconds() {
		return Arrival{}, p.badToken(errors.New("auth_time is in the future"))
	}
	if err := p.fresh(a, who); err != nil {
		return Arrival{}, err
	}
	wants := p.Groups == "token" && c[p.GroupsClaim] == nil && !elsewhere(c, p.GroupsClaim)
	if o.userinfo && (wants || c["email"] == nil) {
		if err := p.ask(ctx, o, id.Subject, token, c); err != nil {
			return Arrival{}, err
		}
	}
	who.Email, who.Name = c.text("email"), c.text("name")
	who.Vouched = p.verified(c) && p.vouches(strings.ToLower(who.Email))
	if p.Groups != "token" {
		return who, nil
	}
	var err error
	who.Told = true
	who.Groups, err = p.groups(c)
	return who, err
}

// fresh holds a fresh sign-in to what was asked for. That the time of it is new
// enough is for whoever needs it.
func (p *Provider) fresh(a Attempt, who Arrival) error {
	switch {
	case !a.Fresh:
		return nil
	case who.AuthTime == 0:
		return core.Errorf(core.Conflict, "%s does not say when you last proved who you are.", p.Title).
			Hinted("Tell the platform team: the provider must put auth_time into its ID tokens.")
	case p.ACR != "" && !slices.Contains(strings.Fields(p.ACR), who.ACR):
		return core.Errorf(core.Forbidden, "%s did not ask you for what this needs, such as a second factor.", p.Title).
			Hinted("Set up a second factor there, then try again.")
	}
	return nil
}

// ask adds what userinfo says to claims that the ID token does not have.
func (p *Provider) ask(ctx context.Context, o *offer, subject string, token *oauth2.Token, c claims) error {
	info, err := o.UserInfo(goidc.ClientContext(ctx, p.client), oauth2.StaticTokenSource(token))
	if err != nil {
		return &core.Error{Code: core.Unavailable, Msg: fmt.Sprintf("%s signed you in, but does not say more about you.", p.Title), Hint: "Try again in a minute.", Err: err}
	}
	if info.Subject != subject {
		return p.badToken(errors.New("userinfo is about somebody else"))
	}
	var more claims
	if err := info.Claims(&more); err != nil {
		return p.badToken(err)
	}
	for name, v := range more {
		if _, there := c[name]; !there {
			c[name] = v
		}
	}
	return nil
}

// verified reports whether the provider says that it verified the e-mail. Entra
// says so in a claim of its own.
func (p *Provider) verified(c claims) bool {
	if _, there := c["email_verified"]; there {
		return c.yes("email_verified")
	}
	u, err := url.Parse(p.Issuer)
	return err == nil && u.Hostname() == "login.microsoftonline.com" && c.yes("xms_edov")
}

// elsewhere reports whether a claim is said to be at another address.
func elsewhere(c claims, name string) bool {
	var names map[string]json.RawMessage
	_ = json.Unmarshal(c["_claim_names"], &names)
	_, there := names[name]
	return there
}

// groups reads the claim with the groups. None is a good answer; an answer that
// cannot be read, or is not whole, never counts as none.
func (p *Provider) groups(c claims) ([]string, error) {
	cannot := func(format string, args ...any) error {
		return core.Errorf(core.Conflict, "%s", p.Title+" says which groups you are in, but "+fmt.Sprintf(format, args...)).
			Hinted("Tell the platform team: at the provider, let it send only the groups that are assigned to Paddock.")
	}
	if elsewhere(c, p.GroupsClaim) {
		return nil, cannot("there are too many for it to write them down.")
	}
	raw, there := c[p.GroupsClaim]
	if !there || string(raw) == "null" {
		return nil, nil
	}
	var all []string
	if json.Unmarshal(raw, &all) != nil {
		var one string
		if json.Unmarshal(raw, &one) != nil {
			return nil, cannot("not as a list of names.")
		}
		all = []string{one}
	}
	if len(all) > maxGroups {
		return nil, cannot("there are %d of them; %d are read.", len(all), maxGroups)
	}
	for _, g := range all {
		if g == "" || len(g) > maxGroup || !printable(g) {
			return nil, cannot("one of the names cannot be read.")
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}
