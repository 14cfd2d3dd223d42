package job_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// Waiting tasks go from one database to another and back, in their order, with
// their time and payload.
func TestTasksMove(t *testing.T) {
	lite, pg := testkit.On(t, store.SQLite), testkit.On(t, store.Postgres)
	soon := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	q := idle(t, lite)
	lite.Must(lite.Quietly(t.Context(), func(ctx context.Context) error {
		for i := range 3 {
			if err := q.Add(ctx, "greet", map[string]int{"n": i}); err != nil {
				return err
			}
		}
		return q.AddAt(ctx, "greet", "later", soon)
	}))
	idle(t, pg)
	first := takeOut(t, lite)
	move(t, pg, first)
	second := takeOut(t, pg)
	if len(first) != 4 || len(second) != 4 {
		t.Fatalf("%d and then %d tasks", len(first), len(second))
	}
	for i := range first {
		a, b := first[i], second[i]
		if a.Task != b.Task || compact(a.Payload) != compact(b.Payload) || a.Attempts != b.Attempts || i == 3 && !b.At.Equal(soon) {
			t.Errorf("task %d was %+v and is %+v", i, a, b)
		}
	}
	back := testkit.On(t, store.SQLite)
	idle(t, back)
	move(t, back, second)
	if third := takeOut(t, back); len(third) != 4 || compact(third[0].Payload) != compact(first[0].Payload) || !third[3].At.Equal(soon) {
		t.Errorf("back again: %+v", third)
	}
}

// idle opens a queue that runs nothing.
func idle(t *testing.T, g *testkit.Ground) *job.Queue {
	t.Helper()
	q, err := job.NewQueue(t.Context(), job.Options{Pool: g.SQL(), Postgres: g.Engine() == store.Postgres, Transactions: g.DB, Log: slog.New(slog.DiscardHandler),
		Work: map[string]job.Work{"greet": func(context.Context, json.RawMessage) error { return nil }}})
	g.Must(err)
	return q
}

func takeOut(t *testing.T, g *testkit.Ground) []job.Waiting {
	t.Helper()
	tx, err := g.SQL().BeginTx(t.Context(), nil)
	g.Must(err)
	defer tx.Rollback()
	out, err := job.TakeOut(t.Context(), tx, g.Engine() == store.Postgres)
	g.Must(err)
	return out
}

func move(t *testing.T, g *testkit.Ground, tasks []job.Waiting) {
	t.Helper()
	g.Must(g.Quietly(t.Context(), func(ctx context.Context) error {
		tx, _ := g.SQLTx(ctx)
		return job.PutIn(ctx, tx, g.Engine() == store.Postgres, tasks)
	}))
}

// compact takes away the spaces that PostgreSQL puts into JSON.
func compact(b json.RawMessage) string {
	var out bytes.Buffer
	_ = json.Compact(&out, b)
	return out.String()
}
