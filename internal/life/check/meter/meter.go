// Package meter tells somebody who waits how far the checks are. It is on its way
// beside them, in the context: nothing of it reaches a report.
package meter

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
)

// Told hears which part is shown and how far it is; all is 0 while nobody knows.
// It is called by one goroutine at a time.
type Told func(phase string, done, all int64)

// step is how often a part is told of, in steps of its own.
const step = 16

type key struct{}

// meter shows one part after another: of those at work, the one that began first.
type meter struct {
	told Told

	mu    sync.Mutex
	parts []*Part // at work, in the order in which they began
}

// With returns a context whose parts are told of. A nil told changes nothing.
func With(ctx context.Context, told Told) context.Context {
	if told == nil {
		return ctx
	}
	return context.WithValue(ctx, key{}, &meter{told: told})
}

// Part is one part of the work. Its methods may be called on nil, which counts
// nothing, and by many goroutines.
type Part struct {
	of    *meter
	phase string
	all   int64
	done  atomic.Int64
}

// Begin begins a part of so many steps, 0 if nobody knows; nil if nobody waits.
func Begin(ctx context.Context, phase string, all int) *Part {
	m, _ := ctx.Value(key{}).(*meter)
	if m == nil {
		return nil
	}
	p := &Part{of: m, phase: phase, all: int64(all)}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.parts = append(m.parts, p)
	m.show()
	return p
}

// Step counts a step.
func (p *Part) Step() {
	if p == nil || p.done.Add(1)%step != 0 {
		return
	}
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	if len(p.of.parts) > 0 && p.of.parts[0] == p {
		p.of.show()
	}
}

// End ends the part; another one at work is shown.
func (p *Part) End() {
	if p == nil {
		return
	}
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	p.of.parts = slices.DeleteFunc(p.of.parts, func(o *Part) bool { return o == p })
	p.of.show()
}

// show tells of the first part. The caller holds the lock.
func (m *meter) show() {
	if len(m.parts) == 0 {
		return
	}
	p := m.parts[0]
	done := p.done.Load()
	if p.all > 0 {
		done = min(done, p.all)
	}
	m.told(p.phase, done, p.all)
}
