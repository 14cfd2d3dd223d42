package backup

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
	"github.com/paddock-dev/paddock/internal/engine/fsck"
)

// RestoreOptions say what to bring back and where to.
type RestoreOptions struct {
	From       string // a folder or an archive, absolute
	To         string // a data folder that is not there yet, absolute
	Key        string // verifier key of the log, kept elsewhere; "" takes the backup's own
	Checkpoint string // a signed checkpoint that was kept elsewhere, or ""
	Accept     bool   // also a backup whose records do not verify
	Clock      core.Clock
	IDs        core.IDs
	Told       func(phase string, done, all int64)
	// Onward, if there is one, takes the restored folder further before it is put
	// into place: into another database. It returns that database's name.
	Onward func(ctx context.Context, data string) (string, error)
}

// Restore brings a backup back as a data folder, verifies it, writes into its
// log that it was restored, and puts it into place in one step.
// Errors: Unreadable when the backup is none, damaged or cut off, Conflict when
// something is at the place, Blocked when the records do not verify; then the
// result says what is wrong, and nothing is at the place.
func Restore(ctx context.Context, o RestoreOptions) (Result, error) {
	if o.Told == nil {
		o.Told = func(string, int64, int64) {}
	}
	r, began := newResult(o.To), o.Clock.Now()
	if err := present(o.From); err != nil {
		return r, err
	}
	if isArchive(o.To) {
		return r, core.Errorf(core.Invalid, "%q is the name of an archive; a data folder is a folder.", o.To).Hinted("Name a new folder with --to.")
	}
	if err := apartFrom(o.From, o.To); err != nil {
		return r, err
	}
	s, err := newStage(o.To)
	if err != nil {
		return r, err
	}
	defer s.close()
	if err := o.fill(ctx, s.path("data"), &r); err != nil {
		return r, err
	}
	if o.Onward != nil {
		if r.Restored.Database, err = o.Onward(ctx, s.path("data")); err != nil {
			return r, err
		}
	}
	if err := s.place("data", o.To); err != nil {
		return r, err
	}
	r.Seconds = o.Clock.Now().Sub(began).Seconds()
	r.text = fmt.Sprintf("The backup is restored to %s.", o.To)
	return r, nil
}

// fill brings the backup into the stage, verifies it and notes the restore.
func (o *RestoreOptions) fill(ctx context.Context, root string, r *Result) error {
	n, err := bring(ctx, o.From, root, o.Told)
	if err != nil {
		return err
	}
	if err := look(ctx, root, r, o.Told); err != nil {
		return err
	}
	made := r.Backup.Events
	r.Backup = n
	if made != n.Events {
		return damaged(fmt.Sprintf("its note counts %d events, its records have %d", n.Events, made))
	}
	if r.Restored, err = o.known(ctx, root, r); err != nil {
		return err
	}
	if len(r.Problems) > 0 && !o.Accept {
		r.OK, r.text = false, "The backup was not restored: what is in it does not verify."
		return core.Errorf(core.Blocked, "The backup %q does not verify: %d problems.", o.From, len(r.Problems)).
			Hinted("Use an older backup. If there is none, --accept-problems restores this one as it is.")
	}
	if err := o.note(ctx, root, n, r.Restored); err != nil {
		return err
	}
	err = errors.Join(os.Remove(filepath.Join(root, listFile)), os.Remove(filepath.Join(root, noteFile)))
	if errors.Is(err, os.ErrNotExist) { // a folder's manifest was not brought along
		err = nil
	}
	return fileFault("Finishing the restored folder", err)
}

// known holds the backup against a checkpoint that was kept elsewhere.
func (o *RestoreOptions) known(ctx context.Context, root string, r *Result) (*Restored, error) {
	res := &Restored{Warnings: []string{
		"what was ended after the moment works again: sessions, tokens, grants; end it again where it matters",
	}}
	if !r.Backup.Keys {
		res.Warnings = append(res.Warnings, "put the file keys/keyring in place before the server starts; without it no secret opens")
	}
	if o.Checkpoint == "" {
		res.Warnings = append(res.Warnings, "no checkpoint was given, so nothing shows what came after the backup: --checkpoint FILE does")
		return res, nil
	}
	key := o.Key
	if key == "" {
		b, err := readBounded(filepath.Join(root, "keys", "audit.vkey"), 4096)
		if err != nil {
			return nil, fileFault("Reading the log's key", err)
		}
		key = strings.TrimSpace(string(b))
	}
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return nil, core.Errorf(core.Invalid, "The audit key %s is not a verifier key.", shown(key)).Hinted("Give the line from audit.vkey: name+hash+key.")
	}
	c, err := audit.OpenCheckpoint(o.Checkpoint, verifier)
	if err != nil {
		return nil, err
	}
	res.Known, res.Lost = c.Size, max(0, c.Size-r.Backup.Events)
	if c.Size > r.Size {
		res.Warnings = append(res.Warnings, "the log goes on from an older size: witnesses that have seen the newer one must be told")
		return res, nil
	}
	v, err := verify.Folder(ctx, root, key, o.Checkpoint)
	if err != nil {
		return nil, err
	}
	if !v.OK && len(r.Problems) == 0 {
		for _, p := range v.Problems {
			r.Problems = append(r.Problems, fsck.Problem{Check: "checkpoint", What: p.What, Value: p.Value, Where: p.Where, Fix: p.Fix})
		}
	}
	return res, nil
}

// note writes into the restored log that it was restored, and from what.
func (o *RestoreOptions) note(ctx context.Context, root string, n Note, res *Restored) error {
	db, err := store.Open(ctx, root)
	if err != nil {
		return err
	}
	log := audit.NewLog(db, o.Clock, o.IDs, rand.Reader)
	err = db.InTx(ctx, func(ctx context.Context) error {
		return log.Append(ctx, core.Event{Action: "backup.restore", Actor: core.System("paddock restore"), Target: filepath.Base(o.From), Code: "ok",
			Data: map[string]string{"backup": string(n.ID), "moment": n.Moment.Format("2006-01-02T15:04:05Z"), "events": fmt.Sprint(n.Events),
				"known": fmt.Sprint(res.Known), "lost": fmt.Sprint(res.Lost)}})
	})
	return errors.Join(err, db.Close())
}

func newResult(place string) Result { return Result{Place: place, Problems: []fsck.Problem{}} }
