//go:build race

package torture

// raced says that the race detector is on. Children then run without it, as many
// of them are started.
const raced = true
