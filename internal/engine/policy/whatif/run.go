package whatif

import (
	"context"
	"iter"
	"runtime"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
)

// batch is how many subjects a worker takes at once.
const batch = 128

// Run asks both revisions about all subjects. A subject that cannot be evaluated
// is in the report as such; the error is for subjects that cannot be read, and
// for a ctx that ended.
func Run(ctx context.Context, from, to Rules, subjects iter.Seq2[Subject, error]) (*Report, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	work, done := make(chan []Subject), make(chan part)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			out := part{}
			for list := range work {
				for i := range list {
					out.ask(ctx, from, to, list[i])
				}
			}
			done <- out
		})
	}
	go func() {
		workers.Wait()
		close(done)
	}()
	err := hand(ctx, work, subjects)
	report := newReport(from, to)
	for p := range done {
		report.Asked += p.asked
		report.Shifts = append(report.Shifts, p.shifts...)
		report.Fresh["from"] += p.fresh[0]
		report.Fresh["to"] += p.fresh[1]
	}
	if err == nil {
		err = interrupted(ctx)
	}
	if err != nil {
		return nil, err
	}
	report.finish()
	return report, nil
}

func hand(ctx context.Context, work chan<- []Subject, subjects iter.Seq2[Subject, error]) error {
	defer close(work)
	var list []Subject
	for s, err := range subjects {
		if err != nil {
			return err
		}
		if list = append(list, s); len(list) < batch {
			continue
		}
		select {
		case work <- list:
			list = nil
		case <-ctx.Done():
			return interrupted(ctx)
		}
	}
	work <- list
	return nil
}

func interrupted(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return &core.Error{Code: core.Unavailable, Msg: "The preview was interrupted.", Hint: "Try again.", Err: err}
	}
	return nil
}

// part is what one worker has found.
type part struct {
	asked  int
	shifts []Shift
	fresh  [2]int
}

func (p *part) ask(ctx context.Context, from, to Rules, s Subject) {
	p.asked++
	before, err := p.before(ctx, from, s)
	if err != nil {
		p.shifts = append(p.shifts, s.unknown(err))
		return
	}
	after, err := to.Answer(ctx, s.Gate, s.After)
	if err != nil {
		p.shifts = append(p.shifts, s.unknown(err))
		return
	}
	if !after.Seen {
		p.fresh[1]++
	}
	if shift := s.shift(before, after.Verdicts); shift.Kind != same {
		p.shifts = append(p.shifts, shift)
	}
}

func (p *part) before(ctx context.Context, from Rules, s Subject) (core.Verdicts, error) {
	if s.Was != nil {
		return *s.Was, nil
	}
	a, err := from.Answer(ctx, s.Gate, s.Before)
	if !a.Seen {
		p.fresh[0]++
	}
	return a.Verdicts, err
}
