package budget_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/notify"
	"github.com/paddock-dev/paddock/internal/org/budget"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// plain prices make sums easy: one EUR for one core hour, nothing else.
func plain() budget.Tariff { return budget.Tariff{{Version: "t", Currency: "EUR", CPUHour: 1}} }

const cpuHour = 3600 * 1000 // milliseconds

type ground struct {
	*testkit.Ground
	*budget.Budgets
	app core.App
}

func newGround(t *testing.T, tariff budget.Tariff) *ground {
	g := testkit.New(t)
	return &ground{g, budget.New(g, g.Audit, notify.New(g, g, g.Audit, g.Clock, g.IDs), g.Clock, tariff),
		g.NewApp("payroll", g.Somebody("ana@example.org"))}
}

func (g *ground) use(at time.Time, cores float64) {
	g.Must(g.Add(g.Ctx(), core.Usage{AppID: g.app.ID, Hour: budget.HourOf(at), Requests: 10, CPUMS: int64(cores * cpuHour)}))
}

func (g *ground) statement() budget.Statement {
	s, err := g.Statement(g.Ctx(), g.app)
	g.Must(err)
	return s
}

func TestCost(t *testing.T) {
	tariff := budget.Tariff{
		{Version: "2", From: 2000, CPUHour: 100},
		{Version: "1", From: 1000, Currency: "USD", CPUHour: 2, GiBHour: 3, MillionReqs: 5, GBOut: 7},
	}
	for name, c := range map[string]struct {
		u    core.Usage
		want float64
	}{
		"nothing":           {core.Usage{Hour: 1500}, 0},
		"one core hour":     {core.Usage{Hour: 1500, CPUMS: cpuHour}, 2},
		"one GiB hour":      {core.Usage{Hour: 1500, MiBMS: 1024 * cpuHour}, 3},
		"a million":         {core.Usage{Hour: 1500, Requests: 1e6}, 5},
		"a GB to anybody":   {core.Usage{Hour: 1500, BytesOut: 4e8, EgressOut: 6e8}, 7},
		"new price":         {core.Usage{Hour: 2000, CPUMS: cpuHour}, 100},
		"before any price":  {core.Usage{Hour: 1, CPUMS: cpuHour}, 2},
		"the last old hour": {core.Usage{Hour: 1999, CPUMS: cpuHour}, 2},
	} {
		if got := tariff.Cost(c.u); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if tariff.At(1).Currency != "USD" || tariff.At(2000).Currency != "EUR" || (budget.Tariff{}).At(5).Currency != "EUR" {
		t.Error("currencies")
	}
}

// KPI-5, RUN-3: month to date and the last 30 days are different sums.
func TestStatement(t *testing.T) {
	g := newGround(t, plain()) // 2 March 2026, 09:00
	g.app.Descriptor.Budget.Monthly = 8
	now := g.Clock.Now()
	g.use(now, 1)                                            // this hour
	g.use(now.Add(-30*time.Minute), 1)                       // last hour
	g.use(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), 2)    // the month's first hour
	g.use(time.Date(2026, 2, 28, 23, 0, 0, 0, time.UTC), 4)  // the hour before
	g.use(time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), 8)    // the first of 30 days
	g.use(time.Date(2026, 1, 31, 23, 0, 0, 0, time.UTC), 16) // too old
	g.use(now, 1)                                            // the same hour again adds up
	s := g.statement()
	if s.Month.Cost != 5 || s.Last30.Cost != 17 || s.Month.Requests != 40 || s.Share != 5.0/8 || s.Currency != "EUR" {
		t.Errorf("month %v, 30 days %v, requests %d, share %v", s.Month.Cost, s.Last30.Cost, s.Month.Requests, s.Share)
	}
	if len(s.Daily) != 30 || s.Daily[0].Date != "2026-02-01" || s.Daily[29].Date != "2026-03-02" {
		t.Fatalf("days %d: %s to %s", len(s.Daily), s.Daily[0].Date, s.Daily[29].Date)
	}
	var known []string
	for _, d := range s.Daily {
		if d.Known {
			known = append(known, fmt.Sprintf("%s:%d:%v", d.Date, d.Hours, d.Cost))
		} else if d.Cost != 0 || d.Requests != 0 {
			t.Errorf("an unknown day has numbers: %+v", d)
		}
	}
	if got := strings.Join(known, " "); got != "2026-02-01:1:8 2026-02-28:1:4 2026-03-01:1:2 2026-03-02:2:3" {
		t.Errorf("known days: %s", got)
	}
}

