package copies

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/audit/rounds"
)

const (
	putTime = time.Minute // for one place to take a copy
	// Patience is how long a place may fail before people are told.
	Patience = 15 * time.Minute
)

// Log is our own log.
type Log interface {
	// Checkpoint returns the newest checkpoint as the log alone signed it: a copy
	// of one size has always the same bytes.
	Checkpoint(ctx context.Context) (signed string, c audit.Checkpoint, err error)
}

// Book keeps how far each place is.
type Book interface {
	CheckpointCopies(ctx context.Context) ([]core.CheckpointCopy, error)
	PutCheckpointCopy(ctx context.Context, c core.CheckpointCopy) error
}

// Plan is what is copied where.
type Plan struct {
	Places []Place
	Every  time.Duration // between two copies, if the log has grown
}

// News is what people are told of a place.
type News int

// The news.
const (
	Lost   News = iota // it has failed for Patience
	Back               // it works again
	Forked             // it holds another history than ours
)

// Copier brings checkpoints to places. All fields are required.
type Copier struct {
	Log  Log
	Plan func() Plan
	// Put adds the checkpoint of one size at a place. It never writes over one
	// that is there: the same bytes are no error, others are a Conflict.
	Put   func(ctx context.Context, p Place, c audit.Checkpoint, signed string) error
	Book  Book
	Clock core.Clock
	// Tell keeps the state c and tells people, in one transaction.
	Tell   func(ctx context.Context, c core.CheckpointCopy, n News) error
	Logger *slog.Logger

	rounds rounds.Rounds
}

// Run copies at each tick what is due until ctx ends. A slow place keeps no other
// one waiting. It returns nil.
func (c *Copier) Run(ctx context.Context, ticks <-chan time.Time, leads func(ctx context.Context) (bool, error)) error {
	return rounds.Round(c.round).Run(ctx, ticks, func(ctx context.Context) (bool, error) {
		if len(c.Plan().Places) == 0 {
			return false, nil
		}
		return leads(ctx)
	})
}

// Round copies to every place that is due and returns when all have ended.
func (c *Copier) Round(ctx context.Context) { rounds.Round(c.round).Once(ctx) }

func (c *Copier) round(ctx context.Context, start func(func())) {
	signed, head, err := c.Log.Checkpoint(ctx)
	if core.CodeOf(err) == core.NotFound {
		return // the log is empty
	}
	var states []core.CheckpointCopy
	if err == nil {
		states, err = c.Book.CheckpointCopies(ctx)
	}
	if err != nil {
		c.note(ctx, "", err)
		return
	}
	plan := c.Plan()
	for _, p := range plan.Places {
		s := core.CheckpointCopy{Place: p.Name()}
		for _, known := range states {
			if known.Place == s.Place {
				s = known
			}
		}
		fresh := s.Problem == "" && c.Clock.Now().Sub(core.Moment(s.At)) < plan.Every
		if s.Problem == "" && s.Size == head.Size || s.Size <= head.Size && fresh || !c.rounds.Start(s.Place, c.Clock.Now()) {
			continue
		}
		start(func() {
			failed, err := c.bring(ctx, p, s, head, signed)
			if err != nil && ctx.Err() == nil {
				c.note(ctx, s.Place, err)
			}
			c.rounds.Done(s.Place, c.Clock.Now(), failed || err != nil)
		})
	}
}

func (c *Copier) note(ctx context.Context, place string, err error) {
	c.Logger.WarnContext(ctx, "audit: copying checkpoints", "place", place, "error", err, "cause", core.AsError(err).Err)
}

// bring puts one checkpoint at one place and keeps what came of it. failed says
// that it is not there; an error is a failure of our own.
func (c *Copier) bring(ctx context.Context, p Place, s core.CheckpointCopy, head audit.Checkpoint, signed string) (failed bool, err error) {
	if s.Size > head.Size {
		return true, c.forked(ctx, s, fmt.Sprintf("It holds a checkpoint of %d entries; the log has only %d now.", s.Size, head.Size))
	}
	bounded, cancel := context.WithTimeout(ctx, putTime)
	err = c.Put(bounded, p, head, signed)
	cancel()
	if err != nil && ctx.Err() != nil {
		return true, nil // we are being stopped; nothing is known of the place
	}
	ctx = context.WithoutCancel(ctx)
	if core.CodeOf(err) == core.Conflict {
		return true, c.forked(ctx, s, core.AsError(err).Msg)
	}
	if err != nil {
		c.note(ctx, s.Place, err)
		return true, c.failing(ctx, s, core.AsError(err).Msg)
	}
	told := s.Told
	s = core.CheckpointCopy{Place: s.Place, Size: head.Size, At: core.Stamp(c.Clock.Now())}
	if told {
		return false, c.Tell(ctx, s, Back)
	}
	return false, c.Book.PutCheckpointCopy(ctx, s)
}

// failing keeps that a place takes no copies. People are told once, when it has
// been so for Patience.
func (c *Copier) failing(ctx context.Context, s core.CheckpointCopy, problem string) error {
	now := c.Clock.Now()
	if s.Since == 0 {
		s.Since = core.Stamp(now)
	}
	s.Problem = fmt.Sprintf("%.300s", problem)
	if !s.Told && now.Sub(core.Moment(s.Since)) >= Patience {
		s.Told = true
		return c.Tell(ctx, s, Lost)
	}
	return c.Book.PutCheckpointCopy(ctx, s)
}

// forked keeps that a place holds another history, and tells people at once, but
// once.
func (c *Copier) forked(ctx context.Context, s core.CheckpointCopy, problem string) error {
	c.Logger.ErrorContext(ctx, "audit: A COPY OF A CHECKPOINT DOES NOT FIT THIS LOG: it was cut back, or rewritten, or an old copy was put in its place",
		"place", s.Place, "problem", problem)
	problem = fmt.Sprintf("%.300s", problem)
	if s.Told && s.Problem == problem {
		return nil
	}
	if s.Since == 0 {
		s.Since = core.Stamp(c.Clock.Now())
	}
	s.Told, s.Problem = true, problem
	return c.Tell(ctx, s, Forked)
}
