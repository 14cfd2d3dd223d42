package move

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/paddock-dev/paddock/internal/core"
)

// Target is the side that is written to, by one copy at a time. The database has
// the schema already, and belongs to whoever the connection signs in as: foreign
// keys and triggers are taken away for the time of the copy.
type Target struct {
	read *Reader
	db   *sql.DB
	eng  engine
	keep map[string]string // the progress table as it stands

	batch int // rows of one transaction
}

// engine is what differs between the engines when writing.
type engine interface {
	// undoing returns statements that take away what stands in the way of rows in
	// any order, and those that put it back.
	undoing(ctx context.Context, q querier) (do, undo []string, err error)
	// load writes rows, and then notes a progress entry, in one transaction.
	load(ctx context.Context, t table, rows [][]any, name, value string) error
	// sound looks for rows that break a foreign key, where putting the keys back
	// does not.
	sound(ctx context.Context, q querier) error
}

// The entries of the progress table beside one for each table.
const (
	entrySource = "source" // whose rows these are
	entryState  = "state"
	entryUndo   = "undo" // JSON list of statements
	stateOpen   = "copying"
	stateDone   = "done"
)

// NewTarget returns a target over db.
func NewTarget(ctx context.Context, db *sql.DB, e Engine) (*Target, error) {
	read, err := NewReader(ctx, db, e)
	if err != nil {
		return nil, explain("Reading the target", err)
	}
	t := &Target{read: read, db: db, batch: batchRows}
	switch e {
	case SQLite:
		t.eng = sqlite{db}
	case Postgres:
		t.eng = postgres{db}
	}
	return t, nil
}

// Reader reads what the target has.
func (t *Target) Reader() *Reader { return t.read }

// Begin prepares the target for the rows of one source, named by a text that
// tells installations and schema versions apart, or goes on with a copy that it
// began. done reports that such a copy has been finished already.
// Errors: Conflict when the target holds rows of somebody else or when the
// schemas differ, Forbidden without the rights of the tables' owner.
func (t *Target) Begin(ctx context.Context, from *Reader, source string) (done bool, err error) {
	if diff := same(from.tables, t.read.tables); diff != "" {
		return false, core.Errorf(core.Conflict, "The databases have different schemas: %s.", diff).
			Hinted("Let one Paddock version prepare both: start it on each once, then run this again.")
	}
	if err := t.readProgress(ctx); err != nil {
		return false, explain("Reading the progress of the copy", err)
	}
	if have, ok := t.keep[entrySource]; ok {
		if have != source {
			return false, core.Errorf(core.Conflict, "The target has the beginning of a copy of another database (%s; this one is %s).", have, source).
				Hinted("Use a fresh, empty database.")
		}
		return t.keep[entryState] == stateDone, nil
	}
	for _, tab := range t.read.tables {
		n, err := t.read.count(ctx, tab)
		if err != nil {
			return false, explain("Looking into the target", err)
		}
		if n > 0 {
			return false, core.Errorf(core.Conflict, "The target is not empty: its table %s has %d rows.", tab.name, n).
				Hinted("Use a fresh, empty database. Nothing was changed.")
		}
	}
	return false, explain("Preparing the target", t.inTx(ctx, func(tx *sql.Tx) error { return t.prepare(ctx, tx, source) }))
}

func (t *Target) prepare(ctx context.Context, tx *sql.Tx, source string) error {
	do, undo, err := t.eng.undoing(ctx, tx)
	if err != nil {
		return err
	}
	list, err := json.Marshal(undo)
	if err != nil {
		return err
	}
	entries := map[string]string{entrySource: source, entryState: stateOpen, entryUndo: string(list)}
	do = append([]string{"CREATE TABLE " + Progress + " (name TEXT PRIMARY KEY, value TEXT NOT NULL)"}, do...)
	for _, s := range do {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	for name, value := range entries {
		if err := note(ctx, tx, name, value); err != nil {
			return err
		}
		t.keep[name] = value
	}
	return nil
}

// Finish puts back what Begin took away and marks the copy as done, in the
// caller's transaction on the target. With keep the mark stays in the database,
// so that a repeated copy finds it; without, no trace of the copy stays.
func (t *Target) Finish(ctx context.Context, tx *sql.Tx, keep bool) error {
	var undo []string
	if err := json.Unmarshal([]byte(t.keep[entryUndo]), &undo); err != nil {
		return core.Hidden("Finishing the copy", err)
	}
	if err := t.eng.sound(ctx, tx); err != nil {
		return explain("Finishing the copy", err)
	}
	undo = append(undo, "DELETE FROM "+Progress+" WHERE name NOT IN ('"+entrySource+"', '"+entryState+"')")
	if !keep {
		undo = append(undo, "DROP TABLE "+Progress)
	}
	for _, s := range undo {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return explain("Finishing the copy", fmt.Errorf("%s: %w", s, err))
		}
	}
	if !keep {
		return nil
	}
	return explain("Finishing the copy", note(ctx, tx, entryState, stateDone))
}

// readProgress reads the progress table, if there is one.
func (t *Target) readProgress(ctx context.Context) error {
	t.keep = map[string]string{}
	there, err := hasProgress(ctx, t.db, t.read.engine)
	if err != nil || !there {
		return err
	}
	rows, err := t.db.QueryContext(ctx, "SELECT name, value FROM "+Progress)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return err
		}
		t.keep[name] = value
	}
	return rows.Err()
}

// Open reports whether a copy into this database was begun and not finished.
func Open(ctx context.Context, db *sql.DB, e Engine) (bool, error) {
	there, err := hasProgress(ctx, db, e)
	if err != nil || !there {
		return false, err
	}
	var state string
	err = db.QueryRowContext(ctx, "SELECT value FROM "+Progress+" WHERE name = $1", entryState).Scan(&state)
	return err == nil && state != stateDone, err
}

// hasProgress reports whether the database has been the target of a copy.
func hasProgress(ctx context.Context, q querier, e Engine) (there bool, err error) {
	query := map[Engine]string{
		SQLite:   `SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '` + Progress + `')`,
		Postgres: `SELECT to_regclass('` + Progress + `') IS NOT NULL`,
	}[e]
	err = q.QueryRowContext(ctx, query).Scan(&there)
	return there, err
}

const noteSQL = "INSERT INTO " + Progress + " (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"

// note writes one entry of the progress table.
func note(ctx context.Context, q querier, name, value string) error {
	_, err := q.ExecContext(ctx, noteSQL, name, value)
	return err
}

func (t *Target) inTx(ctx context.Context, fn func(tx *sql.Tx) error) error {
	tx, err := t.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}
