package app

import (
	"errors"
	"os"
	"syscall"

	"github.com/paddock-dev/paddock/internal/core"
)

// lock takes a data folder for this server alone, until the file is closed or
// the process ends, however it ends. Errors: Conflict when another server has it.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, core.Errorf(core.Unavailable, "The file %q cannot be made: %w.", path, err).Hinted("Check that the data folder is writable.")
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		f.Close()
		return nil, core.Errorf(core.Conflict, "Another Paddock server uses this data folder (%s).", path).Hinted("Stop it first, or name another folder with --data.")
	case err != nil:
		f.Close()
		return nil, core.Hidden("Locking the data folder", err)
	}
	return f, nil
}
