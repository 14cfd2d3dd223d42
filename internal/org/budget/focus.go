package budget

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Columns lists the columns of an export in order: the mandatory ones of FOCUS
// 1.2 (FinOps Open Cost and Usage Specification), then our own with x_.
func Columns() []string {
	return []string{"BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart",
		"ChargeCategory", "ChargeClass", "ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost", "EffectiveCost",
		"InvoiceIssuerName", "ListCost", "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "ServiceCategory", "ServiceName",
		"x_AppId", "x_AppName", "x_Owner", "x_PriceVersion"}
}

// Organisation names who pays, for exports.
type Organisation struct {
	ID   string // BillingAccountId; not empty
	Name string
}

// Rows returns the charges of one app from one moment up to, not including,
// another: one row for each metered hour and kind of use that cost something,
// with the values of Columns. Times are RFC 3339 in UTC, numbers are decimal.
func (b *Budgets) Rows(ctx context.Context, org Organisation, app core.App, from, to time.Time) ([][]string, error) {
	hours, err := b.store.Usage(ctx, app.ID, core.Stamp(from), core.Stamp(to))
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for _, u := range hours {
		p := b.tariff.At(u.Hour)
		for _, m := range p.meters(u) {
			if m.cost() > 0 {
				rows = append(rows, row(org, app, core.Moment(u.Hour), p, m))
			}
		}
	}
	return rows, nil
}

// Write writes the columns and rows as CSV (RFC 4180).
func Write(w io.Writer, rows [][]string) error {
	c := csv.NewWriter(w)
	if err := c.Write(Columns()); err != nil {
		return err
	}
	return c.WriteAll(rows)
}

func row(org Organisation, app core.App, hour time.Time, p Prices, m meter) []string {
	month := monthOf(hour)
	cost := number(m.cost())
	return []string{cost, org.ID, org.Name, p.Currency, stamp(month.AddDate(0, 1, 0)), stamp(month),
		"Usage", "", m.name + " of " + app.Name, stamp(hour.Add(time.Hour)), stamp(hour), cost, cost,
		"Paddock", cost, number(m.quantity), m.unit, "Paddock", "Paddock", "Compute", "Paddock runtime",
		string(app.ID), app.Name, app.OwnerEmail, p.Version}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
