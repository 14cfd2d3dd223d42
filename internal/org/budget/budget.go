// Package budget keeps what apps use, says what it costs, and tells owners when
// a month's budget runs out (RUN-3, KPI-5).
//
// Use is metered by the hour; months and days are those of UTC. Prices are
// versioned: each hour is counted at the price of that hour, so a new price
// never changes a closed month. What was not metered is unknown, not zero.
package budget

import (
	"context"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Usage keeps metered use.
type Usage interface {
	// AddUsage adds what an app used to its hour.
	AddUsage(ctx context.Context, u core.Usage) error
	// Usage lists an app's hours from one moment up to, not including, another.
	Usage(ctx context.Context, app core.ID, from, to int64) ([]core.Usage, error)
	// UsageByDay lists the days of some apps; Hour is a day's first moment.
	UsageByDay(ctx context.Context, apps []core.ID, from, to int64) ([]core.Usage, error)
	// UsageSums adds up the days of some apps, by app.
	UsageSums(ctx context.Context, apps []core.ID, from, to int64) ([]core.Usage, error)
}

// Alerts keeps which shares of a month's budget were passed.
type Alerts interface {
	// AddBudgetAlert keeps that a share (percent) was passed; first is false when
	// it is there already.
	AddBudgetAlert(ctx context.Context, app core.ID, period string, share int, at int64) (first bool, err error)
	BudgetAlerts(ctx context.Context, app core.ID, period string) ([]int, error)
}

// Store is what budgets keep their records in.
type Store interface {
	Usage
	Alerts
	// InTx runs fn in one transaction; a call inside a transaction joins it.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	// Quietly is InTx for book-keeping without an event.
	Quietly(ctx context.Context, fn func(ctx context.Context) error) error
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Teller tells people, once for each key, in the caller's transaction.
type Teller interface {
	Tell(ctx context.Context, n core.Notice) error
}

// Budgets counts money. It is safe for concurrent use if its parts are.
type Budgets struct {
	store  Store
	audit  Audit
	tell   Teller
	clock  core.Clock
	tariff Tariff
}

// New returns the budgets of one organisation.
func New(store Store, audit Audit, tell Teller, clock core.Clock, tariff Tariff) *Budgets {
	return &Budgets{store: store, audit: audit, tell: tell, clock: clock, tariff: tariff}
}

// Add adds what an app used to its hour. The meter adds an hour for each app
// that it watched, even if nothing was used: that is what makes a day known.
// Errors: Invalid for a moment that is no full hour, or a negative amount.
func (b *Budgets) Add(ctx context.Context, u core.Usage) error {
	if u.Hour <= 0 || u.Hour%time.Hour.Microseconds() != 0 {
		return core.Errorf(core.Invalid, "Use of app %q at %d is not at a full hour.", u.AppID, u.Hour)
	}
	if min(u.Requests, u.Errors, u.WallMS, u.CPUMS, u.MiBMS, u.BytesOut, u.EgressOut) < 0 {
		return core.Errorf(core.Invalid, "Use of app %q is negative.", u.AppID)
	}
	return b.store.Quietly(ctx, func(ctx context.Context) error { return b.store.AddUsage(ctx, u) })
}

// HourOf returns the start of the hour of a moment, as core.Usage wants it.
func HourOf(t time.Time) int64 { return core.Stamp(t.UTC().Truncate(time.Hour)) }
