package build

import (
	"context"
	"encoding/json"
	"io"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// The limits of the bundling process, in bytes. A stack overflow ends it.
const (
	childStack  = 128 << 20
	childHeap   = 512 << 20
	childMemory = 3 << 30 // of address space
)

// Child is the other side of Isolated: it confines this process for good and
// bundles what its standard input asks for. Call it only as the single work of
// a process; in and out are its standard input and output.
func Child(in io.Reader, out io.Writer) error {
	dec, enc := json.NewDecoder(in), json.NewEncoder(out)
	var o order
	if err := dec.Decode(&o); err != nil {
		return err
	}
	if err := confine(o.Limits); err != nil {
		return err
	}
	code, err := bundle(context.Background(), &remote{dec: dec, enc: enc}, o.Provided, o.Limits.Bundle)
	if err != nil {
		return enc.Encode(ask{Done: true, Error: closeError(err)})
	}
	return enc.Encode(ask{Done: true, Code: code})
}

// confine takes this process the means to open anything, since esbuild looks
// around on the machine by itself, and bounds its appetite.
func confine(limits Limits) error {
	// The first timer opens the runtime's poller, which must happen while
	// something can still be opened.
	time.AfterFunc(time.Hour, func() {}).Stop()
	debug.SetMaxStack(childStack)
	debug.SetMemoryLimit(childHeap)
	seconds := uint64(limits.Bundling.Seconds()) + 1
	for _, l := range []struct {
		what int
		max  uint64
	}{
		{syscall.RLIMIT_CORE, 0},
		{syscall.RLIMIT_CPU, seconds},
		{syscall.RLIMIT_AS, childMemory},
		{syscall.RLIMIT_NOFILE, 3}, // what is open stays open; nothing new
	} {
		if err := syscall.Setrlimit(l.what, &syscall.Rlimit{Cur: l.max, Max: l.max}); err != nil {
			return err
		}
	}
	return nil
}

// remote asks the parent process for files.
type remote struct {
	mu  sync.Mutex
	dec *json.Decoder
	enc *json.Encoder
}

func (r *remote) read(path string) ([]byte, bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var a answer
	err := r.enc.Encode(ask{Read: path})
	if err == nil {
		err = r.dec.Decode(&a)
	}
	switch {
	case err != nil:
		return nil, false, core.Hidden("Reading a file of the app", err)
	case a.Error != nil:
		return nil, false, a.Error.open()
	}
	return a.Text, a.OK, nil
}
