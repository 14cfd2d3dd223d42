package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"

	"modernc.org/sqlite"

	"github.com/paddock-dev/paddock/internal/core"
)

// Moment is the database as it stood at one moment, for a backup. It must be
// closed; until then the database keeps what it shows.
type Moment struct {
	conn *sql.Conn
	tx   *sql.Tx // on PostgreSQL
}

// Rows returns the transaction that reads the moment on PostgreSQL, nil on
// SQLite, whose file is copied page by page.
func (m *Moment) Rows() *sql.Tx { return m.tx }

// HoldStill lets no act commit while fn runs, and returns the moment in which it
// ran: what it shows, and whatever else fn has seen of the world, belong
// together. fn must be short, since everybody waits for it.
// Errors: Unavailable when the database cannot be held now.
func (d *DB) HoldStill(ctx context.Context, fn func(ctx context.Context) error) (*Moment, error) {
	held, err := d.writer.BeginTx(ctx, nil)
	if err != nil {
		return nil, &core.Error{Code: core.Unavailable, Msg: "The database is too busy to be held for a moment.", Hint: "Try again in a minute.", Err: err}
	}
	defer held.Rollback()
	if d.Engine() == Postgres { // every act notes its event in this table before it commits
		if _, err := held.ExecContext(ctx, "LOCK TABLE audit_pending IN SHARE MODE"); err != nil {
			return nil, &core.Error{Code: core.Unavailable, Msg: "The database could not be held for a moment.", Hint: "Try again; sign in as the server's role or as the owner.", Err: err}
		}
	}
	conn, err := d.readers.Conn(ctx)
	if err != nil {
		return nil, broken("Reading the database", err)
	}
	m := &Moment{conn: conn}
	if d.Engine() == Postgres {
		err = m.pinPostgres(ctx)
	} else {
		err = m.pin(ctx)
	}
	if err != nil {
		return nil, errors.Join(broken("Reading the database", err), m.Close())
	}
	if err := fn(ctx); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

// pin opens the read transaction: the first read fixes what it shows.
func (m *Moment) pin(ctx context.Context) error {
	if _, err := m.conn.ExecContext(ctx, "BEGIN"); err != nil {
		return err
	}
	var n int64
	return m.conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&n)
}

// pinPostgres opens a transaction whose first statement fixes what it shows.
func (m *Moment) pinPostgres(ctx context.Context) (err error) {
	if m.tx, err = m.conn.BeginTx(context.WithoutCancel(ctx), &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}); err != nil {
		return err
	}
	var n int64
	return m.tx.QueryRowContext(ctx, "SELECT count(*) FROM setting").Scan(&n)
}

// Close lets the moment go. It may be called twice.
func (m *Moment) Close() error {
	if m.conn == nil {
		return nil
	}
	if m.tx != nil {
		_ = m.tx.Rollback()
	} else {
		_, _ = m.conn.ExecContext(context.Background(), "ROLLBACK")
	}
	err := m.conn.Close()
	m.conn = nil
	return err
}

// WriteTo writes the moment of a SQLite database as a SQLite database file at path, where at most
// an empty file may be. told, which may be nil, hears how many of all pages are done.
func (m *Moment) WriteTo(ctx context.Context, path string, told func(done, all int)) error {
	return m.conn.Raw(func(c any) error { return copyPages(ctx, c, path, told) })
}

// CopyFile copies a SQLite database that others may be writing to, as it stands
// at one moment, page by page: what the file holds is not looked at.
// Errors are those of SQLite and of the file system.
func CopyFile(ctx context.Context, from, to string) error {
	u := url.URL{Scheme: "file", Path: from, RawQuery: "mode=ro&_pragma=busy_timeout(10000)"}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	m := &Moment{conn: conn}
	defer m.Close()
	if err := m.pin(ctx); err != nil {
		return err
	}
	return m.WriteTo(ctx, to, nil)
}

// pagesAtOnce is how many pages are copied between two looks at the context.
const pagesAtOnce = 2000

func copyPages(ctx context.Context, c any, path string, told func(done, all int)) error {
	if info, err := os.Lstat(path); err == nil && info.Size() > 0 {
		return os.ErrExist
	}
	source, ok := c.(interface {
		NewBackup(string) (*sqlite.Backup, error)
	})
	if !ok {
		return errors.New("store: this SQLite has no online backup")
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: "_pragma=synchronous(0)&_pragma=journal_mode(off)"}
	b, err := source.NewBackup(u.String())
	if err != nil {
		return err
	}
	for more := true; more && err == nil; {
		if err = ctx.Err(); err == nil {
			more, err = b.Step(pagesAtOnce)
		}
		if told != nil && err == nil {
			told(b.PageCount()-b.Remaining(), b.PageCount())
		}
	}
	return errors.Join(err, b.Finish())
}
