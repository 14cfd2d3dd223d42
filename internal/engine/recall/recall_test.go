package recall_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/engine/recall"
	"github.com/paddock-dev/paddock/internal/testkit"
)

const rules = `package paddock.app.deploy

deny contains {"code": "bad_region", "message": "The region is bad.", "fix": "Move it."} if input.app.region == "nowhere"

approve contains {"role": "data-owner", "reason": "It holds restricted data."} if input.app.classification == "restricted"
`

// history knows one revision.
type history struct{ set *policy.Set }

func (h history) Rules(_ context.Context, revision string) (*policy.Set, error) {
	if revision != h.set.Revision() {
		return nil, core.Errorf(core.NotFound, "no such rules")
	}
	return h.set, nil
}

// past is a ground with one set of rules.
type past struct {
	*testkit.Ground
	*recall.Recall
	set *policy.Set
	app core.App
}

func newPast(t *testing.T) *past {
	g := testkit.New(t)
	set, err := policy.Compile(t.Context(), map[string][]byte{"deploy.rego": []byte(rules)}, nil, nil)
	g.Must(err)
	return &past{g, &recall.Recall{Records: g.DB, History: history{set}}, set, g.NewApp("payroll", g.Somebody("ada@example.org"))}
}

// keep stores what the rules say, as edit leaves it.
func (p *past) keep(id core.ID, app policy.App, edit func(*core.Decision)) {
	doc, digest, err := policy.Input{Gate: core.GateAppDeploy, Now: "2026-01-01T00:00:00Z", App: app}.Canonical()
	p.Must(err)
	a, err := p.set.Answer(p.Ctx(), core.GateAppDeploy, doc)
	p.Must(err)
	d := core.Decision{ID: id, Gate: core.GateAppDeploy, AppID: p.app.ID, Subject: "x", Actor: core.System("test"), Result: policy.ResultOf(a.Verdicts), Verdicts: a.Verdicts,
		PolicyRevision: p.set.Revision(), InputDigest: digest, Input: doc, At: 5, Fired: a.Fired, Took: 7}
	if edit != nil {
		d.Verdicts.Deny, d.Fired = slices.Clone(d.Verdicts.Deny), slices.Clone(d.Fired) // the set's own
		edit(&d)
	}
	p.Must(p.Quietly(p.Ctx(), func(ctx context.Context) error { return p.AddDecision(ctx, d) }))
}

func TestReplayFindsEachDifference(t *testing.T) {
	p := newPast(t)
	bad, held := policy.App{Region: "nowhere"}, policy.App{Region: "eu", Classification: core.Restricted}
	for id, c := range map[core.ID]struct {
		app  policy.App
		edit func(*core.Decision)
		says []string // of the differences; none for the same answer
	}{
		"denied":  {bad, nil, nil},
		"waiting": {held, nil, nil},
		"granted": {held, func(d *core.Decision) { d.Result, d.RequestID = core.Allow, "r" }, nil},
		"refused": {held, func(d *core.Decision) {
			d.Result = core.Deny
			d.Verdicts.Deny = append(d.Verdicts.Deny, core.Reason{Code: "approval_refused", Rule: "approval", Message: "No."})
		}, nil},
		"old":       {bad, func(d *core.Decision) { d.Fired, d.Took = nil, 0 }, nil},
		"allowed":   {bad, func(d *core.Decision) { d.Result = core.Allow }, []string{"The kept answer is allow, but the rules lead to deny."}},
		"ungranted": {held, func(d *core.Decision) { d.Result = core.Allow }, []string{"The kept answer is allow, but the rules lead to pending."}},
		"reworded":  {bad, func(d *core.Decision) { d.Verdicts.Deny[0].Message = "Fine." }, []string{"No longer denied by", "Newly denied by"}},
		"warned":    {bad, func(d *core.Decision) { d.Verdicts.Warn = []core.Reason{{Code: "w"}} }, []string{"No longer warned by"}},
		"others":    {bad, func(d *core.Decision) { d.Fired[0].Place = "elsewhere.rego:1:1" }, []string{"Other rules fired."}},
	} {
		p.keep(id, c.app, c.edit)
		r, err := p.Replay(p.Ctx(), id)
		p.Must(err)
		if r.Same != (len(c.says) == 0) || len(r.Differences) != len(c.says) || r.Policy != p.set.Revision() {
			t.Errorf("%s: %+v", id, r)
			continue
		}
		for i, want := range c.says {
			if !strings.HasPrefix(r.Differences[i], want) {
				t.Errorf("%s: %q", id, r.Differences[i])
			}
		}
	}
}

func TestExplainNamesFactsAndWaysOut(t *testing.T) {
	p := newPast(t)
	p.keep("d", policy.App{Region: "nowhere", Classification: core.Restricted}, nil)
	e, err := p.Explain(p.Ctx(), "d")
	p.Must(err)
	if e.Result != core.Deny || len(e.Because) != 2 || !slices.Equal(e.Change, []string{"bad_region: Move it.", "Somebody with the role data-owner has to say yes: It holds restricted data."}) {
		t.Fatalf("%+v", e)
	}
	b := e.Because[0]
	if b.Code != "bad_region" || b.Place != "deploy.rego:3:1" || !slices.Equal(b.Reads, []policy.Read{{Path: "app.region", Value: `"nowhere"`, There: true}}) {
		t.Errorf("%+v", b)
	}
	p.keep("fine", policy.App{Region: "eu"}, nil)
	if e, err := p.Explain(p.Ctx(), "fine"); err != nil || len(e.Because)+len(e.Change) != 0 {
		t.Errorf("%+v %v", e, err)
	}
}

func TestShowAndWhatIsGone(t *testing.T) {
	p := newPast(t)
	p.keep("d", policy.App{Region: "nowhere"}, nil)
	s, err := p.Show(p.Ctx(), "d")
	p.Must(err)
	if s.App != "payroll" || s.By != "test" || s.TookMicro != 7 || len(s.Fired) != 1 || s.Approvals == nil || s.At != "1970-01-01T00:00:00Z" {
		t.Errorf("%+v", s)
	}
	p.keep("gone", policy.App{}, func(d *core.Decision) { d.PolicyRevision, d.AppID, d.RequestID = "sha256:gone", "nobody", "no request" })
	if s, err := p.Show(p.Ctx(), "gone"); err != nil || s.App != "" {
		t.Errorf("%+v %v", s, err)
	}
	for _, id := range []core.ID{"gone", "none"} {
		if _, err := p.Replay(p.Ctx(), id); core.CodeOf(err) != core.NotFound {
			t.Errorf("replay of %s: %v", id, err)
		}
		if _, err := p.Explain(p.Ctx(), id); core.CodeOf(err) != core.NotFound {
			t.Errorf("explanation of %s: %v", id, err)
		}
	}
}
