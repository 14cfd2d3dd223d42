package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
)

// place is what belongs to one server process. A server that is alone (on SQLite)
// has the data folder. A replica, one of several on one PostgreSQL database, shares
// that folder but for its sockets: they lie in a folder of its own below run,
// which it holds locked while it lives.
type place struct {
	dir     string
	replica string   // this server's name among several; "" when it is alone
	living  *os.File // the lock of a replica's folder
	turn    *os.File // held while this replica starts
}

func (p place) hooks() string { return filepath.Join(p.dir, "hooks.sock") }

// sockets is the folder for those of running apps.
func (p place) sockets() string {
	if p.replica == "" {
		return filepath.Join(p.dir, "run")
	}
	return filepath.Join(p.dir, "apps")
}

// moveIn takes the data folder: for this server alone, or as one of several.
// Replicas start one after another, so that keys and the governance repository are
// made once. Errors: Conflict when a server has it that does not share.
func (h *house) moveIn() (err error) {
	h.place.dir = h.config.Data
	if h.config.Database.Database == "" {
		h.lock, err = lock(h.dir("lock"))
		return err
	}
	if h.lock, err = share(h.dir("lock")); err != nil {
		return err
	}
	if _, err := os.Stat(h.dir(store.File)); err == nil {
		return core.Errorf(core.Conflict, "The data folder %q has records of its own, in %s.", h.config.Data, store.File).
			Hinted("Move them with paddock migrate sqlite-to-postgres, or start without --database.")
	}
	if h.place.turn, err = await(h.dir("start.lock")); err != nil {
		return err
	}
	if h.place.replica, err = replicaName(rand.Reader); err != nil {
		return err
	}
	if err := clearDead(h.dir("run")); err != nil {
		return err
	}
	h.place.dir = h.dir("run", h.place.replica)
	if err := os.MkdirAll(h.place.dir, 0o700); err != nil {
		return core.Errorf(core.Unavailable, "The folder %q cannot be made: %w.", h.place.dir, err).Hinted("Check that the data folder is writable.")
	}
	h.place.living, err = lock(filepath.Join(h.place.dir, "lock"))
	return err
}

// settleIn lets the next replica start.
func (h *house) settleIn(context.Context) error {
	if h.place.turn == nil {
		return nil
	}
	err := h.place.turn.Close()
	h.place.turn = nil
	return err
}

// moveOut gives back what moveIn took. It may be called at any time.
func (p *place) moveOut() error {
	var errs []error
	for _, f := range []*os.File{p.turn, p.living} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	p.turn, p.living = nil, nil
	if p.replica != "" {
		errs = append(errs, os.RemoveAll(p.dir))
	}
	return errors.Join(errs...)
}

func replicaName(rand io.Reader) (string, error) {
	b := make([]byte, 4)
	if _, err := io.ReadFull(rand, b); err != nil {
		return "", core.Hidden("Naming this server", err)
	}
	return hex.EncodeToString(b), nil
}

// clearDead removes the folders of replicas that are gone: nobody holds their lock.
func clearDead(run string) error {
	entries, err := os.ReadDir(run)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return core.Hidden("Looking for folders of earlier servers", err)
	}
	for _, e := range entries {
		dir := filepath.Join(run, e.Name())
		f, err := lock(filepath.Join(dir, "lock"))
		if core.CodeOf(err) == core.Conflict {
			continue // it lives
		}
		if err == nil {
			f.Close()
		}
		if err := os.RemoveAll(dir); err != nil {
			return core.Hidden("Removing the folder of an earlier server", err)
		}
	}
	return nil
}
