package run

import (
	"context"
	"net"

	"github.com/paddock-dev/paddock/internal/core"
)

// Launch says what process to start.
type Launch struct {
	AppID      core.ID
	Name       string
	Deployment core.ID
	Script     []byte            // worker.js, an ES module
	Env        map[string]string // text settings the app reads from env
	Limits     core.Guardrails   // resolved: no zeros
	Sockets    string            // folder with data.sock and egress.sock listening
	Scratch    string            // folder of the engine's own, private to this start
	// Log receives one line the app printed; level is log, warn or error.
	Log func(level, text string)
}

// Engine starts processes. Start returns when the app answers on Dial.
//
// Errors: Invalid if the app's code does not load; Unavailable otherwise.
type Engine interface {
	Start(ctx context.Context, l Launch) (Process, error)
}

// EngineFunc makes an Engine of a function, so that an adapter with its own
// types is wired in one line.
type EngineFunc func(ctx context.Context, l Launch) (Process, error)

// Start calls f.
func (f EngineFunc) Start(ctx context.Context, l Launch) (Process, error) { return f(ctx, l) }

// Process is one running app version. All methods may be called concurrently.
type Process interface {
	// Dial connects to the app, which speaks HTTP/1.1.
	Dial(ctx context.Context) (net.Conn, error)
	// Usage is the CPU time so far in milliseconds, and memory now in MiB.
	Usage() (cpuMS, memoryMiB int64)
	// Kill ends the process at once and returns when it is gone.
	Kill()
	// Done is closed when the process has ended.
	Done() <-chan struct{}
	// Why says why it ended: "memory", "killed" or "exited".
	Why() string
}
