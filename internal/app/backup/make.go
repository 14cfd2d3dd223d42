package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/fsck"
)

// Log takes events.
type Log interface {
	Append(ctx context.Context, e core.Event) error
}

// Options say what to copy and where to.
type Options struct {
	Data    string // the data folder, absolute
	To      string // a folder or an archive that is not there yet, absolute
	Keys    bool   // with the secret keys
	Store   *store.DB
	Log     Log
	Clock   core.Clock
	IDs     core.IDs
	Version string
	// Told hears how far the copy is: a phase, and how much of it is done; all is 0
	// while nobody knows. It may be nil.
	Told func(phase string, done, all int64)
}

func (o *Options) told(phase string, done, all int64) {
	if o.Told != nil {
		o.Told(phase, done, all)
	}
}

// maxHold is how long acts may be made to wait. The store's own patience is
// longer, so that none of them fails.
const maxHold = 6 * time.Second

// Make copies a living installation to a new place and verifies the copy.
// Problems of the copied records are in the result, and such a copy is kept;
// with an error nothing is at the place.
// Errors: Conflict when something is there, Unavailable when the disk is full or
// the database too busy.
func Make(ctx context.Context, o Options) (Result, error) {
	r := Result{Place: o.To, Problems: []fsck.Problem{}}
	if err := apartFrom(o.Data, o.To); err != nil {
		return r, err
	}
	for _, other := range []string{".zip", ".xz", ".bz2", ".7z", ".zst", ".gz"} {
		if strings.HasSuffix(o.To, other) && !isArchive(o.To) {
			return r, core.Errorf(core.Invalid, "Archives that end in %q are not written.", filepath.Ext(o.To)).Hinted("Use one of: %s.", strings.Join(suffixes, ", "))
		}
	}
	s, err := newStage(o.To)
	if err != nil {
		return r, err
	}
	defer s.close()
	began := o.Clock.Now()
	r.Backup = Note{Format: format, ID: o.IDs.New(began), Made: began.UTC(), Version: o.Version, Engine: o.Store.Engine(), Keys: o.Keys}
	if err := o.event(ctx, "backup.begin", "ok", r.Backup, nil); err != nil {
		return r, err
	}
	err = o.fill(ctx, s, &r)
	if err == nil {
		err = finish(ctx, s, o.To, &r, o.told)
	}
	if err != nil {
		code := string(core.CodeOf(err))
		return r, errors.Join(err, o.event(context.WithoutCancel(ctx), "backup.end", code, r.Backup, nil))
	}
	r.Seconds = o.Clock.Now().Sub(began).Seconds()
	r.text = fmt.Sprintf("The backup is at %s.", o.To)
	code := "ok"
	if !r.OK {
		code = string(core.Blocked)
	}
	return r, o.event(ctx, "backup.end", code, r.Backup, map[string]string{"list": r.Backup.List, "bytes": fmt.Sprint(r.Backup.Bytes)})
}

// event writes what happens to a backup into the log of the installation.
func (o *Options) event(ctx context.Context, action, code string, n Note, data map[string]string) error {
	if data == nil {
		data = map[string]string{}
	}
	data["backup"], data["keys"] = string(n.ID), fmt.Sprint(n.Keys)
	return o.Store.InTx(ctx, func(ctx context.Context) error {
		return o.Log.Append(ctx, core.Event{Action: action, Actor: core.System("paddock backup"), Target: filepath.Base(o.To), Code: code, Data: data})
	})
}

// fill makes the copy in the stage; see the package comment for the order.
func (o *Options) fill(ctx context.Context, s *stage, r *Result) error {
	c := &copier{from: o.Data, to: s.path("data"), have: map[string]entry{}, keys: o.Keys, told: func(n int64) { o.told("files", n, 0) }}
	if err := c.sweep(ctx, "", plain, refState); err != nil {
		return err
	}
	moment, err := o.hold(ctx, c, r)
	if err != nil {
		return err
	}
	defer moment.Close()
	for repo := range c.repos {
		if err := makeBare(c.to, repo); err != nil {
			return err
		}
	}
	if err := c.sweep(ctx, "", plain); err != nil {
		return err
	}
	if err := o.records(ctx, c, moment); err != nil {
		return err
	}
	if err := o.appData(ctx, c); err != nil {
		return err
	}
	if err := look(ctx, c.to, r, o.told); err != nil {
		return err
	}
	r.Backup, err = writeManifest(c.to, r.Backup, c.have)
	return err
}

