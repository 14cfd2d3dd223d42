//go:build !race

package whatif_test

const changes = 1000
