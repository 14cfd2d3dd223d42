package migrate

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/adapter/store/move"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/job"
)

// Options say what to move and where to.
type Options struct {
	Data  string      // the data folder, absolute
	URL   string      // of the database, as the owner of its tables
	Roles store.Roles // given their rights, if named
	// Lock takes the data folder for this process alone; Conflict while a server
	// has it.
	Lock func() (io.Closer, error)
	// Note writes into the audit log of the data folder that it moves.
	Note  func(ctx context.Context, to string) error
	Clock core.Clock
	// Told hears how far a phase is. It may be nil.
	Told func(phase string, done, all int64)
}

// kept is what the old database is called afterwards.
const kept = store.File + ".moved"

// ToPostgres moves the records. It may be called again after any failure.
// Errors: Conflict when a server uses the folder (the bulk is copied by then),
// when the target holds something else, or when schema versions differ;
// Forbidden without the rights of the owner; Unavailable when a database or a
// disk gives out. Whatever happens, either side is whole.
func ToPostgres(ctx context.Context, o Options) (Result, error) {
	if o.Told == nil {
		o.Told = func(string, int64, int64) {}
	}
	r := Result{Database: store.Redacted(o.URL), Tables: []move.Sum{}}
	began := o.Clock.Now()
	if over, err := o.over(ctx, &r); over || err != nil {
		return r, err
	}
	lock, err := o.Lock()
	running := core.CodeOf(err) == core.Conflict
	if err != nil && !running {
		return r, err
	}
	if lock != nil {
		defer lock.Close()
	}
	m := &mover{Options: o, r: &r}
	defer m.close()
	if err := m.open(ctx, running); err != nil {
		return r, err
	}
	if running {
		return r, m.ahead(ctx)
	}
	if err := m.whole(ctx); err != nil {
		return r, err
	}
	r.OK, r.Seconds = true, o.Clock.Now().Sub(began).Seconds()
	return r, nil
}

// over reports whether the folder moved to this very database before.
func (o *Options) over(ctx context.Context, r *Result) (bool, error) {
	if _, err := os.Stat(filepath.Join(o.Data, store.File)); err == nil {
		return false, nil
	}
	m, moved, err := store.ReadMoved(o.Data)
	if err != nil {
		return false, err
	}
	if !moved {
		return false, core.Errorf(core.NotFound, "There is no Paddock data in %q.", o.Data).Hinted("Name the server's data folder with --data.")
	}
	if m.To != r.Database {
		return false, core.Errorf(core.Conflict, "The records of %q moved to %s already.", o.Data, m.To).Hinted("Start the server with --database and that address.")
	}
	r.OK, r.Before, r.Kept = true, true, m.Kept
	return true, nil
}

// mover is one move under way.
type mover struct {
	Options
	r      *Result
	source *sql.DB
	target *sql.DB
	to     *move.Target
	name   string // of the source, in the target
	marked bool   // the folder has been marked by an earlier try
}

func (m *mover) close() {
	for _, db := range []*sql.DB{m.source, m.target} {
		if db != nil {
			_ = db.Close() // everything that counts is committed
		}
	}
}

