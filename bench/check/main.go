package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
)

// bench is one run.
type bench struct {
	paddock  string // our binary
	checkers string // folder of the five programs
	corpus   string // folder of clones
	osv      string // folder of advisories
	rounds   int
	dir      string // for copies and output, deleted afterwards
	missed   bool
	imported string // our database, made of osv once
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == "push-of" {
		os.Exit(pushOf(os.Args[2], os.Args[3]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench/check:", err)
		os.Exit(1)
	}
}

var errMissed = errors.New("a limit is missed")

func run(ctx context.Context) error {
	b := &bench{}
	flag.StringVar(&b.paddock, "paddock", "bin/paddock", "the binary under test")
	flag.StringVar(&b.checkers, "checkers", "", "folder of the five programs; make checkers builds them")
	flag.StringVar(&b.corpus, "corpus", "", "folder of clones: nodegoat, clutch, openbao")
	flag.StringVar(&b.osv, "osv", "", "folder of advisories, <ecosystem>/all.zip")
	flag.IntVar(&b.rounds, "rounds", 3, "how often each side runs; the median counts")
	flag.Parse()
	var err error
	for _, p := range []*string{&b.paddock, &b.checkers, &b.corpus, &b.osv} {
		if *p != "" {
			if *p, err = filepath.Abs(*p); err != nil {
				return err
			}
		}
	}
	if b.dir, err = os.MkdirTemp("", "paddock-bench-check-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if err := b.copyPrograms(); err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		do   func(ctx context.Context) error
	}{{"start", b.start}, {"small", b.small}, {"medium", b.medium}, {"large", b.large}, {"history", b.history}, {"push", b.push}, {"growth", b.growth}} {
		if flag.NArg() > 0 && !slices.Contains(flag.Args(), part.name) {
			continue
		}
		if err := part.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	if b.missed {
		return errMissed
	}
	return nil
}

// atMost prints one line against a limit.
func (b *bench) atMost(what string, value, limit float64, unit string) {
	verdict := "ok"
	if value > limit {
		verdict, b.missed = "MISSED", true
	}
	fmt.Printf("%-58s %10.2f %-5s <= %9.2f  ratio %.2f  %s\n", what, value, unit, limit, value/limit, verdict)
}
