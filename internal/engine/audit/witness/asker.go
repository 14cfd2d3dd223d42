package witness

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	cosign "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/audit/rounds"
)

const (
	askTime = 10 * time.Second // for one witness to answer
	// Patience is how long a witness may be silent before people are told.
	Patience = 15 * time.Minute
)

// Log is our own log.
type Log interface {
	// Checkpoint returns the newest checkpoint as the log signed it.
	Checkpoint(ctx context.Context) (signed string, c audit.Checkpoint, err error)
	ProveConsistency(ctx context.Context, old, size int64) ([]tlog.Hash, error)
}

// Book keeps what witnesses answered.
type Book interface {
	WitnessStates(ctx context.Context) ([]core.WitnessState, error)
	// PutWitnessState keeps a state; c, if it is not nil, together with it.
	PutWitnessState(ctx context.Context, s core.WitnessState, c *core.Cosignature) error
}

// Post sends body to a witness and returns its answer; it reads at most
// MaxRequest bytes of it.
type Post func(ctx context.Context, url, body string) (Answer, error)

// Asker brings new checkpoints to the witnesses. All fields are required.
type Asker struct {
	Log   Log
	Peers func() Peers
	Post  Post
	Book  Book
	Clock core.Clock
	// Tell keeps the state s and tells people of it, in one transaction: of a
	// witness that was silent for Patience or is back again, and at once of one
	// that saw another log under our name.
	Tell   func(ctx context.Context, s core.WitnessState) error
	Logger *slog.Logger

	rounds rounds.Rounds
}

// Run asks at each tick, if there is something new, until ctx ends. A slow
// witness keeps no other one waiting. It returns nil.
func (a *Asker) Run(ctx context.Context, ticks <-chan time.Time, leads func(ctx context.Context) (bool, error)) error {
	return rounds.Round(a.round).Run(ctx, ticks, func(ctx context.Context) (bool, error) {
		if len(a.Peers().List) == 0 {
			return false, nil
		}
		return leads(ctx)
	})
}

// Round asks every witness that is due and returns when all have answered.
func (a *Asker) Round(ctx context.Context) { rounds.Round(a.round).Once(ctx) }

func (a *Asker) round(ctx context.Context, start func(func())) {
	signed, head, err := a.Log.Checkpoint(ctx)
	if core.CodeOf(err) == core.NotFound {
		return // the log is empty
	}
	var states []core.WitnessState
	if err == nil {
		states, err = a.Book.WitnessStates(ctx)
	}
	if err != nil {
		a.note(ctx, "", err)
		return
	}
	for _, p := range a.Peers().List {
		name := p.Verifier.Name()
		s := core.WitnessState{Witness: name, Since: core.Stamp(a.Clock.Now())}
		for _, known := range states {
			if known.Witness == name {
				s = known
			}
		}
		if s.State == core.WitnessOK && s.Size == head.Size || !a.rounds.Start(name, a.Clock.Now()) {
			continue
		}
		start(func() {
			q := question{peer: p, signed: signed, head: head, state: s}
			failed, err := a.ask(ctx, q)
			if err != nil && ctx.Err() == nil {
				a.note(ctx, name, err)
			}
			a.rounds.Done(name, a.Clock.Now(), failed || err != nil)
		})
	}
}

func (a *Asker) note(ctx context.Context, name string, err error) {
	a.Logger.WarnContext(ctx, "audit: asking witnesses", "witness", name, "error", err, "cause", core.AsError(err).Err)
}

// question is one witness being asked for one checkpoint.
type question struct {
	peer   Peer
	signed string
	head   audit.Checkpoint
	state  core.WitnessState
}

