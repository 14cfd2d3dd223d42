package app

import (
	"os"
	"testing"
)

// TestMain lets the test program be the process that checks, as paddock is.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == CheckArg {
		os.Exit(CheckChild(os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}
