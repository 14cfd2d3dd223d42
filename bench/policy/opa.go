package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// startOPA starts a stock OPA with the rules on a loopback port. PADDOCK_OPA names
// the binary that make opa built.
func startOPA(ctx context.Context, dir string, rev *catalog.Revision) (url string, stop func(), err error) {
	bin := os.Getenv("PADDOCK_OPA")
	if bin == "" {
		return "", nil, errors.New("PADDOCK_OPA names no binary; make bench-policy does")
	}
	rules := filepath.Join(dir, "rules")
	for name, text := range rev.Policy.Source().Files {
		if strings.HasSuffix(name, "container.rego") {
			continue // Rego v0, which the server reads only by itself
		}
		to := filepath.Join(rules, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return "", nil, err
		}
		if err := os.WriteFile(to, []byte(text), 0o600); err != nil {
			return "", nil, err
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	addr := l.Addr().String()
	l.Close()
	cmd := exec.CommandContext(ctx, bin, "run", "--server", "--addr", addr, "--log-level", "error", "--skip-version-check", "--disable-telemetry", rules)
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	for range 100 {
		if resp, err := http.Get("http://" + addr + "/health"); err == nil {
			resp.Body.Close()
			return "http://" + addr, stop, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	stop()
	return "", nil, fmt.Errorf("%s did not answer within 10 s", bin)
}
