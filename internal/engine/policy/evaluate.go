package policy

import (
	"context"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/paddock-dev/paddock/internal/core"
)

// partial is the answer of one part.
type partial struct {
	verdicts core.Verdicts
	fired    []core.Fired
	entries  int // answers before repeats are dropped
	broken   bool
}

// evaluate runs a part on an input that has at least what it can read.
func (r *run) evaluate(ctx context.Context, q *question, p *part, input *ast.Term) (out partial) {
	defer func() {
		if e := recover(); e != nil {
			out = broken(q.rule, fmt.Errorf("panic: %v", e))
		}
	}()
	ask := r.about
	if q.images {
		ask = r.eachImage
	}
	if err := ask(ctx, q, p, input, &out); err != nil {
		return broken(q.rule, err)
	}
	out.fired = firedBy(q, p, out.verdicts)
	return out
}

// about asks a part about the input.
func (r *run) about(ctx context.Context, q *question, p *part, input *ast.Term, out *partial) error {
	return r.one(ctx, q, p, q.of(input), out)
}

// one asks a part about one input.
func (r *run) one(ctx context.Context, q *question, p *part, input *ast.Term, out *partial) error {
	values, err := r.solve(ctx, p.body, input)
	if err != nil && r.stop.overMemory.Load() {
		return errMemory{}
	}
	if err != nil {
		return err
	}
	if q.answer == "" {
		return q.readAllow(values, &out.verdicts)
	}
	return q.readEntries(values, p.whole, out)
}

// solve returns what the body binds answerVar to.
func (r *run) solve(ctx context.Context, body ast.Body, input *ast.Term) (values []any, err error) {
	if r.stop == nil {
		r.stop = r.set.stopAfter(ctx, r.budget)
	}
	query := topdown.NewQuery(body).WithCompiler(r.set.compiler).WithStore(r.set.store).WithTransaction(r.set.txn).
		WithInput(input).WithCancel(r.stop.cancel).WithStrictBuiltinErrors(true)
	if r.tracer != nil {
		query = query.WithQueryTracer(r.tracer).WithIndexing(false)
	}
	err = query.Iter(ctx, func(result topdown.QueryResult) error {
		if len(values) > maxAnswers {
			return nil // it is already too many
		}
		v, err := ast.JSON(result[answerVar].Value)
		values = append(values, v)
		return err
	})
	return values, err
}

// broken is the answer of a part that cannot be relied on.
func broken(rule string, err error) partial {
	reason := policyError(rule, err)
	return partial{verdicts: core.Verdicts{Deny: []core.Reason{reason}}, broken: true,
		fired: []core.Fired{{Answer: "deny", Code: reason.Code, Rule: rule}}}
}

// firedBy says which rule gave the answers.
func firedBy(q *question, p *part, v core.Verdicts) (out []core.Fired) {
	for _, d := range v.Deny {
		out = append(out, core.Fired{Answer: "deny", Code: d.Code, Rule: p.rule, Place: p.place})
	}
	for _, w := range v.Warn {
		out = append(out, core.Fired{Answer: "warn", Code: w.Code, Rule: p.rule, Place: p.place})
	}
	for _, n := range v.Approve {
		out = append(out, core.Fired{Answer: "approve", Code: string(n.Role), Rule: p.rule, Place: p.place})
	}
	return out
}
