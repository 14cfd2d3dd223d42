package app

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/life/retire"
	"github.com/paddock-dev/paddock/internal/org/budget"
	"github.com/paddock-dev/paddock/internal/org/secret"
	"github.com/paddock-dev/paddock/internal/org/training"
)

// costs fills what apps use and cost into views.
type costs struct{ budgets func() *budget.Budgets }

// Last30 implements desk.Costs.
func (c costs) Last30(ctx context.Context, apps []core.ID) (map[core.ID]float64, string, error) {
	b := c.budgets()
	sums, err := b.Last30(ctx, apps)
	return sums, b.Currency(), err
}

// Detail implements desk.Costs.
func (c costs) Detail(ctx context.Context, a core.App) (view.Usage, error) {
	s, err := c.budgets().Statement(ctx, a)
	if err != nil {
		return view.Usage{}, err
	}
	u := view.Usage{Requests: s.Month.Requests, Errors: s.Month.Errors, CPUMS: s.Month.CPUMS, EgressB: s.Month.EgressOut, Cost: s.Month.Cost, Cost30d: s.Last30.Cost,
		Budget: s.Budget, OverShare: s.Share, Daily: []view.Day{}}
	if u.Budget.Currency == "" {
		u.Budget.Currency = s.Currency
	}
	for _, d := range s.Daily {
		u.Daily = append(u.Daily, view.Day{Date: d.Date, Requests: d.Requests, Cost: d.Cost, Known: d.Known})
	}
	return u, nil
}

// tariff turns the settings' prices into the budget's.
func (s *shelf) tariff() budget.Tariff {
	p, currency := s.Current().Settings.Prices, s.Current().Settings.Budgets.Currency
	return budget.Tariff{{Version: p.Version, Currency: currency, CPUHour: p.CPUSecond * 3600, GiBHour: p.GiBHour, MillionReqs: p.MillionRequests, GBOut: p.EgressGiB * 1e9 / (1 << 30)}}
}

// school takes quizzes of the courses in force.
type school struct {
	shelf *shelf
	*training.School
}

// Course implements desk.Training.
func (s school) Course(name string) (core.Course, error) {
	c, ok := s.shelf.Current().Courses[name]
	if !ok {
		return c, core.Errorf(core.NotFound, "There is no course named %q.", name)
	}
	return c, nil
}

// Take implements desk.Training.
func (s school) Take(ctx context.Context, _ core.Person, actor core.Actor, name string, answers []int) (int, bool, error) {
	c, err := s.Course(name)
	if err != nil {
		return 0, false, err
	}
	r, err := s.School.Take(ctx, actor, c, answers)
	return r.Score, r.Passed, err
}

// retired takes apps out of the retirement queue.
type retired struct{ by func() *retire.Retirer }

// Reactivate implements desk.Retire.
func (r retired) Reactivate(ctx context.Context, by core.Actor, a core.App) error {
	return r.by().Reactivate(ctx, a.ID, by)
}

// vaultDesk keeps the organisation's secrets for the desk.
type vaultDesk struct{ *secret.Service }

// Put implements desk.Secrets.
func (v vaultDesk) Put(ctx context.Context, name string, value core.Secret, by core.Actor) error {
	_, err := v.Service.Put(ctx, name, value, by)
	return err
}
