package outside_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/org/outside"
	"github.com/paddock-dev/paddock/internal/testkit"
)

const rules = `package paddock.app.deploy

deny contains {"code": "bad_name", "message": "The name is bad."} if startswith(input.app.name, "bad")

approve contains {"role": "security", "reason": "It is restricted."} if input.app.classification == "restricted"
`

// bench is a book on the real store.
type bench struct {
	*testkit.Ground
	*outside.Book
	set *policy.Set
	who core.Person
}

func newBench(t *testing.T) *bench {
	g := testkit.New(t)
	set, err := policy.Compile(t.Context(), map[string][]byte{"a.rego": []byte(rules)}, nil, nil)
	g.Must(err)
	b := &bench{Ground: g, set: set, who: g.Somebody("sam@example.org", core.RoleSecurity)}
	b.Book = &outside.Book{Store: g, Audit: g.Audit, Clock: g.Clock, IDs: g.IDs, Rules: func() *policy.Set { return b.set }}
	return b
}

func zip(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.Bytes()
}

func (b *bench) take(text string) (outside.Taken, error) {
	return b.Take(context.Background(), b.who, core.Actor{Kind: core.ActorPerson, ID: b.who.ID}, zip(text), true)
}

// record is one decision as OPA writes it, with keys added or replaced.
func (b *bench) record(id, app, result string, more map[string]any) string {
	input := policy.Input{Gate: core.GateAppDeploy, App: policy.App{Name: app}}
	doc, _, err := input.Canonical()
	b.Must(err)
	r := map[string]any{"labels": map[string]string{"id": "opa-1", "version": "1.22.2"}, "decision_id": id, "path": "paddock_decision/app/deploy",
		"bundles": map[string]any{"paddock": map[string]string{"revision": b.set.Revision()}}, "input": json.RawMessage(doc), "result": json.RawMessage(result),
		"timestamp": "2026-11-29T10:00:00.123456789Z", "requested_by": "127.0.0.1:1", "metrics": map[string]int{"x": 1}}
	for k, v := range more {
		if r[k] = v; v == nil {
			delete(r, k)
		}
	}
	text, err := json.Marshal(r)
	b.Must(err)
	return string(text)
}

const (
	pass    = `{"allow":true,"deny":[],"warn":[],"approve":[],"entries":[]}`
	badName = `{"allow":false,"deny":[{"code":"bad_name","message":"The name is bad.","rule":"data.paddock.app.deploy"}],"warn":[],"approve":[]}`
)

// POL-2: what another server decided is held against what we would have said.
func TestDecisionsAreCompared(t *testing.T) {
	b := newBench(t)
	for note, c := range map[string]struct {
		app, result string
		more        map[string]any
		compared    core.Comparison
		inForce     bool
		why         string
	}{
		"the same pass":     {"payroll", pass, nil, core.Same, true, ""},
		"the same denial":   {"bad", badName, nil, core.Same, true, ""},
		"it let pass":       {"bad", pass, nil, core.Differs, true, "only here: deny bad_name"},
		"it denied":         {"payroll", badName, nil, core.Differs, true, "only there: deny bad_name"},
		"other words":       {"bad", strings.Replace(badName, "The name", "This name", 1), nil, core.Differs, true, "The texts differ."},
		"no answer":         {"payroll", `"yes"`, nil, core.Differs, true, "It is not the answer of a gate."},
		"undefined":         {"payroll", "", map[string]any{"result": nil}, core.Differs, true, "It is not the answer of a gate."},
		"older rules":       {"payroll", pass, map[string]any{"bundles": map[string]any{"paddock": map[string]string{"revision": "sha256:old"}}}, core.Same, false, ""},
		"no bundle":         {"payroll", pass, map[string]any{"bundles": nil}, core.Same, false, ""},
		"an old OPA":        {"payroll", pass, map[string]any{"bundles": nil, "revision": b.set.Revision()}, core.Same, true, ""},
		"something else":    {"payroll", pass, map[string]any{"path": "paddock/app/deploy/deny"}, core.NotCompared, true, "It was asked for something else than a gate's answer."},
		"an unknown gate":   {"payroll", pass, map[string]any{"path": "paddock_decision/app/launch"}, core.NotCompared, true, "It was asked for something else than a gate's answer."},
		"a query":           {"payroll", pass, map[string]any{"path": nil, "query": "x = 1\n" + strings.Repeat("y", 999)}, core.NotCompared, true, "It was asked for something else than a gate's answer."},
		"erased":            {"bad", pass, map[string]any{"erased": []string{"/input/app/name"}}, core.NotCompared, true, "The other server left something out or masked it."},
		"masked":            {"bad", pass, map[string]any{"masked": []string{"/input/app/owner"}}, core.NotCompared, true, "The other server left something out or masked it."},
		"it failed":         {"payroll", pass, map[string]any{"error": map[string]string{"code": "x"}}, core.NotCompared, true, "The other server failed."},
		"no input":          {"payroll", pass, map[string]any{"input": nil}, core.NotCompared, true, "It had no input."},
		"an input of texts": {"payroll", pass, map[string]any{"input": "hello"}, core.NotCompared, true, "Its input is none that a gate can be asked about."},
	} {
		t.Run(note, func(t *testing.T) {
			b.Ground.Clock.Move(time.Millisecond)
			if _, err := b.take("[" + b.record(note, c.app, c.result, c.more) + "]"); err != nil {
				t.Fatal(err)
			}
			list, err := b.OutsideDecisions(b.Ctx(), "", false, 1)
			b.Must(err)
			o := list[0]
			if o.Decision != note || o.Compared != c.compared || o.InForce != c.inForce || o.Why != c.why || o.Source != "opa-1" || o.Made == 0 {
				t.Errorf("%+v", o)
			}
			if o.Drifts() != (c.compared == core.Differs || !c.inForce) {
				t.Errorf("drift is %v", o.Drifts())
			}
			if len(o.Query) > 300 || strings.ContainsAny(o.Query, "\n") {
				t.Errorf("kept the query %q", o.Query)
			}
		})
	}
}

