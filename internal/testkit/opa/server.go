package opa

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Server is a running OPA that is reached by a socket.
type Server struct {
	t      testing.TB
	client *http.Client
	log    string
}

// Start runs "opa run --server" with a configuration, in OPA's JSON, until the
// test ends.
func Start(t testing.TB, config map[string]any) *Server {
	t.Helper()
	binary := Binary(t)
	dir, err := os.MkdirTemp("", "opa") // short, for the socket's sake
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	file, socket, log := filepath.Join(dir, "config.json"), filepath.Join(dir, "s"), filepath.Join(dir, "log")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(log)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "run", "--server", "--config-file", file, "--addr", "unix://"+socket, "--disable-telemetry", "--log-level", "debug")
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		out.Close()
	})
	dialer := net.Dialer{}
	s := &Server{t: t, log: log, client: &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, "unix", socket)
	}}}}
	s.Until("it answers", func() bool { status, _ := s.call("GET", "/health", nil); return status == http.StatusOK })
	return s
}

// Activated waits until the bundle is in force there in a revision.
func (s *Server) Activated(bundle, revision string) {
	s.t.Helper()
	s.Until("revision "+revision, func() bool {
		_, b := s.call("GET", "/v1/data/system/bundles/"+bundle+"/manifest/revision", nil)
		return strings.Contains(b, revision)
	})
}

// Ask asks for the document at a path of packages, such as a/b/c, and reads the
// answer into out.
func (s *Server) Ask(path string, input json.RawMessage, out any) {
	s.t.Helper()
	status, b := s.call("POST", "/v1/data/"+path, map[string]any{"input": input})
	var answer struct {
		Result json.RawMessage `json:"result"`
	}
	if status != http.StatusOK || json.Unmarshal([]byte(b), &answer) != nil || answer.Result == nil {
		s.t.Fatalf("%s: %d %s", path, status, b)
	}
	if err := json.Unmarshal(answer.Result, out); err != nil {
		s.t.Fatal(err)
	}
}

// Log is what the server has written.
func (s *Server) Log() string {
	b, _ := os.ReadFile(s.log)
	return string(b)
}

func (s *Server) call(method, path string, body any) (int, string) {
	text, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequest(method, "http://opa"+path, bytes.NewReader(text))
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, fmt.Sprint(err)
	}
	return resp.StatusCode, string(b)
}

// Until looks again and again: another process says nothing by itself.
func (s *Server) Until(what string, ok func() bool) {
	s.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); <-tick.C {
		if ok() {
			return
		}
	}
	s.t.Fatalf("OPA: not so after a minute: %s\n%s", what, s.Log())
}

// Said waits until the server's log holds a text.
func (s *Server) Said(text string) {
	s.t.Helper()
	s.Until("its log says "+text, func() bool { return strings.Contains(s.Log(), text) })
}
