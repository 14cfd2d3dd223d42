package store

import (
	"context"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// SharedTime is the clock by which rights begin and end that several servers
// must agree on. On PostgreSQL it is the database's, whatever the servers' own
// clocks show; on SQLite there is one server, and own is its clock.
//
// ahead is how far a laboratory has moved its clock; it is added to the
// database's.
func (d *DB) SharedTime(ctx context.Context, own core.Clock, ahead time.Duration) (time.Time, error) {
	if d.Engine() != Postgres {
		return own.Now(), nil
	}
	const question = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
	var us int64
	var err error
	if t := txOf(ctx); t != nil {
		err = t.tx.QueryRowContext(ctx, question).Scan(&us)
	} else {
		err = d.readers.QueryRowContext(ctx, question).Scan(&us)
	}
	return core.Moment(us).Add(ahead), broken("Asking the database for the time", err)
}
