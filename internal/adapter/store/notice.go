package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddNotice keeps a message; first is false when the person has had one with
// the same key (promise 10: people are told once).
func (d *DB) AddNotice(ctx context.Context, n core.Notice) (first bool, err error) {
	w, err := d.w(ctx)
	if err != nil {
		return false, err
	}
	rows, err := w.InsertNotice(ctx, gen.InsertNoticeParams{ID: string(n.ID), Person: string(n.Person), AppID: string(n.AppID), Key: n.Key, Title: n.Title, Body: n.Body, Link: n.Link, At: n.At})
	return rows == 1, broken("Telling somebody", err)
}

// Notices lists a person's last 100 messages, newest first.
func (d *DB) Notices(ctx context.Context, person core.ID) ([]core.Notice, error) {
	rows, err := d.r(ctx).ListNotices(ctx, string(person))
	return each(rows, err, func(r gen.Notice) core.Notice {
		return core.Notice{ID: core.ID(r.ID), Person: core.ID(r.Person), AppID: core.ID(r.AppID), Key: r.Key, Title: r.Title, Body: r.Body, Link: r.Link, At: r.At, Read: r.ReadAt}
	}, "Listing messages")
}

// Unread counts a person's unread messages.
func (d *DB) Unread(ctx context.Context, person core.ID) (int, error) {
	n, err := d.r(ctx).CountUnread(ctx, string(person))
	return int(n), broken("Counting messages", err)
}

// ReadNotice marks a person's message as read. Errors: NotFound.
func (d *DB) ReadNotice(ctx context.Context, person, id core.ID, at int64) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.ReadNotice(ctx, gen.ReadNoticeParams{ID: string(id), Person: string(person), ReadAt: at})
	return changed(n, err, "Reading a message", core.Errorf(core.NotFound, "There is no unread message with the id %q.", id))
}

// AddIncident keeps something that security should know of.
func (d *DB) AddIncident(ctx context.Context, i core.Incident) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Recording an incident", w.InsertIncident(ctx, gen.InsertIncidentParams{ID: string(i.ID), Kind: i.Kind, AppID: string(i.AppID), Actor: text(i.Actor),
		What: i.What, Place: i.Place, Fingerprint: i.Fingerprint, At: i.At}))
}

// Incidents lists an app's incidents, newest first.
func (d *DB) Incidents(ctx context.Context, app core.ID) ([]core.Incident, error) {
	rows, err := d.r(ctx).ListIncidents(ctx, string(app))
	return each(rows, err, func(r gen.Incident) core.Incident {
		return core.Incident{ID: core.ID(r.ID), Kind: r.Kind, AppID: core.ID(r.AppID), Actor: read[core.Actor](r.Actor), What: r.What, Place: r.Place, Fingerprint: r.Fingerprint, At: r.At}
	}, "Listing incidents")
}

// CountIncidents counts the incidents of a kind in all apps (KPI-4).
func (d *DB) CountIncidents(ctx context.Context, kind string) (int, error) {
	n, err := d.r(ctx).CountIncidents(ctx, kind)
	return int(n), broken("Counting incidents", err)
}

// AddTicket opens a ticket; first is false when its key was used before.
func (d *DB) AddTicket(ctx context.Context, t core.Ticket) (first bool, err error) {
	w, err := d.w(ctx)
	if err != nil {
		return false, err
	}
	n, err := w.InsertTicket(ctx, gen.InsertTicketParams{ID: string(t.ID), AppID: string(t.AppID), Key: t.Key, Title: t.Title, Body: t.Body, Owner: string(t.Owner), At: t.At})
	return n == 1, broken("Opening a ticket", err)
}

// CloseTicket closes an open ticket. Errors: Conflict when it is not open.
func (d *DB) CloseTicket(ctx context.Context, id core.ID) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.CloseTicket(ctx, string(id))
	return changed(n, err, "Closing a ticket", core.Errorf(core.Conflict, "The ticket %q is not open.", id))
}

// Tickets lists an app's tickets, oldest first.
func (d *DB) Tickets(ctx context.Context, app core.ID) ([]core.Ticket, error) {
	rows, err := d.r(ctx).ListTickets(ctx, string(app))
	return each(rows, err, func(r gen.Ticket) core.Ticket {
		return core.Ticket{ID: core.ID(r.ID), AppID: core.ID(r.AppID), Key: r.Key, Title: r.Title, Body: r.Body, Open: r.IsOpen, Owner: core.ID(r.Owner), At: r.At}
	}, "Listing tickets")
}

// PutCertificate records that a person passed a course; expires 0 means never.
func (d *DB) PutCertificate(ctx context.Context, person core.ID, course string, passed, expires int64) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Keeping a result", w.PutCertificate(ctx, gen.PutCertificateParams{PersonID: string(person), Course: course, Passed: passed, Expires: expires}))
}

// Certificates returns the courses a person has passed and when each ends.
func (d *DB) Certificates(ctx context.Context, person core.ID) (map[string]int64, error) {
	rows, err := d.r(ctx).ListCertificates(ctx, string(person))
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.Course] = r.Expires
	}
	return out, broken("Reading results", err)
}

// Setting returns a setting; "" when it was never set.
func (d *DB) Setting(ctx context.Context, name string) (string, error) {
	v, err := d.r(ctx).GetSetting(ctx, name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v, broken("Reading a setting", err)
}

// PutSetting keeps a setting.
func (d *DB) PutSetting(ctx context.Context, name, value string) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	if err := w.PutSetting(ctx, gen.PutSettingParams{Name: name, Value: value}); err != nil {
		return broken("Keeping a setting", err)
	}
	return d.announce(ctx, News{SettingChanged, name})
}
