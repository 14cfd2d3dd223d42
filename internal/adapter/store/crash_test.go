package store_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
)

// crashDir tells a copy of the test binary to write until it is killed,
// crashWriters with how many writers at once.
const crashDir, crashWriters = "PADDOCK_TEST_CRASH_DIR", "PADDOCK_TEST_CRASH_WRITERS"

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
// prints the e-mail of a person once the act is committed.
func writeForEver(dir string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, dir)
	if err != nil {
		return err
	}
	writers, err := strconv.Atoi(os.Getenv(crashWriters))
	if err != nil {
		return err
	}
	log := audit.NewLog(db, core.SystemClock{}, core.IDs{}, rand.Reader)
	failed := make(chan error)
	for range writers {
		go func() {
			for {
				if err := writeOne(ctx, db, log); err != nil {
					failed <- err
				}
			}
		}()
	}
	return <-failed
}

func writeOne(ctx context.Context, db *store.DB, log *audit.Log) error {
	id := core.IDs{}.New(time.Now())
	p := core.Person{ID: id, Email: string(id) + "@example.org", Created: 1}
	err := db.InTx(ctx, func(ctx context.Context) error {
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
	if err == nil {
		fmt.Println(p.Email)
	}
	return err
}

// Promises 1 and 8: after kill -9 at any moment, every act that was reported is
// there, and every act is there in full or not at all; also when acts share their
// commits.
func TestKilledWriterLeavesWholeActs(t *testing.T) {
	for _, writers := range []int{1, 8} {
		t.Run(fmt.Sprint(writers), func(t *testing.T) { testKilledWriter(t, writers) })
	}
}

func testKilledWriter(t *testing.T, writers int) {
	dir := t.TempDir()
	var acked []string
	for round := range 6 {
		cmd := exec.Command(os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), crashDir+"="+dir, fmt.Sprintf("%s=%d", crashWriters, writers))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for i := 0; i < 3+5*round*writers && lines.Scan(); i++ {
			acked = append(acked, lines.Text())
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // reported before the kill came
			acked = append(acked, lines.Text())
		}
		_ = cmd.Wait()
		inspect(t, dir, acked)
	}
	if len(acked) < 30*writers {
		t.Errorf("only %d acts were done", len(acked))
	}
}

// inspect holds the database against what the killed writer had reported.
func inspect(t *testing.T, dir string, acked []string) {
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
	kept := map[string]bool{}
	for _, p := range people {
		kept[p.Email] = true
	}
	for i, email := range acked {
		if !kept[email] {
			t.Fatalf("act %d of %d was reported, but is not kept", i, len(acked))
		}
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
		if n, err := db.Unread(t.Context(), p.ID); n != 1 || err != nil || !told[string(p.ID)] {
			t.Fatalf("act %d is there in part: %d messages, event %v, %v", i, n, told[string(p.ID)], err)
		}
	}
	pool, err := db.JobPool()
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	var newest, verdict string // rows lie in the order of the acts
	if err := pool.QueryRowContext(t.Context(), "SELECT email FROM person ORDER BY rowid DESC LIMIT 1").Scan(&newest); err != nil {
		t.Fatal(err)
	}
	if last, _ := db.Setting(t.Context(), "last"); last != newest {
		t.Fatalf("the last act left %q, not %q", last, newest)
	}
	if err := pool.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Fatalf("integrity check: %s, %v", verdict, err)
	}
}
