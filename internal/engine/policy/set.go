package policy

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/util"

	"github.com/paddock-dev/paddock/internal/core"
)

// Set is one revision of all policies, compiled. It never changes.
type Set struct {
	revision string
	files    map[string][]byte
	bindings []Binding
	rollout  Rollout
	budget   time.Duration
	queries  map[core.Gate][]question
}

// question is one prepared query that a gate asks.
type question struct {
	answer  string // deny, warn or approve; empty for a binding
	rule    string // the package, as Reason.Rule names it
	binding Binding
	query   rego.PreparedEvalQuery
}

// Revision names the policies by content: "sha256:" and 64 hex digits over the
// rules, bindings and rollout. Tests do not change it.
func (s *Set) Revision() string { return s.revision }

// prepare makes the queries of every gate, once.
func (s *Set) prepare(ctx context.Context, c *ast.Compiler) error {
	s.queries = map[core.Gate][]question{}
	for _, g := range core.Gates {
		pkg := "data.paddock." + string(g)
		for _, answer := range answers {
			if len(c.GetRules(ast.MustParseRef(pkg+"."+answer))) == 0 {
				continue
			}
			if err := s.add(ctx, c, g, question{answer: answer, rule: pkg}, pkg+"."+answer); err != nil {
				return err
			}
		}
	}
	for _, b := range s.bindings {
		pkg := b.Query[:strings.LastIndexByte(b.Query, '.')]
		for _, g := range b.Gates {
			if err := s.add(ctx, c, g, question{rule: pkg, binding: b}, b.Query); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Set) add(ctx context.Context, c *ast.Compiler, g core.Gate, q question, query string) error {
	p, err := rego.New(rego.Compiler(c), rego.Query(query), rego.StrictBuiltinErrors(true)).PrepareForEval(ctx)
	if err != nil {
		return core.Join(core.Invalid, "The policies have faults:", regoFaults(err))
	}
	q.query = p
	s.queries[g] = append(s.queries[g], q)
	return nil
}

// Eval asks every policy of the gate and returns what they say, sorted and
// without repeats. in.Gate is set to gate.
//
// A policy that fails, takes too long or answers in the wrong shape becomes a
// denial with the code policy_error, so a broken policy never lets an act
// pass. The error is only for input that cannot be evaluated at all, and for a
// ctx that ended; the caller must then not act.
func (s *Set) Eval(ctx context.Context, gate core.Gate, in Input) (core.Verdicts, error) {
	in.Gate = gate
	doc, _, err := in.Canonical()
	if err != nil {
		return core.Verdicts{}, err
	}
	var facts map[string]any
	if err := util.UnmarshalJSON(doc, &facts); err != nil {
		return core.Verdicts{}, core.Hidden("Reading the facts for a decision", err)
	}
	limited, cancel := context.WithTimeout(ctx, s.budget)
	defer cancel()
	var out core.Verdicts
	for _, q := range s.queries[gate] {
		s.ask(limited, q, facts, &out)
	}
	if err := ctx.Err(); err != nil {
		return core.Verdicts{}, &core.Error{Code: core.Unavailable, Msg: "The decision was interrupted.", Hint: "Try again.", Err: err}
	}
	s.rollout.apply(&out)
	tidy(&out)
	return out, nil
}

// ask runs one question and adds its answer, or a policy_error.
func (s *Set) ask(ctx context.Context, q question, facts map[string]any, out *core.Verdicts) {
	var part any = facts
	if q.binding.Input != "" {
		part = facts[q.binding.Input]
	}
	value, err := ast.InterfaceToValue(part)
	if err != nil {
		out.Deny = append(out.Deny, policyError(q.rule, err))
		return
	}
	q.answerTo(ctx, value, out)
}

// answerTo runs the question on its part of the input.
func (q question) answerTo(ctx context.Context, value ast.Value, out *core.Verdicts) {
	defer func() {
		if r := recover(); r != nil {
			out.Deny = append(out.Deny, policyError(q.rule, fmt.Errorf("panic: %v", r)))
		}
	}()
	results, err := q.query.Eval(ctx, rego.EvalParsedInput(value))
	if err != nil {
		out.Deny = append(out.Deny, policyError(q.rule, err))
		return
	}
	if q.answer == "" {
		q.readAllow(results, out)
		return
	}
	q.readSet(results, out)
}
