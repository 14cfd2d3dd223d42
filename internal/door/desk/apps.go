package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/life/provision"
)

// App shows one app in full.
func (d *Desk) App(ctx context.Context, who core.Person, name string) (view.App, error) {
	a, err := d.app(ctx, who, name, authz.AppRead)
	if err != nil {
		return view.App{}, err
	}
	rows, err := d.rows(ctx, []core.App{a})
	if err != nil {
		return view.App{}, err
	}
	v := view.App{AppRow: rows[0], Address: d.AppURL(a.Name), CloneURL: d.BaseURL + "/git/" + a.Name + ".git", Buddy: d.email(ctx, a.BuddyID),
		CoOwners: orEmpty(a.Descriptor.CoOwners), Audience: a.Descriptor.Audience, Guardrails: a.Descriptor.Guardrails, IdleSince: moment(a.IdleSince), ArchivedAt: moment(a.Archived),
		CanEdit: d.can(ctx, who, authz.AppEdit, a), CanArchive: d.can(ctx, who, authz.AppArchive, a), ETag: fmt.Sprintf("%q", fmt.Sprint(a.Version)), Targets: []view.Target{}, Vendors: []view.Vendor{}}
	if owner, err := d.Store.Person(ctx, a.OwnerID); err == nil {
		v.OwnerLeft = owner.Disabled
	}
	if a.State == core.AppIdle {
		days := d.Catalog.Current().Settings.Lifecycle
		v.ArchivesAt = moment(a.IdleSince).Add(time.Duration(days.ArchiveDays-days.IdleDays) * 24 * time.Hour)
	}
	for _, t := range d.Catalog.Current().Targets() {
		if t.Region == a.Descriptor.Region {
			v.Targets = append(v.Targets, view.Target{Name: t.Name, Region: t.Region})
		}
	}
	v.Vendors = d.vendors(a)
	if err := d.pipelines(ctx, who, a, &v); err != nil {
		return v, err
	}
	for _, fill := range []func(context.Context, core.App, *view.App) error{d.steps, d.changeRows, d.running, d.happened, d.usage} {
		if err := fill(ctx, a, &v); err != nil {
			return v, err
		}
	}
	return v, nil
}

func (d *Desk) vendors(a core.App) []view.Vendor {
	out := []view.Vendor{}
	for _, use := range a.Descriptor.Vendors {
		state := "unknown"
		if v, ok := d.Catalog.Current().Vendors[use.Name]; ok {
			state = string(v.State)
		}
		out = append(out, view.Vendor{Name: use.Name, State: state, Hosts: use.Hosts})
	}
	return out
}

// steps shows how far the making of an app has come, until it is ready.
func (d *Desk) steps(ctx context.Context, a core.App, v *view.App) error {
	v.Steps = []view.Step{}
	if a.State != core.AppProvisioning && a.State != core.AppFailed {
		return nil
	}
	sagas, err := d.Store.SagasOf(ctx, a.ID)
	if err != nil {
		return err
	}
	done := 0
	for _, s := range sagas {
		if s.Kind == provision.Saga {
			done, v.Problem = s.Step, s.Problem
		}
	}
	for i, name := range d.Sagas.Steps(provision.Saga) {
		v.Steps = append(v.Steps, view.Step{Name: name, Done: i < done})
	}
	return nil
}

func (d *Desk) changeRows(ctx context.Context, a core.App, v *view.App) error {
	v.Changes = []view.ChangeRow{}
	changes, err := d.Store.Changes(ctx, a.ID)
	if err != nil || len(changes) == 0 {
		return err
	}
	heads := make([]string, len(changes))
	for i, c := range changes {
		heads[i] = c.Head
	}
	verdicts, err := d.Store.Verdicts(ctx, a.ID, heads)
	email := d.emails(ctx)
	for _, c := range changes {
		v.Changes = append(v.Changes, view.ChangeRow{Number: c.Number, Title: c.Title, State: c.State, Author: email(c.Author), Created: moment(c.Created), Verdict: verdicts[c.Head]})
	}
	return err
}

func (d *Desk) changeRow(ctx context.Context, a core.App, c core.Change) view.ChangeRow {
	row := view.ChangeRow{Number: c.Number, Title: c.Title, State: c.State, Author: d.email(ctx, c.Author), Created: moment(c.Created)}
	if r, _, err := d.Store.Report(ctx, a.ID, c.Head); err == nil {
		row.Verdict = r.Verdict
	}
	return row
}

// emails is email that asks for each person once.
func (d *Desk) emails(ctx context.Context) func(id core.ID) string {
	known := map[core.ID]string{}
	return func(id core.ID) string {
		if _, ok := known[id]; !ok {
			known[id] = d.email(ctx, id)
		}
		return known[id]
	}
}

func (d *Desk) running(ctx context.Context, a core.App, v *view.App) error {
	v.Artifacts, v.Deployments = []view.Artifact{}, []view.Deployment{}
	arts, err := d.Store.Artifacts(ctx, a.ID)
	if err != nil {
		return err
	}
	for _, x := range newest(arts) {
		v.Artifacts = append(v.Artifacts, artifactView(x))
	}
	deps, err := d.Store.Deployments(ctx, a.ID)
	email := d.emails(ctx)
	for _, x := range newest(deps) {
		v.Deployments = append(v.Deployments, view.Deployment{ID: x.ID, Artifact: x.Artifact, Target: x.Target, Region: x.Region, State: x.State, By: email(x.By), Created: moment(x.Created)})
	}
	return err
}

func artifactView(x core.Artifact) view.Artifact {
	return view.Artifact{Digest: x.Digest, Commit: x.Commit, SBOM: x.SBOM, Provenance: x.Provenance, Size: x.Size, Created: moment(x.Created)}
}

func (d *Desk) happened(ctx context.Context, a core.App, v *view.App) error {
	v.Tickets, v.Incidents = []view.Ticket{}, []view.Incident{}
	tickets, err := d.Store.Tickets(ctx, a.ID)
	if err != nil {
		return err
	}
	for _, t := range tickets {
		v.Tickets = append(v.Tickets, view.Ticket{ID: t.ID, Title: t.Title, Body: t.Body, Open: t.Open})
	}
	incidents, err := d.Store.Incidents(ctx, a.ID)
	for _, i := range newest(incidents) {
		v.Incidents = append(v.Incidents, view.Incident{Kind: i.Kind, What: i.What, Place: i.Place, At: moment(i.At)})
	}
	return err
}

// newest clips a list that begins with the newest to what a page shows.
func newest[T any](list []T) []T { return list[:min(len(list), 50)] }

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
