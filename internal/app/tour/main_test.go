package tour

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/target/workerd"
	"github.com/paddock-dev/paddock/internal/app/visit"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// program is the real binary, built once for all tests of this package.
var program string

func TestMain(m *testing.M) { os.Exit(withProgram(m.Run)) }

func withProgram(run func() int) int {
	dir, err := os.MkdirTemp("", "paddock-program-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "paddock")
	if out, err := exec.Command("go", "build", "-o", program, "../../../cmd/paddock").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the program: %v\n%s", err, out)
		return 1
	}
	return run()
}

// needEngine ends a test that cannot run apps, and says what to do about it.
func needEngine(t *testing.T) {
	t.Helper()
	if _, err := workerd.Find(""); err != nil {
		t.Fatalf("apps cannot run: %v", err)
	}
}

// settle makes a road whose server runs on the data folder dir and kills itself
// at the point crash ("" for none). It ends with the test.
func settle(t *testing.T, dir, crash string) *road {
	t.Helper()
	return settleOn(t, dir, crash)
}

// settleOn is settle for a server with further arguments.
func settleOn(t *testing.T, dir, crash string, more ...string) *road {
	t.Helper()
	s, err := visit.NewServer(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	s.Program, s.More, s.First = program, more, len(more) > 0
	r := &road{dir: dir, work: t.TempDir(), app: "candidate-tracker", server: s}
	if r.vendor, err = newVendor(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.close()
		tellLog(t, s.Log)
	})
	hold(t, s.Start(t.Context(), crash))
	return r
}

// tellLog prints the end of a server's log if the test has failed.
func tellLog(t *testing.T, path string) {
	t.Helper()
	if !t.Failed() {
		return
	}
	if b, err := os.ReadFile(path); err == nil {
		t.Logf("the server's log ends with:\n%s", b[max(0, len(b)-3000):])
	}
}

// hold ends the test at the first error.
func hold(t *testing.T, errs ...error) {
	t.Helper()
	if err := visit.First(errs...); err != nil {
		t.Fatal(err)
	}
}

// app asks for an app as the admin sees it.
func (r *road) shown(ctx context.Context, name string) (a view.App, err error) {
	return a, r.admin.Call(ctx, "GET", "/apps/"+name, nil, &a)
}

// deployed waits until an app has a live deployment.
func (r *road) deployed(ctx context.Context, name string) error {
	return visit.Until(ctx, patience, name+" to be deployed", func() (bool, error) {
		a, err := r.shown(ctx, name)
		for _, d := range a.Deployments {
			if d.State == core.DeployLive {
				return true, err
			}
		}
		return false, err
	})
}

// sound stops the server, which must end cleanly within seconds, and has the
// real fsck recompute everything that is on disk.
func (r *road) sound(t *testing.T) {
	t.Helper()
	begun := time.Now()
	hold(t, r.server.Stop(t.Context()))
	if took := time.Since(begun); took > 8*time.Second {
		t.Errorf("the server took %s to stop", took)
	}
	out, err := exec.CommandContext(t.Context(), program, "fsck", "--data", r.dir).CombinedOutput()
	if err != nil {
		t.Errorf("fsck: %v\n%s", err, out)
	}
}
