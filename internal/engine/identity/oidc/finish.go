package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"time"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/paddock-dev/paddock/internal/core"
)

// Arrival is who came back from a provider.
type Arrival struct {
	Subject  string
	Email    string // as the provider wrote it; may be empty
	Vouched  bool   // the e-mail is verified, and of a domain that the provider is trusted for
	Name     string
	Groups   []string
	Told     bool   // the provider was asked for groups: Groups is all of them
	AuthTime int64  // when the person proved who they are; 0 if the provider does not say
	ACR      string // how strongly
	Session  string // the provider's name for the session there; may be empty
	Hint     string // the ID token, for signing out there
	// ExternalID is what the provider calls the person at SCIM; of the ID token alone.
	ExternalID string
}

// Finish reads the way back of an attempt: it trades the code for an ID token,
// and checks everything about it. Errors: Unauthorized when this way back does
// not count, Forbidden when the provider said no, Unavailable when it does not
// answer, Conflict when what it says cannot be used. Causes go to the log.
func (p *Provider) Finish(ctx context.Context, a Attempt, q url.Values) (Arrival, error) {
	if !a.fits(p.Name, q.Get("state"), core.Stamp(p.clock.Now())) || len(q["state"]) != 1 {
		return Arrival{}, notThisWay(errors.New("the state is not the browser's"))
	}
	o, err := p.ready(ctx)
	if err != nil {
		return Arrival{}, err
	}
	if err := p.fromHere(o, q); err != nil {
		return Arrival{}, err
	}
	if code := q.Get("error"); code != "" {
		return Arrival{}, p.said(code)
	}
	code := q.Get("code")
	if code == "" || len(code) > maxCode || len(q["code"]) != 1 {
		return Arrival{}, notThisWay(errors.New("there is no code"))
	}
	ctx = goidc.ClientContext(ctx, p.client)
	token, err := o.auth.Exchange(ctx, code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return Arrival{}, p.notTraded(err)
	}
	raw, _ := token.Extra("id_token").(string)
	if raw == "" || len(raw) > maxIDToken {
		return Arrival{}, p.badToken(fmt.Errorf("there is no ID token, or one of %d bytes", len(raw)))
	}
	id, err := o.verifier.Verify(ctx, raw)
	if err != nil {
		return Arrival{}, p.badToken(err)
	}
	if err := p.check(id, a, token.AccessToken); err != nil {
		return Arrival{}, p.badToken(err)
	}
	return p.arrival(ctx, o, id, token, a, raw)
}

// fromHere refuses a way back that another provider made (RFC 9207).
func (p *Provider) fromHere(o *offer, q url.Values) error {
	iss, ok := q["iss"]
	if !ok && !o.says {
		return nil
	}
	if len(iss) != 1 || iss[0] != p.Issuer {
		return notThisWay(fmt.Errorf("it is from the issuer %.200q", iss))
	}
	return nil
}

// check is what OpenID Connect asks for besides signature, issuer, audience and end.
func (p *Provider) check(id *goidc.IDToken, a Attempt, accessToken string) error {
	var c struct {
		Azp string `json:"azp"`
	}
	if err := id.Claims(&c); err != nil {
		return err
	}
	now := p.clock.Now()
	switch {
	case id.Nonce == "" || id.Nonce != a.Nonce:
		return errors.New("the nonce is another")
	case len(id.Audience) > 1 && c.Azp == "", c.Azp != "" && c.Azp != p.ClientID:
		return fmt.Errorf("it is for %.100q, used by %.100q", id.Audience, c.Azp)
	case id.Subject == "" || len(id.Subject) > maxSubject || !printable(id.Subject):
		return fmt.Errorf("the subject %.300q cannot be one", id.Subject)
	case id.IssuedAt.After(now.Add(skew)), now.Sub(id.IssuedAt) > oldest:
		return fmt.Errorf("it was issued at %s", id.IssuedAt.UTC().Format(time.RFC3339))
	case id.AccessTokenHash != "":
		return id.VerifyAccessToken(accessToken)
	}
	return nil
}

var errorForm = regexp.MustCompile(`^[a-z_]{1,60}$`)

// said turns the provider's own refusal into ours. Its description is not shown:
// whoever makes the link writes it.
func (p *Provider) said(code string) error {
	switch {
	case code == "access_denied":
		return core.Errorf(core.Forbidden, "%s did not let you in, or you went back.", p.Title).Hinted("Try again. If you should have access, ask the people who run %s.", p.Title)
	case code == "login_required" || code == "interaction_required" || code == "consent_required":
		return core.Errorf(core.Unauthorized, "%s wants you to sign in there first.", p.Title).Hinted("Try again.")
	case !errorForm.MatchString(code):
		code = "an error"
	}
	return core.Errorf(core.Unavailable, "%s could not sign you in: it answered %s.", p.Title, code).Hinted("Try again. If it stays so, tell the platform team these words.")
}

// notThisWay refuses a way back, and says nothing of why to whoever made it.
func notThisWay(why error) error {
	return &core.Error{Code: core.Unauthorized, Msg: "This sign-in was not started in this browser, is used up or is too old.", Hint: "Start again here.", Err: why}
}

// Stale is the refusal of an attempt that was used already.
func Stale() error { return notThisWay(errors.New("the attempt was used already")) }

func (p *Provider) notTraded(err error) error {
	var e *oauth2.RetrieveError
	if errors.As(err, &e) && e.Response != nil && e.Response.StatusCode/100 == 4 {
		if e.ErrorCode == "invalid_client" || e.Response.StatusCode == 401 {
			return &core.Error{Code: core.Unavailable, Msg: fmt.Sprintf("%s does not know this server any more.", p.Title), Hint: "Tell the platform team: the client secret may have ended.", Err: err}
		}
		return notThisWay(err)
	}
	return &core.Error{Code: core.Unavailable, Msg: fmt.Sprintf("%s does not answer.", p.Title), Hint: "Try again in a minute.", Err: err}
}

func (p *Provider) badToken(why error) error {
	return &core.Error{Code: core.Unauthorized, Msg: fmt.Sprintf("What %s says about you does not hold.", p.Title), Hint: "Start again. If it stays so, tell the platform team.", Err: why}
}
