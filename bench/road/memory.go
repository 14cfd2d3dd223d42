package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/app/visit"
)

// rest is how long the server is left alone before its memory is read.
const rest = 10 * time.Second

// memory measures the resident memory of an idle server that has done work. The
// processes of apps are not part of it: they are processes of their own.
func memory(ctx context.Context, s *visit.Server) (result, error) {
	select {
	case <-time.After(rest):
	case <-ctx.Done():
		return result{}, ctx.Err()
	}
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.Pid()))
	if err != nil {
		return result{}, err
	}
	for l := range strings.SplitSeq(string(b), "\n") {
		var kib float64
		if n, _ := fmt.Sscanf(l, "VmRSS: %f kB", &kib); n == 1 {
			return result{Name: "idle server, resident memory", Unit: "MB", What: "once", Samples: []float64{kib * 1024 / 1e6}, Limit: 120}, nil
		}
	}
	return result{}, fmt.Errorf("/proc says nothing of the memory of process %d", s.Pid())
}
