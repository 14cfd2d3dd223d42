package app

import (
	"context"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/engine/job"
)

// Prepare makes or upgrades the tables in a PostgreSQL database, as their owner,
// and gives the roles their rights. It returns the version of the schema.
func Prepare(ctx context.Context, o cli.PrepareOptions) (int64, error) {
	if err := store.Prepare(ctx, o.Owner, store.Roles{Server: o.Server, Read: o.Read}, job.Migrate); err != nil {
		return 0, err
	}
	return store.SchemaVersion(store.Postgres)
}