// open opens both sides and brings their schemas to the same version.
func (m *mover) open(ctx context.Context, running bool) (err error) {
	if _, m.marked, err = store.ReadMoved(m.Data); err != nil {
		return err
	}
	if !running && !m.marked { // brings the old database to this version
		db, err := store.Open(ctx, m.Data)
		if err != nil {
			return err
		}
		if err := db.Close(); err != nil {
			return core.Hidden("Closing the database", err)
		}
	}
	path := url.URL{Scheme: "file", Path: filepath.Join(m.Data, store.File), RawQuery: "_pragma=busy_timeout(10000)&_pragma=query_only(1)"}
	if m.source, err = sql.Open("sqlite", path.String()); err != nil {
		return core.Hidden("Opening the database", err)
	}
	have, newest, err := store.Version(ctx, m.source)
	if err != nil {
		return core.Errorf(core.Unreadable, "The schema version of %s cannot be read: %w.", path.Path, err).Hinted("Run paddock fsck on the folder.")
	}
	if have != newest {
		return core.Errorf(core.Conflict, "The SQLite database has schema version %d; this Paddock has %d.", have, newest).
			Hinted("Migrate with the version of Paddock that the server runs, or stop the server first.")
	}
	if err := store.Prepare(ctx, m.URL, m.Roles, job.Migrate); err != nil {
		return err
	}
	if m.target, err = sql.Open("pgx", m.URL); err != nil {
		return core.Hidden("Opening the database", err)
	}
	m.target.SetMaxOpenConns(4)
	key, err := os.ReadFile(filepath.Join(m.Data, "keys", "audit.vkey"))
	if err != nil {
		return core.Errorf(core.Unreadable, "The public key of the audit log cannot be read: %w.", err).Hinted("The data folder must be whole: keys/audit.vkey is missing.")
	}
	m.name = fmt.Sprintf("%s at schema version %d", originOf(string(key)), have)
	m.to, err = move.NewTarget(ctx, m.target, move.Postgres)
	return err
}

// originOf returns the log's name from its verifier key: name+hash+key.
func originOf(key string) string {
	for i := range key {
		if key[i] == '+' {
			return key[:i]
		}
	}
	return key
}

// moment reads the source as it is now.
func (m *mover) moment(ctx context.Context) (*sql.Tx, *move.Reader, error) {
	tx, err := m.source.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, nil, core.Hidden("Reading the database", err)
	}
	r, err := move.NewReader(ctx, tx, move.SQLite)
	if err != nil {
		return nil, nil, errors.Join(core.Hidden("Reading the database", err), tx.Rollback())
	}
	return tx, r, nil
}