// An upload is one event, whatever is in it; one that comes again adds nothing.
func TestUploadIsOneEvent(t *testing.T) {
	b := newBench(t)
	before := len(b.Events(0))
	upload := "[" + b.record("1", "payroll", pass, nil) + "," + b.record("2", "bad", pass, nil) + "," + b.record("1", "payroll", pass, nil) + "]"
	got, err := b.take(upload)
	if err != nil || got != (outside.Taken{New: 2, Known: 1, Drifted: 1}) {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = b.take(upload)
	if err != nil || got != (outside.Taken{Known: 3}) {
		t.Errorf("again: %+v, %v", got, err)
	}
	if events := b.Events(before); fmt.Sprint(events) != "[policy.outside policy.outside]" {
		t.Errorf("events %v", events)
	}
	list, err := b.OutsideDecisions(b.Ctx(), "", false, 10)
	b.Must(err)
	in := policy.Input{Gate: core.GateAppDeploy, App: policy.App{Name: "bad"}}
	_, digest, _ := in.Canonical()
	if len(list) != 2 || list[0].InputDigest != digest && list[1].InputDigest != digest || fmt.Sprint(list[0].Result) != "{[] [] []}" {
		t.Errorf("%+v", list)
	}
}

// Uploads that are too large, too deep or no log at all are refused whole.
func TestHostileUploads(t *testing.T) {
	b := newBench(t)
	one := b.record("1", "payroll", pass, nil)
	many := "[" + strings.Repeat(`{"decision_id":"x","timestamp":"2026-11-29T10:00:00Z"},`, 5000) + `{"decision_id":"x","timestamp":"2026-11-29T10:00:00Z"}]`
	for note, c := range map[string]struct {
		body []byte
		code core.Code
	}{
		"nothing":          {zip(""), core.Unreadable},
		"not compressed":   {[]byte("[" + one + "]"), core.Unreadable},
		"cut off":          {zip("[" + one + "]")[:40], core.Unreadable},
		"no list":          {zip(one), core.Unreadable},
		"no end":           {zip("[" + one), core.Unreadable},
		"two lists":        {zip("[][]"), core.Unreadable},
		"texts":            {zip(`["a"]`), core.Unreadable},
		"a bomb":           {zip(strings.Repeat(" ", 33<<20)), core.TooLarge},
		"too deep":         {zip(`[{"input":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "}]"), core.TooLarge},
		"too many":         {zip(many), core.TooLarge},
		"too large":        {make([]byte, outside.MaxUpload+1), core.TooLarge},
		"no name":          {zip("[" + b.record("", "payroll", pass, nil) + "]"), core.Invalid},
		"a name with line": {zip("[" + b.record("a\nb", "payroll", pass, nil) + "]"), core.Invalid},
		"a long name":      {zip("[" + b.record(strings.Repeat("a", 300), "payroll", pass, nil) + "]"), core.Invalid},
		"no time":          {zip("[" + b.record("1", "payroll", pass, map[string]any{"timestamp": nil}) + "]"), core.Invalid},
		"much masked":      {zip("[" + b.record("1", "payroll", pass, map[string]any{"masked": make([]string, 101)}) + "]"), core.TooLarge},
	} {
		before := len(b.Events(0))
		_, err := b.Take(b.Ctx(), b.who, core.Actor{}, c.body, true)
		if core.CodeOf(err) != c.code || len(b.Events(before)) != 0 {
			t.Errorf("%s: %v (%s)", note, err, core.CodeOf(err))
		}
	}
	if list, _ := b.OutsideDecisions(b.Ctx(), "", false, 10); len(list) != 0 {
		t.Errorf("kept %+v", list)
	}
}

// Whatever the bytes, reading ends within its bounds.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`[{"decision_id":"1","timestamp":"2026-11-29T10:00:00Z","input":{"a":[1]},"result":{"deny":[]}}]`))
	f.Add([]byte(`[{"decision_id":"1","timestamp":"2026-11-29T10:00:00Z","erased":["/input/x"],"labels":{"id":"x"},"bundles":{"paddock":{"revision":"r"}}}]`))
	f.Add([]byte(`[[`))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := outside.Read(b, false)
		if err != nil {
			return
		}
		for _, r := range list {
			if r.DecisionID == "" || r.Timestamp.IsZero() {
				t.Errorf("read %+v", r)
			}
		}
		if again, err := outside.Read(zip(string(b)), true); err != nil || len(again) != len(list) {
			t.Errorf("compressed: %d, %v; plain: %d", len(again), err, len(list))
		}
	})
}
