package verify

import (
	"context"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/core"
)

// Place says where a log is.
type Place struct {
	Dir string // a data folder, or a copy of one; beside a database it is for the key only, and may be ""
	URL string // of a PostgreSQL database; "" for paddock.db in Dir
}

// Check checks the log at a place. Without a key in the options it takes the
// one in the folder, and the result says so.
func Check(ctx context.Context, at Place, o Options) (Result, error) {
	own := ""
	if at.Dir != "" {
		var err error
		if own, err = readKey(filepath.Join(at.Dir, "keys", "audit.vkey")); err != nil {
			return Result{}, err
		}
	}
	src, err := at.open(ctx)
	if err != nil {
		return Result{}, err
	}
	defer src.Close()
	if o.Key == "" {
		o.Key, o.OwnKey = own, true
	}
	if o.Key == "" {
		return Result{}, core.Errorf(core.NotFound, "%s does not exist and no key was given", filepath.Join(at.Dir, "keys", "audit.vkey")).
			Hinted("Give the log's verifier key with --key.")
	}
	return Run(ctx, src, o)
}

// Folder checks the log of a data folder. key is the verifier key to trust; ""
// takes the one in the folder, and the result says so. known are checkpoints
// that were kept elsewhere.
func Folder(ctx context.Context, dataDir, key string, known ...string) (Result, error) {
	return Check(ctx, Place{Dir: dataDir}, Options{Key: key, Known: known})
}

// closing is a source that has to be closed.
type closing interface {
	Source
	Close() error
}

func (at Place) open(ctx context.Context) (closing, error) {
	if at.URL != "" {
		return OpenPostgres(ctx, at.URL)
	}
	return Open(at.Dir)
}
