package fault_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/testkit/fault"
)

const childEnv = "PADDOCK_TEST_FAULT_CHILD"

// TestMain lets the test binary be the process that is broken.
func TestMain(m *testing.M) {
	if err := fault.Become(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if dir := os.Getenv(childEnv); dir != "" {
		if err := fault.Confine(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		writeTen(dir)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// writeTen makes ten files of 2,000 bytes each and says which it could make.
func writeTen(dir string) {
	for i := range 10 {
		f, err := os.Create(filepath.Join(dir, fmt.Sprint(i)))
		if err == nil {
			_, err = f.WriteAt(bytes.Repeat([]byte{'x'}, 2000), 0)
			err = errors.Join(err, f.Sync(), f.Close())
		}
		fmt.Println(i, err)
	}
}

// run runs a child under a watch that gets the number of each write to a file.
func run(t *testing.T, dir string, watch func(n int, c fault.Call) fault.Verdict) (said string, err error) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+dir)
	var out bytes.Buffer
	cmd.Stdout = &out
	n := 0
	c, err := fault.Start(cmd, func(c fault.Call) fault.Verdict {
		if !c.File() || c.Syncs() || filepath.Dir(c.Path) != dir {
			return fault.Verdict{}
		}
		n++
		return watch(n, c)
	})
	if err != nil {
		t.Fatal(err)
	}
	err = c.Wait()
	return out.String(), err
}

func sizes(t *testing.T, dir string) string {
	t.Helper()
	var out []string
	for i := range 10 {
		if st, err := os.Stat(filepath.Join(dir, fmt.Sprint(i))); err == nil {
			out = append(out, fmt.Sprint(st.Size()))
		}
	}
	return strings.Join(out, " ")
}

func TestNothingHappensToEveryWrite(t *testing.T) {
	dir, seen := t.TempDir(), 0
	said, err := run(t, dir, func(n int, c fault.Call) fault.Verdict {
		if seen = n; c.Name != "pwrite" || c.Size != 2000 || filepath.Base(c.Path) != fmt.Sprint(n-1) {
			t.Errorf("write %d is %s of %d bytes", n, c, c.Size)
		}
		return fault.Verdict{}
	})
	if err != nil || seen != 10 || strings.Count(said, "<nil>") != 10 {
		t.Fatalf("%d writes, said %q, %v", seen, said, err)
	}
}

func TestFaultsAtTheFifthWrite(t *testing.T) {
	for name, c := range map[string]struct {
		verdict fault.Verdict
		killed  bool
		sizes   string
	}{
		"killed":    {fault.Verdict{Kill: true}, true, "2000 2000 2000 2000 0"},
		"torn":      {fault.Verdict{Kill: true, Tear: true}, true, "2000 2000 2000 2000 512"},
		"disk full": {fault.Verdict{Errno: syscall.ENOSPC}, false, "2000 2000 2000 2000 0 2000 2000 2000 2000 2000"},
		"slow":      {fault.Verdict{Delay: time.Millisecond}, false, "2000 2000 2000 2000 2000 2000 2000 2000 2000 2000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			said, err := run(t, dir, func(n int, _ fault.Call) fault.Verdict {
				if n == 5 {
					return c.verdict
				}
				return fault.Verdict{}
			})
			if killed := err != nil && strings.Contains(err.Error(), "killed"); killed != c.killed || !killed && err != nil {
				t.Fatalf("it ended: %v, said %q", err, said)
			}
			if got := sizes(t, dir); got != c.sizes {
				t.Errorf("files of %s bytes, want %s", got, c.sizes)
			}
			if c.verdict.Errno != 0 && !strings.Contains(said, "no space left") {
				t.Errorf("said %q", said)
			}
		})
	}
}

// A program that knows nothing of faults is confined too.
func TestBecome(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command("/bin/sh", "-c", "echo a > "+dir+"/0; echo b > "+dir+"/1; mv "+dir+"/1 "+dir+"/2; rm "+dir+"/0")
	fault.As(cmd)
	var seen []string
	c, err := fault.Start(cmd, func(c fault.Call) fault.Verdict {
		if c.File() {
			seen = append(seen, c.String())
		}
		return fault.Verdict{}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(seen, ", "); got != "write 0, write 1, rename 1, unlink 0" {
		t.Error(got)
	}
}
