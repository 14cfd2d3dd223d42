package policy

import (
	"bytes"
	"context"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/paddock-dev/paddock/internal/core"
)

// replayBudget is the time for one replay: nobody waits for it, and a slow
// machine must not change an answer.
const replayBudget = 30 * time.Second

// Replay answers a gate again from the bytes of the input that Canonical wrote,
// byte for byte as policy saw them. The answer is the one that Eval gave. Errors:
// Unreadable for bytes that are no input, TooLarge, Unavailable if ctx ended.
func (s *Set) Replay(ctx context.Context, gate core.Gate, doc []byte) (core.Verdicts, error) {
	if len(doc) > MaxInput {
		return core.Verdicts{}, core.Errorf(core.TooLarge, "The stored input is %d bytes long; at most %d are allowed.", len(doc), MaxInput)
	}
	input, err := ast.ValueFromReader(bytes.NewReader(doc))
	if err != nil {
		return core.Verdicts{}, &core.Error{Code: core.Unreadable, Msg: "The stored input is not JSON.", Err: err}
	}
	facts, ok := input.(ast.Object)
	if !ok {
		return core.Verdicts{}, core.Errorf(core.Unreadable, "The stored input is not an object.")
	}
	limited, cancel := context.WithTimeout(ctx, replayBudget)
	defer cancel()
	var out core.Verdicts
	for _, q := range s.queries[gate] {
		part := input
		if q.binding.Input != "" {
			part = ast.Null{}
			if t := facts.Get(ast.StringTerm(q.binding.Input)); t != nil {
				part = t.Value
			}
		}
		q.answerTo(limited, part, &out)
	}
	if err := ctx.Err(); err != nil {
		return core.Verdicts{}, &core.Error{Code: core.Unavailable, Msg: "The replay was interrupted.", Hint: "Try again.", Err: err}
	}
	s.rollout.apply(&out)
	tidy(&out)
	return out, nil
}
