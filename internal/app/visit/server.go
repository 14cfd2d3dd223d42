package visit

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// AdminEmail is the first platform engineer of a visited server.
const AdminEmail = "pia@example.org"

// Server is a laboratory server that runs as a child process. Make one with
// NewServer.
type Server struct {
	Program string        // this program; a test puts another one here
	Dir     string        // the data folder
	Base    string        // how people reach it
	Log     string        // the file that its log goes to
	Link    string        // the one-time link of the first start
	Took    time.Duration // from the last start to the first good answer
	More    []string      // further arguments of "paddock serve"
	First   bool          // with More: the next start is the first one on its database, and prints a link

	// Launch starts the process and returns how to wait for its end; nil starts it
	// as it is. Tests that break the process put their own here.
	Launch func(cmd *exec.Cmd) (wait func() error, err error)

	addr, workerd string
	mu            sync.Mutex
	cmd           *exec.Cmd
	gone          chan error
}

// NewServer prepares a server of this very program on a free port of the
// loopback address; dir is its data folder and must exist. workerd may be empty.
func NewServer(ctx context.Context, dir, workerd string) (*Server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, core.Hidden("Finding this program", err)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, core.Hidden("Finding a free port", err)
	}
	addr := l.Addr().String()
	l.Close()
	_, port, _ := net.SplitHostPort(addr)
	return &Server{Program: self, Dir: dir, workerd: workerd, addr: addr, Base: "http://localhost:" + port, Log: filepath.Join(dir, "server.log")}, nil
}

// Start starts the server and waits until it answers. crash names the point at
// which it kills itself; "" for none.
func (s *Server) Start(ctx context.Context, crash string) error {
	log, err := os.OpenFile(s.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return core.Hidden("Opening the server's log", err)
	}
	defer log.Close()
	args := []string{"serve", "--lab", "--data", s.Dir, "--listen", s.addr, "--admin", AdminEmail}
	args = append(args, s.More...)
	if s.workerd != "" {
		args = append(args, "--workerd", s.workerd)
	}
	cmd := exec.Command(s.Program, args...)
	cmd.Stderr = log
	cmd.Env = append(os.Environ(), "PADDOCK_LAB_CRASH="+crash)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return core.Hidden("Starting the server", err)
	}
	_, err = os.Stat(filepath.Join(s.Dir, "paddock.db"))
	fresh := os.IsNotExist(err) && len(s.More) == 0 || s.First
	s.First = false
	begun := time.Now()
	launch := s.Launch
	if launch == nil {
		launch = func(cmd *exec.Cmd) (func() error, error) { return cmd.Wait, cmd.Start() }
	}
	wait, err := launch(cmd)
	if err != nil {
		return core.Hidden("Starting the server", err)
	}
	ready, gone := make(chan struct{}), make(chan error, 1)
	go s.read(out, ready, fresh)
	go func() { gone <- wait() }()
	s.mu.Lock()
	s.cmd, s.gone = cmd, gone
	s.mu.Unlock()
	select {
	case <-ready:
		err := s.answers(ctx)
		s.Took = time.Since(begun)
		return err
	case err := <-gone:
		gone <- err
		return core.Errorf(core.Unavailable, "the server ended at its start (%v); its log is %s", err, s.Log)
	case <-time.After(30 * time.Second):
		return core.Errorf(core.Unavailable, "the server was not ready within 30 s; its log is %s", s.Log)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// read follows the server's output until it ends, and closes ready once the
// address is printed; at the first start in a data folder of its own, once the
// sign-in link is.
func (s *Server) read(out io.Reader, ready chan struct{}, fresh bool) {
	for lines := bufio.NewScanner(out); lines.Scan(); {
		_, link, last := strings.Cut(lines.Text(), "within 30 minutes: ")
		if last {
			s.Link = link
		}
		if ready != nil && (last || !fresh && strings.HasPrefix(lines.Text(), "Paddock is ready at ")) {
			close(ready)
			ready = nil
		}
	}
}

// answers waits until the port answers, which is at once or never.
func (s *Server) answers(ctx context.Context) error {
	return Until(ctx, 10*time.Second, "the server to answer", func() (bool, error) {
		resp, err := http.Get(s.Base + "/healthz")
		if err != nil {
			return false, nil
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK, nil
	})
}

// Ended waits for the server to end by itself and says how it did.
func (s *Server) Ended(ctx context.Context) (killed bool, err error) {
	s.mu.Lock()
	gone := s.gone
	s.mu.Unlock()
	select {
	case err := <-gone:
		gone <- err
		return strings.Contains(fmt.Sprint(err), "signal: killed"), nil
	case <-time.After(20 * time.Second):
		return false, core.Errorf(core.Unavailable, "the server did not end within 20 s")
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// Stop asks the server to end, as systemd would, and waits.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	cmd, gone := s.cmd, s.gone
	s.mu.Unlock()
	if cmd == nil {
		return nil
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-gone:
		gone <- err
		if err != nil {
			return core.Errorf(core.Internal, "the server did not stop cleanly: %w", err)
		}
		return nil
	case <-time.After(30 * time.Second):
		_ = cmd.Process.Kill()
		return core.Errorf(core.Internal, "the server did not stop within 30 s")
	case <-ctx.Done():
		_ = cmd.Process.Kill()
		return ctx.Err()
	}
}

// Pid returns the id of the running server's process; 0 before the first start.
func (s *Server) Pid() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return 0
	}
	return s.cmd.Process.Pid
}
