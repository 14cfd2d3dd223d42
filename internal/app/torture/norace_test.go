//go:build !race

package torture

// raced says that the race detector is off.
const raced = false
