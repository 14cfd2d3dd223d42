package policy

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy/projection"
)

// Delta is what two revisions of the rules do not have in common. It tells most
// inputs that both answer alike without asking all the rules. It is safe for
// concurrent use.
type Delta struct {
	gates map[core.Gate]*deltaGate // nil if more than clauses differ
}

// deltaGate is what differs at one gate.
type deltaGate struct {
	plan  projection.Plan
	sides [2][]deltaPart
}

// deltaPart is a clause that only one of the revisions has.
type deltaPart struct {
	set      *Set
	question *question
	part     *part
	reads    projection.Reading
	guard    projection.Reading // nil without a guard
}

// Between compares two revisions. Rules are the same if they, and all that they
// lead to, have the same text.
func Between(from, to *Set) *Delta {
	if !reflect.DeepEqual(from.rollout, to.rollout) || !slices.Equal(from.exemptions, to.exemptions) {
		return &Delta{}
	}
	d := &Delta{gates: map[core.Gate]*deltaGate{}}
	for _, gate := range core.Gates {
		g := &deltaGate{}
		g.sides[0] = g.only(from, gate, to.identities(gate))
		g.sides[1] = g.only(to, gate, from.identities(gate))
		d.gates[gate] = g
	}
	return d
}

// only lists the parts that are not among those that the other side has.
func (g *deltaGate) only(s *Set, gate core.Gate, left map[string]int) (out []deltaPart) {
	asked := s.gate(gate)
	for i := range asked.questions {
		q := &asked.questions[i]
		for j := range q.parts {
			p := &q.parts[j]
			if id := s.identity(q, p); left[id] > 0 {
				left[id]--
				continue
			}
			d := deltaPart{set: s, question: q, part: p, reads: g.plan.Add(p.glances)}
			if p.guard != nil {
				d.guard = g.plan.Add(p.guard.glances)
			}
			out = append(out, d)
		}
	}
	return out
}

// Untouched reports whether both revisions answer everything alike at a gate.
func (d *Delta) Untouched(gate core.Gate) bool {
	g := d.gates[gate]
	return g != nil && len(g.sides[0])+len(g.sides[1]) == 0
}

// Same reports whether both revisions answer an input alike, as far as the rules
// that differ tell; where they do not, it is false. Errors are those of Answer.
func (d *Delta) Same(ctx context.Context, gate core.Gate, doc []byte) (bool, error) {
	g := d.gates[gate]
	if g == nil {
		return false, nil
	}
	if err := bounded(doc); err != nil {
		return false, err
	}
	parts, err := g.plan.Scan(doc)
	if err != nil {
		return false, unreadable(err)
	}
	var said [2]said
	var entries [2]int // their number has a limit, repeats and all
	for side := range g.sides {
		for i := range g.sides[side] {
			p := &g.sides[side][i]
			r := run{set: p.set, doc: doc, parts: parts, budget: p.set.budget}
			one, err := r.part(ctx, p.question, p.part, p.reads, p.guard)
			r.end()
			if err != nil || one.broken {
				return false, err
			}
			said[side].add(one)
			entries[side] += one.entries
		}
		tidy(&said[side].verdicts)
	}
	return entries[0] == entries[1] && reflect.DeepEqual(said[0].verdicts, said[1].verdicts), interrupted(ctx)
}

// identities counts the parts of a gate by what they say.
func (s *Set) identities(gate core.Gate) map[string]int {
	out := map[string]int{}
	asked := s.gate(gate)
	for i := range asked.questions {
		q := &asked.questions[i]
		for j := range q.parts {
			out[s.identity(q, &q.parts[j])]++
		}
	}
	return out
}

var localVar = regexp.MustCompile(`__local\d+__`)

// identity is equal for parts that give the same answers: it names the question,
// the clause and all rules that it leads to, by their texts.
func (s *Set) identity(q *question, p *part) string {
	binding, err := json.Marshal(q.binding)
	if err != nil {
		panic("policy: a binding of plain texts did not encode: " + err.Error())
	}
	texts := []string{plainText(p.body)}
	for _, rule := range projection.Rules(s.compiler, p.body) {
		texts = append(texts, rule.Ref().String()+" "+plainText(rule))
	}
	slices.Sort(texts[1:])
	sum := sha256.Sum256([]byte(strings.Join(texts, "\n")))
	return fmt.Sprintf("%s %s %s %v %x", q.answer, q.rule, binding, q.images, sum)
}

// plainText is a rule's text with its local names counted from one, because the
// compiler counts them through all files.
func plainText(rule fmt.Stringer) string {
	names := map[string]string{}
	return localVar.ReplaceAllStringFunc(rule.String(), func(name string) string {
		if names[name] == "" {
			names[name] = fmt.Sprint("__local", len(names), "__")
		}
		return names[name]
	})
}
