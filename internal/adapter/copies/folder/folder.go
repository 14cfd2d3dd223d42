// Package folder puts copies of checkpoints into a folder, for instance one on
// another machine's disk, or one that is written once.
package folder

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/adapter/copies"
	"github.com/paddock-dev/paddock/internal/core"
)

// Put writes DIR/<log>/checkpoint-<size>.txt, synced and whole, or not at all.
// The folder must exist: one that is not mounted is a failure. Errors: Conflict,
// Unavailable.
func Put(_ context.Context, dir, origin string, size int64, note string) error {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return core.Errorf(core.Unavailable, "The folder is not there.").Hinted("Make it, or mount what it lies on.")
	}
	sub := filepath.Join(dir, copies.Dir(origin))
	if err := os.MkdirAll(sub, 0o755); err != nil {
		return failed(err)
	}
	path := filepath.Join(sub, copies.Name(size)+".txt")
	if have, err := os.ReadFile(path); err == nil {
		if string(have) != note {
			return copies.Differs(size)
		}
		return nil
	}
	f, err := os.CreateTemp(sub, ".new-*")
	if err != nil {
		return failed(err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(note)
	err = errors.Join(err, f.Chmod(0o444), f.Sync(), f.Close())
	if err != nil {
		return failed(err)
	}
	// A link fails where a rename would write over what another server put there.
	if err := os.Link(f.Name(), path); errors.Is(err, fs.ErrExist) {
		if have, err := os.ReadFile(path); err != nil || string(have) != note {
			return copies.Differs(size)
		}
	} else if err != nil {
		return failed(err)
	}
	d, err := os.Open(sub)
	if err != nil {
		return failed(err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return failed(err)
	}
	return nil
}

func failed(err error) error {
	why := "it cannot be written"
	switch {
	case errors.Is(err, fs.ErrPermission):
		why = "the server may not write there"
	}
	return &core.Error{Code: core.Unavailable, Msg: "The folder takes no copy: " + why + ".", Hint: "Look at its rights and its free space.", Err: err}
}
