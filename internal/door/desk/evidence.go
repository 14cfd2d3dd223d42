package desk

import (
	"context"
	"io"
	"os"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/org/evidence"
)

// EvidencePack returns the signed evidence pack of one app's life; from and to
// narrow it (days or other periods, both included), "" leaves an end open. The
// caller closes it.
func (d *Desk) EvidencePack(ctx context.Context, who core.Person, app, from, to string) (view.Download, error) {
	a, err := d.app(ctx, who, app, authz.AppRead)
	if err != nil {
		return view.Download{}, err
	}
	scope, err := evidence.ForApp(a.Name, from, to)
	if err != nil {
		return view.Download{}, err
	}
	return d.pack(ctx, who, scope, a.ID)
}

// EvidenceOfPeriod returns the signed evidence pack of everything that happened
// in a period. The caller closes it.
func (d *Desk) EvidenceOfPeriod(ctx context.Context, who core.Person, period string) (view.Download, error) {
	if err := authz.Can(who, authz.EvidenceExport, nil); err != nil {
		return view.Download{}, err
	}
	scope, err := evidence.ParsePeriod(period)
	if err != nil {
		return view.Download{}, err
	}
	return d.pack(ctx, who, scope, "")
}

// GrantEvidence returns the signed evidence pack of one grant: the request, who
// said yes and why, each act under it, and the end. It is for who may see the
// grant and the app: who asked for access, and has none, learns nothing of the
// app by it. The caller closes it. Errors: NotFound, Forbidden.
func (d *Desk) GrantEvidence(ctx context.Context, who core.Person, id core.ID) (view.Download, error) {
	g, err := d.visible(ctx, who, id)
	if err != nil {
		return view.Download{}, err
	}
	a, err := d.Store.App(ctx, g.AppID)
	if err != nil {
		return view.Download{}, err
	}
	if _, err := d.app(ctx, who, a.Name, authz.AppRead); err != nil {
		return view.Download{}, core.Errorf(core.Forbidden, "The evidence tells of the app, which you may not see.").Hinted("Ask the app's owner for it, or somebody with the role auditor.")
	}
	return d.pack(ctx, who, evidence.ForGrant(a.Name, g.ID), a.ID)
}

// pack makes a pack on disk, records that it was taken and what it holds, and
// hands it out. A pack whose taking cannot be recorded is not handed out.
func (d *Desk) pack(ctx context.Context, who core.Person, scope evidence.Scope, app core.ID) (view.Download, error) {
	f, err := os.CreateTemp(d.Scratch, "paddock-pack-*")
	if err == nil {
		err = os.Remove(f.Name())
	}
	if err != nil {
		return view.Download{}, core.Hidden("Making room for the evidence pack", err)
	}
	sum, err := d.Evidence.Export(ctx, scope, f)
	if err == nil {
		err = d.Store.InTx(ctx, func(ctx context.Context) error {
			return d.Audit.Append(ctx, sum.Event(actor(ctx, who), app))
		})
	}
	var size int64
	if err == nil {
		size, err = f.Seek(0, io.SeekEnd)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return view.Download{}, err
	}
	return view.Download{Name: sum.Name, MediaType: "application/zip", Size: size, Body: f}, nil
}
