package backup

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"crypto/rand"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
)

// What a copy of the test binary does until it is killed.
const (
	killDo   = "PADDOCK_TEST_BACKUP" // make or restore
	killFrom = "PADDOCK_TEST_BACKUP_FROM"
	killTo   = "PADDOCK_TEST_BACKUP_TO"
)

// TestMain lets the test binary be the process that gets killed.
func TestMain(m *testing.M) {
	do := os.Getenv(killDo)
	if do == "" {
		os.Exit(m.Run())
	}
	told := func(phase string, _, _ int64) { fmt.Println(phase) }
	var err error
	if do == "make" {
		err = makeOnce(os.Getenv(killFrom), os.Getenv(killTo), told)
	} else {
		_, err = Restore(context.Background(), RestoreOptions{From: os.Getenv(killFrom), To: os.Getenv(killTo), Clock: core.SystemClock{}, Told: told})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func makeOnce(from, to string, told func(string, int64, int64)) error {
	ctx := context.Background()
	db, err := store.Open(ctx, from)
	if err != nil {
		return err
	}
	defer db.Close()
	r, err := Make(ctx, Options{Data: from, To: to, Keys: true, Store: db, Clock: core.SystemClock{}, Version: "test", Told: told,
		Log: audit.NewLog(db, core.SystemClock{}, core.IDs{}, rand.Reader)})
	if err == nil && !r.OK {
		err = errors.New("the backup does not verify")
	}
	return err
}

// A backup or a restore that is killed at any point leaves nothing that counts
// as whole, and the next one succeeds at the same place.
func TestKilledHalfwayCountsForNothing(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole.tar.gz")
	w.made(t, whole)
	for do, from := range map[string]string{"make": w.Dir, "restore": whole} {
		for _, name := range []string{"folder", "archive.tar.gz"} {
			if do == "restore" && name != "folder" {
				continue
			}
			t.Run(do+" "+name, func(t *testing.T) {
				to := filepath.Join(dir, do+name)
				killed := 0
				for after := 1; ; after += 1 + after/2 {
					if !killedAfter(t, do, from, to, after) {
						break
					}
					killed++
					if _, err := os.Stat(to); err == nil {
						break // the kill came after the rename
					}
					if do == "make" {
						if _, err := Drill(t.Context(), to+unfinished, core.SystemClock{}, nil); core.CodeOf(err) != core.Unreadable {
							t.Fatalf("after %d steps half a backup counts: %v", after, err)
						}
					}
				}
				if killed < 3 {
					t.Errorf("killed %d times only", killed)
				}
				if do == "make" {
					if r, err := Drill(t.Context(), to, core.SystemClock{}, nil); err != nil || !r.OK {
						t.Fatalf("in the end: %v %v", r.Problems, err)
					}
				} else if last := w.holds(t, to); last == 0 {
					t.Error("in the end nothing is there")
				}
				if _, err := os.Stat(to + unfinished); killed == 0 && !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("left behind: %v", err)
				}
			})
		}
	}
}

// killedAfter runs the work until it has said so many steps, and kills it. It
// reports whether the kill came before the end.
func killedAfter(t *testing.T, do, from, to string, steps int) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), killDo+"="+do, killFrom+"="+from, killTo+"="+to)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
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
		t.Fatalf("the work failed: %v", err)
	}
	return err != nil
}
