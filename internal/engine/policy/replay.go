package policy

import (
	"context"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// replayBudget is the time for one replay: nobody waits for it, and a slow
// machine must not change an answer.
const replayBudget = 30 * time.Second

// Replay answers a gate again from the bytes of the input that Canonical wrote,
// byte for byte as policy saw them. The answer is the one that Eval gave. Errors
// are those of Answer.
func (s *Set) Replay(ctx context.Context, gate core.Gate, doc []byte) (core.Verdicts, error) {
	a, err := s.ReplayAnswer(ctx, gate, doc)
	return a.Verdicts, err
}

// ReplayAnswer is Replay with the rules that fired.
func (s *Set) ReplayAnswer(ctx context.Context, gate core.Gate, doc []byte) (Answer, error) {
	return s.answer(ctx, gate, doc, replayBudget)
}
