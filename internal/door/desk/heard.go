package desk

import (
	"sync"
	"time"
)

// heard remembers questions for a while. The zero value is ready.
type heard struct {
	mu sync.Mutex
	at map[string]time.Time
}

// mostHeard bounds what is remembered.
const mostHeard = 10_000

// before reports whether the question was asked within the time before now, and
// remembers it if it was not.
func (h *heard) before(question string, now time.Time, within time.Duration) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if last, ok := h.at[question]; ok && now.Sub(last) >= 0 && now.Sub(last) < within {
		return true
	}
	if h.at == nil || len(h.at) >= mostHeard {
		h.at = map[string]time.Time{}
	}
	h.at[question] = now
	return false
}

// forget takes back what before remembered.
func (h *heard) forget(question string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.at, question)
}
