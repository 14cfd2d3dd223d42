package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/core"
)

// writeWhole writes a file that somebody named: the whole of it, or nothing.
// What was there before is replaced only when fill has ended well. A device or a
// pipe is written to, never replaced.
func writeWhole(std IO, name string, fill func(w io.Writer) error) error {
	path := std.path(name)
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return writeInto(path, name, fill)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".paddock-*")
	if err != nil {
		return unwritable(name, err)
	}
	defer os.Remove(f.Name())
	if err := fill(f); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return unwritable(name, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return unwritable(name, err)
	}
	return nil
}

// writeInto writes to what is there and is no file.
func writeInto(path, name string, fill func(w io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return unwritable(name, err)
	}
	if err := fill(f); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return unwritable(name, err)
	}
	return nil
}

func unwritable(name string, err error) *core.Error {
	return &core.Error{Code: core.Unavailable, Msg: fmt.Sprintf("%q cannot be written: %s.", name, cause(err)), Hint: "Name another file with --out.", Err: err}
}
