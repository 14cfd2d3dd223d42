package move_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/adapter/store/move"
	"github.com/paddock-dev/paddock/internal/core"
)

// The environment that makes a copy of the test binary copy until it is killed.
const (
	killFrom = "PADDOCK_TEST_MOVE_FROM"
	killTo   = "PADDOCK_TEST_MOVE_TO"
)

// TestMain lets the test binary be the copier that gets killed.
func TestMain(m *testing.M) {
	if from := os.Getenv(killFrom); from != "" {
		if err := copyOnce(context.Background(), from, os.Getenv(killTo)); err != nil {
			fmt.Fprintln(os.Stderr, err, core.AsError(err).Err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// copyOnce brings the copy to its end. It says each step, and waits there for a
// moment, so that it can be killed at any of them.
func copyOnce(ctx context.Context, fromDir, toDir string) error {
	from, err := sql.Open("sqlite", "file:"+filepath.Join(fromDir, store.File)+"?mode=ro")
	if err != nil {
		return err
	}
	tx, err := from.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	reader, err := move.NewReader(ctx, tx, move.SQLite)
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(toDir, store.File)+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	to, err := move.NewTarget(ctx, db, move.SQLite)
	if err != nil {
		return err
	}
	if done, err := to.Begin(ctx, reader, "kill"); done || err != nil {
		return err
	}
	said := func(move.Step) { fmt.Println("step") }
	said(move.Step{})
	if err := move.Copy(ctx, reader, to, said); err != nil {
		return err
	}
	if _, err := move.Settle(ctx, reader, to, said); err != nil {
		return err
	}
	last, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := to.Finish(ctx, last, true); err != nil {
		return err
	}
	said(move.Step{})
	return last.Commit()
}

// Promise 8: a copy that is killed at any moment goes on and ends the same.
func TestKilledCopyGoesOn(t *testing.T) {
	w := newWorld(t, 40)
	dir := t.TempDir()
	db, err := store.Open(t.Context(), dir)
	w.Must(err)
	w.Must(db.Close())
	finished := false
	for round := 0; round < 15 && !finished; round++ {
		cmd := exec.Command(os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), killFrom+"="+w.Dir, killTo+"="+dir)
		out, err := cmd.StdoutPipe()
		w.Must(err)
		cmd.Stderr = os.Stderr
		w.Must(cmd.Start())
		steps := 0
		buf := make([]byte, len("step\n"))
		for steps < 1+6*round {
			if _, err := out.Read(buf); err != nil {
				break
			}
			steps++
		}
		time.AfterFunc(time.Duration(round%5)*time.Millisecond, func() { _ = cmd.Process.Kill() })
		_, _ = out.Read(make([]byte, 1<<16))
		finished = cmd.Wait() == nil
	}
	if !finished {
		w.Must(copyOnce(t.Context(), w.Dir, dir))
	}
	p := place{"sqlite", move.SQLite, openSQLite(t, dir)}
	if done, err := p.target(t).Begin(t.Context(), w.moment(t), "kill"); !done || err != nil {
		t.Fatalf("not finished: %v", err)
	}
	sums := settle(t, w.moment(t), p.target(t))
	if mended(sums) != 0 || rowsOf(sums, "app") != 40 {
		t.Errorf("after the kills: %d apps, %d rows to mend", rowsOf(sums, "app"), mended(sums))
	}
	guarded(t, p)
}