// ahead copies what is there while the server runs.
func (m *mover) ahead(ctx context.Context) error {
	tx, from, err := m.moment(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	done, err := m.to.Begin(ctx, from, m.name)
	if err != nil {
		return err
	}
	if done {
		return core.Errorf(core.Conflict, "The database %s was filled from this installation before, yet a server runs on the old one.", m.r.Database).
			Hinted("Two servers may have worked at once. Use a fresh, empty database.")
	}
	if err := m.copy(ctx, from); err != nil {
		return err
	}
	m.r.Ahead = true
	return core.Errorf(core.Conflict, "%d rows are copied while the server runs; the rest needs the data folder for itself.", m.r.Rows).
		Hinted("Stop the server, then run the same command again: it copies what changed since and verifies everything, in about %s.", about(m.r.CopySeconds))
}

// about guesses how long the short stop will be: comparing all rows takes about
// as long as copying them.
func about(seconds float64) time.Duration {
	return time.Duration(1+seconds) * time.Second
}

func (m *mover) copy(ctx context.Context, from *move.Reader) error {
	all, err := from.Count(ctx)
	if err != nil {
		return core.Hidden("Counting the rows", err)
	}
	start := m.Clock.Now()
	if err := move.Copy(ctx, from, m.to, func(s move.Step) { m.r.Rows = s.Rows; m.Told("copying", s.Rows, all) }); err != nil {
		return err
	}
	m.r.CopySeconds = m.Clock.Now().Sub(start).Seconds()
	return nil
}

// whole does all that is left, alone with the data folder.
func (m *mover) whole(ctx context.Context) error {
	if !m.marked {
		if err := m.Note(ctx, m.r.Database); err != nil {
			return err
		}
	}
	tx, from, err := m.moment(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	done, err := m.to.Begin(ctx, from, m.name)
	if err != nil {
		return err
	}
	if done && !m.marked {
		return core.Errorf(core.Conflict, "The database %s was filled from this installation before.", m.r.Database).
			Hinted("If it is the one to use, put %s back and start with --database; else use a fresh, empty database.", store.MovedFile)
	}
	if !done {
		if err := m.verify(ctx, tx, from); err != nil {
			return err
		}
	}
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return core.Hidden("Closing the database", err)
	}
	if err := m.source.Close(); err != nil {
		return core.Hidden("Closing the database", err)
	}
	return m.leave()
}

// verify copies the rest, compares both sides and finishes the target.
func (m *mover) verify(ctx context.Context, tx *sql.Tx, from *move.Reader) error {
	if err := m.copy(ctx, from); err != nil {
		return err
	}
	start := m.Clock.Now()
	var err error
	if m.r.Tables, err = move.Settle(ctx, from, m.to, func(s move.Step) { m.Told("comparing", s.Rows, m.r.Rows) }); err != nil {
		return err
	}
	m.r.Rows = 0
	for _, s := range m.r.Tables {
		m.r.Rows += s.Rows
		m.r.Mended += s.Mended
	}
	m.Told("audit root", 0, 0)
	if m.r.Audit, err = from.Root(ctx); err != nil {
		return err
	}
	moved, err := m.to.Reader().Root(ctx)
	if err != nil {
		return err
	}
	if moved != m.r.Audit {
		return core.Errorf(core.Conflict, "The audit log has the root %s of %d events here and %s of %d there.", m.r.Audit.Root, m.r.Audit.Size, moved.Root, moved.Size).
			Hinted("Nothing was changed here. Report this, and stay on SQLite.")
	}
	m.r.VerifySeconds = m.Clock.Now().Sub(start).Seconds()
	waiting, err := job.TakeOut(ctx, tx, false)
	if err != nil {
		return err
	}
	m.r.Tasks = len(waiting)
	if err := mark(m.Data, store.Moved{To: m.r.Database, At: m.Clock.Now().UTC(), Kept: kept}); err != nil {
		return err
	}
	return m.finish(ctx, waiting)
}

// finish makes the target a database to work with, in one transaction.
func (m *mover) finish(ctx context.Context, waiting []job.Waiting) error {
	m.Told("finishing", 0, 0)
	tx, err := m.target.BeginTx(ctx, nil)
	if err != nil {
		return core.Errorf(core.Unavailable, "The database %s does not answer: %w.", m.r.Database, err).Hinted("Run the same command again.")
	}
	defer tx.Rollback()
	if err := job.PutIn(ctx, tx, true, waiting); err != nil {
		return err
	}
	if err := m.to.Finish(ctx, tx, true); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return core.Errorf(core.Unavailable, "The database %s was lost at the last moment: %w.", m.r.Database, err).Hinted("Run the same command again: it finds out what holds.")
	}
	_, err = m.target.ExecContext(ctx, "ANALYZE")
	return wrap("Measuring the tables", err)
}

// leave renames the old database.
func (m *mover) leave() error {
	m.r.Kept = kept
	for _, suffix := range []string{"-wal", "-shm", ""} {
		err := os.Rename(filepath.Join(m.Data, store.File+suffix), filepath.Join(m.Data, kept+suffix))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return core.Errorf(core.Unavailable, "The old database could not be renamed: %w.", err).Hinted("The records have moved. Rename %s to %s by hand.", store.File, kept)
		}
	}
	return syncFolder(m.Data)
}

// mark writes the folder's mark so that it lasts.
func mark(dir string, to store.Moved) error {
	b, err := json.MarshalIndent(to, "", "  ")
	if err != nil {
		return core.Hidden("Marking the data folder", err)
	}
	path := filepath.Join(dir, store.MovedFile)
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return wrap("Marking the data folder", err)
	}
	_, err = f.Write(append(b, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return wrap("Marking the data folder", err)
	}
	return syncFolder(dir)
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return wrap("Making the folder last", err)
	}
	defer d.Close()
	return wrap("Making the folder last", d.Sync())
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return core.Errorf(core.Unavailable, doing+" failed: %w.", err).Hinted("Check the disk and the database, then run the same command again: it goes on.")
}