// A list costs what the statements say, also over a change of prices.
func TestLast30(t *testing.T) {
	noon := time.Date(2026, 2, 20, 12, 0, 0, 0, time.UTC)
	for name, tariff := range map[string]budget.Tariff{"one price": plain(), "a new price at noon": append(plain(), budget.Prices{Version: "2", From: core.Stamp(noon), Currency: "EUR", CPUHour: 3}),
		"before the window": {{Version: "1", Currency: "EUR", CPUHour: 9}, {Version: "2", From: core.Stamp(noon.AddDate(0, -2, 0)), Currency: "EUR", CPUHour: 2}}} {
		g := newGround(t, tariff)
		for _, at := range []time.Time{noon.Add(-time.Hour), noon, noon.Add(time.Hour), noon.AddDate(0, 0, 3), noon.AddDate(0, 0, -30), g.Clock.Now(), time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)} {
			g.use(at, 1)
		}
		got, err := g.Last30(g.Ctx(), []core.ID{g.app.ID, "nobody"})
		g.Must(err)
		if want := g.statement().Last30.Cost; len(got) != 1 || math.Abs(got[g.app.ID]-want) > 1e-9 || want == 0 {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// A day that was metered and quiet is a zero; a day that was not is a gap.
func TestQuietDayIsNotAGap(t *testing.T) {
	g := newGround(t, plain())
	g.Must(g.Add(t.Context(), core.Usage{AppID: g.app.ID, Hour: budget.HourOf(g.Clock.Now())}))
	s := g.statement()
	if d := s.Daily[29]; !d.Known || d.Hours != 1 || d.Cost != 0 {
		t.Errorf("today %+v", d)
	}
	if s.Daily[28].Known {
		t.Error("yesterday is known")
	}
}

// RUN-3: once for each share and month; only the highest when several are passed.
func TestWatchTellsOnce(t *testing.T) {
	g := newGround(t, plain())
	g.app.Descriptor.Budget = core.Budget{Monthly: 10}
	watch := func() string {
		t.Helper()
		before := len(g.Events(0))
		g.Must(g.Watch(t.Context(), g.app))
		all, err := g.Notices(t.Context(), g.app.OwnerID)
		g.Must(err)
		out := fmt.Sprintf("%d %s", len(all), strings.Join(g.Events(before), " "))
		return strings.TrimSpace(out)
	}
	for _, step := range []struct {
		cores float64
		want  string
	}{
		{4.9, "0"},
		{0.1, "1 budget.warned"}, // 50 %
		{0, "1"},
		{2, "1"},
		{4, "2 budget.exceeded"}, // over 80 and 100 % at once
		{5, "2"},
	} {
		g.use(g.Clock.Now(), step.cores)
		if got := watch(); got != step.want {
			t.Errorf("after %v core hours more: %q, want %q", step.cores, got, step.want)
		}
	}
	all, _ := g.Notices(t.Context(), g.app.OwnerID)
	if all[0].Title != "payroll is over its budget" && all[1].Title != "payroll is over its budget" {
		t.Errorf("told %+v", all)
	}
	g.Clock.Set(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
	if got := watch(); got != "2" {
		t.Errorf("a new month starts with %q", got)
	}
	g.use(g.Clock.Now(), 11)
	if got := watch(); got != "3 budget.exceeded" {
		t.Errorf("the new month: %q", got)
	}
}

// The tour's budget of 0.01.
func TestTinyBudget(t *testing.T) {
	g := newGround(t, budget.DefaultTariff())
	g.app.Descriptor.Budget = core.Budget{Monthly: 0.01}
	g.use(g.Clock.Now(), 0.3)
	g.Must(g.Watch(t.Context(), g.app))
	all, _ := g.Notices(t.Context(), g.app.OwnerID)
	if len(all) != 1 || !strings.Contains(all[0].Body, "has cost 0.01 EUR. Its budget is 0.01 EUR.") {
		t.Errorf("told %+v", all)
	}
}

func TestNoBudgetNoAlert(t *testing.T) {
	g := newGround(t, plain())
	g.use(g.Clock.Now(), 1000)
	g.Must(g.Watch(t.Context(), g.app))
	if len(g.Events(0)) != 0 || g.statement().Share != 0 {
		t.Error("an app without a budget was watched")
	}
	g.app.Descriptor.Budget = core.Budget{Monthly: 1, Currency: "JPY"} // no rate to compare by
	g.Must(g.Watch(t.Context(), g.app))
	if len(g.Events(0)) != 0 || g.statement().Share != 0 {
		t.Error("euros were compared with yen")
	}
}

func TestAddRefusesNonsense(t *testing.T) {
	g := newGround(t, plain())
	hour := budget.HourOf(g.Clock.Now())
	for name, u := range map[string]core.Usage{
		"half hour":  {AppID: g.app.ID, Hour: hour + 1},
		"no hour":    {AppID: g.app.ID},
		"negative":   {AppID: g.app.ID, Hour: hour, CPUMS: -1},
		"unmetering": {AppID: g.app.ID, Hour: hour, EgressOut: -1},
	} {
		if err := g.Add(t.Context(), u); core.CodeOf(err) != core.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
