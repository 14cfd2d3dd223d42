package main

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

const database = "bench"

// newCluster starts a PostgreSQL of its own with an empty, prepared database.
func newCluster(ctx context.Context, b base) (base, func(), error) {
	c, err := postgres.Start()
	if err != nil {
		return b, nil, err
	}
	super, err := sql.Open("pgx", c.URL(postgres.Superuser, "postgres"))
	if err != nil {
		c.Stop()
		return b, nil, err
	}
	defer super.Close()
	for _, s := range []string{"CREATE DATABASE " + database + " OWNER " + postgres.Owner, "ALTER SYSTEM SET max_wal_size = '8GB'", "ALTER SYSTEM SET maintenance_work_mem = '256MB'",
		"ALTER SYSTEM SET work_mem = '32MB'", "ALTER SYSTEM SET max_parallel_workers_per_gather = 0", "SELECT pg_reload_conf()"} {
		if _, err := super.ExecContext(ctx, s); err != nil {
			c.Stop()
			return b, nil, fmt.Errorf("%s: %w", s, err)
		}
	}
	b.owner, b.server = c.URL(postgres.Owner, database), c.URL(postgres.Server, database)
	err = store.Prepare(ctx, b.owner, store.Roles{Server: postgres.Server, Read: postgres.Read}, job.Migrate)
	if err != nil {
		c.Stop()
	}
	return b, c.Stop, err
}
