package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/preview"
)

// figures are what a process of its own finds out about one preview.
type figures struct {
	Seconds float64 // from the first app read to the report
	MiB     float64 // the most memory that the process has held
	Asked   int
	Shifts  int
	Full    int // questions that the rules which differ could not settle
}

// preview measures fleets of growing size.
func (b *bench) preview(ctx context.Context) error {
	var last figures
	for _, n := range []int{1_000, 10_000, 100_000} {
		dir := filepath.Join(b.dir, fmt.Sprint("fleet-", n))
		begun := time.Now()
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
		if err := newFleet(n).fill(ctx, dir, n); err != nil {
			return err
		}
		filled := time.Since(begun)
		out, err := exec.CommandContext(ctx, os.Args[0], "preview-of", dir).Output()
		if err == nil {
			err = json.Unmarshal(out, &last)
		}
		if err != nil {
			return fmt.Errorf("the preview of %d apps: %w", n, err)
		}
		fmt.Printf("preview, %6d apps: %.2f s, %.0f MiB; %d questions, %d of them asked in full, %d answers change (made up in %.0f s)\n",
			n, last.Seconds, last.MiB, last.Asked, last.Full, last.Shifts, filled.Seconds())
	}
	b.atMost("preview of a rule over 100,000 apps", last.Seconds, 5, "s")
	b.atMost("memory of it", last.MiB, 300, "MiB")
	each, err := naively(ctx)
	if err != nil {
		return err
	}
	all := each.Seconds() * float64(last.Asked) / 2 // on two processors
	fmt.Printf("OPA alone needs %.0f us for one question under both revisions: %.0f s for all of them on two processors\n", each.Seconds()*1e6, all)
	b.atLeast("faster than OPA asked about each app", all/last.Seconds, 10, "x")
	return nil
}

// previewOf is the process of its own.
func previewOf(ctx context.Context, dir string) int {
	f, err := measurePreview(ctx, dir)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(f)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func measurePreview(ctx context.Context, dir string) (figures, error) {
	from, err := revision(ctx, "")
	if err != nil {
		return figures{}, err
	}
	to, err := revision(ctx, newRule)
	if err != nil {
		return figures{}, err
	}
	db, err := store.Open(ctx, dir)
	if err != nil {
		return figures{}, err
	}
	defer db.Close()
	begun, most := time.Now(), watch()
	r, err := preview.Previews{Store: db, Clock: core.SystemClock{}}.Fleet(ctx, from, to)
	if err != nil {
		return figures{}, err
	}
	return figures{Seconds: time.Since(begun).Seconds(), MiB: most(), Asked: r.Asked, Shifts: len(r.Shifts), Full: r.Full}, nil
}

// naively is the time that OPA alone needs for one app's merge under both
// revisions, from the same kind of apps.
func naively(ctx context.Context) (time.Duration, error) {
	from, err := revision(ctx, "")
	if err != nil {
		return 0, err
	}
	to, err := revision(ctx, newRule)
	if err != nil {
		return 0, err
	}
	one, err := newNaive(ctx, from, core.GateChangeMerge)
	if err != nil {
		return 0, err
	}
	two, err := newNaive(ctx, to, core.GateChangeMerge)
	if err != nil {
		return 0, err
	}
	docs, err := inputs(from, core.GateChangeMerge, 500)
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	for _, doc := range docs {
		if err := one.ask(ctx, doc); err != nil {
			return 0, err
		}
		if err := two.ask(ctx, doc); err != nil {
			return 0, err
		}
	}
	return time.Since(begun) / time.Duration(len(docs)), nil
}

// watch looks at this process's memory each 5 ms, until the function that it
// returns is called: that gives the most that was seen, in MiB. Pages of the
// database file, which belong to the system's cache, do not count.
func watch() (most func() float64) {
	stop, out := make(chan struct{}), make(chan float64)
	go func() {
		peak := 0.0
		for tick := time.NewTicker(5 * time.Millisecond); ; {
			select {
			case <-tick.C:
				peak = max(peak, anonymous())
			case <-stop:
				out <- max(peak, anonymous())
				return
			}
		}
	}()
	return func() float64 { close(stop); return <-out }
}

func anonymous() float64 {
	b, _ := os.ReadFile("/proc/self/status")
	for _, line := range strings.Split(string(b), "\n") {
		if rest, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			n, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return n / 1024
		}
	}
	return 0
}
