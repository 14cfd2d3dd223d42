package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// adminEmail is the first platform engineer.
const adminEmail = "admin@example.org"

// server is a running paddock serve.
type server struct {
	base  string
	link  string // the sign-in link of a first start, else ""
	took  time.Duration
	dir   string
	cmd   *exec.Cmd
	ended chan error
}

// start starts a server and waits until it answers requests. took is the time
// from the start of the process until the first good answer.
func start(ctx context.Context, program, dir string) (*server, error) {
	_, err := os.Stat(dir)
	first := errors.Is(err, os.ErrNotExist)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	log, err := os.OpenFile(dir+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	s := &server{base: "http://localhost:" + port, dir: dir, ended: make(chan error, 1)}
	s.cmd = exec.Command(program, "serve", "--lab", "--data", dir, "--listen", "127.0.0.1:"+port, "--admin", adminEmail)
	s.cmd.Stderr = log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	links := make(chan string, 1)
	go func() { findLink(out, links); s.ended <- s.cmd.Wait() }()
	if err := s.answers(ctx, port); err != nil {
		_ = s.stop()
		return nil, fmt.Errorf("%w\n%s", err, tail(dir+".log"))
	}
	s.took = time.Since(begun)
	if !first {
		return s, nil
	}
	select {
	case s.link = <-links:
		return s, nil
	case <-time.After(5 * time.Second):
		_ = s.stop()
		return nil, errors.New("the first start printed no sign-in link")
	}
}

// answers asks every few milliseconds until the server is healthy.
func (s *server) answers(ctx context.Context, port string) error {
	client := &http.Client{Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	return until(ctx, 30*time.Second, "the server to answer", func() (bool, error) {
		select {
		case err := <-s.ended:
			s.ended <- err
			return false, fmt.Errorf("the server ended at its start: %v", err)
		default:
		}
		resp, err := client.Get("http://127.0.0.1:" + port + "/healthz")
		if err != nil {
			return false, nil
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK, nil
	})
}

// stop ends the server as systemd would. It may be called twice.
func (s *server) stop() error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-s.ended:
		s.ended <- err
		if err != nil {
			return fmt.Errorf("the server did not stop cleanly: %w\n%s", err, tail(s.dir+".log"))
		}
		return nil
	case <-time.After(30 * time.Second):
		_ = s.cmd.Process.Kill()
		return errors.New("the server did not stop within 30 s")
	}
}

// findLink follows the server's output and passes the sign-in link on.
func findLink(out io.Reader, links chan<- string) {
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if i := strings.Index(lines.Text(), "http"); i >= 0 && strings.Contains(lines.Text(), "/sign-in?token=") {
			select {
			case links <- lines.Text()[i:]:
			default:
			}
		}
	}
}

func freePort(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// tail returns the end of a log file.
func tail(path string) string {
	b, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-2000):])
}

// until asks again and again whether something holds, for a bounded time.
func until(ctx context.Context, most time.Duration, what string, holds func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if ok, err := holds(); err != nil || ok {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("waited %s in vain for %s", most, what)
		}
	}
}
