// Command policy measures decisions and previews against their limits: what one
// gate's answer costs, beside OPA's library and OPA's server with the same rules
// in the same run; what a preview of a rule costs over a whole fleet, beside
// asking OPA about each app; and what it costs to answer stored decisions again, and to make a large revision ready.
//
//	go run ./bench/policy [decision] [preview] [replay] [activation]
//
// Each line has a value, its limit and their ratio; a ratio over 1 misses the
// limit, and the exit code is 1 then.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
)

// bench is one run.
type bench struct {
	dir    string // for data, deleted afterwards
	missed bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if len(os.Args) == 3 && os.Args[1] == "preview-of" {
		os.Exit(previewOf(ctx, os.Args[2]))
	}
	dir, err := os.MkdirTemp("", "paddock-bench-policy-")
	b := &bench{dir: dir}
	if err == nil {
		defer os.RemoveAll(dir)
		err = b.run(ctx, os.Args[1:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench/policy:", err)
	}
	if err != nil || b.missed {
		os.RemoveAll(dir)
		os.Exit(1)
	}
}

// run measures the parts that are named, all of them if none is.
func (b *bench) run(ctx context.Context, names []string) error {
	for _, part := range []struct {
		name string
		do   func(ctx context.Context) error
	}{{"decision", b.decision}, {"preview", b.preview}, {"replay", b.replay}, {"activation", b.activation}} {
		if len(names) > 0 && !slices.Contains(names, part.name) {
			continue
		}
		if err := part.do(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) atMost(what string, value, limit float64, unit string) {
	b.line(what, value, limit, value/limit, "<=", unit)
}

func (b *bench) atLeast(what string, value, limit float64, unit string) {
	b.line(what, value, limit, limit/value, ">=", unit)
}

func (b *bench) line(what string, value, limit, ratio float64, sign, unit string) {
	verdict := "ok"
	if ratio > 1 {
		verdict, b.missed = "MISSED", true
	}
	fmt.Printf("%-58s %10.2f %-5s %s %9.2f  ratio %.2f  %s\n", what, value, unit, sign, limit, ratio, verdict)
}
