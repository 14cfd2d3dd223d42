package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"errors"
	"strings"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// componentID is made from what a component is, so that two writers agree on it:
// the first 80 bits of a digest, in 16 characters.
func componentID(c core.Component) string {
	sum := sha256.Sum256([]byte(c.Ecosystem + "\x00" + c.Name + "\x00" + c.Version))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// PutParts keeps what an artifact is made of, in the place of what was kept of it
// before. sbom is the digest of the document that says so; state says how it
// could be read, and parts are only kept of one that is listed. The artifact must
// be kept already.
func (d *DB) PutParts(ctx context.Context, artifact, sbom string, state core.BillState, parts []core.Part) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	bill, err := w.GetBill(ctx, artifact)
	if err != nil {
		return found(err, "There is no artifact %q.", artifact)
	}
	if state != core.BillListed {
		parts = nil
	}
	if err := w.SetBill(ctx, gen.SetBillParams{Artifact: artifact, State: string(state), Sbom: sbom, Parts: int64(len(parts))}); err != nil {
		return broken("Keeping the parts of an artifact", err)
	}
	if err := w.DeleteHoldings(ctx, artifact); err != nil {
		return broken("Keeping the parts of an artifact", err)
	}
	components, holdings := make([][]any, len(parts)), make([][]any, len(parts))
	for i, p := range parts {
		id := componentID(p.Component)
		components[i] = []any{id, p.Ecosystem, p.Name, p.Version}
		holdings[i] = []any{id, bill.App, artifact, int64(p.Direct), p.Build, bill.Live, bill.Latest}
	}
	if err := d.insertNew(ctx, "component", []string{"id", "ecosystem", "name", "version"}, components); err != nil {
		return broken("Keeping components", err)
	}
	return broken("Keeping the parts of an artifact", d.insertNew(ctx,
		"holding", []string{"component", "app", "artifact", "direct", "build", "live", "latest"}, holdings))
}

// Unindexed lists up to most artifacts whose parts are not kept as their SBOM has
// them, by digest from after on; with again those too whose parts are.
func (d *DB) Unindexed(ctx context.Context, after string, again bool, most int) ([]core.Artifact, error) {
	rows, err := d.r(ctx).ListUnindexed(ctx, gen.ListUnindexedParams{After: after, Again: again, Most: int32(most)})
	return each(rows, err, artifact, "Listing artifacts")
}

// Shelve makes the bill of an artifact that is kept, if it has none, and marks
// anew whether it runs and whether it is its app's newest.
func (d *DB) Shelve(ctx context.Context, a core.Artifact) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	if err := putBill(ctx, w, a); err != nil {
		return broken("Keeping the parts of an artifact", err)
	}
	n, err := w.RunsNow(ctx, a.Digest)
	if err != nil {
		return broken("Keeping the parts of an artifact", err)
	}
	return broken("Keeping the parts of an artifact", setLive(ctx, w, a.Digest, n > 0))
}

// putBill makes the bill of a new artifact, which says that its parts are not
// known, and marks the newest build of the app.
func putBill(ctx context.Context, w *gen.Queries, a core.Artifact) error {
	if err := w.PutBill(ctx, gen.PutBillParams{Artifact: a.Digest, AppID: string(a.AppID)}); err != nil {
		return err
	}
	newest, err := w.NewestArtifact(ctx, string(a.AppID))
	if err != nil {
		return err
	}
	bills, err := w.ListBillsOfApp(ctx, string(a.AppID))
	for _, b := range bills {
		if err := place(ctx, w, b, b.Live, b.Artifact == newest); err != nil {
			return err
		}
	}
	return err
}

// setLive marks whether an artifact runs.
func setLive(ctx context.Context, w *gen.Queries, artifact string, live bool) error {
	bill, err := w.GetBill(ctx, artifact)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // fsck tells of an artifact without a bill
	}
	if err != nil {
		return err
	}
	return place(ctx, w, bill, live, bill.Latest)
}

func place(ctx context.Context, w *gen.Queries, b gen.Bill, live, latest bool) error {
	if b.Live == live && b.Latest == latest {
		return nil
	}
	if err := w.SetBillPlace(ctx, gen.SetBillPlaceParams{Artifact: b.Artifact, Live: live, Latest: latest}); err != nil {
		return err
	}
	return w.SetHoldingPlace(ctx, gen.SetHoldingPlaceParams{Artifact: b.Artifact, Live: live, Latest: latest})
}
