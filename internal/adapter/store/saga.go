package store

import (
	"context"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddSaga keeps a new saga. made is false, and the first one is returned, when
// there is one of the same kind and key already.
func (d *DB) AddSaga(ctx context.Context, s core.Saga) (kept core.Saga, made bool, err error) {
	w, err := d.w(ctx)
	if err != nil {
		return s, false, err
	}
	n, err := w.InsertSaga(ctx, gen.InsertSagaParams{ID: string(s.ID), Kind: s.Kind, Key: s.Key, AppID: string(s.AppID), Data: string(s.Data), Actor: text(s.Actor), Created: s.Created, GrantID: string(s.Grant)})
	if err != nil {
		return s, false, broken("Starting the work", err)
	}
	row, err := w.GetSagaByKey(ctx, gen.GetSagaByKeyParams{Kind: s.Kind, Key: s.Key})
	return saga(row), n == 1, broken("Starting the work", err)
}

// Saga returns one saga. Errors: NotFound.
func (d *DB) Saga(ctx context.Context, id core.ID) (core.Saga, error) {
	row, err := d.r(ctx).GetSaga(ctx, string(id))
	return saga(row), found(err, "There is no work with the id %q.", id)
}

// AdvanceSaga keeps a saga's progress: from is the step it stood at. Errors:
// Conflict when another runner has moved it.
func (d *DB) AdvanceSaga(ctx context.Context, from int, s core.Saga) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.AdvanceSaga(ctx, gen.AdvanceSagaParams{ID: string(s.ID), Step: int64(from), Step_2: int64(s.Step), Data: string(s.Data), State: string(s.State),
		Problem: s.Problem, Attempts: int64(s.Attempts), Updated: s.Updated})
	return changed(n, err, "Going on with the work", core.Errorf(core.Conflict, "This work is being done elsewhere."))
}

// ReopenSaga lets a failed saga run again from the step it stands at.
func (d *DB) ReopenSaga(ctx context.Context, id core.ID, at int64) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.ReopenSaga(ctx, gen.ReopenSagaParams{ID: string(id), Updated: at})
	return changed(n, err, "Trying again", core.Errorf(core.Conflict, "This work has not failed."))
}

// RunningSagas lists the sagas that are not finished, oldest first.
func (d *DB) RunningSagas(ctx context.Context) ([]core.Saga, error) {
	rows, err := d.r(ctx).ListRunningSagas(ctx)
	return each(rows, err, saga, "Listing work")
}

// SagasOf lists an app's sagas, oldest first.
func (d *DB) SagasOf(ctx context.Context, app core.ID) ([]core.Saga, error) {
	rows, err := d.r(ctx).ListSagasOfApp(ctx, string(app))
	return each(rows, err, saga, "Listing work")
}

func saga(r gen.Saga) core.Saga {
	return core.Saga{ID: core.ID(r.ID), Kind: r.Kind, Key: r.Key, AppID: core.ID(r.AppID), State: core.SagaState(r.State), Step: int(r.Step), Data: []byte(r.Data),
		Problem: r.Problem, Attempts: int(r.Attempts), Actor: read[core.Actor](r.Actor), Created: r.Created, Updated: r.Updated, Grant: core.ID(r.GrantID)}
}
