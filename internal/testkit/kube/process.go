package kube

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

// keeper runs a program until its own standard input ends, which it does when
// the test process is gone, however it went.
const keeper = `trap '' INT TERM HUP
"$@" </dev/null &
read end
kill -KILL $! 2>/dev/null
wait $! 2>/dev/null
[ -z "$REMOVE" ] || rm -rf "$REMOVE"`

// Process is a program that ends with the test process.
type Process struct {
	name string
	log  string
	stop io.WriteCloser
	done chan struct{}
}

// Run starts a program whose output goes to dir/NAME.log. With remove it takes
// that folder away at its end.
func Run(dir, remove, program string, env []string, args ...string) (*Process, error) {
	p := &Process{name: filepath.Base(program), done: make(chan struct{})}
	p.log = filepath.Join(dir, p.name+".log")
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command("/bin/sh", append([]string{"-c", keeper, "sh", program}, args...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	cmd.Env = append([]string{"PATH=/usr/bin:/bin", "REMOVE=" + remove}, env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if p.stop, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() { _ = cmd.Wait(); close(p.done) }()
	return p, nil
}

// Stop ends the program at once, and waits for its end.
func (p *Process) Stop() {
	p.stop.Close()
	<-p.done
}

// Said returns the end of what the program wrote.
func (p *Process) Said() string {
	b, _ := os.ReadFile(p.log)
	lines := bytes.Split(bytes.TrimSpace(b), []byte("\n"))
	return fmt.Sprintf("%s said:\n%s", p.name, bytes.Join(lines[max(0, len(lines)-12):], []byte("\n")))
}

// FreePort returns a port of loopback on which nobody listens right now.
func FreePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port), nil
}
