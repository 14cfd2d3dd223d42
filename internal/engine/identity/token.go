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

// mostTokens bounds how many access tokens one person may have in force.
const mostTokens = 50

// Wish says what access token to make.
type Wish struct {
	Name     string
	Scopes   []string      // at least one of Scopes
	Apps     []core.ID     // bound to them; empty for all
	Provider string        // with ScopeSCIM: whose people it brings
	Life     time.Duration // 0 means TokenLife; at most TokenMost
	// By is the access token that the caller came with, or nil. The new one reaches
	// no further than it: not its scopes, not its apps, not its end.
	By *core.Credential
}

// NewToken makes an access token with one scope, for all apps; see MakeToken.
func (s *Service) NewToken(ctx context.Context, who core.Person, name, scope string, ttl time.Duration) (core.Secret, core.Credential, error) {
	return s.MakeToken(ctx, who, Wish{Name: name, Scopes: []string{scope}, Life: ttl})
}

// MakeToken makes an access token for the API and for git. The value is returned
// this once. The caller has checked that who may bring people, if it is for
// SCIM. Errors: Invalid for a bad name, scope or life, Conflict for too many
// tokens, Forbidden for somebody switched off and for more than w.By has.
func (s *Service) MakeToken(ctx context.Context, who core.Person, w Wish) (core.Secret, core.Credential, error) {
	w = w.tidy()
	if err := w.check(); err != nil {
		return core.Secret{}, core.Credential{}, err
	}
	value, c, err := s.fresh(core.CredToken, who.ID, w.Life)
	if err != nil {
		return core.Secret{}, core.Credential{}, err
	}
	c.Name, c.Scope, c.Apps, c.Provider = w.Name, strings.Join(w.Scopes, ","), w.Apps, w.Provider
	if err := within(c, w.By); err != nil {
		return core.Secret{}, core.Credential{}, err
	}
	if err := s.store.InTx(ctx, func(ctx context.Context) error { return s.keepToken(ctx, c) }); err != nil {
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
	data := map[string]string{"name": c.Name, "scope": c.Scope, "expires": core.Moment(c.Expires).Format(time.RFC3339)}
	if len(c.Apps) > 0 {
		data["apps"] = strings.Join(texts(c.Apps), ",")
	}
	if c.Provider != "" {
		data["provider"] = c.Provider
	}
	return s.audit.Append(ctx, core.Event{Action: "token.create", Actor: ActorOf(p, s.door), Target: string(c.ID), Code: "ok", Data: data})
}

func (w Wish) tidy() Wish {
	w.Name = strings.TrimSpace(w.Name)
	w.Scopes = slices.Compact(slices.Sorted(slices.Values(w.Scopes)))
	w.Apps = slices.Compact(slices.Sorted(slices.Values(w.Apps)))
	if w.Life == 0 {
		w.Life = TokenLife
	}
	return w
}

func (w Wish) check() error {
	var bad []*core.Error
	if err := checkName(w.Name); err != nil {
		bad = append(bad, err.At("name"))
	}
	bad = append(bad, w.badScopes()...)
	if w.Life > TokenMost || w.Life < time.Minute {
		bad = append(bad, core.Errorf(core.Invalid, "A token cannot last %s.", w.Life).At("expires").Hinted("Choose one minute to 365 days."))
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

func texts(ids []core.ID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}
