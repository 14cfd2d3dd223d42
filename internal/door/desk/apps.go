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

// mostApps bounds a list of apps.
const mostApps = 500

// Apps lists the apps that the caller may see, by name.
func (d *Desk) Apps(ctx context.Context, who core.Person) ([]view.AppRow, error) {
	apps, err := d.Store.Apps(ctx, "", mostApps)
	if err != nil {
		return nil, err
	}
	rows := []view.AppRow{}
	for _, a := range apps {
		if authz.Can(who, authz.AppRead, &a) != nil {
			continue
		}
		row, err := d.row(ctx, a)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (d *Desk) row(ctx context.Context, a core.App) (view.AppRow, error) {
	c, err := d.Costs.Of(ctx, a)
	if err != nil {
		return view.AppRow{}, err
	}
	row := view.AppRow{ID: a.ID, Name: a.Name, State: a.State, Owner: a.OwnerEmail, Classification: string(a.Descriptor.Classification), Region: a.Descriptor.Region,
		Template: a.Descriptor.Template, Created: moment(a.Created), LastActive: moment(a.LastActive), Cost30d: c.Last30, Currency: c.Currency}
	row.Waiting, err = d.next(ctx, a)
	return row, err
}

// next says the one thing that the maker should do now.
func (d *Desk) next(ctx context.Context, a core.App) (string, error) {
	switch a.State {
	case core.AppProvisioning:
		if n, err := d.requested(ctx, a, core.GateAppCreate, core.ApprovalPending); err != nil || n {
			return "Wait for approval.", err
		}
		return "Paddock is making it.", nil
	case core.AppFailed:
		if n, err := d.requested(ctx, a, core.GateAppCreate, core.ApprovalRefused); err != nil || n {
			return "Read the approver's note: it was refused.", err
		}
		return "Ask your buddy: it could not be made.", nil
	case core.AppIdle:
		return "Use it, or reactivate it: it will be archived.", nil
	case core.AppArchived:
		return "Restore it, or leave it archived.", nil
	}
	changes, err := d.Store.Changes(ctx, a.ID)
	if err != nil {
		return "", err
	}
	for _, c := range changes {
		if c.State != core.ChangeOpen {
			continue
		}
		r, _, err := d.Store.Report(ctx, a.ID, c.Head)
		switch {
		case err != nil:
			return fmt.Sprintf("Change %d is being checked.", c.Number), nil
		case r.Verdict == core.Passed:
			return fmt.Sprintf("Merge change %d.", c.Number), nil
		default:
			return fmt.Sprintf("Mend change %d.", c.Number), nil
		}
	}
	if len(changes) == 0 {
		return "Clone it and push your first change.", nil
	}
	return "", nil
}

// requested reports whether an app has a request at a gate in a state.
func (d *Desk) requested(ctx context.Context, a core.App, g core.Gate, state core.ApprovalState) (bool, error) {
	reqs, err := d.Store.RequestsOf(ctx, a.ID)
	for _, r := range reqs {
		if r.Gate == g && r.State == state {
			return true, err
		}
	}
	return false, err
}

// App shows one app in full.
func (d *Desk) App(ctx context.Context, who core.Person, name string) (view.App, error) {
	a, err := d.app(ctx, who, name, authz.AppRead)
	if err != nil {
		return view.App{}, err
	}
	row, err := d.row(ctx, a)
	if err != nil {
		return view.App{}, err
	}
	v := view.App{AppRow: row, Address: d.AppURL(a.Name), CloneURL: d.BaseURL + "/git/" + a.Name + ".git", Buddy: d.email(ctx, a.BuddyID),
		CoOwners: orEmpty(a.Descriptor.CoOwners), Audience: a.Descriptor.Audience, Guardrails: a.Descriptor.Guardrails, IdleSince: moment(a.IdleSince), ArchivedAt: moment(a.Archived),
		CanEdit: authz.Can(who, authz.AppEdit, &a) == nil, ETag: fmt.Sprintf("%q", fmt.Sprint(a.Version)), Targets: []view.Target{}, Vendors: []view.Vendor{}}
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
	for _, c := range changes {
		v.Changes = append(v.Changes, d.changeRow(ctx, a, c))
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
	for _, x := range newest(deps) {
		v.Deployments = append(v.Deployments, view.Deployment{ID: x.ID, Artifact: x.Artifact, Target: x.Target, Region: x.Region, State: x.State, By: d.email(ctx, x.By), Created: moment(x.Created)})
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
