package confined

import (
	"runtime/debug"
	"syscall"
	"time"
)

// Bounds are what a process may use. Sizes are in bytes; zero sets no bound.
type Bounds struct {
	CPU   time.Duration // of all its threads together
	Stack int           // of one goroutine; overflowing it ends the process
	Heap  int64         // beyond which memory is collected eagerly
	Space uint64        // of addresses
	Data  uint64        // of memory that can be written to

	Lookups bool // it may learn which files there are, and open none
}

// Confine takes this process the means to open or start anything for good, and bounds
// its appetite. What is open stays open.
func Confine(b Bounds) error {
	// The first timer opens the runtime's poller, which must happen while
	// something can still be opened.
	time.AfterFunc(time.Hour, func() {}).Stop()
	if b.Stack > 0 {
		debug.SetMaxStack(b.Stack)
	}
	if b.Heap > 0 {
		debug.SetMemoryLimit(b.Heap)
	}
	for _, l := range []struct {
		what int
		max  uint64
		set  bool
	}{
		{syscall.RLIMIT_CORE, 0, true},
		{syscall.RLIMIT_CPU, uint64(b.CPU.Seconds()) + 1, b.CPU > 0},
		{syscall.RLIMIT_AS, b.Space, b.Space > 0},
		{syscall.RLIMIT_DATA, b.Data, b.Data > 0},
		{syscall.RLIMIT_FSIZE, 0, true},
		{syscall.RLIMIT_NOFILE, 3, true}, // its three streams, and nothing new
	} {
		if !l.set {
			continue
		}
		if err := syscall.Setrlimit(l.what, &syscall.Rlimit{Cur: l.max, Max: l.max}); err != nil {
			return err
		}
	}
	if b.Lookups {
		return onlyAllowed(lookups)
	}
	return onlyAllowed(nil)
}
