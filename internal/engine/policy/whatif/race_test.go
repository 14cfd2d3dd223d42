//go:build race

package whatif_test

// changes is smaller under the race detector, which makes compiling slow.
const changes = 200