// ask asks one witness and keeps what came of it. failed says that it did not
// cosign; an error is a failure of our own.
func (a *Asker) ask(ctx context.Context, q question) (failed bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	old := q.state.Size
	if old > q.head.Size {
		old = 0 // it may know better by now
	}
	for range 2 {
		var proof []tlog.Hash
		if old > 0 && old < q.head.Size {
			if proof, err = a.Log.ProveConsistency(ctx, old, q.head.Size); err != nil {
				return true, err
			}
		}
		got, err := a.Post(ctx, q.peer.URL+"/add-checkpoint", Request{Old: old, Proof: proof, Checkpoint: q.signed}.String())
		if err != nil {
			return true, a.silent(context.WithoutCancel(ctx), q, "It cannot be reached: "+short(core.AsError(err).Msg))
		}
		if got.Status != http.StatusConflict {
			return a.answered(context.WithoutCancel(ctx), q, got)
		}
		size, ok := plainSize(strings.TrimSuffix(got.Body, "\n"))
		if !ok {
			return true, a.silent(ctx, q, "It answers 409 without a size.")
		}
		if size > q.head.Size {
			return true, a.forked(ctx, q, fmt.Sprintf("It has cosigned %d entries of this log, which has only %d now.", size, q.head.Size))
		}
		old = size
	}
	return true, a.silent(ctx, q, "It keeps answering with another size.")
}

// answered takes any answer but 409.
func (a *Asker) answered(ctx context.Context, q question, got Answer) (failed bool, err error) {
	switch got.Status {
	case http.StatusOK:
		return a.cosigned(ctx, q, got.Body)
	case http.StatusUnprocessableEntity:
		return true, a.forked(ctx, q, "It has cosigned other entries under this log's name: "+short(got.Body))
	case http.StatusNotFound, http.StatusForbidden:
		return true, a.silent(ctx, q, fmt.Sprintf("It does not know this log's key (%d): %s", got.Status, short(got.Body)))
	}
	return true, a.silent(ctx, q, fmt.Sprintf("It answers %d: %s", got.Status, short(got.Body)))
}

func (a *Asker) cosigned(ctx context.Context, q question, body string) (failed bool, err error) {
	for line := range strings.Lines(body) {
		sig := checked(q.signed, line, q.peer.Verifier)
		if sig == nil {
			continue // of a key that we do not know
		}
		at, err := cosign.CoSigV1Timestamp(*sig)
		if err != nil || at.Unix() <= 0 {
			continue
		}
		s, now := q.state, core.Stamp(a.Clock.Now())
		told := s.Told
		if s.State != core.WitnessOK {
			s.Since = now
		}
		s.State, s.Size, s.Answered, s.Told, s.Problem = core.WitnessOK, q.head.Size, now, false, ""
		c := core.Cosignature{Size: q.head.Size, Witness: q.peer.Verifier.Name(), Line: line, At: core.Stamp(at)}
		if err := a.Book.PutWitnessState(ctx, s, &c); err != nil || !told {
			return false, err
		}
		return false, a.Tell(ctx, s)
	}
	return true, a.silent(ctx, q, "Its answer holds no good signature by the key "+q.peer.Verifier.Name()+".")
}

// silent keeps that the witness does not cosign. People are told once, when it
// has been so for Patience. One that saw another log stays in that state.
func (a *Asker) silent(ctx context.Context, q question, problem string) error {
	s, now := q.state, a.Clock.Now()
	switch s.State {
	case core.WitnessForked:
		return nil
	case core.WitnessSilent:
	default:
		s.State, s.Since, s.Told = core.WitnessSilent, core.Stamp(now), false
	}
	s.Problem = problem
	if !s.Told && now.Sub(core.Moment(s.Since)) >= Patience {
		s.Told = true
		return a.Tell(ctx, s)
	}
	return a.Book.PutWitnessState(ctx, s, nil)
}

// forked keeps that the witness saw another log, and tells people at once.
func (a *Asker) forked(ctx context.Context, q question, problem string) error {
	a.Logger.ErrorContext(ctx, "audit: A WITNESS REFUSES THIS LOG: it was cut back, or rewritten, or an old copy was put in its place",
		"witness", q.peer.Verifier.Name(), "problem", problem)
	s := q.state
	if s.State == core.WitnessForked {
		s.Problem = problem
		return a.Book.PutWitnessState(ctx, s, nil)
	}
	s.State, s.Since, s.Told, s.Problem = core.WitnessForked, core.Stamp(a.Clock.Now()), true, problem
	return a.Tell(ctx, s)
}
