package store

import (
	"context"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddApp keeps a new app. Errors: Conflict when the name is taken.
func (d *DB) AddApp(ctx context.Context, a core.App) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	if _, err := w.GetAppByName(ctx, a.Name); err == nil {
		return core.Errorf(core.Conflict, "There is already an app named %q.", a.Name).At("name").Hinted("Choose another name.")
	}
	err = w.InsertApp(ctx, gen.InsertAppParams{ID: string(a.ID), Name: a.Name, OwnerID: string(a.OwnerID),
		BuddyID: string(a.BuddyID), State: string(a.State), Descriptor: text(a.Descriptor), Created: a.Created})
	if err != nil {
		return broken("Adding an app", err)
	}
	return broken("Adding an app", d.enter(ctx, w, a))
}

// App returns the app with an id. Errors: NotFound.
func (d *DB) App(ctx context.Context, id core.ID) (core.App, error) {
	row, err := d.r(ctx).GetApp(ctx, string(id))
	return app(gen.ListAppsRow(row)), found(err, "There is no app with the id %q.", id)
}

// AppByName returns the app with a name. Errors: NotFound.
func (d *DB) AppByName(ctx context.Context, name string) (core.App, error) {
	row, err := d.r(ctx).GetAppByName(ctx, name)
	return app(gen.ListAppsRow(row)), found(err, "There is no app named %q.", name)
}

// Apps lists up to most apps whose names come after the given one, by name.
func (d *DB) Apps(ctx context.Context, after string, most int) ([]core.App, error) {
	rows, err := d.r(ctx).ListApps(ctx, gen.ListAppsParams{After: after, Most: int32(most)})
	return each(rows, err, app, "Listing apps")
}

// CountApps counts the apps in a state.
func (d *DB) CountApps(ctx context.Context, state core.AppState) (int, error) {
	n, err := d.r(ctx).CountAppsInState(ctx, string(state))
	return int(n), broken("Counting apps", err)
}

// UnusedApps lists up to most apps in a state that were neither made nor used
// since a moment, by id from after on.
func (d *DB) UnusedApps(ctx context.Context, state core.AppState, before int64, after core.ID, most int) ([]core.App, error) {
	rows, err := d.r(ctx).ListUnusedApps(ctx, gen.ListUnusedAppsParams{State: string(state), Before: before, After: string(after), Most: int32(most)})
	return each(rows, err, func(r gen.ListUnusedAppsRow) core.App { return app(gen.ListAppsRow(r)) }, "Listing apps")
}

// LiveAppsWithVendors lists up to most apps that are deployed and declare vendors,
// by id from after on.
func (d *DB) LiveAppsWithVendors(ctx context.Context, after core.ID, most int) ([]core.App, error) {
	rows, err := d.r(ctx).ListLiveAppsWithVendors(ctx, gen.ListLiveAppsWithVendorsParams{After: string(after), Most: int32(most)})
	return each(rows, err, func(r gen.ListLiveAppsWithVendorsRow) core.App { return app(gen.ListAppsRow(r)) }, "Listing apps")
}

// AppsIn lists all apps in a state.
func (d *DB) AppsIn(ctx context.Context, state core.AppState) ([]core.App, error) {
	rows, err := d.r(ctx).ListAppsInState(ctx, string(state))
	return each(rows, err, func(r gen.ListAppsInStateRow) core.App { return app(gen.ListAppsRow(r)) }, "Listing apps")
}

