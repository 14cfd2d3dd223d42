package store

import (
	"context"
	"strconv"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddVEX keeps an OpenVEX document. Errors: Conflict if it is there already.
func (d *DB) AddVEX(ctx context.Context, v core.VEX) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.InsertVEX(ctx, gen.InsertVEXParams{ID: string(v.ID), Digest: v.Digest, Body: string(v.Body), ByPerson: string(v.By), Added: v.Added})
	return changed(n, err, "Keeping an OpenVEX document", core.Errorf(core.Conflict, "This OpenVEX document is here already.").Hinted("To say something new, add a document with a later timestamp."))
}

// VEXDocuments lists the documents that were added, oldest first.
func (d *DB) VEXDocuments(ctx context.Context) ([]core.VEX, error) {
	rows, err := d.r(ctx).ListVEX(ctx)
	return each(rows, err, func(r gen.ListVEXRow) core.VEX {
		return core.VEX{ID: core.ID(r.ID), Digest: r.Digest, Body: []byte(r.Body), By: core.ID(r.ByPerson), ByName: r.Email, Added: r.Added}
	}, "Listing OpenVEX documents")
}

// VEXMark changes whenever a document is added.
func (d *DB) VEXMark(ctx context.Context) (string, error) {
	m, err := d.r(ctx).VEXMark(ctx)
	return strconv.FormatInt(m.N, 10) + " " + m.Last, broken("Listing OpenVEX documents", err)
}
