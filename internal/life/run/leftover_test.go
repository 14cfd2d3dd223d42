package run_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/paddock-dev/paddock/internal/adapter/target/workerd"
	"github.com/paddock-dev/paddock/internal/adapter/target/workerd/appdb"
	"github.com/paddock-dev/paddock/internal/life/run"
)

const envVictim = "PADDOCK_TEST_VICTIM"

// victim is a server of its own: it starts one app in dir, says so, and waits
// to be killed.
func victim(dir string) int {
	e, err := workerd.New(workerd.Options{})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	m, err := run.New(run.Options{Dir: dir, OpenDB: appdb.Open, Engine: run.EngineFunc(func(ctx context.Context, l run.Launch) (run.Process, error) {
		return e.Start(ctx, workerd.Launch(l))
	})})
	if err == nil {
		err = m.Deploy(context.Background(), run.Spec{AppID: ids.New(time.Now()), Name: "victim", Worker: []byte(hello)})
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("up")
	select {}
}

// appsOf lists the processes whose parent is pid.
func appsOf(t *testing.T, pid int) []int {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var out []int
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		after := string(text[strings.LastIndexByte(string(text), ')')+1:])
		if f := strings.Fields(after); len(f) > 1 && f[1] == fmt.Sprint(pid) {
			app, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, app)
		}
	}
	return out
}

// App processes do not outlive a server that is killed with SIGKILL.
func TestKilledServerLeavesNoApps(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), envVictim+"="+t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "up\n" {
		_ = cmd.Process.Kill()
		t.Fatalf("the server said %q, %v", line, err)
	}
	apps := appsOf(t, cmd.Process.Pid)
	if len(apps) != 1 {
		t.Fatalf("the server has %d app processes", len(apps))
	}
	app, err := unix.PidfdOpen(apps[0], 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(app)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if n, err := unix.Poll([]unix.PollFd{{Fd: int32(app), Events: unix.POLLIN}}, 10_000); n != 1 {
		_ = unix.Kill(apps[0], unix.SIGKILL)
		t.Errorf("process %d outlived its server (%v)", apps[0], err)
	}
}
