package budget_test

import (
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/budget"
)

// mandatory are the columns of feature level "Mandatory" in FOCUS 1.2, and
// whether they may be null.
var mandatory = map[string]bool{
	"BilledCost": false, "BillingAccountId": false, "BillingAccountName": true, "BillingCurrency": false, "BillingPeriodEnd": false,
	"BillingPeriodStart": false, "ChargeCategory": false, "ChargeClass": true, "ChargeDescription": true, "ChargePeriodEnd": false,
	"ChargePeriodStart": false, "ContractedCost": false, "EffectiveCost": false, "InvoiceIssuerName": false, "ListCost": false,
	"PricingQuantity": true, "PricingUnit": true, "ProviderName": false, "PublisherName": false, "ServiceCategory": false, "ServiceName": false,
}

func TestFocusExport(t *testing.T) {
	g := newGround(t, budget.Tariff{{Version: "2026-01", Currency: "EUR", CPUHour: 0.04, MillionReqs: 0.2}})
	g.app.Name = `pay,"roll"` // as CSV has to survive it
	hour := budget.HourOf(g.Clock.Now())
	g.Must(g.Add(t.Context(), core.Usage{AppID: g.app.ID, Hour: hour, CPUMS: cpuHour / 2, Requests: 250000}))
	g.Must(g.Add(t.Context(), core.Usage{AppID: g.app.ID, Hour: hour - time.Hour.Microseconds()})) // quiet: no charge
	rows, err := g.Rows(t.Context(), budget.Organisation{ID: "org-1", Name: "Example"}, g.app, g.Clock.Now().Add(-48*time.Hour), g.Clock.Now().Add(time.Hour))
	g.Must(err)
	var out strings.Builder
	g.Must(budget.Write(&out, rows))
	table, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	g.Must(err)
	if len(table) != 3 { // header, CPU, requests
		t.Fatalf("%d lines:\n%s", len(table), out.String())
	}
	sum := 0.0
	for _, line := range table[1:] {
		for name, nullable := range mandatory {
			i := slices.Index(table[0], name)
			if i < 0 {
				t.Fatalf("column %s is missing", name)
			}
			if line[i] == "" && !nullable {
				t.Errorf("column %s is empty", name)
			}
		}
		value := func(name string) string { return line[slices.Index(table[0], name)] }
		cost, err := strconv.ParseFloat(value("BilledCost"), 64)
		g.Must(err)
		sum += cost
		for name, want := range map[string]string{"BillingPeriodStart": "2026-03-01T00:00:00Z", "BillingPeriodEnd": "2026-04-01T00:00:00Z",
			"ChargePeriodStart": "2026-03-02T09:00:00Z", "ChargePeriodEnd": "2026-03-02T10:00:00Z", "x_AppName": g.app.Name, "ChargeCategory": "Usage"} {
			if value(name) != want {
				t.Errorf("%s = %q, want %q", name, value(name), want)
			}
		}
	}
	if s := g.statement(); sum < s.Month.Cost-1e-12 || sum > s.Month.Cost+1e-12 {
		t.Errorf("the export costs %v, the statement %v", sum, s.Month.Cost)
	}
	for _, name := range table[0] {
		if _, ok := mandatory[name]; !ok && !strings.HasPrefix(name, "x_") {
			t.Errorf("own column %s lacks x_", name)
		}
	}
}
