package policy

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy/projection"
)

// Answer is what policy says to one input, and which rules said it.
type Answer struct {
	Verdicts core.Verdicts
	Fired    []core.Fired // sorted; rules that had nothing to say are left out
	Seen     bool         // all of it was remembered
}

// Eval asks every policy of the gate and returns what they say, sorted and
// without repeats. in.Gate is set to gate. Errors are those of Answer.
func (s *Set) Eval(ctx context.Context, gate core.Gate, in Input) (core.Verdicts, error) {
	in.Gate = gate
	doc, _, err := in.Canonical()
	if err != nil {
		return core.Verdicts{}, err
	}
	a, err := s.Answer(ctx, gate, doc)
	return a.Verdicts, err
}

// Answer asks every policy of the gate about an input in the form of
// Input.Canonical.
//
// A policy that fails, takes too long or answers in the wrong shape becomes a
// denial with the code policy_error, so a broken policy never lets an act
// pass. The error is only for input that cannot be evaluated at all (TooLarge,
// Unreadable), for a gate that there is not (Invalid), and for a ctx that
// ended (Unavailable); the caller must then not act.
func (s *Set) Answer(ctx context.Context, gate core.Gate, doc []byte) (Answer, error) {
	return s.answer(ctx, gate, doc, s.budget)
}

func (s *Set) answer(ctx context.Context, gate core.Gate, doc []byte, budget time.Duration) (Answer, error) {
	if err := bounded(doc); err != nil {
		return Answer{}, err
	}
	a := s.gate(gate)
	if a == nil {
		return Answer{}, noGate(gate)
	}
	parts, err := a.plan.Scan(doc)
	if err != nil {
		return Answer{}, unreadable(err)
	}
	key := parts.Key(a.number, a.reads)
	said, seen := s.memory.gates.Get(key)
	if !seen {
		r := run{set: s, doc: doc, parts: parts, budget: budget}
		if said, err = r.ask(ctx, a); err != nil {
			return Answer{}, err
		}
		s.memory.keepGate(key, said)
	}
	out := Answer{Seen: seen}
	out.Verdicts, out.Fired, err = s.settle(said, doc)
	return out, err
}

// Key returns a key of an input: inputs with equal keys have equal answers at
// this gate of this set. It is made of what the rules can read, so they are not
// asked. Errors: NotFound for a gate that does not exist, Unreadable.
func (s *Set) Key(gate core.Gate, doc []byte) (projection.Key, error) {
	a := s.gate(gate)
	if a == nil {
		return projection.Key{}, core.Errorf(core.NotFound, "There is no gate %q.", gate)
	}
	parts, err := a.plan.Scan(doc)
	if err != nil {
		return projection.Key{}, &core.Error{Code: core.Unreadable, Msg: "The input is not JSON.", Err: err}
	}
	return parts.Key(a.number, a.reads), nil
}

// ReadsObject reports whether any rule of the gate can read workload.object. If
// none can, Key is the same without it.
func (s *Set) ReadsObject(gate core.Gate) bool {
	a := s.gate(gate)
	return a != nil && a.object
}

// said is the answer of a gate before rollout and exemptions.
type said struct {
	verdicts core.Verdicts // tidy; shared, so never changed
	fired    []core.Fired
	broken   bool // a policy failed, which need not happen again
}

// run is the evaluation of one input.
type run struct {
	set    *Set
	doc    []byte
	parts  projection.Parts
	budget time.Duration

	input *ast.Term         // of doc, read when it is first needed
	terms map[int]*ast.Term // of parts of it, by leaf
	stop  *stopper          // ends evaluation when the budget is used up

	tracer topdown.QueryTracer // sees what is evaluated; nil for none
}

// ask asks all questions of a gate.
func (r *run) ask(ctx context.Context, a *asked) (said, error) {
	defer r.end()
	var out said
	for i := range a.questions {
		if err := r.question(ctx, &a.questions[i], &out); err != nil {
			return said{}, err
		}
	}
	if err := interrupted(ctx); err != nil {
		return said{}, err
	}
	tidy(&out.verdicts)
	out.fired = tidyFired(out.fired)
	return out, nil
}

// interrupted is Unavailable for a ctx that ended, else nil.
func interrupted(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return &core.Error{Code: core.Unavailable, Msg: "The decision was interrupted.", Hint: "Try again.", Err: err}
	}
	return nil
}

// question adds the answers of one question.
func (r *run) question(ctx context.Context, q *question, out *said) error {
	n := 0
	for i := range q.parts {
		p := &q.parts[i]
		one, err := r.part(ctx, q, p, p.reads, p.guard.reading())
		if err != nil {
			return err
		}
		n += one.entries
		out.add(one)
	}
	if q.answer != "" && n > maxAnswers {
		out.add(broken(q.rule, tooMany(q.answer, n)))
	}
	return nil
}

// part answers one part, from memory if it can. reads and guard are its readings
// in the plan that the document was scanned by.
func (r *run) part(ctx context.Context, q *question, p *part, reads, guard projection.Reading) (partial, error) {
	memory := r.set.memory
	if p.guard != nil {
		key := r.parts.Key(p.guard.number, guard)
		holds, known := memory.guards.Get(key)
		if !known {
			input, err := r.narrow(p.guard.glances, guard)
			if err != nil {
				return partial{}, err
			}
			holds = r.holds(ctx, p.guard, q.of(input))
			memory.guards.Add(key, holds)
		}
		if !holds {
			return partial{}, nil
		}
	}
	key := r.parts.Key(p.number, reads)
	if one, known := memory.parts.Get(key); known {
		return one, nil
	}
	input, err := r.narrow(p.glances, reads)
	if err != nil {
		return partial{}, err
	}
	one := r.evaluate(ctx, q, p, input)
	memory.keepPart(key, one)
	return one, nil
}

// read makes OPA's form of the document.
func (r *run) read() error {
	if r.input != nil {
		return nil
	}
	v, err := ast.ValueFromReader(bytes.NewReader(r.doc))
	if err != nil {
		return unreadable(err)
	}
	if _, ok := v.(ast.Object); !ok {
		return core.Errorf(core.Unreadable, "The input is not an object.")
	}
	r.input = ast.NewTerm(v)
	return nil
}

func unreadable(err error) error {
	return &core.Error{Code: core.Unreadable, Msg: "The input is not JSON.", Err: err}
}

// of returns the part of an input that a question sees.
func (q *question) of(input *ast.Term) *ast.Term {
	if q.binding.Input == "" {
		return input
	}
	if t := input.Value.(ast.Object).Get(ast.StringTerm(q.binding.Input)); t != nil {
		return t
	}
	return ast.NullTerm()
}

func (s *said) add(o partial) {
	s.verdicts.Deny = append(s.verdicts.Deny, o.verdicts.Deny...)
	s.verdicts.Warn = append(s.verdicts.Warn, o.verdicts.Warn...)
	s.verdicts.Approve = append(s.verdicts.Approve, o.verdicts.Approve...)
	s.fired = append(s.fired, o.fired...)
	s.broken = s.broken || o.broken
}

// tidyFired sorts, and drops repeats.
func tidyFired(list []core.Fired) []core.Fired {
	out := append([]core.Fired{}, list...)
	slices.SortFunc(out, core.Fired.Compare)
	return slices.Compact(out)
}
