package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// cellOf is the cell of an app as its row has it.
func cellOf(state core.AppState, d core.Descriptor) core.Cell {
	template, _, _ := strings.Cut(d.Template, "@")
	return core.Cell{State: state, Classification: d.Classification, Region: d.Region, Template: template}
}

// cellKey is the column cell.
func cellKey(c core.Cell) string {
	return strings.Join([]string{string(c.State), string(c.Classification), c.Region, c.Template}, "|")
}

// terms are the ends of a name that start at a word.
func terms(name string) []string {
	out := []string{name}
	for i := range name {
		if name[i] == '-' && i+1 < len(name) {
			out = append(out, name[i+1:])
		}
	}
	return out
}

// recount writes in the tally that an app has come from a cell to the one of its
// row. before is nil for a new app.
func recount(ctx context.Context, w *gen.Queries, id core.ID, before *gen.GetAppFacetsRow) error {
	now, err := w.GetAppFacets(ctx, string(id))
	if err != nil {
		return err
	}
	line := fmt.Sprintf("%s:%d", id, now.Version) // each write of an app has its own
	if before != nil {
		if rowCell(*before) == rowCell(now) {
			return nil
		}
		if err := tally(ctx, w, line+"-", rowCell(*before), -1); err != nil {
			return err
		}
	}
	return tally(ctx, w, line+"+", rowCell(now), 1)
}

func tally(ctx context.Context, w *gen.Queries, id string, c core.Cell, n int64) error {
	return w.InsertTally(ctx, gen.InsertTallyParams{ID: id, State: string(c.State), Classification: string(c.Classification), Region: c.Region, Template: c.Template, N: n})
}

func rowCell(r gen.GetAppFacetsRow) core.Cell {
	return core.Cell{State: core.AppState(r.State), Classification: core.Classification(r.Classification), Region: r.Region, Template: r.Template}
}

// setFacets keeps what lists filter an app by.
func (d *DB) setFacets(ctx context.Context, w *gen.Queries, id core.ID, x core.Descriptor) error {
	c := cellOf("", x)
	err := w.UpdateAppFacets(ctx, gen.UpdateAppFacetsParams{ID: string(id), Classification: string(c.Classification), Region: c.Region, Template: c.Template, Vendors: int64(len(x.Vendors))})
	if err != nil {
		return err
	}
	return d.coOwners(ctx, w, id, x.CoOwners)
}

// enter puts a new app into what lists are made from.
func (d *DB) enter(ctx context.Context, w *gen.Queries, a core.App) error {
	if err := d.setFacets(ctx, w, a.ID, a.Descriptor); err != nil {
		return err
	}
	var words [][]any
	for _, t := range terms(a.Name) {
		words = append(words, []any{t, a.Name})
	}
	if err := d.insertNew(ctx, "app_term", []string{"term", "name"}, words); err != nil {
		return err
	}
	if err := w.AddOwnerTally(ctx, gen.AddOwnerTallyParams{OwnerID: string(a.OwnerID), N: 1}); err != nil {
		return err
	}
	return recount(ctx, w, a.ID, nil)
}

// coOwners keeps who shares an app.
func (d *DB) coOwners(ctx context.Context, w *gen.Queries, id core.ID, emails []string) error {
	if err := w.DeleteCoOwners(ctx, string(id)); err != nil {
		return err
	}
	var rows [][]any
	for _, e := range emails {
		if e = strings.ToLower(strings.TrimSpace(e)); e != "" {
			rows = append(rows, []any{e, string(id)})
		}
	}
	return d.insertNew(ctx, "app_co_owner", []string{"email", "app_id"}, rows)
}

// Tally counts the apps of each cell. Cells without apps are left out.
func (d *DB) Tally(ctx context.Context) ([]core.Tally, error) {
	rows, err := d.r(ctx).ListTally(ctx)
	if err != nil {
		return nil, broken("Counting apps", err)
	}
	out := make([]core.Tally, 0, len(rows))
	for _, r := range rows {
		if r.N != 0 {
			out = append(out, core.Tally{Cell: core.Cell{State: core.AppState(r.State), Classification: core.Classification(r.Classification), Region: r.Region, Template: r.Template}, N: int(r.N)})
		}
	}
	return out, nil
}

// FoldTally puts the lines of each cell together, when there are more than most.
// It must run inside a transaction.
func (d *DB) FoldTally(ctx context.Context, most int) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	if n, err := w.CountTallyRows(ctx); err != nil || n <= int64(most) {
		return broken("Counting apps", err)
	}
	all, err := w.ListTally(ctx)
	if err != nil {
		return broken("Counting apps", err)
	}
	if err := w.ClearTally(ctx); err != nil {
		return broken("Counting apps", err)
	}
	for _, r := range all {
		if r.N == 0 {
			continue
		}
		c := core.Cell{State: core.AppState(r.State), Classification: core.Classification(r.Classification), Region: r.Region, Template: r.Template}
		if err := tally(ctx, w, "folded:"+cellKey(c), c, r.N); err != nil {
			return broken("Counting apps", err)
		}
	}
	return nil
}

// TopOwners lists who owns the most apps.
func (d *DB) TopOwners(ctx context.Context, most int) ([]core.OwnerTally, error) {
	rows, err := d.r(ctx).TopOwners(ctx, int32(most))
	return each(rows, err, func(r gen.TopOwnersRow) core.OwnerTally {
		return core.OwnerTally{Owner: core.ID(r.ID), Email: r.Email, N: int(r.N)}
	}, "Counting apps")
}
