// Package cli is the command line: each command decodes its words, calls a use
// case and encodes the answer. Data goes to standard output, all else to
// standard error. Exit codes: 0 done, 1 blocked or denied, 2 wrong usage or
// unreadable input, 3 a fault of Paddock's own.
package cli
