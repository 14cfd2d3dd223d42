package app

import (
	"context"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/org/budget"
	"github.com/paddock-dev/paddock/internal/org/evidence"
)

// packs writes evidence packs from the house's records.
func (h *house) packs() *evidence.Exporter {
	return &evidence.Exporter{Signer: h.keys.NoteSigner(), AuditKey: h.keys.AuditKey(), SigningKey: h.keys.PublicPEM(), Clock: h.clock,
		Source: evidence.Source{Apps: h.store, Judged: h.store, Ran: h.store, Around: surroundings{h.shelf, h.budgets}, Blobs: h.warehouse.registry,
			Log: provable{h.store, h.sequencer}, Proofs: h.reader}}
}

// surroundings are an app's vendors and costs, for its evidence.
type surroundings struct {
	shelf   *shelf
	budgets func() *budget.Budgets
}

// Vendors implements evidence.Around.
func (s surroundings) Vendors(_ context.Context, names []string) ([]core.Vendor, error) {
	var out []core.Vendor
	for _, name := range names {
		if v, ok := s.shelf.Current().Vendors[name]; ok {
			out = append(out, v)
		}
	}
	return out, nil
}

// Costs implements evidence.Around: the month that runs.
func (s surroundings) Costs(ctx context.Context, a core.App) ([]evidence.Cost, error) {
	st, err := s.budgets().Statement(ctx, a)
	if err != nil || len(st.Daily) == 0 {
		return nil, err
	}
	period := st.Daily[len(st.Daily)-1].Date[:7]
	return []evidence.Cost{{Period: period, Requests: st.Month.Requests, Amount: st.Month.Cost, Currency: st.Currency, Budget: st.Budget.Monthly}}, nil
}

// provable gives an app's events that are in the tree.
type provable struct {
	store     *store.DB
	sequencer *audit.Sequencer
}

// EachEvent implements evidence.Log.
func (p provable) EachEvent(ctx context.Context, app core.ID, fn func(index int64, leaf, opening string) error) error {
	events, err := p.store.EventsOf(ctx, app)
	if err != nil {
		return err
	}
	for _, e := range events {
		if e.Index < 0 {
			continue
		}
		if err := fn(e.Index, e.Leaf, e.Opening); err != nil {
			return err
		}
	}
	return nil
}

// IntegrateNow implements evidence.Log.
func (p provable) IntegrateNow(ctx context.Context) (int, error) {
	return p.sequencer.IntegrateNow(ctx)
}
