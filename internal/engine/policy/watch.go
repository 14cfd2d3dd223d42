package policy

import (
	"runtime"
	"runtime/metrics"
	"slices"
	"sync"
	"time"
)

// How evaluations are kept from using up the memory.
const (
	// MemoryBudget is how much the heap may grow while an evaluation runs long.
	MemoryBudget = 128 << 20
	watchAfter   = 20 * time.Millisecond // short evaluations are not watched
	watchEvery   = 5 * time.Millisecond
)

// watcher ends the longest of the evaluations that run long, when the heap has
// grown too much since it began. It is safe for concurrent use.
type watcher struct {
	heap    func() uint64 // bytes of objects on the heap, garbage included
	collect func()        // takes the garbage away
	budget  uint64

	mu   sync.Mutex
	long []*stopper // oldest first
}

func newWatcher() *watcher {
	return &watcher{heap: heapObjects, collect: runtime.GC, budget: MemoryBudget}
}

// heapObjects reads how many bytes lie on the heap; it costs about a microsecond.
func heapObjects() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// begin takes an evaluation under watch, once it has run for watchAfter.
func (w *watcher) begin(s *stopper) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s.began = w.heap()
	s.watch = time.AfterFunc(watchAfter, func() { w.look(s) })
}

// end lets an evaluation go.
func (w *watcher) end(s *stopper) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s.over = true
	s.watch.Stop()
	if i := slices.Index(w.long, s); i >= 0 {
		w.long = slices.Delete(w.long, i, i+1)
	}
}

// look measures, and comes back while the evaluation runs. Garbage does not
// count: before an evaluation is ended the heap is cleaned and measured again.
func (w *watcher) look(s *stopper) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s.over {
		return
	}
	if !slices.Contains(w.long, s) {
		w.long = append(w.long, s)
	}
	if w.grown() && w.cleaned() {
		longest := w.long[0]
		longest.overMemory.Store(true)
		longest.cancel.Cancel()
		for _, other := range w.long[1:] { // they are not at fault for this
			other.began = w.heap()
		}
		w.long = slices.Delete(w.long, 0, 1)
		longest.over = true
	}
	if !s.over {
		s.watch.Reset(watchEvery)
	}
}

func (w *watcher) grown() bool { return w.heap() > w.long[0].began+w.budget }

func (w *watcher) cleaned() bool {
	w.collect()
	return w.grown()
}
