package copies

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// world is a log of a size, one place that may fail, and a book.
type world struct {
	*Copier
	clock *testkit.Clock
	size  int64
	fault error
	puts  []int64
	book  map[string]core.CheckpointCopy
	told  []News
}

func (w *world) Checkpoint(context.Context) (string, audit.Checkpoint, error) {
	return "note", audit.Checkpoint{Origin: "log", Size: w.size}, nil
}

func (w *world) CheckpointCopies(context.Context) (out []core.CheckpointCopy, err error) {
	for _, c := range w.book {
		out = append(out, c)
	}
	return out, nil
}

func (w *world) PutCheckpointCopy(_ context.Context, c core.CheckpointCopy) error {
	w.book[c.Place] = c
	return nil
}

var place = Place{Kind: Folder, Where: "/copies"}

func newWorld() *world {
	w := &world{clock: testkit.NewClock(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)), size: 5, book: map[string]core.CheckpointCopy{}}
	w.Copier = &Copier{Log: w, Book: w, Clock: w.clock, Logger: slog.New(slog.DiscardHandler),
		Plan: func() Plan { return Plan{Places: []Place{place}, Every: time.Hour} },
		Put: func(_ context.Context, _ Place, c audit.Checkpoint, _ string) error {
			if w.fault == nil {
				w.puts = append(w.puts, c.Size)
			}
			return w.fault
		},
		Tell: func(ctx context.Context, c core.CheckpointCopy, n News) error {
			w.told = append(w.told, n)
			return w.PutCheckpointCopy(ctx, c)
		}}
	return w
}

// A copy is made when the log has grown and the interval is over; a place that
// fails is tried again with longer and longer waits, told of once, and once more
// when it works again.
func TestCopies(t *testing.T) {
	w, ctx := newWorld(), t.Context()
	w.Round(ctx)
	w.size = 6
	w.Round(ctx)
	if len(w.puts) != 1 {
		t.Fatal("copied before the interval was over", w.puts)
	}
	w.clock.Move(time.Hour)
	w.Round(ctx)
	w.clock.Move(time.Hour)
	w.Round(ctx)
	if len(w.puts) != 2 || w.puts[1] != 6 {
		t.Fatal("a log that has not grown was copied, or one that has was not", w.puts)
	}
	w.fault, w.size = core.Errorf(core.Unavailable, "It is away."), 7
	tries := 0
	put := w.Put
	w.Put = func(ctx context.Context, p Place, c audit.Checkpoint, s string) error {
		tries++
		return put(ctx, p, c, s)
	}
	for range 3600 {
		w.Round(ctx)
		w.clock.Move(time.Second)
	}
	if tries < 8 || tries > 25 {
		t.Errorf("%d tries in an hour", tries)
	}
	if len(w.told) != 1 || w.told[0] != Lost || w.book[place.Name()].Problem != "It is away." || w.book[place.Name()].Size != 6 {
		t.Errorf("%v %+v", w.told, w.book)
	}
	w.fault = nil
	w.clock.Move(5 * time.Minute)
	w.Round(ctx)
	if s := w.book[place.Name()]; len(w.told) != 2 || w.told[1] != Back || s.Problem != "" || s.Size != 7 || s.Told {
		t.Errorf("%v %+v", w.told, s)
	}
}

// A place that holds another history is told of at once, and once: one with
// other bytes, and one that is ahead of the log.
func TestForks(t *testing.T) {
	w, ctx := newWorld(), t.Context()
	w.fault = core.Errorf(core.Conflict, "It holds another checkpoint.")
	for range 20 {
		w.Round(ctx)
		w.clock.Move(time.Minute)
	}
	if len(w.told) != 1 || w.told[0] != Forked {
		t.Errorf("%v", w.told)
	}
	w = newWorld()
	w.Round(ctx)
	w.size = 3
	w.Round(ctx) // within the interval all the same
	if len(w.told) != 1 || w.told[0] != Forked || !strings.Contains(w.book[place.Name()].Problem, "5 entries; the log has only 3") {
		t.Errorf("%v %+v", w.told, w.book)
	}
}

// Followers copy nothing.
func TestOnlyTheLeaderCopies(t *testing.T) {
	w := newWorld()
	ctx, stop := context.WithCancel(t.Context())
	ticks, asked := make(chan time.Time), make(chan struct{})
	done := make(chan error)
	go func() {
		done <- w.Run(ctx, ticks, func(context.Context) (bool, error) { asked <- struct{}{}; return false, nil })
	}()
	ticks <- time.Time{}
	<-asked
	stop()
	if err := <-done; err != nil || len(w.puts) != 0 {
		t.Error(err, w.puts)
	}
}

func TestPlaces(t *testing.T) {
	for _, p := range []Place{{Kind: Folder, Where: "/mnt/x"}, {Kind: Git, Where: "/srv/x.git"}, {Kind: Git, Where: "https://git.example/x.git", Secret: "t"}, {Kind: Git, Where: "ssh://git@git.example/x.git"},
		{Kind: S3, Where: "https://s3.example/bucket", User: "id", Secret: "t"}, {Kind: S3, Where: "http://127.0.0.1:9000/bucket/a/b", User: "id", Secret: "t", RetainDays: 3}} {
		if err := p.Check(); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
	for _, p := range []Place{{}, {Kind: Folder, Where: "x"}, {Kind: Folder, Where: "/"}, {Kind: Folder, Where: "/x", RetainDays: 2}, {Kind: Folder, Where: "/x\n"},
		{Kind: Git, Where: "ext::sh -c id"}, {Kind: Git, Where: "git@host:x.git"}, {Kind: Git, Where: "https://u:hunter2@git.example/x.git"}, {Kind: Git, Where: "--upload-pack=x"},
		{Kind: Git, Where: "ssh://-oProxyCommand=x/y"}, {Kind: Git, Where: "ssh://git:hunter2@git.example/x"}, {Kind: Git, Where: "ftp://x/y"},
		{Kind: S3, Where: "https://s3.example/", User: "id", Secret: "t"}, {Kind: S3, Where: "https://s3.example/b"}, {Kind: S3, Where: "https://id:hunter2@s3.example/b", User: "id", Secret: "t"},
		{Kind: S3, Where: "https://s3.example/b", User: "id", Secret: "t", RetainDays: -1}} {
		if err := p.Check(); core.CodeOf(err) != core.Invalid || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%+v: %v", p, err)
		}
	}
}
