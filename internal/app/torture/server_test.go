package torture

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/paddock-dev/paddock/internal/app/visit"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/testkit/fault"
)

// binary builds the real program once for all tests.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "paddock-torture-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "paddock")
	if out, err := exec.Command("go", "build", "-o", path, "../../../cmd/paddock").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program: %w\n%s", err, out)
	}
	return path, nil
})

// newServer prepares a real server on a data folder.
func newServer(t *testing.T, dir string, more ...string) *visit.Server {
	t.Helper()
	s, err := visit.NewServer(t.Context(), dir, "")
	path, berr := binary()
	if err := errors.Join(err, berr); err != nil {
		t.Fatal(err)
	}
	s.Program, s.Log, s.More, s.First = path, filepath.Join(t.TempDir(), "server.log"), more, len(more) > 0
	t.Cleanup(func() {
		_ = s.Stop(context.WithoutCancel(t.Context()))
		if b, err := os.ReadFile(s.Log); err == nil && t.Failed() {
			t.Logf("the server's log ends with:\n%s", tail(string(b)))
		}
	})
	return s
}

// staff is who comes to a server: an admin and a maker.
type staff struct{ admin, maker *visit.Person }

// settleStaff signs them in by the link of the first start.
func settleStaff(ctx context.Context, s *visit.Server) (st staff, err error) {
	st.admin, st.maker = visit.NewPerson(s.Base, visit.AdminEmail), visit.NewPerson(s.Base, "hana@example.org")
	var made struct {
		Link string `json:"link"`
	}
	err = visit.First(st.admin.Open(ctx, s.Link), st.admin.Call(ctx, "POST", "/people", newPerson(st.maker.Email), nil),
		st.admin.Call(ctx, "POST", "/people/"+st.maker.Email+"/link", nil, &made))
	if err != nil {
		return st, err
	}
	return st, st.maker.Open(ctx, made.Link)
}

func newPerson(email string) view.NewPerson {
	return view.NewPerson{Email: email, Name: "Somebody", Roles: []core.Role{core.RoleMaker}}
}

func newApp(name string) view.NewApp {
	return view.NewApp{Template: "internal-dashboard", Name: name, Classification: "internal", Region: "eu-sovereign", Parameters: map[string]string{"team": "People team"}}
}

// active waits until an app is made.
func (st staff) active(ctx context.Context, app string) error {
	return visit.Until(ctx, patience, app+" to be active", func() (bool, error) {
		var a view.App
		err := st.admin.Call(ctx, "GET", "/apps/"+app, nil, &a)
		return a.State == core.AppActive, err
	})
}

// fsckReal has the real program look over a data folder.
func fsckReal(t *testing.T, dir string) {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), path, "fsck", "--data", dir).CombinedOutput(); err != nil {
		t.Errorf("fsck: %v\n%s", err, out)
	}
}

// What a full disk does to the real server: every act is refused with one clear
// message, pages go on, nothing is kept in part, and once there is room the same
// process does the same acts.
func TestServerWithFullDisk(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	s := newServer(t, dir)
	var noRoom atomic.Bool
	s.Launch = func(cmd *exec.Cmd) (func() error, error) {
		fault.As(cmd)
		child, err := fault.Start(cmd, func(c fault.Call) fault.Verdict {
			if noRoom.Load() && c.File() && below(c.Path, dir) && !c.Syncs() && c.Name != "unlink" && c.Name != "rename" {
				return fault.Verdict{Errno: syscall.ENOSPC}
			}
			return fault.Verdict{}
		})
		if err != nil {
			return nil, err
		}
		return child.Wait, nil
	}
	must(t, s.Start(ctx, ""))
	st, err := settleStaff(ctx, s)
	must(t, err, st.maker.Call(ctx, "POST", "/apps", newApp("before"), nil), st.active(ctx, "before"))
	acts := map[string]func() error{
		"a person": func() error { return st.admin.Call(ctx, "POST", "/people", newPerson("paul@example.org"), nil) },
		"a secret": func() error {
			return st.admin.Call(ctx, "PUT", "/secrets/key", map[string]string{"value": "hush"}, nil)
		},
		"a token": func() error {
			return st.maker.Call(ctx, "POST", "/tokens", map[string]any{"name": "laptop", "scope": "read", "days": 1}, nil)
		},
		"an app":     func() error { return st.maker.Call(ctx, "POST", "/apps", newApp("after"), nil) },
		"an archive": func() error { return st.maker.Call(ctx, "POST", "/apps/before/archive", nil, nil) },
	}
	noRoom.Store(true)
	for name, do := range acts {
		var pr *visit.Problem
		if err := do(); !errors.As(err, &pr) || pr.Code != core.Unavailable || pr.Status != 503 || pr.Title != "The disk of the server is full, so nothing can be kept." || pr.Fix == "" {
			t.Errorf("%s on a full disk: %v", name, err)
		}
	}
	var shown view.App
	must(t, st.maker.Call(ctx, "GET", "/apps/before", nil, &shown))
	if shown.State != core.AppActive {
		t.Errorf("on the full disk the app is shown as %s", shown.State)
	}
	noRoom.Store(false)
	for name, do := range acts {
		if err := do(); err != nil {
			t.Errorf("%s, with room again: %v", name, err)
		}
	}
	must(t, st.active(ctx, "after"), s.Stop(ctx))
	fsckReal(t, dir)
}

// must ends the test at the first error.
func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := visit.First(errs...); err != nil {
		t.Fatal(err)
	}
}
