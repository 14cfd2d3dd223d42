// Command road measures the road from a form to a live app, as people walk it:
// it drives ./bin/paddock as a black box, over HTTP and git, and holds what it
// measures against the limits that Paddock promises.
//
//	go run ./bench/road [-paddock ./bin/paddock] [-apps 20] [-fixes 5] [-starts 5] [-tour=false] [-json]
//
// Each line says what was measured, how often, the number that counts, the
// limit, and their ratio: below 1 is within the limit. Exit code 1 if one is not.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

// options say what to measure and how often.
type options struct {
	paddock             string
	apps, fixes, starts int
	tour, json          bool
}

func main() {
	var o options
	flag.StringVar(&o.paddock, "paddock", "bin/paddock", "the program to measure")
	flag.IntVar(&o.apps, "apps", 20, "how many apps to make")
	flag.IntVar(&o.fixes, "fixes", 5, "how many fixes to push")
	flag.IntVar(&o.starts, "starts", 5, "how many times to start, on an empty folder and on a used one")
	flag.BoolVar(&o.tour, "tour", true, "measure the whole tour too")
	flag.BoolVar(&o.json, "json", false, "print one JSON object for each measurement")
	flag.Parse()
	if flag.NArg() > 0 || o.apps < 1 || o.fixes < 1 || o.starts < 1 {
		fmt.Fprintln(os.Stderr, "road: counts are at least 1, and there are no further words. Try -help.")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	results, err := measure(ctx, o)
	good := print(os.Stdout, results, o.json)
	if err != nil {
		fmt.Fprintln(os.Stderr, "road:", err)
		os.Exit(3)
	}
	if !good {
		os.Exit(1)
	}
}

// measure walks the road in a temporary folder and returns what it measured so
// far, also when it has to give up.
func measure(ctx context.Context, o options) (results []result, err error) {
	program, err := filepath.Abs(o.paddock)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(program); err != nil {
		return nil, fmt.Errorf("%s is not there: run make build first", o.paddock)
	}
	dir, err := os.MkdirTemp("", "paddock-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	add := func(r result, e error) error {
		if e == nil {
			results = append(results, r)
		}
		return e
	}
	if err := add(firstStarts(ctx, program, filepath.Join(dir, "starts"), o.starts)); err != nil {
		return results, err
	}
	if err := road(ctx, program, filepath.Join(dir, "road"), o, add); err != nil {
		return results, err
	}
	if o.tour {
		return results, add(tour(ctx, program, filepath.Join(dir, "tour")))
	}
	return results, nil
}

// road measures everything that one running server can show.
func road(ctx context.Context, program, dir string, o options, add func(result, error) error) error {
	s, err := start(ctx, program, dir)
	if err != nil {
		return err
	}
	defer s.Stop(context.WithoutCancel(ctx))
	people, err := arrive(ctx, s)
	if err != nil {
		return err
	}
	if err := add(creations(ctx, people, o.apps)); err != nil {
		return err
	}
	if err := add(fixes(ctx, s, people, o.fixes)); err != nil {
		return err
	}
	if err := add(memory(ctx, s)); err != nil {
		return err
	}
	if err := s.Stop(ctx); err != nil {
		return err
	}
	return add(restarts(ctx, program, dir, o.starts))
}

// print writes the table and reports whether everything is within its limit.
func print(out io.Writer, results []result, asJSON bool) bool {
	good := true
	for _, r := range results {
		good = good && r.Ratio() <= 1
		if asJSON {
			b, err := json.Marshal(r.line())
			if err == nil {
				fmt.Fprintln(out, string(b))
			}
			continue
		}
		fmt.Fprintln(out, r.String())
	}
	return good
}
