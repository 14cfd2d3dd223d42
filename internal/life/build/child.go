package build

import (
	"context"
	"encoding/json"
	"io"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/confined"
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
	if err := confined.Confine(bounds(o.Limits)); err != nil {
		return err
	}
	code, err := bundle(context.Background(), &remote{dec: dec, enc: enc}, o.Provided, o.Limits.Bundle)
	if err != nil {
		return enc.Encode(ask{Done: true, Error: confined.Close(err)})
	}
	return enc.Encode(ask{Done: true, Code: code})
}

// bounds are those of the bundling process: esbuild looks around on the machine
// by itself.
func bounds(limits Limits) confined.Bounds {
	return confined.Bounds{CPU: limits.Bundling, Stack: childStack, Heap: childHeap, Space: childMemory, Lookups: true} // esbuild asks, and says what is not there
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
		return nil, false, a.Error.Open()
	}
	return a.Text, a.OK, nil
}
