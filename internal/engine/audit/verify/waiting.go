package verify

import (
	"context"
	"fmt"
)

// maxWait is for how long, by the log's own clock, the log may grow past an
// event that waits, in microseconds. The sequencer takes the oldest first and
// needs a second; clocks may jump by minutes.
const maxWait = 15 * 60 * 1_000_000

// waiting is what became of the events that are pending.
type waiting struct {
	rows   rowChecker
	sound  int64 // pending, with an event and without a leaf
	faults []Problem
	oldest []Row // of the sound ones, by id; at most maxProblems
}

// take checks one event that is pending.
func (w *waiting) take(r *Row) error {
	where := "audit_pending event_id " + r.EventID
	switch {
	case !r.HasEvent:
		w.faults = append(w.faults, Problem{-1, "An event that waits for its leaf was deleted.", where, "", fixRestore})
	case r.Index >= 0:
		w.faults = append(w.faults, Problem{r.Index, "An event waits for a leaf that it has.", where, "", fixRestore})
	default:
		w.sound++
		w.faults = append(w.faults, w.rows.pending(r)...)
		if len(w.oldest) < maxProblems {
			w.oldest = append(w.oldest, *r)
		}
	}
	return nil
}

// finish tells what is left when all leaves are read.
func (v *run) finish(ctx context.Context, src Source) error {
	if err := v.end(ctx, src); err != nil {
		return err
	}
	size := v.hypotheses[0].tree.size
	for _, p := range v.waiting.faults {
		if p.Index < 0 {
			p.Index = size // the first one that it could have had
		}
		v.res.add(p)
	}
	for _, r := range v.waiting.oldest {
		if late := v.latest - r.Columns.At; late > maxWait {
			v.res.add(Problem{size, "An event waits although the log grew past it: somebody holds it back.", "audit_pending event_id " + r.EventID,
				fmt.Sprintf("%d minutes", late/60_000_000), fixWaits})
		}
	}
	// Each leaf was looked at, and whether its event is there; the same for
	// what is pending. So the number of events says whether there are more.
	if v.extent.Events == v.extent.Leaves-v.absent+v.waiting.sound {
		return nil
	}
	return src.Lost(ctx, maxProblems, func(id string) error {
		v.res.add(Problem{size, "An event is neither in the tree nor does it wait for that.", "audit_event id " + id, "", fixRestore})
		return ctx.Err()
	})
}
