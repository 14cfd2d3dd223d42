package desk

import (
	"context"
	"strconv"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// Data is an app's own database.
type Data interface {
	// Query answers one statement; write allows it to change something.
	Query(ctx context.Context, a core.App, sql string, write bool) (columns []string, rows [][]any, changed int64, err error)
	// Shape is a statement without its values.
	Shape(sql string) string
}

// QueryData runs one statement on an app's database under a grant; nobody may
// without one. A read is recorded before its answer goes out, a change before it
// is made; the grant is looked at again in that transaction.
func (d *Desk) QueryData(ctx context.Context, who core.Person, app, sql string, write bool) (view.DataAnswer, error) {
	perm := authz.DataRead
	if write {
		perm = authz.DataWrite
	}
	a, err := d.app(ctx, who, app, perm)
	if err != nil {
		return view.DataAnswer{}, err
	}
	grant, _ := authz.Under(ctx)
	if write {
		err = d.recordData(ctx, who, a, "data.write", core.Event{Code: "ok", Data: map[string]string{"statement": d.Data.Shape(sql)}})
		if err != nil {
			return view.DataAnswer{}, err
		}
	}
	columns, rows, changed, err := d.Data.Query(ctx, a, sql, write)
	if !write {
		e := core.Event{Code: "ok", Data: map[string]string{"statement": d.Data.Shape(sql), "rows": strconv.Itoa(len(rows))}}
		if err != nil {
			e.Code = string(core.CodeOf(err))
		}
		if problem := d.recordData(ctx, who, a, "data.read", e); problem != nil {
			return view.DataAnswer{}, problem
		}
	}
	if rows == nil {
		rows = [][]any{}
	}
	return view.DataAnswer{Columns: orEmpty(columns), Rows: rows, Changed: changed, Grant: grant}, err
}

func (d *Desk) recordData(ctx context.Context, who core.Person, a core.App, action string, e core.Event) error {
	return d.Store.InTx(ctx, func(ctx context.Context) error {
		e.Action, e.Actor, e.AppID, e.Target = action, actor(ctx, who), a.ID, a.Name
		return d.Audit.Append(ctx, e)
	})
}
