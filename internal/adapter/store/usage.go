package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddUsage adds what an app used to its hour.
func (d *DB) AddUsage(ctx context.Context, u core.Usage) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	row := gen.AddUsageParams{AppID: string(u.AppID), Hour: u.Hour, Requests: u.Requests, Errors: u.Errors, WallMs: u.WallMS,
		CpuMs: u.CPUMS, MibMs: u.MiBMS, BytesOut: u.BytesOut, EgressOut: u.EgressOut}
	if err := w.AddUsage(ctx, row); err != nil {
		return broken("Metering", err)
	}
	return broken("Metering", w.AddUsageDay(ctx, gen.AddUsageDayParams{AppID: row.AppID, Day: dayOf(row.Hour), Requests: row.Requests, Errors: row.Errors,
		WallMs: row.WallMs, CpuMs: row.CpuMs, MibMs: row.MibMs, BytesOut: row.BytesOut, EgressOut: row.EgressOut}))
}

// Usage lists an app's hours from one moment up to, but not including, another.
func (d *DB) Usage(ctx context.Context, app core.ID, from, to int64) ([]core.Usage, error) {
	rows, err := d.r(ctx).ListUsage(ctx, gen.ListUsageParams{AppID: string(app), FromHour: from, ToHour: to})
	return each(rows, err, func(r gen.Usage) core.Usage {
		return core.Usage{AppID: core.ID(r.AppID), Hour: r.Hour, Requests: r.Requests, Errors: r.Errors, WallMS: r.WallMs, CPUMS: r.CpuMs, MiBMS: r.MibMs, BytesOut: r.BytesOut, EgressOut: r.EgressOut}
	}, "Reading usage")
}

// dayOf returns the start of a moment's day in UTC.
func dayOf(us int64) int64 {
	const day = 24 * 3600 * 1_000_000
	return us - (us%day+day)%day
}

// UsageByDay lists the days of some apps from one moment up to, not including,
// another, by app and day. Hour is the day's first.
func (d *DB) UsageByDay(ctx context.Context, apps []core.ID, from, to int64) ([]core.Usage, error) {
	if len(apps) == 0 {
		return nil, nil
	}
	var s statement
	s.WriteString(`SELECT app_id, day, requests, errors, wall_ms, cpu_ms, mib_ms, bytes_out, egress_out FROM usage_day WHERE app_id IN ` + list(&s, apps) +
		` AND day >= ` + s.arg(from) + ` AND day < ` + s.arg(to) + ` ORDER BY app_id, day`)
	out, err := rows(ctx, d.raw(ctx), &s, func(r *sql.Rows, u *core.Usage) error {
		return r.Scan(&u.AppID, &u.Hour, &u.Requests, &u.Errors, &u.WallMS, &u.CPUMS, &u.MiBMS, &u.BytesOut, &u.EgressOut)
	})
	return out, broken("Reading usage", err)
}

// UsageSums adds up what some apps used from one day up to, not including, another,
// by app. Hour is 0.
func (d *DB) UsageSums(ctx context.Context, apps []core.ID, from, to int64) ([]core.Usage, error) {
	if len(apps) == 0 {
		return nil, nil
	}
	var s statement
	s.WriteString(`SELECT app_id, CAST(sum(requests) AS BIGINT), CAST(sum(errors) AS BIGINT), CAST(sum(wall_ms) AS BIGINT), CAST(sum(cpu_ms) AS BIGINT), CAST(sum(mib_ms) AS BIGINT),
		CAST(sum(bytes_out) AS BIGINT), CAST(sum(egress_out) AS BIGINT) FROM usage_day WHERE app_id IN ` + list(&s, apps) +
		` AND day >= ` + s.arg(from) + ` AND day < ` + s.arg(to) + ` GROUP BY app_id`)
	out, err := rows(ctx, d.raw(ctx), &s, func(r *sql.Rows, u *core.Usage) error {
		return r.Scan(&u.AppID, &u.Requests, &u.Errors, &u.WallMS, &u.CPUMS, &u.MiBMS, &u.BytesOut, &u.EgressOut)
	})
	return out, broken("Reading usage", err)
}

// AddBudgetAlert records that a share (percent) of a month's budget was
// passed; first is false when that was recorded before.
func (d *DB) AddBudgetAlert(ctx context.Context, app core.ID, period string, share int, at int64) (first bool, err error) {
	w, err := d.w(ctx)
	if err != nil {
		return false, err
	}
	n, err := w.InsertBudgetAlert(ctx, gen.InsertBudgetAlertParams{AppID: string(app), Period: period, Share: int64(share), At: at})
	return n == 1, broken("Recording a budget alert", err)
}

// BudgetAlerts lists the shares (percent) of a month's budget that were passed,
// lowest first.
func (d *DB) BudgetAlerts(ctx context.Context, app core.ID, period string) ([]int, error) {
	rows, err := d.r(ctx).ListBudgetAlerts(ctx, gen.ListBudgetAlertsParams{AppID: string(app), Period: period})
	return each(rows, err, func(share int64) int { return int(share) }, "Reading budget alerts")
}

// PutFact keeps the newest fact of its kind and source.
func (d *DB) PutFact(ctx context.Context, f core.Fact) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Keeping a fact", w.PutFact(ctx, gen.PutFactParams{AppID: string(f.AppID), Kind: f.Kind, Source: f.Source, Status: string(f.Status), Value: f.Value, Observed: f.Observed}))
}

// Facts lists what is known about an app.
func (d *DB) Facts(ctx context.Context, app core.ID) ([]core.Fact, error) {
	rows, err := d.r(ctx).ListFacts(ctx, string(app))
	return each(rows, err, func(r gen.Fact) core.Fact {
		return core.Fact{AppID: core.ID(r.AppID), Kind: r.Kind, Source: r.Source, Status: core.FactStatus(r.Status), Value: r.Value, Observed: r.Observed}
	}, "Reading facts")
}

// Source returns what is known of a fact source; ok is false when it was never read.
func (d *DB) Source(ctx context.Context, name string) (s core.Source, ok bool, err error) {
	row, err := d.r(ctx).GetSource(ctx, name)
	if errors.Is(err, sql.ErrNoRows) {
		return s, false, nil
	}
	return core.Source{Name: row.Name, Status: core.FactStatus(row.Status), Since: row.Since, ReadAt: row.ReadAt, Stood: row.Proven}, err == nil, broken("Reading a source", err)
}

// PutSource keeps the state of a fact source.
func (d *DB) PutSource(ctx context.Context, s core.Source) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Keeping a source", w.PutSource(ctx, gen.PutSourceParams{Name: s.Name, Status: string(s.Status), Since: s.Since, ReadAt: s.ReadAt, Proven: s.Stood}))
}

// AddOutage keeps a time in which a source could not be read. One that began at
// the same moment is replaced.
func (d *DB) AddOutage(ctx context.Context, o core.Outage) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Keeping an outage", w.InsertOutage(ctx, gen.InsertOutageParams{Source: o.Source, Began: o.Began, Ended: o.Ended}))
}

// Outages lists a source's outages that ended after a moment, oldest first.
func (d *DB) Outages(ctx context.Context, source string, after int64) ([]core.Outage, error) {
	rows, err := d.r(ctx).ListOutages(ctx, gen.ListOutagesParams{Source: source, After: after})
	return each(rows, err, func(r gen.Outage) core.Outage { return core.Outage{Source: r.Source, Began: r.Began, Ended: r.Ended} }, "Reading outages")
}
