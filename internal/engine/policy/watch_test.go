package policy

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// growing is a rule that would need several GB.
const growing = `package paddock.app.create

deny contains {"code": "x", "message": "x"} if {
	some i in numbers.range(1, 30000000)
	i < 0
}
`

func setOf(t *testing.T, rego string) *Set {
	t.Helper()
	s, err := Compile(t.Context(), map[string][]byte{"a.rego": []byte(rego)}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A rule that really grows is ended by the memory that it takes, long before its
// time is over, and the answer says why.
func TestAGrowingRuleIsEnded(t *testing.T) {
	s := setOf(t, growing)
	doc, err := Fill(core.GateAppCreate, []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	v, err := s.Replay(t.Context(), core.GateAppCreate, doc)
	if err != nil || len(v.Deny) != 1 || v.Deny[0].Code != policyFailed || !strings.Contains(v.Deny[0].Message, "too much memory") {
		t.Fatalf("%+v %v", v, err)
	}
	if took := time.Since(began); took > replayBudget/2 {
		t.Errorf("it ran for %s", took)
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > 4*MemoryBudget {
		t.Errorf("the heap still holds %d MiB", m.HeapAlloc>>20)
	}
	// A failure is not remembered, and the next evaluation is not at fault for it.
	if a, err := s.Answer(t.Context(), core.GateChangeMerge, doc); err != nil || len(a.Verdicts.Deny) != 0 {
		t.Errorf("%+v %v", a, err)
	}
}

// heap is a heap that a test makes grow.
type heap struct{ size, garbage uint64 }

func (h *heap) watcher() *watcher {
	return &watcher{heap: func() uint64 { return h.size + h.garbage }, collect: func() { h.garbage = 0 }, budget: 100}
}

// watched puts an evaluation under watch as if it had run long.
func watched(w *watcher) (*stopper, *stopped) {
	c := &stopped{}
	s := &stopper{cancel: c}
	w.begin(s)
	s.watch.Stop()
	w.look(s)
	s.watch.Stop()
	return s, c
}

// stopped is a cancel that only remembers.
type stopped struct{ done bool }

func (s *stopped) Cancel()         { s.done = true }
func (s *stopped) Cancelled() bool { return s.done }

func TestOnlyTheLongestIsEnded(t *testing.T) {
	h := &heap{size: 1000}
	w := h.watcher()
	a, aEnd := watched(w)
	h.size += 60
	b, bEnd := watched(w)
	if aEnd.done || bEnd.done {
		t.Fatal("ended within the budget")
	}
	h.garbage = 500 // garbage does not count
	w.look(b)
	if aEnd.done || bEnd.done || h.garbage != 0 {
		t.Fatal("ended for garbage")
	}
	h.size += 41 // 101 since a began, 41 since b did
	w.look(b)
	if !aEnd.done || bEnd.done || !a.overMemory.Load() || b.overMemory.Load() {
		t.Fatalf("a ended %v, b ended %v", aEnd.done, bEnd.done)
	}
	h.size += 100 // just what b may
	w.look(b)
	if bEnd.done {
		t.Fatal("b is at fault for a's growth")
	}
	h.size++
	w.look(b)
	if !bEnd.done {
		t.Fatal("b goes on growing")
	}
	w.end(a)
	w.end(b)
	if len(w.long) != 0 {
		t.Errorf("%d are still watched", len(w.long))
	}
	c, cEnd := watched(w)
	w.end(c)
	h.size += 1000
	w.look(c)
	if cEnd.done || len(w.long) != 0 {
		t.Error("one that is over is watched again")
	}
}

// The caller that goes away ends the evaluation.
func TestAGoneCallerEndsTheRule(t *testing.T) {
	s := setOf(t, strings.ReplaceAll(growing, "30000000", "1000000"))
	doc, _ := Fill(core.GateAppCreate, []byte("{}"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Answer(ctx, core.GateAppCreate, doc); core.CodeOf(err) != core.Unavailable {
		t.Errorf("%v", err)
	}
}
