package workerd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Why an app process ended.
const (
	whyMemory = "memory" // it passed its memory limit
	whyKilled = "killed" // Kill was called
	whyExited = "exited" // it ended by itself
)

// readyTimeout bounds a start; measured starts take 40 ms.
const readyTimeout = 15 * time.Second

// Process is one app version that runs. It is safe for concurrent use.
type Process struct {
	engine   *Engine
	launch   Launch
	cmd      *exec.Cmd
	pid      int
	pipes    *pipes
	folder   folder
	lines    *printed
	listens  chan struct{} // closed when workerd listens
	done     chan struct{}
	killOnce sync.Once
	killed   atomic.Bool
	tooBig   atomic.Bool
	mu       sync.Mutex // guards the fields below
	group    group
	why      string
	cpuMS    int64 // final, once it ended
}

func newProcess(e *Engine, l Launch, cmd *exec.Cmd, pp *pipes) *Process {
	p := &Process{engine: e, launch: l, cmd: cmd, pid: cmd.Process.Pid, pipes: pp, lines: newPrinted(l.Log),
		listens: make(chan struct{}), done: make(chan struct{})}
	e.mu.Lock()
	e.running[p] = struct{}{}
	if e.closed {
		p.killed.Store(true)
		killNow(p.pid)
	}
	e.mu.Unlock()
	var readers sync.WaitGroup
	readers.Go(func() { p.lines.read(pp.outRead, "log") })
	readers.Go(func() { p.lines.read(pp.errRead, "error") })
	readers.Go(func() { awaitListen(pp.controlRead, p.listens) })
	go p.reap(&readers)
	return p
}

func (p *Process) setGroup(g group) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.group = g
}

// reap waits for the end, finds its cause and gives everything back.
func (p *Process) reap(readers *sync.WaitGroup) {
	err := p.cmd.Wait()
	readers.Wait()
	p.mu.Lock()
	state := p.cmd.ProcessState
	p.cpuMS = (state.UserTime() + state.SystemTime()).Milliseconds()
	switch {
	case p.tooBig.Load() || p.group != nil && p.group.outOfMemory():
		p.why = whyMemory
	case p.killed.Load():
		p.why = whyKilled
	case p.lines.heapFull():
		p.why = whyMemory
	default:
		p.why = whyExited
	}
	if p.group != nil {
		p.group.remove()
	}
	why := p.why
	p.mu.Unlock()
	p.engine.log.Info("app process ended", "app", p.launch.AppID, "why", why, "err", err)
	p.pipes.closeOurEnds()
	p.folder.close()
	p.engine.mu.Lock()
	delete(p.engine.running, p)
	p.engine.mu.Unlock()
	close(p.done)
}

// ready waits until the app's socket listens.
func (p *Process) ready(ctx context.Context) error {
	timeout := time.NewTimer(readyTimeout)
	defer timeout.Stop()
	select {
	case <-p.listens:
		if err := p.settle(); err != nil {
			return err
		}
		return p.folder.open(p.launch.Sockets)
	case <-p.done:
		first := p.lines.firstError()
		if strings.HasPrefix(first, sandboxFailed) {
			return unavailable(p.launch.Name, errors.New(first))
		}
		if first != "" && p.Why() == whyExited {
			return core.Errorf(core.Invalid, "App %q did not start: %s", p.launch.Name, first).
				Hinted("Correct the code, then build and deploy again.")
		}
		return unavailable(p.launch.Name, fmt.Errorf("it ended before it listened: %s", p.Why()))
	case <-timeout.C:
		return unavailable(p.launch.Name, fmt.Errorf("it did not listen within %s", readyTimeout))
	case <-ctx.Done():
		return ctx.Err()
	}
}

// settle takes back the extra CPU that the start had.
func (p *Process) settle() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.group == nil || p.why != "" {
		return nil
	}
	if err := p.group.limitCPU(p.launch.Limits.CPUMillis); err != nil {
		return core.Hidden("Limiting the CPU of app "+p.launch.Name, err)
	}
	return nil
}

// Dial connects to the app.
func (p *Process) Dial(ctx context.Context) (net.Conn, error) { return p.folder.dial(ctx, "in.sock") }

// Done is closed when the process has ended and its limits are given back.
func (p *Process) Done() <-chan struct{} { return p.done }

// Why says why the process ended: "memory", "killed" or "exited"; "" while it runs.
func (p *Process) Why() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.why
}

// Usage returns the CPU time since the start, in milliseconds, and the memory
// held now, in MiB. After the end CPU time is final and memory 0.
func (p *Process) Usage() (cpuMS, memoryMiBNow int64) {
	select {
	case <-p.done:
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.cpuMS, 0
	default:
		return cpuMillis(p.pid), memoryMiB(p.pid)
	}
}

// Kill ends the process at once and returns when it is gone. It may be called
// again and by several.
func (p *Process) Kill() {
	p.killOnce.Do(func() {
		p.killed.Store(true)
		killNow(p.pid)
	})
	<-p.done
}

// watchMemory stands in for a memory cgroup: it looks ten times a second.
func (p *Process) watchMemory() {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-p.done:
			return
		case <-tick.C:
			if memoryMiB(p.pid) > int64(p.launch.Limits.MemoryMiB) {
				p.tooBig.Store(true)
				killNow(p.pid)
				return
			}
		}
	}
}