// hold finds the moment that the backup shows. A first look that takes too long
// lets the acts go on and is tried again, as then there is less to copy.
func (o *Options) hold(ctx context.Context, c *copier, r *Result) (*store.Moment, error) {
	for try := 1; ; try++ {
		var took time.Duration
		m, err := o.Store.HoldStill(ctx, func(ctx context.Context) error {
			start := time.Now()
			bounded, cancel := context.WithTimeout(ctx, maxHold)
			defer cancel()
			r.Backup.Moment = o.Clock.Now().UTC()
			err := c.refs(bounded)
			took = time.Since(start)
			return err
		})
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil && try < 3 {
			continue
		}
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			return nil, core.Errorf(core.Unavailable, "The repositories could not be looked at within %s, and acts must not wait longer.", maxHold).
				Hinted("Make the backup when there is less to do, or stop the server for it.")
		}
		r.HeldMS = max(1, took.Milliseconds())
		return m, err
	}
}

// records writes the database of the moment.
func (o *Options) records(ctx context.Context, c *copier, m *store.Moment) error {
	if m.Rows() != nil {
		if err := o.fromPostgres(ctx, c.to, m.Rows()); err != nil {
			return err
		}
		return c.made(databaseFile)
	}
	path := filepath.Join(c.to, databaseFile)
	err := m.WriteTo(ctx, path, func(done, all int) { o.told("records", int64(done), int64(all)) })
	if err != nil {
		return fileFault("Copying the database", err)
	}
	return c.made(databaseFile)
}

// appData copies each app's own database as it stands at one moment of its own.
func (o *Options) appData(ctx context.Context, c *copier) error {
	return c.walk(ctx, "appdata", func(p string, info fs.FileInfo) error {
		if classify(p) != appDB {
			return nil
		}
		f, err := c.create(p, info.Mode().Perm()) // for its folder and mode
		if err != nil {
			return err
		}
		to := f.Name()
		if err := f.Close(); err != nil {
			return fileFault("Copying an app's database", err)
		}
		if err := store.CopyFile(ctx, filepath.Join(c.from, filepath.FromSlash(p)), to); err != nil {
			return fileFault("Copying the database of the app "+strings.Split(p, "/")[1], err)
		}
		return c.made(p)
	})
}

// made takes a file into the list that was written by other hands.
func (c *copier) made(p string) error {
	digest, size, err := digestFile(filepath.Join(c.to, filepath.FromSlash(p)))
	if err != nil {
		return fileFault("Reading the copy", err)
	}
	c.note(p, entry{digest: digest, size: size})
	return nil
}

// look verifies what the copy says: records and audit log by fsck, repositories
// by git. Problems are in the result.
func look(ctx context.Context, root string, r *Result, told func(string, int64, int64)) error {
	told("fsck", 0, 0)
	f, err := fsck.Check(ctx, root)
	if err != nil {
		return err
	}
	git, err := checkRepositories(ctx, root, func(done, all int64) { told("repositories", done, all) })
	if err != nil {
		return err
	}
	r.Checks = append(f.Checks, "git")
	r.Problems = append(append(r.Problems, f.Problems...), git...)
	r.OK = f.OK && len(r.Problems) == 0
	r.Size, r.Root, r.Pending = f.Audit.Size, f.Audit.Root, f.Audit.Pending
	r.Backup.Origin, r.Backup.Checkpoint, r.Backup.Events = f.Audit.Origin, f.Audit.Checkpoint, f.Audit.Events+f.Audit.Pending
	return nil
}

// finish brings the copy to its place: as a folder, or as an archive of it.
func finish(ctx context.Context, s *stage, place string, r *Result, told func(string, int64, int64)) error {
	if !isArchive(place) {
		return s.place("data", place)
	}
	told("archive", 0, 0)
	file := "archive" + strings.TrimPrefix(place, strings.TrimSuffix(place, suffixOf(place)))
	if err := pack(ctx, s.path("data"), s.path(file)); err != nil {
		return err
	}
	return s.place(file, place)
}
