package workerd

import (
	"context"
	"fmt"
	"net"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/paddock-dev/paddock/internal/core"
)

// folder is the folder of an app's sockets, named by descriptor: the address
// of a socket holds 108 bytes at most, and paths may be longer. Dialling holds
// the lock, so that a descriptor which is closed and given to another file in
// between never leads to another app.
type folder struct {
	mu  sync.RWMutex
	dir *os.File // nil before open and after close
}

func (f *folder) open(path string) error {
	dir, err := os.OpenFile(path, unix.O_PATH|unix.O_DIRECTORY, 0)
	if err != nil {
		return core.Hidden("Opening the sockets of an app", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dir = dir
	return nil
}

func (f *folder) dial(ctx context.Context, name string) (net.Conn, error) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.dir == nil {
		return nil, net.ErrClosed
	}
	var d net.Dialer
	return d.DialContext(ctx, "unix", fmt.Sprintf("/proc/self/fd/%d/%s", f.dir.Fd(), name))
}

func (f *folder) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dir != nil {
		_ = f.dir.Close()
		f.dir = nil
	}
}
