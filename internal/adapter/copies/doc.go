// Package copies holds the places where copies of checkpoints are put, one
// package each: a folder, a git repository, an S3-compatible object store.
//
// Each has Put, which adds one checkpoint under a name made of its log and size,
// and never writes over what is there: the same bytes are fine, others are a
// Conflict.
package copies

import (
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Dir is the name of a log as one step of a path.
func Dir(origin string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, origin)
}

// Name is the name of a checkpoint: names sort as sizes do.
func Name(size int64) string { return fmt.Sprintf("checkpoint-%019d", size) }

// Differs is the error for a place that holds other bytes under the same name.
func Differs(size int64) error {
	return core.Errorf(core.Conflict, "It holds another checkpoint of %d entries of this log.", size).
		Hinted("Get that one, and run paddock audit verify --checkpoint with it.")
}
