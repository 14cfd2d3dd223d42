package policy

import (
	"context"
	"errors"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/paddock-dev/paddock/internal/engine/policy/projection"
)

// guard is the beginning of a clause, up to where it reads more of the input than
// before: most often its conditions, without the words of its message. While the
// beginning does not hold, the clause has nothing to say, whatever the rest reads.
type guard struct {
	body    ast.Body
	glances []projection.Glance
	reads   projection.Reading // the glances in the gate's plan
	number  uint32             // among all parts of the set of policies
}

// guardOf returns the longest beginning of a clause that can tell less of the
// input than the whole; nil if there is none.
func guardOf(c *ast.Compiler, p *part, all []projection.Glance) *guard {
	if p.whole {
		return nil
	}
	for n := len(p.body) - 1; n > 0; n-- {
		body := p.body[:n]
		if less := projection.Glances(c, body); !slices.EqualFunc(less, all, sameGlance) {
			return &guard{body: body, glances: less}
		}
	}
	return nil
}

// reading is that of the guard; nil without one.
func (g *guard) reading() projection.Reading {
	if g == nil {
		return nil
	}
	return g.reads
}

func sameGlance(a, b projection.Glance) bool {
	return slices.Equal(a.Path, b.Path) && slices.Equal(a.Against, b.Against)
}

// errHolds ends an evaluation that has found what it looked for.
var errHolds = errors.New("it holds")

// holds reports whether the guard lets the clause speak. One that fails does: then
// the clause itself says how.
func (r *run) holds(ctx context.Context, g *guard, input *ast.Term) (yes bool) {
	defer func() {
		if recover() != nil {
			yes = true
		}
	}()
	if r.stop == nil {
		r.stop = r.set.stopAfter(ctx, r.budget)
	}
	err := topdown.NewQuery(g.body).WithCompiler(r.set.compiler).WithStore(r.set.store).WithTransaction(r.set.txn).
		WithInput(input).WithCancel(r.stop.cancel).WithStrictBuiltinErrors(true).
		Iter(ctx, func(topdown.QueryResult) error { return errHolds })
	return err != nil
}
