package job

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"github.com/paddock-dev/paddock/internal/core"
)

// Work does one task. It must be idempotent: after a crash it runs again. An
// error makes the queue try again later.
type Work func(ctx context.Context, payload json.RawMessage) error

// Transactions finds the caller's transaction.
type Transactions interface {
	SQLTx(ctx context.Context) (*sql.Tx, bool)
}

// Periodic is a task that is enqueued again and again.
type Periodic struct {
	Task  string
	Every time.Duration
}

// Options are what a Queue needs. All are required but Periodic.
type Options struct {
	Pool         *sql.DB       // its own pool on the store's database
	Postgres     bool          // the database is PostgreSQL; else SQLite
	Listen       *pgxpool.Pool // on PostgreSQL, hears of new tasks; nil means looking for them
	Replica      string        // on PostgreSQL, the name of this process among those that share the database
	Transactions Transactions
	Log          *slog.Logger
	Work         map[string]Work // task name -> what it does
	Periodic     []Periodic
	Workers      int // tasks at once; 0 means 4
}

// Queue runs tasks. Start it once; Stop waits for tasks under way.
type Queue struct {
	client *river.Client[*sql.Tx]
	pulse  *pulse // nil on SQLite
	txs    Transactions
	work   map[string]Work
}

// task is the one kind of river job: the name says which work it is.
type task struct {
	Name    string          `json:"name" river:"unique"`
	Payload json.RawMessage `json:"payload"`
}

// Kind implements river.JobArgs.
func (task) Kind() string { return "task" }

// NewQueue prepares the queue's tables and returns a queue that is not started.
func NewQueue(ctx context.Context, o Options) (*Queue, error) {
	driver := driverFor(o)
	if err := migrate(ctx, driver, o); err != nil {
		return nil, err
	}
	q := &Queue{txs: o.Transactions, work: o.Work}
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{q: q})
	if o.Workers == 0 {
		o.Workers = 4
	}
	var err error
	if o.Postgres {
		q.pulse = newPulse(o.Pool, o.Replica, o.Log)
	}
	q.client, err = river.NewClient(driver, &river.Config{
		ID:                o.Replica,
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: o.Workers}},
		Workers:           workers,
		Logger:            quiet(o.Log),
		FetchCooldown:     20 * time.Millisecond,
		FetchPollInterval: 500 * time.Millisecond,
		JobTimeout:        5 * time.Minute,
		PeriodicJobs:      periodic(o.Periodic),
		ErrorHandler:      failures{o.Log},
	})
	if err != nil {
		return nil, core.Hidden("Preparing the job queue", err)
	}
	return q, nil
}

func driverFor(o Options) riverdriver.Driver[*sql.Tx] {
	switch {
	case !o.Postgres:
		return riversqlite.New(o.Pool)
	case o.Listen != nil:
		return riverdatabasesql.NewWithPgxListener(o.Pool, o.Listen)
	}
	return riverdatabasesql.New(o.Pool)
}

// Migrate makes or renews the queue's tables in a PostgreSQL database, as its owner.
func Migrate(ctx context.Context, owner *sql.DB) error {
	m, err := rivermigrate.New(riverdatabasesql.New(owner), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return core.Hidden("Preparing the job queue", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return core.Hidden("Preparing the job queue", err)
	}
	return nil
}

// migrate brings the queue's tables to what this program needs.
func migrate(ctx context.Context, driver riverdriver.Driver[*sql.Tx], o Options) error {
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: quiet(o.Log)})
	if err != nil {
		return core.Hidden("Preparing the job queue", err)
	}
	if o.Postgres {
		if v, err := m.Validate(ctx, nil); err == nil && v.OK {
			return nil
		}
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return core.Hidden("Preparing the job queue", err)
	}
	if o.Postgres {
		return nil
	}
	// The process that ran them is gone: this one is the only runner.
	if _, err := o.Pool.ExecContext(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running'`); err != nil {
		return core.Hidden("Preparing the job queue", err)
	}
	return nil
}

func periodic(list []Periodic) []*river.PeriodicJob {
	out := make([]*river.PeriodicJob, 0, len(list))
	for _, p := range list {
		out = append(out, river.NewPeriodicJob(river.PeriodicInterval(p.Every), func() (river.JobArgs, *river.InsertOpts) {
			return task{Name: p.Task, Payload: json.RawMessage(`{}`)}, &river.InsertOpts{MaxAttempts: 1}
		}, nil))
	}
	return out
}

// Start begins to take tasks.
func (q *Queue) Start(ctx context.Context) error {
	if q.pulse != nil {
		if err := q.pulse.start(ctx); err != nil {
			return err
		}
	}
	return q.client.Start(context.WithoutCancel(ctx))
}

// Stop takes no more tasks and waits for those under way until ctx ends. It may
// be called twice.
func (q *Queue) Stop(ctx context.Context) error {
	if q.pulse != nil {
		defer q.pulse.stop()
	}
	err := q.client.Stop(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return q.client.StopAndCancel(context.WithoutCancel(ctx))
	}
	return err
}

// Add enqueues a task in the transaction of ctx; it runs only if that commits.
func (q *Queue) Add(ctx context.Context, name string, payload any) error {
	return q.AddAt(ctx, name, payload, time.Time{})
}

// AddAt is Add for a task that must not run before a moment of the machine's clock.
func (q *Queue) AddAt(ctx context.Context, name string, payload any, at time.Time) error {
	if q.work[name] == nil {
		return core.Hidden("Planning work", fmt.Errorf("job: there is no work named %q", name))
	}
	tx, ok := q.txs.SQLTx(ctx)
	if !ok {
		return core.Hidden("Planning work", errors.New("job: enqueued outside a transaction"))
	}
	b, err := json.Marshal(payload)
	if err != nil {
		return core.Hidden("Planning work", err)
	}
	_, err = q.client.InsertTx(ctx, tx, task{Name: name, Payload: b}, &river.InsertOpts{MaxAttempts: 25, ScheduledAt: at})
	if err != nil {
		return core.Hidden("Planning work", err)
	}
	return nil
}

type worker struct {
	river.WorkerDefaults[task]
	q *Queue
}

// Work implements river.Worker.
func (w *worker) Work(ctx context.Context, j *river.Job[task]) error {
	do := w.q.work[j.Args.Name]
	if do == nil {
		return river.JobCancel(fmt.Errorf("job: there is no work named %q", j.Args.Name))
	}
	return do(ctx, j.Args.Payload)
}

// failures writes failed tasks to the log; river keeps them for the retry.
type failures struct{ log *slog.Logger }

// HandleError implements river.ErrorHandler.
func (f failures) HandleError(ctx context.Context, j *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	f.log.WarnContext(ctx, "task failed", "task", string(j.EncodedArgs), "attempt", j.Attempt, "error", err)
	return nil
}

// HandlePanic implements river.ErrorHandler.
func (f failures) HandlePanic(ctx context.Context, j *rivertype.JobRow, v any, trace string) *river.ErrorHandlerResult {
	f.log.ErrorContext(ctx, "task panicked", "task", string(j.EncodedArgs), "panic", v, "trace", trace)
	return nil
}

// quiet lets only river's warnings and errors through.
func quiet(log *slog.Logger) *slog.Logger { return slog.New(leveled{log.Handler()}) }

type leveled struct{ slog.Handler }

// Enabled implements slog.Handler.
func (l leveled) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && l.Handler.Enabled(ctx, level)
}
