package store

import (
	"context"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// ProvenEvent is an audit event that is in the tree, with its exact bytes.
type ProvenEvent struct {
	ID            core.ID
	At            int64
	Index         int64
	Action        string
	Leaf, Opening string
}

// EventsOfAfter lists at most n events about an app ("" for those about none)
// that are in the tree, by id, from the one after the given id on.
func (d *DB) EventsOfAfter(ctx context.Context, app, after core.ID, n int) ([]ProvenEvent, error) {
	rows, err := d.r(ctx).EventsOfAppAfter(ctx, gen.EventsOfAppAfterParams{AppID: string(app), After: string(after), Most: int32(n)})
	return each(rows, err, proven, "Reading the audit log")
}

// EventsOfActionAfter is EventsOfAfter for all events of one action.
func (d *DB) EventsOfActionAfter(ctx context.Context, action string, after core.ID, n int) ([]ProvenEvent, error) {
	rows, err := d.r(ctx).EventsOfActionAfter(ctx, gen.EventsOfActionAfterParams{Action: action, After: string(after), Most: int32(n)})
	return each(rows, err, func(r gen.EventsOfActionAfterRow) ProvenEvent { return proven(gen.EventsOfAppAfterRow(r)) }, "Reading the audit log")
}

func proven(r gen.EventsOfAppAfterRow) ProvenEvent {
	return ProvenEvent{ID: core.ID(r.ID), At: r.At, Index: r.Idx, Action: r.Action, Leaf: r.Leaf, Opening: r.Opening}
}

// Span is a time, from From up to, not including, To. The ids of its events lie
// from First up to Past.
type Span struct {
	From, To    int64
	First, Past core.ID
}

// AppsWithEvents lists at most n apps with an event in the span; by id, from the
// one after the given app on. Events about no app do not count.
func (d *DB) AppsWithEvents(ctx context.Context, s Span, after core.ID, n int) ([]core.ID, error) {
	rows, err := d.r(ctx).AppsWithEvents(ctx, gen.AppsWithEventsParams{First: string(s.First), Past: string(s.Past), FromAt: s.From, ToAt: s.To, After: string(after), Most: int32(n)})
	return each(rows, err, func(id string) core.ID { return core.ID(id) }, "Reading the audit log")
}

// LeafSpan returns the lowest and the highest place in the tree of the events in
// a span; -1 if there are none.
func (d *DB) LeafSpan(ctx context.Context, s Span) (low, high int64, err error) {
	row, err := d.r(ctx).LeafSpan(ctx, gen.LeafSpanParams{First: string(s.First), Past: string(s.Past), FromAt: s.From, ToAt: s.To})
	return row.Low, row.High, broken("Reading the audit log", err)
}

// StrayLeaves lists at most n events whose places lie from low to high, both
// included, but which are not in the span. Only ID and AppID are filled in.
func (d *DB) StrayLeaves(ctx context.Context, low, high int64, s Span, n int) ([]core.Event, error) {
	rows, err := d.r(ctx).StrayLeaves(ctx, gen.StrayLeavesParams{Low: low, High: high, FromAt: s.From, ToAt: s.To, Most: int32(n)})
	return each(rows, err, func(r gen.StrayLeavesRow) core.Event { return core.Event{ID: core.ID(r.ID), AppID: core.ID(r.AppID)} }, "Reading the audit log")
}

// ReportMade is a report with the moment at which it was made.
type ReportMade struct {
	core.Report
	At int64
}

// ReportsMade lists an app's reports, oldest first.
func (d *DB) ReportsMade(ctx context.Context, app core.ID) ([]ReportMade, error) {
	rows, err := d.r(ctx).ReportsMade(ctx, string(app))
	return each(rows, err, func(r gen.ReportsMadeRow) ReportMade { return ReportMade{read[core.Report](r.Body), r.Created} }, "Listing reports")
}

// Certificate is a course that a person has passed.
type Certificate struct {
	Course          string
	Passed, Expires int64 // Expires 0 means for ever
}

// CertificatesOf lists the courses that a person has passed, each as last taken.
func (d *DB) CertificatesOf(ctx context.Context, person core.ID) ([]Certificate, error) {
	rows, err := d.r(ctx).CertificatesOf(ctx, string(person))
	return each(rows, err, func(r gen.CertificatesOfRow) Certificate { return Certificate{r.Course, r.Passed, r.Expires} }, "Listing certificates")
}
