// Package archtest holds the house to its plan: who may import whom, who may
// open a secret, what may stand at package level, and how long a file is. All
// of it is in tests; see edges_test.go for the table of allowed edges.
package archtest
