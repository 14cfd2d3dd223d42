// Command store measures lists and searches over a large fleet, as the doors serve
// them: it makes up apps, builds, components, use and events, starts a whole
// server on them in this process, and asks it over HTTP.
//
//	go run ./bench/store [-apps 100000] [-events 1000000] [-parts 40] [-steps 1000,10000] [-asks 200] [-dir DIR] [-json]
//
// Each line says what was asked, how often, the median, the 95th of 100 (p95), the
// limit, and their ratio: below 1 is within the limit. Where others have published
// a number it stands beside. Exit code 1 if something is beyond its limit.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
)

type options struct {
	apps, events, parts, asks int
	steps                     string
	dir                       string
	engine, profile           string
	json                      bool
}

func main() {
	var o options
	flag.IntVar(&o.apps, "apps", 100_000, "how many apps the largest fleet has")
	flag.IntVar(&o.events, "events", 1_000_000, "how many events the audit log of the largest fleet has; smaller ones have their share")
	flag.IntVar(&o.parts, "parts", 40, "how many components a build holds")
	flag.IntVar(&o.asks, "asks", 200, "how often each question is asked, after a tenth of that to warm up")
	flag.StringVar(&o.steps, "steps", "1000,10000", "smaller fleets to measure first; empty for none")
	flag.StringVar(&o.dir, "dir", "", "folder for the data, which is deleted afterwards; default a temporary one")
	flag.StringVar(&o.engine, "engine", "sqlite", "sqlite or postgres")
	flag.StringVar(&o.profile, "profile", "", "file for a processor profile of the questions")
	flag.BoolVar(&o.json, "json", false, "print one JSON object for each measurement")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	sizes, err := o.sizes()
	if err != nil || flag.NArg() > 0 || o.engine != "sqlite" && o.engine != "postgres" {
		fmt.Fprintln(os.Stderr, "store: counts are at least 1, and there are no further words. Try -help.")
		os.Exit(2)
	}
	good := true
	for _, n := range sizes {
		results, err := measure(ctx, o, n)
		for _, r := range results {
			good = good && r.ratio() <= 1
			r.print(os.Stdout, o.json)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "store:", err)
			os.Exit(3)
		}
	}
	if !good {
		os.Exit(1)
	}
}

func (o options) sizes() (sizes []int, err error) {
	for _, s := range append(strings.FieldsFunc(o.steps, func(r rune) bool { return r == ',' }), strconv.Itoa(o.apps)) {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q is no number of apps", s)
		}
		if n <= o.apps {
			sizes = append(sizes, n)
		}
	}
	if min(o.events, o.parts, o.asks) < 1 {
		return nil, fmt.Errorf("counts are at least 1")
	}
	return sizes, nil
}
