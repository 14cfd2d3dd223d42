package store

import (
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/paddock-dev/paddock/internal/core"
)

// ailing says in plain words what is wrong with the storage or the database
// itself, if that is what err comes from and nobody has said it yet; else it
// returns err as it is. Such an error passes once the storage is well again:
// nothing has to be restarted.
func ailing(err error) error {
	var known *core.Error
	if errors.As(err, &known) && known.Code != core.Internal {
		return err
	}
	e := &core.Error{Code: core.Unavailable, Err: err}
	switch sqliteCode(err) {
	case sqlite3.SQLITE_FULL:
		e.Msg, e.Hint = "The disk of the server is full, so nothing can be kept.", "Nothing was changed. Tell the platform team, and try again when there is room."
		return e
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN:
		e.Msg, e.Hint = "The disk of the server fails.", "Tell the platform team. Look whether your change is there before you try again."
		return e
	case sqlite3.SQLITE_BUSY:
		e.Msg, e.Hint = "The database is busy.", "Nothing was changed. Try again."
		return e
	}
	switch code := pgCode(err); {
	case code == "53100":
		e.Msg, e.Hint = "The disk of the database is full, so nothing can be kept.", "Nothing was changed. Tell the platform team, and try again when there is room."
	case code == "58030":
		e.Msg, e.Hint = "The disk of the database fails.", "Tell the platform team. Look whether your change is there before you try again."
	case known != nil && cut(err): // somebody has hidden it
		e.Msg, e.Hint = "The database cannot be reached.", "Try again in a moment."
	default:
		return err
	}
	return e
}

// sqliteCode returns SQLite's primary result code of an error, 0 for others.
func sqliteCode(err error) int {
	var s *sqlite.Error
	if errors.As(err, &s) {
		return s.Code() & 0xff
	}
	return 0
}
