package policy

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy/projection"
)

// Set is one revision of all policies, compiled. It never changes what it
// answers; it remembers what it has answered. It is safe for concurrent use.
type Set struct {
	revision string
	files    map[string][]byte
	bindings []Binding
	rollout  Rollout
	budget   time.Duration

	exemptions []Exemption

	compiler *ast.Compiler
	store    storage.Store // empty: policies have no data but the input
	txn      storage.Transaction
	gates    map[core.Gate]func() *asked // made when a gate is first asked
	memory   *memory
	bars     bool // some rule can refuse acts
	watcher  *watcher
}

// asked is all that one gate asks.
type asked struct {
	questions []question
	plan      projection.Plan
	reads     projection.Reading // of all questions together
	number    uint32
	object    bool // some rule can read workload.object
}

// question is one answer that a gate asks for.
type question struct {
	answer  string // deny, warn or approve; empty for an allow-style binding
	rule    string // the package, as Reason.Rule names it
	binding Binding
	images  bool // asked once for each image of the workload
	parts   []part
}

// Revision names the policies by content: "sha256:" and 64 hex digits over the
// rules, bindings, rollout and exemptions. Tests do not change it.
func (s *Set) Revision() string { return s.revision }

// Halt returns the same rules, some of which only warn because they would have
// blocked too many apps. Both remember answers together: halting comes after.
func (s *Set) Halt(rules []string) *Set {
	if len(rules) == 0 {
		return s
	}
	out := *s
	out.rollout = s.rollout.Halt(rules)
	out.revision = Revision(s.files, s.bindings, out.rollout, s.exemptions...)
	return &out
}

// Halted returns the rules that only warn because they would have blocked too many
// apps, sorted.
func (s *Set) Halted() []string { return s.rollout.Halted() }

// WithRollout returns the same rules with another rollout. Both remember answers
// together.
func (s *Set) WithRollout(r Rollout) *Set {
	out := *s
	out.rollout = r
	out.revision = Revision(s.files, s.bindings, r, s.exemptions...)
	return &out
}

// prepare makes the set ready: the rules of each gate are taken apart when it is
// first asked, once.
func (s *Set) prepare(ctx context.Context, c *ast.Compiler) error {
	s.compiler, s.store, s.memory, s.watcher, s.gates = c, inmem.New(), newMemory(), newWatcher(), map[core.Gate]func() *asked{}
	txn, err := s.store.NewTransaction(ctx)
	if err != nil {
		return core.Hidden("Preparing the policies", err)
	}
	s.txn = txn
	s.bars = len(c.GetRules(ast.MustParseRef("data.paddock.authz.deny"))) > 0
	for i, g := range append(slices.Clone(core.Gates), Authz) {
		s.gates[g] = sync.OnceValue(func() *asked { return s.apart(g, uint32(i)<<24) })
	}
	return nil
}

// gate returns all that a gate asks; nil for a gate that there is not.
func (s *Set) gate(g core.Gate) *asked {
	if made := s.gates[g]; made != nil {
		return made()
	}
	return nil
}

// apart takes the rules of a gate apart. Its parts have the numbers after
// number, whichever gates were asked before: answers are remembered by them.
func (s *Set) apart(g core.Gate, number uint32) *asked {
	c, a := s.compiler, &asked{questions: s.questions(g)}
	var all []projection.Reading
	for i := range a.questions {
		for j := range a.questions[i].parts {
			p := &a.questions[i].parts[j]
			number++
			p.number, p.paths, p.glances = number, a.questions[i].paths(projection.Reads(c, p.body)), a.questions[i].glances(projection.Glances(c, p.body))
			p.reads = a.plan.Add(p.glances)
			if !a.questions[i].images {
				p.guard = guardOf(c, p, projection.Glances(c, p.body))
			}
			if p.guard != nil {
				number++
				p.guard.number, p.guard.glances = number, a.questions[i].glances(p.guard.glances)
				p.guard.reads = a.plan.Add(p.guard.glances)
			}
			all = append(all, p.reads)
			a.object = a.object || slices.ContainsFunc(p.glances, touchesObject)
		}
	}
	number++
	a.number, a.reads = number, projection.Join(all...)
	return a
}

func (s *Set) questions(g core.Gate) []question {
	var out []question
	pkg := "data.paddock." + string(g)
	for _, answer := range answers {
		if ref := ast.MustParseRef(pkg + "." + answer); len(s.compiler.GetRules(ref)) > 0 {
			out = append(out, question{answer: answer, rule: pkg, parts: partsOf(s.compiler, ref)})
		}
	}
	for _, b := range s.bindings {
		for _, asks := range b.Gates {
			if asks == g {
				out = append(out, s.bound(g, b))
			}
		}
	}
	return out
}

// bound is the question that a binding asks.
func (s *Set) bound(g core.Gate, b Binding) question {
	ref := ast.MustParseRef(b.Query)
	q := question{answer: b.sets(), rule: b.Query[:strings.LastIndexByte(b.Query, '.')], binding: b, images: g == core.GateWorkloadAdmit && b.Input == "app"}
	if q.answer == "" {
		q.parts = []part{wholePart(s.compiler, ref)}
	} else {
		q.parts = partsOf(s.compiler, ref)
	}
	return q
}

// touchesObject reports whether a path leads to workload.object, into it, or to
// something that holds it.
func touchesObject(g projection.Glance) bool {
	object := projection.Path{"workload", "object"}
	n := min(len(g.Path), len(object))
	return slices.Equal(g.Path[:n], object[:n])
}

// paths places what a part reads in the input of the gate.
func (q *question) paths(list []projection.Path) []projection.Path {
	var out []projection.Path
	for _, p := range list {
		out = append(out, q.place(p))
	}
	if q.images {
		out = append(out, projection.Path{"workload", "images"})
	}
	return out
}

// glances places what a part can tell in the input of the gate.
func (q *question) glances(list []projection.Glance) []projection.Glance {
	var out []projection.Glance
	for _, g := range list {
		out = append(out, projection.Glance{Path: q.place(g.Path), Against: g.Against})
	}
	if q.images {
		out = append(out, projection.Glance{Path: projection.Path{"workload", "images"}})
	}
	return out
}

// place leads from the input of the gate to what a bound policy sees as input.
func (q *question) place(p projection.Path) projection.Path {
	if q.binding.Input == "" {
		return p
	}
	return append(projection.Path{q.binding.Input}, p...)
}

// Rollout returns how far each rule reaches. It may not be changed.
func (s *Set) Rollout() Rollout { return s.rollout }

// Exemptions lists the exemptions in their order. It may not be changed.
func (s *Set) Exemptions() []Exemption { return s.exemptions }
