package run

import (
	"context"
	"os"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/run/appdata"
)

// Query runs one statement on an app's database for a person who may read it,
// or change it if write says so. The app need not run. Errors: NotFound when the
// app keeps no data; else as appdata.Store.Query.
func (m *Manager) Query(ctx context.Context, app core.ID, quotaMiB int, sql string, write bool) (appdata.Table, error) {
	path := m.dataFile(app)
	if _, err := os.Stat(path); err != nil {
		return appdata.Table{}, core.Errorf(core.NotFound, "This app has no database yet.").Hinted("It gets one when it first keeps something.")
	}
	s, err := appdata.Open(appdata.Options{OpenDB: m.o.OpenDB, Clock: m.o.Clock, QuotaMiB: max(quotaMiB, 1), ReadOnly: !write}, path)
	if err != nil {
		return appdata.Table{}, err
	}
	defer s.Close()
	return s.Query(ctx, sql)
}

// dataFile is where an app's database is kept.
func (m *Manager) dataFile(app core.ID) string {
	return filepath.Join(m.o.Dir, "appdata", string(app), "app.sqlite")
}
