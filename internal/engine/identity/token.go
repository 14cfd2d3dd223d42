package identity

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
)

// The scopes of an access token.
const (
	ScopeRead  = "read"
	ScopeWrite = "write"
	ScopeOPA   = "opa" // only what an OPA server elsewhere needs: fetch the rules, report decisions
)

// mostTokens bounds how many access tokens one person may have in force.
const mostTokens = 50

// NewToken makes an access token for the API and for git. ttl 0 means 90 days;
// at most 365. The value is returned this once. Errors: Invalid for a bad name,
// scope or ttl, Conflict for too many tokens, Forbidden for somebody switched off.
func (s *Service) NewToken(ctx context.Context, who core.Person, name, scope string, ttl time.Duration) (core.Secret, core.Credential, error) {
	name = strings.TrimSpace(name)
	if err := checkToken(name, scope, ttl); err != nil {
		return core.Secret{}, core.Credential{}, err
	}
	if ttl == 0 {
		ttl = TokenLife
	}
	value, c, err := s.fresh(core.CredToken, who.ID, ttl)
	if err != nil {
		return core.Secret{}, core.Credential{}, err
	}
	c.Name, c.Scope = name, scope
	err = s.store.InTx(ctx, func(ctx context.Context) error { return s.keepToken(ctx, c) })
	if err != nil {
		return core.Secret{}, core.Credential{}, err
	}
	return value, c, nil
}

func (s *Service) keepToken(ctx context.Context, c core.Credential) error {
	p, err := s.store.Person(ctx, c.Person)
	if err != nil {
		return err
	}
	if p.Disabled {
		return core.Errorf(core.Forbidden, "Your account is switched off.").Hinted("Ask the platform team to switch it on again.")
	}
	old, err := s.Tokens(ctx, p.ID)
	if err != nil {
		return err
	}
	if len(old) >= mostTokens {
		return core.Errorf(core.Conflict, "You have %d access tokens; that is the most.", len(old)).Hinted("Revoke one that you no longer use.")
	}
	if err := s.store.AddCredential(ctx, c); err != nil {
		return err
	}
	return s.audit.Append(ctx, core.Event{Action: "token.create", Actor: ActorOf(p, s.door), Target: string(c.ID), Code: "ok",
		Data: map[string]string{"name": c.Name, "scope": c.Scope, "expires": core.Moment(c.Expires).Format(time.RFC3339)}})
}

// Token returns whose access token it is and its scope, ScopeRead,
// ScopeWrite or ScopeOPA. Errors: Unauthorized.
func (s *Service) Token(ctx context.Context, token core.Secret) (who core.Person, scope string, err error) {
	p, c, err := s.holder(ctx, core.CredToken, token)
	if err != nil {
		return p, "", err
	}
	return p, c.Scope, s.used(ctx, c)
}

// Tokens lists a person's access tokens in force, newest first, without values.
func (s *Service) Tokens(ctx context.Context, person core.ID) ([]core.Credential, error) {
	all, err := s.store.Tokens(ctx, person)
	inForce := make([]core.Credential, 0, len(all))
	for _, c := range all {
		if c.InForce(s.now()) {
			inForce = append(inForce, c)
		}
	}
	return inForce, err
}

// RevokeToken ends one of the caller's own tokens. Errors: NotFound, also for
// somebody else's.
func (s *Service) RevokeToken(ctx context.Context, who core.Person, id core.ID) error {
	return s.store.InTx(ctx, func(ctx context.Context) error {
		mine, err := s.Tokens(ctx, who.ID)
		if err != nil {
			return err
		}
		for _, c := range mine {
			if c.ID != id {
				continue
			}
			if err := s.store.RevokeCredential(ctx, id, s.now()); err != nil {
				return err
			}
			return s.audit.Append(ctx, core.Event{Action: "token.revoke", Actor: ActorOf(who, s.door), Target: string(id), Code: "ok",
				Data: map[string]string{"name": c.Name}})
		}
		return core.Errorf(core.NotFound, "You have no access token with the id %q.", id).Hinted("Look at the list of your tokens.")
	})
}

func checkToken(name, scope string, ttl time.Duration) error {
	var bad []*core.Error
	if err := checkName(name); err != nil {
		bad = append(bad, err.At("name"))
	}
	if scopes := []string{ScopeRead, ScopeWrite, ScopeOPA}; !slices.Contains(scopes, scope) {
		bad = append(bad, core.Errorf(core.Invalid, "The scope %q is not known.", scope).At("scope").
			Hinted("Choose read, write or opa. %s", core.DidYouMean(scope, scopes)))
	}
	if ttl < 0 || ttl > TokenMost || ttl > 0 && ttl < time.Minute {
		bad = append(bad, core.Errorf(core.Invalid, "A token cannot last %s.", ttl).At("expires").Hinted("Choose one minute to 365 days."))
	}
	return core.Join(core.Invalid, "The access token was not made.", bad)
}

// checkName wants 1 to 80 printable letters.
func checkName(name string) *core.Error {
	n := utf8.RuneCountInString(name)
	if n == 0 || n > 80 || !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return core.Errorf(core.Invalid, "The name has %d letters or holds letters that cannot be printed.", n).Hinted("Use 1 to 80 plain letters.")
	}
	return nil
}
