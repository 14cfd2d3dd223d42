package torture

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/testkit/fault"
)

// dayEnv holds the errand of a child process: the day it has to live.
const dayEnv = "PADDOCK_TEST_TORTURE_DAY"

// What make torture asks for; without it the tests are the short form.
var (
	schedules = flag.Int("schedules", 12, "how many random schedules are run")
	firstSeed = flag.Uint64("seed", 0, "the seed of the first schedule; 0 for one that depends on the hour")
	replicas  = flag.Int("replicas", 2, "how many servers share a database")
	under     = flag.Duration("under", 20*time.Second, "for how long they are under load, and killed")
	every     = flag.Bool("every", false, "kill at every call of the day, not at a sample")
)

// TestMain lets the test binary be the process that is broken.
func TestMain(m *testing.M) {
	err := fault.Become()
	if errand := os.Getenv(dayEnv); err == nil && errand != "" {
		err = live(context.Background(), errand, os.Stdout)
		if err == nil {
			os.Exit(0)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(withProgram(m.Run))
}

// program is the test binary that children run.
var program = os.Args[0]

func withProgram(run func() int) int {
	if !raced {
		return run()
	}
	dir, err := os.MkdirTemp("", "paddock-torture-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "torture.test")
	if out, err := exec.Command("go", "test", "-c", "-o", program, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the child: %v\n%s", err, out)
		return 1
	}
	return run()
}
