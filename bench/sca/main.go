// Command sca compares what Paddock says of known holes with what osv-scanner
// says, offline, on the same records and the same lock files.
//
//	go run ./bench/sca -scanner FILE -osv DIR [-locks DIR]
//
// DIR of -osv holds <Ecosystem>/all.zip; each folder below -locks holds one lock
// file. It prints a table and each difference, and fails if there is one.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	scanner := flag.String("scanner", "", "the osv-scanner program")
	records := flag.String("osv", "", "folder with <Ecosystem>/all.zip")
	locks := flag.String("locks", "bench/sca/testdata", "folder with one folder for each lock file")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	wrong, err := compare(ctx, *scanner, *records, *locks, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if wrong > 0 {
		os.Exit(1)
	}
}
