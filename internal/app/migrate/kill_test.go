package migrate

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// What a copy of the test binary moves until it is killed.
const (
	killData = "PADDOCK_TEST_MIGRATE_DATA"
	killURL  = "PADDOCK_TEST_MIGRATE_URL"
)

// TestMain lets the test binary be the process that gets killed.
func TestMain(m *testing.M) {
	data := os.Getenv(killData)
	if data == "" {
		os.Exit(m.Run())
	}
	_, err := ToPostgres(context.Background(), Options{Data: data, URL: os.Getenv(killURL), Clock: core.SystemClock{}, Roles: store.Roles{Server: postgres.Server},
		Lock: func() (io.Closer, error) { return io.NopCloser(nil), nil },
		Note: func(context.Context, string) error { return nil },
		Told: func(phase string, _, _ int64) { fmt.Println(phase) }})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Promise 8: killed at any step, the migration goes on and ends the same.
func TestKilledMigrationGoesOn(t *testing.T) {
	w := newWorld(t, 10)
	killed := 0
	for after := 1; killedAfter(t, w, after); after += 2 + 2*after {
		killed++
	}
	if killed < 4 {
		t.Errorf("killed %d times only", killed)
	}
	w.moved(t) // it had ended: this finds that out
	w.goesOn(t, 10)
}

// killedAfter runs the migration until it has said so many steps, and kills it.
// It reports whether the kill came before the end.
func killedAfter(t *testing.T, w *world, steps int) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), killData+"="+w.Dir, killURL+"="+w.url())
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	w.Must(err)
	w.Must(cmd.Start())
	lines := bufio.NewScanner(out)
	for steps > 0 && lines.Scan() {
		steps--
	}
	if steps == 0 {
		_ = cmd.Process.Kill()
	}
	for lines.Scan() {
	}
	err = cmd.Wait()
	if err != nil && steps > 0 {
		t.Fatalf("the migration failed: %v", err)
	}
	return err != nil
}
