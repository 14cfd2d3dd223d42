// Package appdb opens the SQLite file of one app with walls inside SQLite
// itself: an authorizer that knows no other file, and limits on what one
// statement may be or hold. It is the second wall behind the reading of SQL in
// life/run/appdata, which does not know which SQLite it speaks to.
package appdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net/url"
	"slices"
	"strings"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// limits keep one statement of an app from taking the server's memory.
var limits = map[int]int{
	lib.SQLITE_LIMIT_LENGTH:              4 << 20, // bytes of one value or row
	lib.SQLITE_LIMIT_SQL_LENGTH:          200_000,
	lib.SQLITE_LIMIT_COLUMN:              200,
	lib.SQLITE_LIMIT_EXPR_DEPTH:          100,
	lib.SQLITE_LIMIT_COMPOUND_SELECT:     50,
	lib.SQLITE_LIMIT_VDBE_OP:             25_000,
	lib.SQLITE_LIMIT_FUNCTION_ARG:        64,
	lib.SQLITE_LIMIT_ATTACHED:            0,
	lib.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1000,
	lib.SQLITE_LIMIT_VARIABLE_NUMBER:     200,
	lib.SQLITE_LIMIT_TRIGGER_DEPTH:       20,
	lib.SQLITE_LIMIT_WORKER_THREADS:      0,
}

// Open opens or creates the file at path. The database has one connection; its
// user must not ask for more.
func Open(path string) (*sql.DB, error) {
	name := url.URL{Scheme: "file", Path: path, RawQuery: "_defensive=1"}
	base, err := sqlite.NewConnector(name.String())
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(guarded{base})
	db.SetMaxOpenConns(1)
	if err := applyLimits(db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func applyLimits(db *sql.DB) error {
	conn, err := db.Conn(context.Background())
	if err != nil {
		return err
	}
	for id, n := range limits {
		if _, err := sqlite.Limit(conn, id, n); err != nil {
			return errors.Join(err, conn.Close())
		}
	}
	return conn.Close() // back to the pool, which holds this one connection
}

// guarded puts the authorizer on every connection.
type guarded struct{ driver.Connector }

// Connect opens a connection with the authorizer in force.
func (g guarded) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := g.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	r, ok := conn.(sqlite.AuthorizerRegisterer)
	if !ok {
		return nil, errors.Join(errors.New("this SQLite has no authorizer"), conn.Close())
	}
	if err := r.RegisterAuthorizer(authorize); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// deniedFunctions reach outside the file.
var deniedFunctions = []string{"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"}

// authorize refuses what reaches another file.
func authorize(action sqlite.AuthorizerActionCode, _, arg2, _, _ string) sqlite.AuthorizerReturnCode {
	switch action {
	case sqlite.AuthAttach, sqlite.AuthDetach:
		return sqlite.AuthorizerDeny
	case sqlite.AuthFunction:
		if slices.Contains(deniedFunctions, strings.ToLower(arg2)) {
			return sqlite.AuthorizerDeny
		}
	}
	return sqlite.AuthorizerOK
}
