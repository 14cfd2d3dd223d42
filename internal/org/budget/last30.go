package budget

import (
	"context"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Last30 returns what some apps cost in the last 30 days, today included, in
// Currency: the Last30.Cost of their statements, for a list. It reads sums; days
// only when prices changed meanwhile, and hours only of the day on which they did. Apps without use are left out.
func (b *Budgets) Last30(ctx context.Context, apps []core.ID) (map[core.ID]float64, error) {
	const day = 24 * time.Hour
	now := b.clock.Now().UTC()
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	from, to := core.Stamp(today.AddDate(0, 0, 1-dayCount)), core.Stamp(today)+1
	out := make(map[core.ID]float64, len(apps))
	if b.tariff.At(from) == b.tariff.At(core.Stamp(now)) { // one price for all: it is the price of the sum
		sums, err := b.store.UsageSums(ctx, apps, from, to)
		for _, u := range sums {
			u.Hour = from
			out[u.AppID] = b.tariff.Cost(u)
		}
		return out, err
	}
	days, err := b.store.UsageByDay(ctx, apps, from, to)
	if err != nil {
		return nil, err
	}
	for _, u := range days {
		if b.tariff.At(u.Hour) == b.tariff.At(u.Hour+day.Microseconds()-1) {
			out[u.AppID] += b.tariff.Cost(u)
			continue
		}
		hours, err := b.store.Usage(ctx, u.AppID, u.Hour, u.Hour+day.Microseconds())
		if err != nil {
			return nil, err
		}
		for _, h := range hours {
			out[u.AppID] += b.tariff.Cost(h)
		}
	}
	return out, nil
}

// Currency is the one of the prices that hold now.
func (b *Budgets) Currency() string { return b.tariff.At(core.Stamp(b.clock.Now())).Currency }
