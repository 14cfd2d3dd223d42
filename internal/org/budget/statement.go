package budget

import (
	"context"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// dayCount is how many days a statement looks back, today included.
const dayCount = 30

// Total is use and its cost over some time.
type Total struct {
	Requests, Errors   int64
	CPUMS              int64
	BytesOut           int64
	EgressOut          int64
	Cost               float64 // in the statement's currency
	firstHour, pastEnd int64
}

// Day is one day of UTC.
type Day struct {
	Date  string // YYYY-MM-DD
	Hours int    // metered hours, 0 to 24
	Known bool   // false where nothing was metered: a gap, not a zero
	Total
}

// Statement is what an app used and cost.
type Statement struct {
	Currency string
	Budget   core.Budget
	Month    Total   // from the first of this month on
	Last30   Total   // the days of Daily
	Share    float64 // of the month's budget that is used; 1 means all; 0 without a budget in the prices' currency
	Daily    []Day   // 30 days, oldest first, today last
}

// Statement returns an app's statement at this moment.
func (b *Budgets) Statement(ctx context.Context, app core.App) (Statement, error) {
	now := b.clock.Now().UTC()
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	first := today.AddDate(0, 0, 1-dayCount)
	month := monthOf(now)
	hours, err := b.store.Usage(ctx, app.ID, min(core.Stamp(first), core.Stamp(month)), core.Stamp(now)+1)
	if err != nil {
		return Statement{}, err
	}
	s := Statement{Budget: app.Descriptor.Budget, Currency: b.tariff.At(core.Stamp(now)).Currency}
	s.Month.firstHour, s.Month.pastEnd = core.Stamp(month), core.Stamp(month.AddDate(0, 1, 0))
	s.Last30.firstHour, s.Last30.pastEnd = core.Stamp(first), core.Stamp(today.AddDate(0, 0, 1))
	s.Daily = daysFrom(first)
	for _, u := range hours {
		cost := b.tariff.Cost(u)
		s.Month.add(u, cost)
		s.Last30.add(u, cost)
		for i := range s.Daily {
			if s.Daily[i].add(u, cost) {
				s.Daily[i].Hours++
				s.Daily[i].Known = true
			}
		}
	}
	if s.Budget.Monthly > 0 && (s.Budget.Currency == "" || s.Budget.Currency == s.Currency) {
		s.Share = s.Month.Cost / s.Budget.Monthly
	}
	return s, nil
}

// add counts an hour if it lies in the total's time.
func (t *Total) add(u core.Usage, cost float64) bool {
	if u.Hour < t.firstHour || u.Hour >= t.pastEnd {
		return false
	}
	t.Requests += u.Requests
	t.Errors += u.Errors
	t.CPUMS += u.CPUMS
	t.BytesOut += u.BytesOut
	t.EgressOut += u.EgressOut
	t.Cost += cost
	return true
}

func daysFrom(first time.Time) []Day {
	days := make([]Day, dayCount)
	for i := range days {
		d := first.AddDate(0, 0, i)
		days[i].Date = d.Format(time.DateOnly)
		days[i].firstHour, days[i].pastEnd = core.Stamp(d), core.Stamp(d.AddDate(0, 0, 1))
	}
	return days
}

// monthOf returns the start of a moment's month.
func monthOf(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}
