package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/paddock-dev/paddock/internal/core"
)

// broken hides a database error behind plain words. Errors: Conflict for a
// value that must be the only one and is not, Unavailable while the database
// cannot be reached or is too busy, Invalid for text that cannot be kept, else
// Internal.
func broken(doing string, err error) error {
	if err == nil {
		return nil
	}
	var e *core.Error
	if err = ailing(err); errors.As(err, &e) {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	switch {
	case collided(err):
		return &core.Error{Code: core.Unavailable, Msg: doing + " failed: too many changes of the same records at once.", Hint: "Try again.", Err: err}
	case duplicate(err):
		return &core.Error{Code: core.Conflict, Msg: doing + " failed: it is there already, or was made at the same moment.", Hint: "Load the page again.", Err: err}
	case cut(err):
		return &core.Error{Code: core.Unavailable, Msg: doing + " failed: the database cannot be reached.", Hint: "Try again in a moment.", Err: err}
	case pgCode(err) == "22021":
		return &core.Error{Code: core.Invalid, Msg: doing + " failed: a text holds bytes that are no characters.", Hint: "Type the text again instead of pasting it.", Err: err}
	}
	return core.Hidden(doing, err)
}

// pgCode returns PostgreSQL's code of an error, "" for other errors.
func pgCode(err error) string {
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

// collided reports whether a transaction failed only because of others that ran
// at the same time.
func collided(err error) bool {
	code := pgCode(err)
	return code == "40001" || code == "40P01"
}

// spoiled reports whether a transaction failed because of an earlier error in
// it that somebody did not pass on.
func spoiled(err error) bool {
	return pgCode(err) == "25P02" || errors.Is(err, pgx.ErrTxCommitRollback)
}

// duplicate reports whether a value that must be the only one was there already.
func duplicate(err error) bool {
	var s *sqlite.Error
	if errors.As(err, &s) {
		return s.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || s.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	return pgCode(err) == "23505"
}

// cut reports whether the connection to the database was lost or could not be
// made, or the server is on its way down or up.
func cut(err error) bool {
	switch code := pgCode(err); {
	case code == "":
	case code[:2] == "08", code == "57P01", code == "57P02", code == "57P03", code == "53300":
		return true
	default:
		return false
	}
	var connecting *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connecting) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || pgconn.SafeToRetry(err)
}
