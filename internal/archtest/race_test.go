//go:build race

package archtest

// listFlags make the go command reuse what this test was built from.
var listFlags = []string{"-race"}
