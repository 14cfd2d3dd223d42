package budget

import (
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// Prices are what use costs from a moment on.
type Prices struct {
	Version     string  // names this list in exports, e.g. "2026-01"
	From        int64   // Stamp; the first moment they hold for
	Currency    string  // ISO 4217; default EUR
	CPUHour     float64 // one core for one hour
	GiBHour     float64 // one GiB of memory for one hour
	MillionReqs float64 // a million requests
	GBOut       float64 // 10^9 bytes out, to people and to vendors
}

// Tariff is the history of prices, in any order. Hours before the first list
// are counted at the first.
type Tariff []Prices

// DefaultTariff returns prices for the embedded runtime, in EUR: an estimate of
// what a small machine costs, shared out by use.
func DefaultTariff() Tariff {
	return Tariff{{Version: "1", Currency: "EUR", CPUHour: 0.04, GiBHour: 0.005, MillionReqs: 0.2, GBOut: 0.09}}
}

// At returns the prices that hold at a moment.
func (t Tariff) At(stamp int64) Prices {
	if len(t) == 0 {
		return Prices{Currency: "EUR"}
	}
	sorted := slices.SortedFunc(slices.Values(t), func(a, b Prices) int { return int(min(max(a.From-b.From, -1), 1)) })
	p := sorted[0]
	for _, next := range sorted[1:] {
		if next.From <= stamp {
			p = next
		}
	}
	if p.Currency == "" {
		p.Currency = "EUR"
	}
	return p
}

// Cost returns what one hour's use costs at the prices of that hour.
func (t Tariff) Cost(u core.Usage) float64 {
	sum := 0.0
	for _, m := range t.At(u.Hour).meters(u) {
		sum += m.cost()
	}
	return sum
}

// meter is one priced quantity of an hour.
type meter struct {
	name     string
	quantity float64 // in units
	unit     string  // FOCUS unit format
	price    float64 // of one unit
}

func (m meter) cost() float64 { return m.quantity * m.price }

func (p Prices) meters(u core.Usage) []meter {
	const msPerHour = 3600 * 1000
	return []meter{
		{"CPU", float64(u.CPUMS) / msPerHour, "Hours", p.CPUHour},
		{"Memory", float64(u.MiBMS) / 1024 / msPerHour, "GiB-Hours", p.GiBHour},
		{"Requests", float64(u.Requests) / 1e6, "1000000 Requests", p.MillionReqs},
		{"Traffic out", float64(u.BytesOut+u.EgressOut) / 1e9, "GB", p.GBOut},
	}
}
