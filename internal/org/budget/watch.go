package budget

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"github.com/paddock-dev/paddock/internal/core"
)

// thresholds are the shares of a month's budget, in percent, that owners are
// told of.
func thresholds() []int { return []int{50, 80, 100} }

// Watch tells an app's owner when this month's cost has passed 50, 80 or 100 %
// of its budget: once for each in a month, and only of the highest when several
// are passed at once. An app without a budget, or with one in another currency
// than the prices, is left alone. Events: budget.warned, budget.exceeded.
func (b *Budgets) Watch(ctx context.Context, app core.App) error {
	s, err := b.Statement(ctx, app)
	if err != nil || s.Share == 0 {
		return err
	}
	period := monthOf(b.clock.Now()).Format("2006-01")
	told, err := b.store.BudgetAlerts(ctx, app.ID, period)
	if err != nil || len(news(s.Share, told)) == 0 {
		return err
	}
	return b.store.InTx(ctx, func(ctx context.Context) error {
		told, err := b.store.BudgetAlerts(ctx, app.ID, period)
		if err != nil {
			return err
		}
		passed := news(s.Share, told)
		if len(passed) == 0 {
			return nil // another watcher was faster
		}
		for _, share := range passed {
			if _, err := b.store.AddBudgetAlert(ctx, app.ID, period, share, core.Stamp(b.clock.Now())); err != nil {
				return err
			}
		}
		return b.warn(ctx, app, s, period, slices.Max(passed))
	})
}

// warn records the highest share that was passed and tells the owner of it.
func (b *Budgets) warn(ctx context.Context, app core.App, s Statement, period string, share int) error {
	action := "budget.warned"
	if share >= 100 {
		action = "budget.exceeded"
	}
	err := b.audit.Append(ctx, core.Event{Action: action, Actor: core.System("budget"), AppID: app.ID, Target: app.Name, Code: "ok", Data: map[string]string{
		"share": strconv.Itoa(share), "cost": money(s.Month.Cost, s.Currency), "budget": money(s.Budget.Monthly, s.Currency), "period": period}})
	if err != nil {
		return err
	}
	return b.tell.Tell(ctx, core.Notice{Person: app.OwnerID, AppID: app.ID, Key: fmt.Sprintf("budget:%s:%s:%d", app.ID, period, share),
		Title: title(app, share), Link: "/apps/" + url.PathEscape(app.Name),
		Body: fmt.Sprintf("This month %s has cost %s. Its budget is %s. Look at its use, or ask for a larger budget.",
			app.Name, money(s.Month.Cost, s.Currency), money(s.Budget.Monthly, s.Currency))})
}

// news lists the thresholds that are passed and not told of yet.
func news(share float64, told []int) []int {
	return slices.DeleteFunc(thresholds(), func(t int) bool { return share*100 < float64(t) || slices.Contains(told, t) })
}

func title(app core.App, share int) string {
	if share >= 100 {
		return app.Name + " is over its budget"
	}
	return fmt.Sprintf("%s has used %d %% of its budget", app.Name, share)
}

// money prints an amount with two digits, or four when two would show nothing.
func money(amount float64, currency string) string {
	if amount > 0 && amount < 0.01 {
		return strconv.FormatFloat(amount, 'f', 4, 64) + " " + currency
	}
	return strconv.FormatFloat(amount, 'f', 2, 64) + " " + currency
}