// MoveApp changes an app's state from a.State to to. idleSince and archived
// are kept with it. Errors: Conflict when the app has moved meanwhile or the
// move is not one of core's.
func (d *DB) MoveApp(ctx context.Context, a core.App, to core.AppState, idleSince, archived int64) error {
	if !a.State.CanMove(to) {
		return core.Errorf(core.Conflict, "App %q is %s and cannot become %s.", a.Name, a.State, to)
	}
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	before, err := w.GetAppFacets(ctx, string(a.ID))
	if err != nil {
		return found(err, "There is no app with the id %q.", a.ID)
	}
	n, err := w.UpdateAppState(ctx, gen.UpdateAppStateParams{ID: string(a.ID), State: string(a.State), State_2: string(to), IdleSince: idleSince, Archived: archived})
	err = changed(n, err, "Moving an app", core.Errorf(core.Conflict, "App %q is no longer %s.", a.Name, a.State).Hinted("Load the page again."))
	if err != nil {
		return err
	}
	return broken("Moving an app", recount(ctx, w, a.ID, &before))
}

// SetDescriptor keeps what an app says of itself.
func (d *DB) SetDescriptor(ctx context.Context, id core.ID, desc core.Descriptor) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	before, err := w.GetAppFacets(ctx, string(id))
	if err != nil {
		return found(err, "There is no app with the id %q.", id)
	}
	n, err := w.UpdateAppDescriptor(ctx, gen.UpdateAppDescriptorParams{ID: string(id), Descriptor: text(desc)})
	if err := changed(n, err, "Changing an app", core.Errorf(core.NotFound, "There is no app with the id %q.", id)); err != nil {
		return err
	}
	if err := d.setFacets(ctx, w, id, desc); err != nil {
		return broken("Changing an app", err)
	}
	return broken("Changing an app", recount(ctx, w, id, &before))
}

// SetBuddy keeps who helps the maker in the first 30 days.
func (d *DB) SetBuddy(ctx context.Context, id, buddy core.ID) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.UpdateAppBuddy(ctx, gen.UpdateAppBuddyParams{ID: string(id), BuddyID: string(buddy)})
	return changed(n, err, "Changing an app", core.Errorf(core.NotFound, "There is no app with the id %q.", id))
}

// TouchApp records use at a moment; an earlier moment than the last changes nothing.
func (d *DB) TouchApp(ctx context.Context, id core.ID, at int64) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	_, err = w.TouchApp(ctx, gen.TouchAppParams{ID: string(id), LastActive: at})
	return broken("Recording use", err)
}

// BuddyLoad returns how many apps each buddy helps with.
func (d *DB) BuddyLoad(ctx context.Context) (map[core.ID]int, error) {
	rows, err := d.r(ctx).CountBuddies(ctx)
	load := make(map[core.ID]int, len(rows))
	for _, r := range rows {
		load[core.ID(r.BuddyID)] = int(r.Apps)
	}
	return load, broken("Counting buddies", err)
}

func app(r gen.ListAppsRow) core.App {
	return core.App{ID: core.ID(r.ID), Name: r.Name, OwnerID: core.ID(r.OwnerID), OwnerEmail: r.OwnerEmail, BuddyID: core.ID(r.BuddyID),
		State: core.AppState(r.State), Descriptor: read[core.Descriptor](r.Descriptor), Created: r.Created, LastActive: r.LastActive,
		IdleSince: r.IdleSince, Archived: r.Archived, Version: r.Version}
}

// SetOwner keeps who owns an app. Errors: NotFound.
func (d *DB) SetOwner(ctx context.Context, id, owner core.ID) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	before, err := w.GetAppFacets(ctx, string(id))
	if err != nil {
		return found(err, "There is no app with the id %q.", id)
	}
	n, err := w.UpdateAppOwner(ctx, gen.UpdateAppOwnerParams{ID: string(id), OwnerID: string(owner)})
	if err := changed(n, err, "Changing an app", core.Errorf(core.NotFound, "There is no app with the id %q.", id)); err != nil {
		return err
	}
	if before.State == string(core.AppDeleted) {
		return nil
	}
	for who, n := range map[string]int64{before.OwnerID: -1, string(owner): 1} {
		if err == nil {
			err = w.AddOwnerTally(ctx, gen.AddOwnerTallyParams{OwnerID: who, N: n})
		}
	}
	return broken("Changing an app", err)
}
