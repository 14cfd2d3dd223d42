package fsck

import (
	"context"
	"database/sql"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

// Options say what to look over.
type Options struct {
	Dir string // the data folder, or a copy of one: keys, repositories, artifacts, and paddock.db
	URL string // of the PostgreSQL database that holds the records; "" for paddock.db
	// Rules finds the policies of former revisions, to replay decisions; nil
	// replays none, and the result says so.
	Rules Rules
	// Progress is told how far a part is; nil for nobody.
	Progress func(part string, done, all int64)
}

// Check looks over a data folder with its own database, and replays nothing.
func Check(ctx context.Context, dataDir string) (Result, error) {
	return Look(ctx, Options{Dir: dataDir})
}

// Look looks over the records and the files behind them. It reads one moment of
// the database and changes nothing. Problems are in the result; an error means
// that something could not be read (Unreadable, NotFound for a missing key).
func Look(ctx context.Context, o Options) (Result, error) {
	r := Result{OK: true, Problems: []Problem{}}
	l := &look{Options: o, res: &r}
	var err error
	r.Audit, err = verify.Check(ctx, verify.Place{Dir: o.Dir, URL: o.URL}, verify.Options{Progress: func(done, all int64) { l.told("events", done, all) }})
	if err != nil {
		return r, err
	}
	r.Checks = append(r.Checks, "audit")
	for i, p := range r.Audit.Problems {
		if i < maxEach {
			r.add(Problem{"audit", p.What, p.Value, p.Where, p.Fix})
		}
	}
	r.OK = r.Audit.OK
	db, how, err := o.open()
	if err != nil {
		return r, err
	}
	defer db.Close()
	if l.tx, err = db.BeginTx(ctx, &how); err != nil {
		return r, unreadable(err)
	}
	defer l.tx.Rollback()
	return r, l.all(ctx)
}

// open opens the records for reading one moment.
func (o Options) open() (*sql.DB, sql.TxOptions, error) {
	how := sql.TxOptions{ReadOnly: true}
	if o.URL == "" {
		db, err := verify.OpenFile(o.Dir)
		return db, how, err
	}
	c, err := pgx.ParseConfig(o.URL)
	if err != nil {
		return nil, how, core.Errorf(core.Invalid, "The database address cannot be read.").Hinted("Write it as postgres://role:password@host:5432/database.")
	}
	how.Isolation = sql.LevelRepeatableRead
	return stdlib.OpenDB(*c), how, nil
}

// look is one looking over under way.
type look struct {
	Options
	tx  *sql.Tx
	mu  sync.Mutex // of res, while several work
	res *Result
}

func (l *look) told(part string, done, all int64) {
	if l.Progress != nil {
		l.Progress(part, done, all)
	}
}

// all makes every check that is not about the log itself.
func (l *look) all(ctx context.Context) error {
	for _, rule := range rules() {
		if err := l.rule(ctx, rule); err != nil {
			return err
		}
	}
	for _, part := range []func(context.Context) error{l.granted, l.decisions, l.leases, l.retired, l.artifacts, l.derived, l.replay} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// finder tells of the problems of one check, the first ones only.
type finder struct {
	look      *look
	name, fix string
	told      int
}

// check begins a check.
func (l *look) check(name, fix string) *finder {
	l.res.Checks = append(l.res.Checks, name)
	return &finder{look: l, name: name, fix: fix}
}

func (f *finder) tell(what, where, value string) {
	f.look.res.OK = false
	if f.told++; f.told <= maxEach {
		f.look.res.add(Problem{f.name, what, value, where, f.fix})
	}
}

func unreadable(err error) error {
	return &core.Error{Code: core.Unreadable, Msg: "the records cannot be read", Err: err,
		Hint: "Check that it is a whole Paddock database of this version; restore it from a backup if not."}
}

// each runs a query whose rows are texts and hands them to fn.
func (l *look) each(ctx context.Context, query string, columns int, fn func(row []string) error) error {
	rows, err := l.tx.QueryContext(ctx, query)
	if err != nil {
		return unreadable(err)
	}
	defer rows.Close()
	row, to := make([]string, columns), make([]any, columns)
	for i := range row {
		to[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return unreadable(err)
		}
		if err := fn(row); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return unreadable(err)
	}
	return nil
}

// count counts the rows of a table.
func (l *look) count(ctx context.Context, table string) (n int64, err error) {
	if err := l.tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil {
		return 0, unreadable(err)
	}
	return n, nil
}
