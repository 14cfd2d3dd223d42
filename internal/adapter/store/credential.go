package store

import (
	"context"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddCredential keeps the hash of a link, session, token, ticket or visit.
func (d *DB) AddCredential(ctx context.Context, c core.Credential) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Signing in", w.InsertCredential(ctx, gen.InsertCredentialParams{Hash: c.Hash, ID: string(c.ID), Kind: string(c.Kind), PersonID: string(c.Person),
		AppID: string(c.AppID), Name: c.Name, Scope: c.Scope, Apps: joinIDs(c.Apps), Created: c.Created, Expires: c.Expires,
		Provider: c.Provider, ProviderSession: c.ProviderSession, AuthTime: c.AuthTime, Acr: c.ACR}))
}

// Credential returns the credential of a hash and kind. Errors: NotFound.
func (d *DB) Credential(ctx context.Context, kind core.CredentialKind, hash string) (core.Credential, error) {
	row, err := d.r(ctx).GetCredential(ctx, gen.GetCredentialParams{Hash: hash, Kind: string(kind)})
	return credential(row), found(err, "There is no such %s.", kind)
}

// TakeCredential uses a one-time credential up; ok is false when it was used,
// revoked or has expired.
func (d *DB) TakeCredential(ctx context.Context, kind core.CredentialKind, hash string, now int64) (ok bool, err error) {
	w, err := d.w(ctx)
	if err != nil {
		return false, err
	}
	n, err := w.TakeCredential(ctx, gen.TakeCredentialParams{Hash: hash, Kind: string(kind), Used: now})
	return n == 1, broken("Signing in", err)
}

// UseCredential records the last use, and where it was.
func (d *DB) UseCredential(ctx context.Context, hash string, now int64, at core.Use) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Recording use", w.UseCredential(ctx, gen.UseCredentialParams{Hash: hash, Used: now, UsedDoor: at.Door, UsedFrom: at.From}))
}

// RevokeCredential ends one credential now. Errors: NotFound.
func (d *DB) RevokeCredential(ctx context.Context, id core.ID, now int64) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.RevokeCredential(ctx, gen.RevokeCredentialParams{ID: string(id), Revoked: now})
	return changed(n, err, "Revoking", core.Errorf(core.NotFound, "There is no token with the id %q in force.", id))
}

// RevokeKind ends all of a person's credentials of a kind.
func (d *DB) RevokeKind(ctx context.Context, person core.ID, kind core.CredentialKind, now int64) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	_, err = w.RevokeCredentialsOfKind(ctx, gen.RevokeCredentialsOfKindParams{PersonID: string(person), Kind: string(kind), Revoked: now})
	return broken("Revoking", err)
}

// RevokeVisits ends everybody's sign-in to one app.
func (d *DB) RevokeVisits(ctx context.Context, app core.ID, now int64) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	_, err = w.RevokeVisits(ctx, gen.RevokeVisitsParams{AppID: string(app), Revoked: now})
	return broken("Revoking", err)
}

// Tokens lists a person's access tokens in force, newest first.
func (d *DB) Tokens(ctx context.Context, person core.ID) ([]core.Credential, error) {
	rows, err := d.r(ctx).ListTokens(ctx, string(person))
	return each(rows, err, credential, "Listing tokens")
}

// Sessions lists a person's sessions that are not revoked, newest first.
func (d *DB) Sessions(ctx context.Context, person core.ID) ([]core.Credential, error) {
	rows, err := d.r(ctx).ListSessions(ctx, string(person))
	return each(rows, err, credential, "Listing sessions")
}

// ProviderSessions lists the sessions here that began in one session at a
// provider and are not revoked.
func (d *DB) ProviderSessions(ctx context.Context, provider, session string) ([]core.Credential, error) {
	rows, err := d.r(ctx).ListProviderSessions(ctx, gen.ListProviderSessionsParams{Provider: provider, ProviderSession: session})
	return each(rows, err, credential, "Listing sessions")
}

// AllTokens lists everybody's access tokens in force, by person.
func (d *DB) AllTokens(ctx context.Context, now int64) ([]core.Credential, error) {
	rows, err := d.r(ctx).ListAllTokens(ctx, now)
	return each(rows, err, credential, "Listing tokens")
}

// TokenByID returns an access token. Errors: NotFound.
func (d *DB) TokenByID(ctx context.Context, id core.ID) (core.Credential, error) {
	row, err := d.r(ctx).GetToken(ctx, string(id))
	return credential(row), found(err, "There is no access token with the id %q.", id)
}

// EndingTokens lists the access tokens that end in (now, until] and that were
// made to last longer than a number of microseconds, those that end first first.
func (d *DB) EndingTokens(ctx context.Context, now, until, longer int64) ([]core.Credential, error) {
	rows, err := d.r(ctx).ListEndingTokens(ctx, gen.ListEndingTokensParams{Now: now, Until: until, Longer: longer})
	return each(rows, err, credential, "Listing tokens")
}

func credential(r gen.Credential) core.Credential {
	return core.Credential{Hash: r.Hash, ID: core.ID(r.ID), Kind: core.CredentialKind(r.Kind), Person: core.ID(r.PersonID), AppID: core.ID(r.AppID), Name: r.Name,
		Scope: r.Scope, Apps: splitIDs(r.Apps), Created: r.Created, Expires: r.Expires, Used: r.Used, Revoked: r.Revoked,
		At: core.Use{Door: r.UsedDoor, From: r.UsedFrom}, Provider: r.Provider, ProviderSession: r.ProviderSession, AuthTime: r.AuthTime, ACR: r.Acr}
}
