package issuer

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/paddock-dev/paddock/internal/core"
)

// Life is how long a token lasts. No longer one can be had.
const Life = 5 * time.Minute

// longestAudience bounds an audience in bytes.
const longestAudience = 255

// Workload is an app as it runs: what a token says of it.
type Workload struct {
	App         core.App
	Deployment  core.Deployment
	Environment string
}

// Token is an identity token: a JWT signed with RS256.
type Token struct {
	Value   core.Secret
	ID      string
	Key     string // that signed it
	Expires time.Time
}

// claims are what a token says, beside who made it, for whom and until when.
type claims struct {
	jwt.Claims
	App            string              `json:"app"`
	AppID          core.ID             `json:"app_id"`
	Environment    string              `json:"environment"`
	Classification core.Classification `json:"classification"`
	Region         string              `json:"region"`
	Target         string              `json:"target"`
	Deployment     core.ID             `json:"deployment"`
	Artifact       string              `json:"artifact"`
}

// Sign makes a token by which w can be known to one audience. Errors: Invalid
// for an audience that is empty, too long or not plain text.
func (s *Issuer) Sign(ctx context.Context, w Workload, audience string) (Token, error) {
	if err := CheckAudience(audience); err != nil {
		return Token{}, err
	}
	keys, states, err := s.standing(ctx)
	if err != nil {
		return Token{}, err
	}
	for i, k := range keys {
		if states[i] == Signing {
			return s.sign(k, w, audience)
		}
	}
	return Token{}, core.Errorf(core.Unavailable, "The issuer has no key to sign with.").Hinted("Try again.")
}

func (s *Issuer) sign(k core.IssuerKey, w Workload, audience string) (Token, error) {
	private, err := s.private(k)
	if err != nil {
		return Token{}, err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: private, KeyID: k.ID}}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return Token{}, core.Hidden("Signing an identity token", err)
	}
	now := s.Clock.Now()
	t := Token{ID: string(s.IDs.New(now)), Key: k.ID, Expires: now.Add(Life)}
	text, err := jwt.Signed(signer).Claims(claims{
		Claims: jwt.Claims{Issuer: s.URL, Subject: core.SubjectOf(w.App.ID, w.Environment), Audience: jwt.Audience{audience}, ID: t.ID,
			IssuedAt: jwt.NewNumericDate(now), NotBefore: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(t.Expires)},
		App: w.App.Name, AppID: w.App.ID, Environment: w.Environment, Classification: w.App.Descriptor.Classification,
		Region: w.Deployment.Region, Target: w.Deployment.Target, Deployment: w.Deployment.ID, Artifact: w.Deployment.Artifact,
	}).Serialize()
	if err != nil {
		return Token{}, core.Hidden("Signing an identity token", err)
	}
	t.Value = core.NewSecret([]byte(text))
	return t, nil
}

// CheckAudience says whether a token may be made for audience. Errors: Invalid.
func CheckAudience(audience string) error {
	plain := utf8.ValidString(audience) && !strings.ContainsFunc(audience, func(r rune) bool { return r <= ' ' || r == 0x7f })
	if audience == "" || len(audience) > longestAudience || !plain {
		return core.Errorf(core.Invalid, "%.60q is no audience of a token.", audience).At("audience").
			Hinted("Write one name or address without spaces, at most %d letters.", longestAudience)
	}
	return nil
}
