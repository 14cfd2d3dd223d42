package workerd

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/paddock-dev/paddock/internal/core"
)

// serviceID is the user and group apps run as when the server is root:
// "nobody" by long custom.
const serviceID = 65534

// Options are what an Engine needs; the zero value works.
type Options struct {
	Binary string       // path of workerd; empty searches, see Find
	Log    *slog.Logger // nil discards
}

// Engine starts apps. It is safe for concurrent use.
type Engine struct {
	binary  string
	libs    []bind
	log     *slog.Logger
	spawn   *spawner
	groups  groups // nil if the machine offers none
	spaces  bool   // namespaces work
	mu      sync.Mutex
	running map[*Process]struct{}
	closed  bool
}

// New finds the binary, tries out what the machine offers, and ends apps that
// a server which was killed left behind. The caller must Close it.
//
// Errors: Unavailable if there is no usable workerd, with how to install it.
func New(o Options) (*Engine, error) {
	if os.Getenv(envInside) != "" {
		return nil, core.Errorf(core.Internal, "An app engine cannot start inside an app's sandbox.").
			Hinted("Call workerd.SandboxInit first in main when the first argument is %s.", SandboxArg)
	}
	binary, err := Find(o.Binary)
	if err != nil {
		return nil, err
	}
	libs, err := libraries(binary)
	if err != nil {
		return nil, err
	}
	e := &Engine{binary: binary, libs: libs, log: o.Log, spawn: newSpawner(), running: map[*Process]struct{}{}}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	e.groups = findGroups()
	e.spaces = e.probe()
	e.log.Info("app engine ready", "binary", binary, "protection", e.Rung())
	return e, nil
}

// Close ends every app at once and gives the limits back. It may be called twice.
func (e *Engine) Close() error {
	e.mu.Lock()
	e.closed = true
	left := make([]*Process, 0, len(e.running))
	for p := range e.running {
		left = append(left, p)
	}
	e.mu.Unlock()
	for _, p := range left {
		p.Kill()
	}
	if e.groups != nil {
		e.groups.close()
	}
	e.spawn.close()
	return nil
}

// files lists what an app may read: the engine, its libraries, its own code.
func (e *Engine) files(folder string) []bind {
	return append([]bind{
		{Source: e.binary, Target: sandboxBinary},
		{Source: "/dev/urandom", Target: "/dev/urandom", Device: true},
		{Source: filepath.Join(folder, "config.capnp"), Target: sandboxConfig},
		{Source: filepath.Join(folder, "worker.js"), Target: sandboxWorker},
	}, e.libs...)
}

// command prepares sandbox-init. The child's descriptors 3 and 4 are inherited.
func (e *Engine) command(spaces bool, inherited ...*os.File) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", SandboxArg)
	cmd.Env = []string{envInside + "=1"}
	cmd.ExtraFiles = inherited
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if !spaces {
		return cmd
	}
	cmd.SysProcAttr.Cloneflags = unix.CLONE_NEWUSER | unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET |
		unix.CLONE_NEWIPC | unix.CLONE_NEWUTS
	uid, gid := os.Getuid(), os.Getgid()
	cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
	cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: gid, Size: 1}}
	if uid == 0 {
		service := syscall.SysProcIDMap{ContainerID: serviceID, HostID: serviceID, Size: 1}
		cmd.SysProcAttr.UidMappings = append(cmd.SysProcAttr.UidMappings, service)
		cmd.SysProcAttr.GidMappings = append(cmd.SysProcAttr.GidMappings, service)
		cmd.SysProcAttr.GidMappingsEnableSetgroups = true
	}
	return cmd
}

// probe builds a whole sandbox once and runs nothing in it, to learn whether
// the machine permits namespaces.
func (e *Engine) probe() bool {
	dir, err := os.MkdirTemp("", "paddock-probe-")
	if err != nil {
		return false
	}
	defer os.RemoveAll(dir)
	s := spec{Probe: true, Files: e.libs, Root: filepath.Join(dir, "root"), Sockets: dir, UID: serviceUser(true)}
	if err := os.Mkdir(s.Root, 0o755); err != nil {
		return false
	}
	specRead, specWrite, err := os.Pipe()
	if err != nil {
		return false
	}
	defer specWrite.Close()
	cmd := e.command(true, specRead)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	err = e.spawn.start(cmd)
	_ = specRead.Close()
	if err != nil {
		e.log.Warn("namespaces are not available", "err", err)
		return false
	}
	overdue := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
	defer overdue.Stop()
	_ = sendSpec(specWrite, s)
	if err := cmd.Wait(); err != nil {
		e.log.Warn("the sandbox cannot use namespaces here", "err", err, "complaint", complaint.String())
		return false
	}
	return true
}

// serviceUser is the user an app becomes; -1 for the server's own. Without
// mounts of its own an app finds its files by their path on the host, which
// only the server's user may walk, so it stays that user, without capabilities.
func serviceUser(spaces bool) int {
	if spaces && os.Getuid() == 0 {
		return serviceID
	}
	return -1
}

// Start starts one app version and returns when it answers.
//
// Errors: Invalid for a worker that does not load, with the engine's first
// complaint; Unavailable when the process cannot be started; the context's.
func (e *Engine) Start(ctx context.Context, l Launch) (*Process, error) {
	if err := l.validate(); err != nil {
		return nil, err
	}
	s, err := e.prepare(l)
	if err != nil {
		return nil, core.Hidden("Preparing app "+l.Name, err)
	}
	p, err := e.launch(l, s)
	if err != nil {
		return nil, err
	}
	if err := p.ready(ctx); err != nil {
		p.Kill()
		return nil, err
	}
	return p, nil
}
