package whatif

import (
	"context"
	"iter"
	"runtime"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// batch is how many subjects a worker takes at once.
const batch = 128

// Run asks both revisions about all subjects. A subject that cannot be evaluated
// is in the report as such; the error is for subjects that cannot be read, and
// for a ctx that ended.
func Run(ctx context.Context, from, to *policy.Set, subjects iter.Seq2[Subject, error]) (*Report, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	two := pair{from, to, policy.Between(from, to)}
	work, done := make(chan []Subject), make(chan part)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			out := part{}
			for list := range work {
				for i := range list {
					out.ask(ctx, two, list[i])
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
		report.Full += p.full
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

// pair is the revisions that are compared.
type pair struct {
	from, to *policy.Set
	delta    *policy.Delta
}

// part is what one worker has found.
type part struct {
	asked, full int
	shifts      []Shift
}

func (p *part) ask(ctx context.Context, two pair, s Subject) {
	p.asked++
	shift, err := p.compare(ctx, two, s)
	if err != nil {
		shift = s.unknown(err)
	}
	if shift.Kind != same {
		p.shifts = append(p.shifts, shift)
	}
}

func (p *part) compare(ctx context.Context, two pair, s Subject) (Shift, error) {
	if s.Alike && s.Was == nil && two.delta.Untouched(s.Gate) {
		return Shift{}, nil
	}
	before, after, err := s.Inputs()
	if err != nil {
		return Shift{}, err
	}
	if s.Was == nil && len(before) == len(after) && (len(before) == 0 || &before[0] == &after[0]) {
		alike, err := two.delta.Same(ctx, s.Gate, before)
		if alike || err != nil {
			return Shift{}, err
		}
	}
	p.full++
	was := s.Was
	if was == nil {
		a, err := two.from.Answer(ctx, s.Gate, before)
		if err != nil {
			return Shift{}, err
		}
		was = &a.Verdicts
	}
	now, err := two.to.Answer(ctx, s.Gate, after)
	if err != nil {
		return Shift{}, err
	}
	shift := s.shift(*was, now.Verdicts)
	if shift.Kind != same && s.Owner == "" {
		if app, err := policy.SubjectOf(after); err == nil {
			shift.Owner, shift.Classification = app.Owner, core.Classification(app.Classification)
		}
	}
	return shift, nil
}
