package tour

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

// adminEmail is the first platform engineer of the tour's server.
const adminEmail = "pia@example.org"

// server is the child process that the tour visits.
type server struct {
	self, dir, workerd string
	addr, base         string
	logPath            string
	link               string // the one-time link of the first start

	mu   sync.Mutex
	cmd  *exec.Cmd
	gone chan error
}

func newServer(ctx context.Context, dir, workerd string) (*server, error) {
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
	return &server{self: self, dir: dir, workerd: workerd, addr: addr, base: "http://localhost:" + port, logPath: filepath.Join(dir, "server.log")}, nil
}

// start starts the server and waits until it answers. crash names the point at
// which it kills itself; "" for none.
func (s *server) start(ctx context.Context, crash string) error {
	log, err := os.OpenFile(s.logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return core.Hidden("Opening the server's log", err)
	}
	defer log.Close()
	args := []string{"serve", "--lab", "--data", s.dir, "--listen", s.addr, "--admin", adminEmail}
	if s.workerd != "" {
		args = append(args, "--workerd", s.workerd)
	}
	cmd := exec.Command(s.self, args...)
	cmd.Stderr = log
	cmd.Env = append(os.Environ(), "PADDOCK_LAB_CRASH="+crash)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return core.Hidden("Starting the server", err)
	}
	if err := cmd.Start(); err != nil {
		return core.Hidden("Starting the server", err)
	}
	ready, gone := make(chan struct{}), make(chan error, 1)
	go s.read(out, ready)
	go func() { gone <- cmd.Wait() }()
	s.mu.Lock()
	s.cmd, s.gone = cmd, gone
	s.mu.Unlock()
	select {
	case <-ready:
		return s.answers(ctx)
	case err := <-gone:
		gone <- err
		return core.Errorf(core.Unavailable, "the server ended at its start (%v); its log is %s", err, s.logPath)
	case <-time.After(30 * time.Second):
		return core.Errorf(core.Unavailable, "the server was not ready within 30 s; its log is %s", s.logPath)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// read follows the server's output: the address tells that it is ready.
func (s *server) read(out io.Reader, ready chan struct{}) {
	lines := bufio.NewScanner(out)
	first := true
	for lines.Scan() {
		if _, link, ok := strings.Cut(lines.Text(), "within 30 minutes: "); ok {
			s.mu.Lock()
			s.link = link
			s.mu.Unlock()
		}
		if first && strings.HasPrefix(lines.Text(), "Paddock is ready at ") {
			first = false
			close(ready)
		}
	}
}

// firstLink waits for the one-time link, which the server prints after its address.
func (s *server) firstLink(ctx context.Context) (link string, err error) {
	return link, until(ctx, 10*time.Second, "the first sign-in link", func() (bool, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		link = s.link
		return link != "", nil
	})
}

// answers waits until the port answers, which is at once or never.
func (s *server) answers(ctx context.Context) error {
	return until(ctx, 10*time.Second, "the server to answer", func() (bool, error) {
		resp, err := http.Get(s.base + "/healthz")
		if err != nil {
			return false, nil
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK, nil
	})
}

// ended waits for the server to end by itself and says how it did.
func (s *server) ended(ctx context.Context) (killed bool, err error) {
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

// stop asks the server to end, as systemd would, and waits.
func (s *server) stop(ctx context.Context) error {
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
