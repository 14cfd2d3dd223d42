package workerd

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/paddock-dev/paddock/internal/core"
)

// baselineMiB is the private address space workerd takes before any app runs
// (measured: 546 MiB, and some head room), for RLIMIT_DATA where no cgroup
// limits memory.
const baselineMiB = 572

// prepare writes the app's files and says what sandbox it gets.
func (e *Engine) prepare(l Launch) (spec, error) {
	s := spec{Sockets: l.Sockets, UID: serviceUser(e.spaces), Env: []string{"LD_LIBRARY_PATH=" + sandboxLib}}
	folder := e.inSandbox(l, &s)
	if e.groups == nil {
		s.DataBytes = uint64(baselineMiB+l.Limits.MemoryMiB) << 20
	}
	sockets := sandboxSockets
	if !e.spaces {
		sockets = "."
	}
	for name, text := range map[string][]byte{"worker.js": l.Script, "config.capnp": config(l, sockets)} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			return spec{}, err
		}
	}
	// workerd does not replace a socket that an earlier start left.
	if err := os.Remove(filepath.Join(l.Sockets, "in.sock")); err != nil && !os.IsNotExist(err) {
		return spec{}, err
	}
	if e.spaces {
		if err := os.MkdirAll(s.Root, 0o755); err != nil {
			return spec{}, err
		}
	}
	if s.UID < 0 {
		return s, nil
	}
	return s, os.Chown(l.Sockets, s.UID, s.UID)
}

// inSandbox fills in what to run and from where, and returns the folder for
// the app's own files. Without mounts of its own the app works in the folder
// of its sockets, and names its files from there: it may not walk the path.
func (e *Engine) inSandbox(l Launch, s *spec) (folder string) {
	control := "--control-fd=" + strconv.Itoa(controlFD)
	if e.spaces {
		s.Root = filepath.Join(l.Scratch, "root")
		s.Exec = []string{sandboxBinary, "serve", sandboxConfig, control}
		s.Files = e.files(l.Scratch)
		return l.Scratch
	}
	s.Exec = []string{e.binary, "serve", "config.capnp", control}
	s.Files = e.files(".")
	return l.Sockets
}

// launch forks the sandbox, puts it under its limits and only then tells it
// what to become.
func (e *Engine) launch(l Launch, s spec) (*Process, error) {
	pipes, err := openPipes()
	if err != nil {
		return nil, core.Hidden("Opening pipes for app "+l.Name, err)
	}
	cmd := e.command(e.spaces, pipes.specRead, pipes.controlWrite)
	cmd.Stdout, cmd.Stderr = pipes.outWrite, pipes.errWrite
	err = e.spawn.start(cmd)
	pipes.closeChildEnds()
	if err != nil {
		pipes.closeOurEnds()
		return nil, unavailable(l.Name, err)
	}
	p := newProcess(e, l, cmd, pipes)
	if err := p.admit(s); err != nil {
		p.Kill()
		return nil, unavailable(l.Name, err)
	}
	return p, nil
}

func unavailable(app string, err error) error {
	return &core.Error{Code: core.Unavailable, Msg: "The process of app " + strconv.Quote(app) + " could not be started.", Err: err,
		Hint: "Try again; if it happens again, ask the platform team."}
}

// admit puts the new process under its limits and sends it the spec.
func (p *Process) admit(s spec) error {
	if p.engine.groups != nil {
		g, err := p.engine.groups.create(string(p.launch.AppID)+"-"+strconv.Itoa(p.pid), p.launch.Limits)
		if err != nil {
			return err
		}
		p.setGroup(g)
		if err := g.add(p.pid); err != nil {
			return err
		}
	} else {
		go p.watchMemory()
	}
	return sendSpec(p.pipes.specWrite, s)
}

func sendSpec(to *os.File, s spec) error { return json.NewEncoder(to).Encode(s) }

// pipes are the pipes between the server and one app process.
type pipes struct {
	specRead, specWrite, controlRead, controlWrite, outRead, outWrite, errRead, errWrite *os.File
}

func openPipes() (*pipes, error) {
	p := &pipes{}
	for _, pair := range [][2]**os.File{
		{&p.specRead, &p.specWrite}, {&p.controlRead, &p.controlWrite}, {&p.outRead, &p.outWrite}, {&p.errRead, &p.errWrite},
	} {
		r, w, err := os.Pipe()
		if err != nil {
			p.closeChildEnds()
			p.closeOurEnds()
			return nil, err
		}
		*pair[0], *pair[1] = r, w
	}
	return p, nil
}

func (p *pipes) closeChildEnds() { closeAll(p.specRead, p.controlWrite, p.outWrite, p.errWrite) }
func (p *pipes) closeOurEnds()   { closeAll(p.specWrite, p.controlRead, p.outRead, p.errRead) }

func closeAll(files ...*os.File) {
	for _, f := range files {
		if f != nil {
			_ = f.Close()
		}
	}
}

// killNow sends SIGKILL to the process; as the first of its pid namespace it
// takes everything inside with it.
func killNow(pid int) { _ = unix.Kill(pid, unix.SIGKILL) }
