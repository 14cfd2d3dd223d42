package job

import (
	"context"
	"database/sql"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"github.com/paddock-dev/paddock/internal/core"
)

// Waiting is a task that is not done yet.
type Waiting struct {
	Task     string
	Payload  json.RawMessage
	At       time.Time // not before
	Attempts int       // how often it may be tried
}

// listed is how many tasks are read at a time.
const listed = 1000

// TakeOut lists the tasks that wait or run in a database that is left behind, in
// the order they were planned. It changes nothing. A running task is listed too:
// it runs again, as after a crash.
func TakeOut(ctx context.Context, tx *sql.Tx, postgres bool) ([]Waiting, error) {
	var there bool
	look := `SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'river_job')`
	if postgres {
		look = `SELECT to_regclass('river_job') IS NOT NULL`
	}
	if err := tx.QueryRowContext(ctx, look).Scan(&there); err != nil {
		return nil, core.Hidden("Reading the job queue", err)
	}
	if !there {
		return nil, nil // no server was ever started on it
	}
	client, err := bare(postgres)
	if err != nil {
		return nil, err
	}
	var out []Waiting
	params := river.NewJobListParams().OrderBy(river.JobListOrderByID, river.SortOrderAsc).First(listed).Kinds(task{}.Kind()).
		States(rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled)
	for {
		page, err := client.JobListTx(ctx, tx, params)
		if err != nil {
			return nil, core.Hidden("Reading the job queue", err)
		}
		for _, j := range page.Jobs {
			var t task
			if err := json.Unmarshal(j.EncodedArgs, &t); err != nil {
				return nil, core.Hidden("Reading the job queue", err)
			}
			out = append(out, Waiting{Task: t.Name, Payload: t.Payload, At: j.ScheduledAt, Attempts: j.MaxAttempts})
		}
		if len(page.Jobs) < listed {
			return out, nil
		}
		params = params.After(page.LastCursor)
	}
}

// PutIn plans tasks in the caller's transaction on another database, whose queue
// has its tables already. Their attempts are counted anew.
func PutIn(ctx context.Context, tx *sql.Tx, postgres bool, tasks []Waiting) error {
	client, err := bare(postgres)
	if err != nil {
		return err
	}
	for len(tasks) > 0 {
		n := min(len(tasks), listed)
		batch := make([]river.InsertManyParams, n)
		for i, w := range tasks[:n] {
			batch[i] = river.InsertManyParams{Args: task{Name: w.Task, Payload: w.Payload}, InsertOpts: &river.InsertOpts{MaxAttempts: w.Attempts, ScheduledAt: w.At}}
		}
		if _, err := client.InsertManyTx(ctx, tx, batch); err != nil {
			return core.Hidden("Planning work again", err)
		}
		tasks = tasks[n:]
	}
	return nil
}

// MigrateSQLite makes or renews the queue's tables in a SQLite database.
func MigrateSQLite(ctx context.Context, pool *sql.DB) error {
	return migrate(ctx, riversqlite.New(pool), Options{Pool: pool, Log: slog.New(slog.DiscardHandler)})
}

// bare returns a client that works in its caller's transactions only.
func bare(postgres bool) (*river.Client[*sql.Tx], error) {
	client, err := river.NewClient(driverFor(Options{Postgres: postgres}), &river.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, core.Hidden("Opening the job queue", err)
	}
	return client, nil
}
