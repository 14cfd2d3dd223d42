package job

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// How often a process says that it lives, and after what silence its tasks are
// given to others. Both are measured by the database's clock, so that the
// clocks of the machines need not agree.
const (
	beat    = time.Second
	silence = 5 * time.Second
)

// now is the database's clock in microseconds.
const now = `CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)`

const (
	beatSQL = `INSERT INTO replica (id, started, seen) VALUES ($1, ` + now + `, ` + now + `) ON CONFLICT (id) DO UPDATE SET seen = excluded.seen`
	// A task belongs to the last process that took it. One that was given away
	// while its process was only slow runs twice; tasks are idempotent.
	giveBackSQL = `UPDATE river_job SET state = 'available' WHERE state = 'running' AND NOT EXISTS
(SELECT 1 FROM replica r WHERE r.id = river_job.attempted_by[array_upper(river_job.attempted_by, 1)] AND r.seen > ` + now + ` - $1)`
	forgetSQL  = `DELETE FROM replica WHERE seen < ` + now + ` - $1`
	goodbyeSQL = `DELETE FROM replica WHERE id = $1`
)

// pulse says that this process lives, and gives back the tasks of those that do
// not say so any more.
type pulse struct {
	db   *sql.DB
	name string
	log  *slog.Logger
	once sync.Once
	end  context.CancelFunc
	done chan struct{}
}

func newPulse(db *sql.DB, name string, log *slog.Logger) *pulse {
	return &pulse{db: db, name: name, log: log}
}

// start says the first time that the process lives, and goes on until stop.
func (p *pulse) start(ctx context.Context) error {
	if err := p.tick(ctx); err != nil {
		return core.Hidden("Joining the other servers", err)
	}
	ctx, p.end = context.WithCancel(context.WithoutCancel(ctx))
	p.done = make(chan struct{})
	go func() {
		defer close(p.done)
		t := time.NewTicker(beat)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
			}
			if err := p.tick(ctx); err != nil && ctx.Err() == nil {
				p.log.WarnContext(ctx, "the other servers may not know that this one lives", "error", err)
			}
		}
	}()
	return nil
}

// tick is one beat.
func (p *pulse) tick(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, silence/2)
	defer cancel()
	if _, err := p.db.ExecContext(ctx, beatSQL, p.name); err != nil {
		return err
	}
	res, err := p.db.ExecContext(ctx, giveBackSQL, silence.Microseconds())
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err == nil && n > 0 {
		p.log.WarnContext(ctx, "tasks of a server that fell silent are done by others", "tasks", n)
	}
	_, err = p.db.ExecContext(ctx, forgetSQL, (100 * silence).Microseconds())
	return err
}

// stop says goodbye. It may be called twice, and without start.
func (p *pulse) stop() {
	p.once.Do(func() {
		if p.end == nil {
			return
		}
		p.end()
		<-p.done
		ctx, cancel := context.WithTimeout(context.Background(), silence)
		defer cancel()
		if _, err := p.db.ExecContext(ctx, goodbyeSQL, p.name); err != nil {
			p.log.WarnContext(ctx, "the other servers wait a while for this one", "error", err)
		}
	})
}
