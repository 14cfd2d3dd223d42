package store_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
)

// crashDir tells a copy of the test binary to write until it is killed.
const crashDir = "PADDOCK_TEST_CRASH_DIR"

// TestMain lets the test binary be the writer that gets killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		fmt.Fprintln(os.Stderr, writeForEver(dir))
		os.Exit(1)
	}
	if dir := os.Getenv(ailingDir); dir != "" {
		if err := writeThrice(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// writeForEver adds people, each with two more records and its event, and
// prints the number of a person once the act is committed.
func writeForEver(dir string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, dir)
	if err != nil {
		return err
	}
	log := audit.NewLog(db, core.SystemClock{}, core.IDs{}, rand.Reader)
	have, err := db.People(ctx)
	if err != nil {
		return err
	}
	for n := len(have); ; n++ {
		err := db.InTx(ctx, func(ctx context.Context) error {
			p := core.Person{ID: core.IDs{}.New(time.Now()), Email: fmt.Sprintf("p%06d@example.org", n), Created: 1}
			if err := db.AddPerson(ctx, p); err != nil {
				return err
			}
			if err := db.PutSetting(ctx, "last", p.Email); err != nil {
				return err
			}
			if _, err := db.AddNotice(ctx, core.Notice{ID: p.ID, Person: p.ID, Key: "k", Title: strings.Repeat("x", 5000)}); err != nil {
				return err
			}
			return log.Append(ctx, core.Event{Action: "person.add", Actor: core.System("test"), Target: string(p.ID), Code: "ok"})
		})
		if err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// Promises 1 and 8: after kill -9 at any moment, every act that was reported is
// there, and every act is there in full or not at all.
func TestKilledWriterLeavesWholeActs(t *testing.T) {
	dir, acked := t.TempDir(), -1
	for round := range 6 {
		cmd := exec.Command(os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), crashDir+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for i := 0; i < 3+5*round && lines.Scan(); i++ {
			if _, err := fmt.Sscan(lines.Text(), &acked); err != nil {
				t.Fatalf("the writer said %q", lines.Text())
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // reported before the kill came
			_, _ = fmt.Sscan(lines.Text(), &acked)
		}
		_ = cmd.Wait()
		inspect(t, dir, acked)
	}
	if acked < 30 {
		t.Errorf("only %d acts were done", acked)
	}
}

// inspect holds the database against what the killed writer had reported.
func inspect(t *testing.T, dir string, acked int) {
	t.Helper()
	db, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatalf("the database does not open after the kill: %v", err)
	}
	defer db.Close()
	people, err := db.People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(people) <= acked {
		t.Fatalf("act %d was reported, but only %d are kept", acked, len(people))
	}
	events, err := db.SearchEvents(t.Context(), store.EventFilter{Most: 100000})
	if err != nil || len(events) != len(people) {
		t.Fatalf("%d people, %d events, %v", len(people), len(events), err)
	}
	told := map[string]bool{}
	for _, e := range events {
		told[e.Target] = true
	}
	for i, p := range people {
		if n, err := db.Unread(t.Context(), p.ID); n != 1 || err != nil || !told[string(p.ID)] || p.Email != fmt.Sprintf("p%06d@example.org", i) {
			t.Fatalf("act %d is there in part: %d messages, event %v, %v", i, n, told[string(p.ID)], err)
		}
	}
	if last, _ := db.Setting(t.Context(), "last"); last != people[len(people)-1].Email {
		t.Fatalf("the last act left %q, not %q", last, people[len(people)-1].Email)
	}
	pool, err := db.JobPool()
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	var verdict string
	if err := pool.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Fatalf("integrity check: %s, %v", verdict, err)
	}
}
