// Command audit measures the audit log against its limits, on real databases
// that write to the disk: how many acts it takes, how soon an event is provable,
// what it adds to an act, how large and fast proofs are, and how fast a whole
// log is verified. Each line has a value, its limit and their ratio; a ratio
// over 1 misses the limit. Baselines are measured in the same run, by turns.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if len(os.Args) == 3 && os.Args[1] == "verify" {
		os.Exit(verifyOnly(ctx, os.Args[2]))
	}
	dir, err := os.MkdirTemp("", "paddock-bench-audit-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = run(ctx, dir, os.Args[1:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench/audit:", err)
		os.RemoveAll(dir)
		os.Exit(1)
	}
}

// run measures the parts that are named, all of them if none is.
func run(ctx context.Context, dir string, names []string) error {
	for _, part := range []struct {
		name string
		do   func(ctx context.Context, dir string) error
	}{{"sqlite", onSQLite}, {"postgres", onPostgres}, {"proofs", proofs}} {
		if len(names) > 0 && !slices.Contains(names, part.name) {
			continue
		}
		if err := part.do(ctx, dir); err != nil {
			return err
		}
	}
	return nil
}

// atLeast and atMost print one line. The ratio is over 1 where the limit is
// missed.
func atLeast(what string, value, limit float64, unit string) {
	line(what, value, limit, limit/value, ">=", unit)
}

func atMost(what string, value, limit float64, unit string) {
	line(what, value, limit, value/limit, "<=", unit)
}

func line(what string, value, limit, ratio float64, sign, unit string) {
	verdict := "ok"
	if ratio > 1 {
		verdict = "MISSED"
	}
	fmt.Printf("%-58s %10.2f %-5s %s %9.2f  ratio %.2f  %s\n", what, value, unit, sign, limit, ratio, verdict)
}
