package app

import (
	"context"
	"os"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/org/inventory"
)

// Reindex lists the parts of artifacts whose parts are not known, with all of
// every artifact, beside a server that may be running. It says what it did, also
// when it was cut off; the next run goes on there.
func Reindex(ctx context.Context, c cli.Config, all bool) (string, error) {
	url := string(c.Database.Database)
	if _, err := os.Stat(filepath.Join(c.Data, store.File)); err != nil && url == "" {
		return "", core.Errorf(core.NotFound, "There is no Paddock data in %q.", c.Data).Hinted("Name the server's data folder with --data.")
	}
	db, err := store.OpenAt(ctx, store.Where{Dir: c.Data, URL: url})
	if err != nil {
		return "", err
	}
	defer db.Close()
	h := &house{config: c}
	registry, err := h.openRegistry()
	if err != nil {
		return "", err
	}
	done, err := (&inventory.Indexer{Shelves: db, Blobs: registry}).Run(ctx, all)
	return done.String(), err
}

// indexer lists the parts of the house's artifacts.
func (h *house) indexer() *inventory.Indexer {
	return &inventory.Indexer{Shelves: h.store, Blobs: h.warehouse.registry}
}

// index lists the parts of one artifact that was brought in.
func (h *house) index(ctx context.Context, a core.Artifact) error {
	return h.indexer().Index(ctx, a, &inventory.Indexed{})
}
