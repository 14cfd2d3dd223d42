package build

import (
	"time"

	"github.com/paddock-dev/paddock/internal/engine/attest"
)

// Limits bound one build. Sizes are in bytes.
type Limits struct {
	SourceFile  int64         // one source file
	SourceTotal int64         // all source files that are imported
	SourceFiles int           // how many of them
	Bundle      int64         // the bundled worker
	PublicFile  int64         // one file under public/
	PublicTotal int64         // all of them
	PublicFiles int           // how many of them
	Bundling    time.Duration // wall and CPU time of bundling
}

// DefaultLimits are far above what a micro-app needs.
func DefaultLimits() Limits {
	return Limits{
		SourceFile: 2 << 20, SourceTotal: 10 << 20, SourceFiles: 2_000,
		Bundle:     10 << 20,
		PublicFile: 10 << 20, PublicTotal: 25 << 20, PublicFiles: 1_000,
		Bundling: 20 * time.Second,
	}
}

const (
	maxPath    = 200 // bytes of a path
	maxSBOM    = 16 << 20
	maxBundle  = attest.MaxBundle
	maxProblem = 20 // problems told at once
)
