package policy

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy/projection"
)

// Tried is one clause that a gate asked, and what came of it.
type Tried struct {
	Answer string   `json:"answer"` // deny, warn or approve; deny for an allow-style rule
	Rule   string   `json:"rule"`   // data.paddock.lib.regions.deny
	Place  string   `json:"place"`  // policies/regions.rego:4:1
	Fired  bool     `json:"fired"`
	Said   []string `json:"said,omitempty"`   // what it said, in its own words
	Codes  []string `json:"codes,omitempty"`  // codes of what it said, or roles
	Failed *Failed  `json:"failed,omitempty"` // the line that did not hold, if it did not fire
	Reads  []Read   `json:"reads"`            // all that it can read of the input
}

// Failed is the line of a clause that did not hold.
type Failed struct {
	Text  string `json:"text"`
	Place string `json:"place"`
	Reads []Read `json:"reads"` // what that line can read
}

// Read is a fact that a rule can read.
type Read struct {
	Path  string `json:"path"`  // app.region
	Value string `json:"value"` // as JSON, shortened
	There bool   `json:"there"` // the input has it
}

// maxShown bounds the bytes of a value that is shown.
const maxShown = 200

// Explain tries every clause that a gate asks, with nothing remembered, and says
// for each whether it fired, and if not which line did not hold. Errors are those
// of Answer.
func (s *Set) Explain(ctx context.Context, gate core.Gate, doc []byte) ([]Tried, error) {
	if _, err := s.Answer(ctx, gate, doc); err != nil {
		return nil, err
	}
	a, r := s.gate(gate), run{set: s, doc: doc, budget: replayBudget}
	defer r.end()
	if err := r.read(); err != nil {
		return nil, err
	}
	out := []Tried{}
	for i := range a.questions {
		for j := range a.questions[i].parts {
			out = append(out, r.try(ctx, &a.questions[i], &a.questions[i].parts[j]))
		}
	}
	return out, interrupted(ctx)
}

// try evaluates one clause under OPA's tracer.
func (r *run) try(ctx context.Context, q *question, p *part) Tried {
	lines := &lastLine{body: p.body}
	r.tracer = lines
	one := r.evaluate(ctx, q, p, r.input)
	r.tracer = nil
	t := Tried{Answer: orText(q.answer, "deny"), Rule: p.rule, Place: p.place, Fired: len(one.fired) > 0, Reads: r.values(p.paths)}
	for _, d := range append(one.verdicts.Deny, one.verdicts.Warn...) {
		t.Said, t.Codes = append(t.Said, d.Message), append(t.Codes, d.Code)
	}
	for _, n := range one.verdicts.Approve {
		t.Said, t.Codes = append(t.Said, n.Reason), append(t.Codes, string(n.Role))
	}
	if e := lines.failed; e != nil && !t.Fired && !p.whole {
		var paths []projection.Path
		for _, p := range projection.Reads(r.set.compiler, ast.NewBody(e)) {
			paths = append(paths, q.place(p))
		}
		t.Failed = &Failed{Text: sourceOf(e), Place: place(e.Location), Reads: r.values(paths)}
	}
	return t
}

// lastLine is a tracer that keeps the line of a body that is furthest down of
// those that did not hold.
type lastLine struct {
	body   ast.Body
	failed *ast.Expr
}

// Enabled implements topdown.QueryTracer.
func (*lastLine) Enabled() bool { return true }

// Config implements topdown.QueryTracer.
func (*lastLine) Config() topdown.TraceConfig { return topdown.TraceConfig{} }

// TraceEvent implements topdown.QueryTracer.
func (l *lastLine) TraceEvent(e topdown.Event) {
	expr, ok := e.Node.(*ast.Expr)
	if !ok || e.Op != topdown.FailOp {
		return
	}
	for _, line := range l.body {
		if line == expr && (l.failed == nil || expr.Index > l.failed.Index) {
			l.failed = expr
		}
	}
}

// sourceOf is a line as its author wrote it.
func sourceOf(e *ast.Expr) string {
	if e.Location != nil && len(e.Location.Text) > 0 {
		return strings.Join(strings.Fields(string(e.Location.Text)), " ")
	}
	return e.String()
}

// values looks up facts in the input.
func (r *run) values(paths []projection.Path) []Read {
	out := []Read{}
	for _, p := range paths {
		one := Read{Path: strings.Join(p, "."), Value: "null"}
		if one.Path == "" {
			one.Path = "the whole input"
		}
		ref := make(ast.Ref, len(p))
		for i, key := range p {
			ref[i] = ast.StringTerm(key)
		}
		if v, err := r.input.Value.Find(ref); err == nil {
			one.There = true
			if plain, err := ast.JSON(v); err == nil {
				one.Value = shown(plain)
			}
		}
		out = append(out, one)
	}
	return out
}

func shown(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	if len(b) > maxShown {
		return strings.ToValidUTF8(string(b[:maxShown]), "") + " ..."
	}
	return string(b)
}
