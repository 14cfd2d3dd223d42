package run

import (
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
)

// Bounds of what is kept of an app's output.
const (
	maxLines    = 500
	maxLineText = 2000 // bytes
)

// LogLine is one line an app printed, or one the platform says about it.
type LogLine struct {
	At         int64  // Stamp
	Level      string // log, warn or error
	Text       string
	Deployment core.ID
}

// ring keeps the last lines.
type ring struct {
	mu    sync.Mutex
	lines []LogLine
	next  int // where the next line goes once the ring is full
}

func newRing() *ring { return &ring{} }

func (r *ring) add(l LogLine) {
	if len(l.Text) > maxLineText {
		l.Text = l.Text[:maxLineText] + "..."
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.lines) < maxLines {
		r.lines = append(r.lines, l)
		return
	}
	r.lines[r.next] = l
	r.next = (r.next + 1) % maxLines
}

func (r *ring) all() []LogLine {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append(append([]LogLine(nil), r.lines[r.next:]...), r.lines[:r.next]...)
}

// printed returns where a process of the app prints to.
func (a *app) printed(deployment core.ID) func(level, text string) {
	return func(level, text string) {
		a.lines.add(LogLine{At: core.Stamp(a.m.o.Clock.Now()), Level: level, Text: text, Deployment: deployment})
	}
}
