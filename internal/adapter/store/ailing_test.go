package store_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit/fault"
)

// ailingDir tells a copy of the test binary to write on a disk that fails.
const ailingDir = "PADDOCK_TEST_AILING_DIR"

// writeThrice keeps three settings and says what came of each.
func writeThrice(dir string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, dir)
	if err != nil {
		return err
	}
	if err := fault.Confine(); err != nil {
		return err
	}
	for n := range 3 {
		err := db.Quietly(ctx, func(ctx context.Context) error { return db.PutSetting(ctx, fmt.Sprint(n), strings.Repeat("x", 9000)) })
		fmt.Println(n, core.CodeOf(err), err)
	}
	return db.Close()
}

// A disk that is full or fails is said to be so, and once it is well again the
// same process writes again.
func TestDiskFullAndBack(t *testing.T) {
	for errno, want := range map[syscall.Errno]string{syscall.ENOSPC: "disk of the server is full", syscall.EIO: "disk of the server fails"} {
		t.Run(errno.Error(), func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0], "-test.run=^$")
			cmd.Env = append(os.Environ(), ailingDir+"="+t.TempDir())
			var out strings.Builder
			cmd.Stdout = &out
			acts := 0
			c, err := fault.Start(cmd, func(c fault.Call) fault.Verdict {
				if c.Fd == 1 && c.Name == "write" {
					acts++
				} else if acts == 1 && c.Name == "pwrite" {
					return fault.Verdict{Errno: errno}
				}
				return fault.Verdict{}
			})
			if err != nil {
				t.Fatal(err)
			}
			err = c.Wait()
			lines := strings.Split(out.String(), "\n")
			if err != nil || len(lines) != 4 || lines[0] != "0  <nil>" || !strings.HasPrefix(lines[1], "1 unavailable ") || !strings.Contains(lines[1], want) || lines[2] != "2  <nil>" {
				t.Errorf("%v\n%s", err, out.String())
			}
		})
	}
}
