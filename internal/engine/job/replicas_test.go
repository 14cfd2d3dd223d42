package job_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// lines is a log that is kept.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// Two processes take up the same saga: one runs it, the other looks again later
// and says nothing, and no step is done twice.
func TestTwoProcessesOneSaga(t *testing.T) {
	g := testkit.On(t, store.Postgres)
	entered, wait := make(chan struct{}), make(chan struct{})
	var log lines
	var mu sync.Mutex
	done := 0
	process := func(db *store.DB) *job.Sagas {
		r := &job.Sagas{Store: db, Audit: g.Audit, Queue: nobody{}, Clock: g.Clock, Log: slog.New(slog.NewTextHandler(&log, nil))}
		r.Register(job.Kind{Name: "walk", Steps: []job.Step{{Name: "one", Do: func(context.Context, *core.Saga) (*core.Event, error) {
			mu.Lock()
			done++
			mu.Unlock()
			close(entered)
			<-wait
			return &core.Event{Action: "walk.one", Actor: core.System("test"), Code: "ok"}, nil
		}}}, Failed: func(context.Context, *core.Saga, *core.Error) (*core.Event, error) {
			return &core.Event{Action: "walk.failed", Actor: core.System("test"), Code: "internal"}, nil
		}})
		return r
	}
	other, err := store.OpenAt(g.Ctx(), g.Where)
	g.Must(err)
	defer other.Close()
	a, b := process(g.DB), process(other)
	var s core.Saga
	g.Must(g.InTx(g.Ctx(), func(ctx context.Context) (err error) {
		if s, err = a.Start(ctx, "walk", "k", "", nil, core.System("test")); err != nil {
			return err
		}
		return g.Audit.Append(ctx, core.Event{Action: "walk.start", Actor: core.System("test"), Code: "ok"})
	}))
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := a.Run(g.Ctx(), s.ID); err != nil {
			t.Errorf("the one that runs it: %v", err)
		}
	})
	<-entered
	if got, err := b.Run(g.Ctx(), s.ID); err != nil || got.State != core.SagaRunning {
		t.Errorf("the other: %s, %v", got.State, err)
	}
	payload, err := json.Marshal(s.ID)
	g.Must(err)
	if err := b.Work(g.Ctx(), payload); err == nil || !strings.Contains(err.Error(), "Snooze") {
		t.Errorf("the other's task does not look again: %v", err)
	}
	close(wait)
	wg.Wait()
	g.Must(b.Work(g.Ctx(), payload))
	if done != 1 {
		t.Errorf("the step was done %d times", done)
	}
	if log.text.Len() > 0 {
		t.Errorf("said: %s", log.text.String())
	}
}

// nobody is a queue that keeps nothing.
type nobody struct{}

func (nobody) Add(context.Context, string, any) error { return nil }
