package ci

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/paddock-dev/paddock/internal/core"
)

// Verifier verifies tokens of the configured issuers. It is safe for concurrent use.
type Verifier struct {
	clock   core.Clock
	issuers map[string]*trusted // by exact address
}

type trusted struct {
	Issuer
	keys *keys
}

// New returns a verifier. Errors: Invalid, of Issuer.Check, and for an issuer that
// is there twice.
func New(issuers []Issuer, clock core.Clock, client Client) (*Verifier, error) {
	v := &Verifier{clock: clock, issuers: map[string]*trusted{}}
	for _, i := range issuers {
		i, bad := i.Check()
		if len(bad) > 0 {
			return nil, core.Join(core.Invalid, "An issuer of pipelines has several faults.", bad)
		}
		if v.issuers[i.URL] != nil {
			return nil, core.Errorf(core.Invalid, "The issuer %s is there twice.", i.URL).At("ci")
		}
		v.issuers[i.URL] = &trusted{Issuer: i, keys: &keys{issuer: i.URL, client: client, clock: clock}}
	}
	return v, nil
}

// Configured reports whether there is any issuer.
func (v *Verifier) Configured() bool { return len(v.issuers) > 0 }

// Verify returns what a token says of its run. The claims may be relied on; that
// the token was not used before is the caller's to check, by JTI. Errors:
// Unauthorized with the reason in the error's field, Unavailable when the issuer's
// keys cannot be read.
func (v *Verifier) Verify(ctx context.Context, token string) (Claims, error) {
	kid, bad := header(token)
	if bad != nil {
		return Claims{}, bad
	}
	sig, err := jose.ParseSignedCompact(token, algorithms())
	if err != nil {
		return Claims{}, refuse(NotAToken, "This is not a token that can be read.")
	}
	said, bad := readObject(sig.UnsafePayloadWithoutVerification()) // only to learn whose keys to try
	if bad != nil {
		return Claims{}, bad
	}
	from, known := v.issuers[said.text["iss"]]
	if !known {
		return Claims{}, refuse(UnknownIssuer, "The token's issuer %.200q is not one that is set up here.", said.text["iss"]).Hinted("The platform team sets issuers up in the identity settings, under ci.")
	}
	key, err := from.keys.find(ctx, kid)
	if err != nil {
		return Claims{}, err
	}
	if _, err := sig.Verify(key.Key); err != nil {
		return Claims{}, refuse(BadSignature, "The token's signature is not by its issuer's key.")
	}
	expires, bad := v.inTime(said)
	if bad == nil {
		bad = audience(said, from.Audience)
	}
	if bad != nil {
		return Claims{}, bad
	}
	read := github
	if from.Kind == core.ForgeGitLab {
		read = gitlab
	}
	c, bad := read(reader{said})
	if bad != nil {
		return Claims{}, bad
	}
	c.Kind, c.Issuer, c.Expires, c.Longest = from.Kind, from.URL, expires, time.Duration(from.Minutes)*time.Minute
	return c, nil
}

// inTime holds exp, iat and nbf against the clock, with a minute of tolerance.
func (v *Verifier) inTime(o object) (time.Time, *core.Error) {
	var at [3]time.Time
	for i, name := range []string{"exp", "iat", "nbf"} {
		if _, there := o.kind[name]; !there && name == "nbf" {
			continue
		}
		n, err := strconv.ParseFloat(string(o.raw[name]), 64)
		if o.kind[name] != '0' || err != nil || n < 0 || n > 1e11 || n != math.Trunc(n) {
			return time.Time{}, refuse(BadClaim, "The claim %s is not a moment in whole seconds.", name)
		}
		at[i] = time.Unix(int64(n), 0)
	}
	now := v.clock.Now()
	switch exp, iat, nbf := at[0], at[1], at[2]; {
	case !now.Before(exp.Add(skew)):
		return exp, refuse(Expired, "The token expired at %s.", exp.UTC().Format(time.RFC3339)).Hinted("Ask the forge for a new one in the step that uses it.")
	case iat.After(now.Add(skew)), nbf.After(now.Add(skew)):
		return exp, refuse(NotYet, "The token is from the future: it is not valid yet.").Hinted("Compare the clocks of this server and the forge.")
	case exp.Sub(iat) > longest, exp.Before(iat):
		return exp, refuse(TooLong, "The token is to last %s; at most %s count.", exp.Sub(iat), longest)
	}
	return at[0], nil
}

// audience wants exactly the one value. A token for several is for somebody else
// as well, who could then use it here.
func audience(o object, want string) *core.Error {
	got := []string{}
	switch o.kind["aud"] {
	case '"':
		got = append(got, o.text["aud"])
	case '[':
		if json.Unmarshal(o.raw["aud"], &got) != nil {
			return refuse(BadClaim, "The claim aud is not text.")
		}
	}
	if !slices.Equal(got, []string{want}) {
		return refuse(WrongAudience, "The token is made out to %.200q, not to %q alone.", got, want).Hinted("Ask the forge for a token with the audience %s.", want)
	}
	return nil
}
