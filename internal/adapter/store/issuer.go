package store

import (
	"context"
	"encoding/base64"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddIssuerKey keeps a key that identity tokens will be signed with.
func (d *DB) AddIssuerKey(ctx context.Context, k core.IssuerKey) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Keeping a key of the issuer", w.InsertIssuerKey(ctx, gen.InsertIssuerKeyParams{ID: k.ID, Public: string(k.Public),
		Sealed: base64.StdEncoding.EncodeToString(k.Sealed), Created: k.Created, Begins: k.Begins}))
}

// IssuerKeys lists all keys of the issuer, by their beginning.
func (d *DB) IssuerKeys(ctx context.Context) ([]core.IssuerKey, error) {
	rows, err := d.r(ctx).ListIssuerKeys(ctx)
	keys := make([]core.IssuerKey, 0, len(rows))
	for _, r := range rows {
		var sealed []byte
		if sealed, err = base64.StdEncoding.DecodeString(r.Sealed); err != nil {
			break
		}
		keys = append(keys, core.IssuerKey{ID: r.ID, Public: []byte(r.Public), Sealed: sealed, Created: r.Created, Begins: r.Begins, Removed: r.Removed})
	}
	return keys, broken("Reading the issuer's keys", err)
}

// RemoveIssuerKeys takes every key but one out of use.
func (d *DB) RemoveIssuerKeys(ctx context.Context, but string, now int64) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Removing keys of the issuer", w.RemoveIssuerKeys(ctx, gen.RemoveIssuerKeysParams{ID: but, Removed: now}))
}
