package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/paddock-dev/paddock/internal/core"
)

// readFile reads a file that somebody gave on the command line. Errors:
// Unreadable, TooLarge.
func readFile(std IO, path string, limit int64) ([]byte, error) {
	f, err := os.Open(std.path(path))
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, unreadable(path, err)
	}
	if int64(len(b)) > limit {
		return nil, core.Errorf(core.TooLarge, "The file %q is larger than %d bytes.", path, limit).Hinted("Check that it is the file you mean.")
	}
	return b, nil
}

func unreadable(path string, err error) *core.Error {
	return &core.Error{Code: core.Unreadable, Msg: fmt.Sprintf("%q cannot be read: %s.", path, cause(err)), Hint: "Check the path.", Err: err}
}

// readAll reads standard input. Errors: Unreadable, TooLarge.
func readAll(in io.Reader, limit int64) ([]byte, error) {
	if in == nil {
		return nil, nil
	}
	b, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err != nil {
		return nil, unreadable("standard input", err)
	}
	if int64(len(b)) > limit {
		return nil, core.Errorf(core.TooLarge, "Standard input is longer than %d bytes.", limit).Hinted("Check that it is what you mean.")
	}
	return b, nil
}
