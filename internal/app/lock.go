package app

import (
	"errors"
	"os"
	"syscall"

	"github.com/paddock-dev/paddock/internal/core"
)

// lock takes a folder for this server alone, until the file is closed or the
// process ends, however it ends. Errors: Conflict when another server has it.
func lock(path string) (*os.File, error) { return flock(path, syscall.LOCK_EX|syscall.LOCK_NB) }

// share takes a folder together with others that share it.
// Errors: Conflict when a server has it for itself.
func share(path string) (*os.File, error) { return flock(path, syscall.LOCK_SH|syscall.LOCK_NB) }

// await is lock that waits until the others are through.
func await(path string) (*os.File, error) { return flock(path, syscall.LOCK_EX) }

func flock(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, core.Errorf(core.Unavailable, "The file %q cannot be made: %w.", path, err).Hinted("Check that the data folder is writable.")
	}
	for {
		err = syscall.Flock(int(f.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		f.Close()
		return nil, core.Errorf(core.Conflict, "Another Paddock server uses this data folder (%s).", path).
			Hinted("Stop it first, or name another folder with --data. Servers share a folder only when all of them use --database.")
	case err != nil:
		f.Close()
		return nil, core.Hidden("Locking the data folder", err)
	}
	return f, nil
}
