package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddSealed keeps the next version of a named secret, sealed.
func (d *DB) AddSealed(ctx context.Context, id core.ID, name string, sealed []byte, by core.ID, at int64) (version int, err error) {
	w, err := d.w(ctx)
	if err != nil {
		return 0, err
	}
	n, err := w.NextSecretVersion(ctx, name)
	if err != nil {
		return 0, broken("Keeping a secret", err)
	}
	return int(n), broken("Keeping a secret", w.InsertSecret(ctx, gen.InsertSecretParams{ID: string(id), Name: name, Version: n,
		Sealed: base64.StdEncoding.EncodeToString(sealed), ByPerson: string(by), Created: at}))
}

// Sealed returns the newest sealed version of a secret. Errors: NotFound.
func (d *DB) Sealed(ctx context.Context, name string) (sealed []byte, version int, err error) {
	row, err := d.r(ctx).LatestSecret(ctx, name)
	if err != nil {
		return nil, 0, found(err, "There is no secret named %q.", name)
	}
	sealed, err = base64.StdEncoding.DecodeString(row.Sealed)
	return sealed, int(row.Version), broken("Reading a secret", err)
}

// DropSecret ends all versions of a secret. Errors: NotFound.
func (d *DB) DropSecret(ctx context.Context, name string, at int64) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.DeleteSecret(ctx, gen.DeleteSecretParams{Name: name, Deleted: at})
	if err == nil && n > 1 {
		n = 1
	}
	return changed(n, err, "Deleting a secret", core.Errorf(core.NotFound, "There is no secret named %q.", name))
}

// SecretNames lists the names of the secrets in force.
func (d *DB) SecretNames(ctx context.Context) ([]string, error) {
	names, err := d.r(ctx).ListSecretNames(ctx)
	return names, broken("Listing secrets", err)
}

// AddLease keeps a lease.
func (d *DB) AddLease(ctx context.Context, l core.Lease) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Keeping a lease", w.InsertLease(ctx, gen.InsertLeaseParams{ID: string(l.ID), AppID: string(l.AppID), Secret: l.Secret, Created: l.Created, Expires: l.Expires}))
}

// LeaseInForce returns the lease of an app on a secret at the moment now; ok
// is false when there is none.
func (d *DB) LeaseInForce(ctx context.Context, app core.ID, secret string, now int64) (l core.Lease, ok bool, err error) {
	row, err := d.r(ctx).LeaseInForce(ctx, gen.LeaseInForceParams{AppID: string(app), Secret: secret, Expires: now})
	if errors.Is(err, sql.ErrNoRows) {
		return l, false, nil
	}
	return lease(row), err == nil, broken("Looking for a lease", err)
}

// ExtendLease moves the end of a lease that is not revoked.
func (d *DB) ExtendLease(ctx context.Context, id core.ID, expires int64) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.ExtendLease(ctx, gen.ExtendLeaseParams{ID: string(id), Expires: expires})
	return changed(n, err, "Extending a lease", core.Errorf(core.Conflict, "This lease has ended."))
}

// RevokeLeases ends all of an app's leases now and returns how many.
func (d *DB) RevokeLeases(ctx context.Context, app core.ID, now int64, why string) (int, error) {
	w, err := d.w(ctx)
	if err != nil {
		return 0, err
	}
	n, err := w.RevokeLeases(ctx, gen.RevokeLeasesParams{AppID: string(app), Revoked: now, Why: why})
	return int(n), broken("Ending leases", err)
}

// Leases lists an app's leases, oldest first.
func (d *DB) Leases(ctx context.Context, app core.ID) ([]core.Lease, error) {
	rows, err := d.r(ctx).ListLeases(ctx, string(app))
	return each(rows, err, lease, "Listing leases")
}

func lease(r gen.Lease) core.Lease {
	return core.Lease{ID: core.ID(r.ID), AppID: core.ID(r.AppID), Secret: r.Secret, Created: r.Created, Expires: r.Expires, Revoked: r.Revoked, Why: r.Why}
}
