// Command identity measures who-may-do-what against its limits.
//
//	go run ./bench/identity [ci] [signin] [grants] [rights]
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
type bench struct{ missed bool }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	b := &bench{}
	err := b.run(ctx, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench/identity:", err)
	}
	if err != nil || b.missed {
		os.Exit(1)
	}
}

// run measures the parts that are named, all of them if none is.
func (b *bench) run(ctx context.Context, names []string) error {
	for _, part := range []struct {
		name string
		do   func(ctx context.Context) error
	}{
		{"ci", b.ci},
		{"signin", b.signIn},
		{"rights", b.rights},
		{"grants", b.grants},
	} {
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
	verdict, ratio := "ok", value/limit
	if ratio > 1 {
		verdict, b.missed = "MISSED", true
	}
	fmt.Printf("%-58s %10.3f %-5s <= %9.3f  ratio %.2f  %s\n", what, value, unit, limit, ratio, verdict)
}
