package opa

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Version is the one that tools/opa pins.
const Version = "v1.22.2"

// Variable names the OPA program in the environment; without it the one that
// make opa builds is taken, and built where it is missing.
const Variable = "PADDOCK_OPA"

// Binary returns the path of the stock OPA program. It builds it once for this
// machine, which takes minutes; a machine that cannot skips the test, and says so.
func Binary(t testing.TB) string {
	t.Helper()
	if path := os.Getenv(Variable); path != "" {
		return path
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skipf("NOT TESTED against a stock OPA: there is no cache folder: %v", err)
	}
	path := filepath.Join(cache, "paddock", "opa-"+Version)
	if _, err := os.Stat(path); err == nil {
		return path
	}
	if testing.Short() {
		t.Skip("NOT TESTED against a stock OPA: make opa builds one")
	}
	if err := build(t, path); err != nil {
		t.Skipf("NOT TESTED against a stock OPA: it cannot be built here (make opa): %v", err)
	}
	return path
}

// build builds the program; of several tests at once one builds and the others wait.
func build(t testing.TB, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	lock, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/paddock-dev/paddock").Output()
	if err != nil {
		return err
	}
	t.Log("building the stock OPA, once for this machine")
	cmd := exec.Command("go", "build", "-o", path+".new", "github.com/open-policy-agent/opa")
	cmd.Dir = filepath.Join(strings.TrimSpace(string(root)), "tools", "opa")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
