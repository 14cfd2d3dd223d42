package local

import (
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/paddock-dev/paddock/internal/core"
)

// lock serialises the writers of one repository, those of other replicas too,
// and returns the unlock.
func (f *Forge) lock(name string) (unlock func(), err error) {
	f.mu.Lock()
	l := f.locks[name]
	if l == nil {
		l = new(sync.Mutex)
		f.locks[name] = l
	}
	f.mu.Unlock()
	l.Lock()
	if !f.shared {
		return l.Unlock, nil
	}
	file, err := exclusive(filepath.Join(f.root, "locks", name))
	if err != nil {
		l.Unlock()
		return nil, core.Hidden("Waiting for the repository "+name, err)
	}
	return func() {
		file.Close() // which gives the lock back
		l.Unlock()
	}, nil
}

// exclusive waits until no other process holds the lock file. It is given back
// when the file is closed, also by the end of the process.
func exclusive(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		if err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}
