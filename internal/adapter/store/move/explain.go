package move

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/paddock-dev/paddock/internal/core"
)

// again is what to do after most failures: nothing was lost.
const again = "Nothing is lost: the source is as it was. Run the same command again; it goes on where it stopped."

// explain turns what a database says into what a person can do about it.
func explain(doing string, err error) error {
	var known *core.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return known
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	code, msg, hint := reason(err)
	return &core.Error{Code: code, Msg: doing + " failed: " + msg, Hint: hint, Err: err}
}

// reason names what went wrong, by the codes of SQL and of SQLite.
func reason(err error) (code core.Code, msg, hint string) {
	var pg interface{ SQLState() string }
	var lite interface{ Code() int }
	switch {
	case errors.As(err, &pg):
		return postgresReason(pg.SQLState(), err)
	case errors.As(err, &lite):
		switch lite.Code() & 0xff {
		case 13:
			return core.Unavailable, "the disk is full.", "Make room on the disk. " + again
		case 8, 14:
			return core.Unavailable, "the database file cannot be written.", "Check the rights of the file and its folder. " + again
		case 5, 6:
			return core.Unavailable, "the database is in use.", again
		case 11, 26:
			return core.Unreadable, "the database file is damaged.", "Run paddock fsck on it, and use a backup if it is."
		}
	case errors.Is(err, syscall.ENOSPC):
		return core.Unavailable, "the disk is full.", "Make room on the disk. " + again
	case cut(err):
		return core.Unavailable, "the connection to the database was lost.", "Check that the database runs and can be reached. " + again
	}
	return core.Internal, "the database answered with an error.", again
}

func postgresReason(state string, err error) (core.Code, string, string) {
	switch {
	case state == "42501":
		return core.Forbidden, "PostgreSQL refuses: this user does not own the tables.", "Sign in as the owner of the tables, not as the server's own user. " + again
	case state == "22021" || state == "22P05":
		return core.Invalid, "a text holds a byte that PostgreSQL cannot keep (" + err.Error() + ").", "Replace that byte in the source, then run this again. Nothing is lost."
	case state == "53100":
		return core.Unavailable, "PostgreSQL's disk is full.", "Make room there. " + again
	case strings.HasPrefix(state, "08"), strings.HasPrefix(state, "57P"):
		return core.Unavailable, "the connection to PostgreSQL was lost.", "Check that it runs. " + again
	case strings.HasPrefix(state, "28"), state == "3D000":
		return core.Forbidden, "PostgreSQL does not let this user into that database.", "Check the user, the password and the database's name in the URL."
	}
	return core.Internal, "PostgreSQL answered with an error (" + state + ").", again
}

// cut reports whether an error means that the other end is gone.
func cut(err error) bool {
	var n net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, net.ErrClosed) || errors.As(err, &n)
}
