package torture

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit/fault"
)

// errand is what a child process is to do.
type errand struct {
	Place place     `json:"place"`
	Acts  []act     `json:"acts"`  // what is left of the day
	Clock time.Time `json:"clock"` // what the clock shows when it starts
	Lost  bool      `json:"lost"`  // the source of last use cannot be read
	Busy  bool      `json:"busy"`  // sequencer and queue run beside the acts
	Again bool      `json:"again"` // this is not the first life of the day
}

// live is the child process: it starts, takes up what was under way, and lives
// the day, writing "begin N", then "done N" or "fail N CODE" for each act.
func live(ctx context.Context, text string, out io.Writer) error {
	var e errand
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		return err
	}
	rev, err := rules(ctx)
	if err != nil {
		return err
	}
	if err := fault.Confine(); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	w, err := open(ctx, e.Place, rev, e.Clock, log)
	if err != nil {
		return fmt.Errorf("opening: %w (%v)", err, core.AsError(err).Err)
	}
	w.unreadable.Store(e.Lost)
	takeUp := w.recover
	if e.Again && !e.Busy {
		takeUp = w.settle
	}
	if err := takeUp(ctx); err != nil {
		return fmt.Errorf("recovering: %w (%v)", err, core.AsError(err).Err)
	}
	if e.Busy {
		stop, cancel := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- w.sequencer.Run(stop) }()
		defer func() { cancel(); <-ended }()
		if err := w.queue.Start(ctx); err != nil {
			return err
		}
		defer func() { _ = w.queue.Stop(context.WithoutCancel(ctx)) }()
	}
	for _, a := range e.Acts {
		w.perform(ctx, a, out)
	}
	return nil
}

// perform does one act and says so.
func (w *world) perform(ctx context.Context, a act, out io.Writer) {
	w.clock.Move(a.Later)
	fmt.Fprintln(out, "begin", a.N)
	err := kinds()[a.Kind].do(ctx, w, a)
	if err == nil {
		fmt.Fprintln(out, "done", a.N)
		return
	}
	w.log.WarnContext(ctx, "an act failed", "act", a, "error", err, "cause", core.AsError(err).Err)
	fmt.Fprintln(out, "fail", a.N, core.AsError(err).Code)
}
