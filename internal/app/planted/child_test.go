package planted

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/app"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
)

// asChild makes this test program behave as paddock, in a process whose time
// and memory can be bounded and measured.
const asChild = "PLANTED_AS_PADDOCK"

func TestMain(m *testing.M) {
	if os.Getenv(asChild) == "" {
		os.Exit(m.Run())
	}
	std := cli.IO{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.LookupEnv, Dir: "."}
	code := cli.Main(context.Background(), os.Args[1:], std, app.Programs("test"))
	if b, err := os.ReadFile("/proc/self/status"); err == nil {
		_ = os.WriteFile(os.Getenv(asChild), b, 0o600) // without it the parent's test fails
	}
	os.Exit(code)
}

// ended is how a process ended.
type ended struct {
	report core.Report
	code   int
	errs   string
	cpu    time.Duration
	peak   int64 // bytes of resident memory
}

// inChild checks a folder in a process of its own, which is killed when it has
// used a minute of CPU time.
func inChild(t *testing.T, dir string, args ...string) ended {
	t.Helper()
	return childIn(t, dir, nil, append([]string{dir}, args...)...)
}

// childIn is inChild with a working directory, more words of the environment,
// and the target among the arguments.
func childIn(t *testing.T, cwd string, env []string, args ...string) ended {
	t.Helper()
	status := filepath.Join(t.TempDir(), "status")
	cmd := exec.Command("/bin/sh", append([]string{"-c", `ulimit -t 60; exec "$0" "$@"`, os.Args[0], "check", "--format", "json"}, args...)...)
	cmd.Dir = cwd
	cmd.Env = append([]string{asChild + "=" + status, "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), "GOMEMLIMIT=150MiB"}, env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	e := ended{code: cmd.ProcessState.ExitCode(), errs: errs.String(), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	e.peak = peak(t, status)
	if err := json.Unmarshal(out.Bytes(), &e.report); err != nil && e.code < 2 {
		t.Errorf("code %d without a report: %v", e.code, err)
	}
	if e.code < 0 {
		t.Error("it did not end within a minute of CPU time")
	}
	if strings.Contains(e.errs, "goroutine ") || strings.Contains(e.errs, "panic") {
		t.Errorf("it crashed: %.2000s", e.errs)
	}
	return e
}

// peak reads the most memory that a process had. What its parent counts of it
// begins with the parent's own.
func peak(t *testing.T, status string) int64 {
	t.Helper()
	b, err := os.ReadFile(status)
	if err != nil {
		return 0 // it was killed, which is reported
	}
	var kib int64
	for line := range strings.Lines(string(b)) {
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kib); err == nil {
			return kib << 10
		}
	}
	t.Fatalf("no peak in %q", b)
	return 0
}

// unread lists what the checks could not look at.
func unread(r core.Report) string {
	var all []string
	for _, c := range r.Checks {
		for _, why := range c.Incomplete {
			all = append(all, c.Name+": "+why)
		}
	}
	return strings.Join(all, "\n  ")
}
