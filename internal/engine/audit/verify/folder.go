package verify

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
)

// Folder checks the log of a data folder. key is the verifier key to trust; ""
// takes the one in the folder, and the result says so. known are checkpoints
// that were kept elsewhere.
func Folder(ctx context.Context, dataDir, key string, known ...string) (Result, error) {
	db, err := Open(dataDir)
	if err != nil {
		return Result{}, err
	}
	defer db.Close()
	o := Options{Key: key, Known: known}
	if key == "" {
		o.Key, o.OwnKey = db.OwnKey, true
	}
	if o.Key == "" {
		return Result{}, core.Errorf(core.NotFound, "%s/keys/audit.vkey does not exist and no key was given", dataDir).
			Hinted("Give the log's verifier key with --key.")
	}
	return Run(ctx, db, o)
}
