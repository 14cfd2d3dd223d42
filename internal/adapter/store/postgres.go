package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/paddock-dev/paddock/internal/core"
)

// Connections of one process: together few enough that three replicas fit into
// a server with its usual limit of 100.
const (
	writeConns  = 10
	readConns   = 6
	jobConns    = 5
	listenConns = 2
)

// MostConnections is how many connections a server opens at most: its pools, the
// one that holds the leadership, and the one on which it hears news.
const MostConnections = writeConns + readConns + lockConns + jobConns + listenConns + 2

// oldestPostgres is the oldest server version that is supported.
const oldestPostgres = 15

// settings hold for every connection. Without sequential scans a serializable
// transaction notes the rows it read and not whole tables, so that small tables
// do not make strangers collide; jit never pays for queries of a few rows.
func settings() map[string]string {
	return map[string]string{"application_name": "paddock", "enable_seqscan": "off", "jit": "off", "timezone": "UTC"}
}

// openPostgres opens the database at an address. If the role may change the
// schema, it is brought to this program's version; else it must be there already.
func openPostgres(ctx context.Context, w Where) (*DB, error) {
	writer, err := postgresPool(w.URL, writeConns, nil)
	if err != nil {
		return nil, err
	}
	_, owner, err := settle(ctx, writer, w.URL)
	if err == nil {
		err = wholeCopy(ctx, writer, w.URL)
	}
	if err != nil {
		writer.Close()
		return nil, err
	}
	readers, err := postgresPool(w.URL, readConns, map[string]string{"default_transaction_read_only": "on"})
	if err != nil {
		writer.Close()
		return nil, err
	}
	locks, err := postgresPool(w.URL, lockConns, nil)
	if err != nil {
		return nil, errors.Join(err, writer.Close(), readers.Close())
	}
	return &DB{where: w, owner: owner, writer: writer, readers: readers, locks: locks}, nil
}

// postgresPool makes a pool; nothing is connected yet. Errors: Invalid.
func postgresPool(address string, most int, more map[string]string) (*sql.DB, error) {
	c, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, unreadable(address)
	}
	tune(c, more)
	db := stdlib.OpenDB(*c, stdlib.OptionShouldPing(doubtful))
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db, nil
}

// unreadable explains an address that is none; the driver's own words may hold
// the password.
func unreadable(address string) error {
	return core.Errorf(core.Invalid, "The database address %q cannot be read.", Redacted(address)).
		Hinted("Write it as postgres://role:password@host:5432/database.").At("database")
}

// tune gives a connection our settings where the address has none of its own.
func tune(c *pgx.ConnConfig, more map[string]string) {
	for _, s := range []map[string]string{settings(), more} {
		for name, value := range s {
			if _, set := c.RuntimeParams[name]; !set {
				c.RuntimeParams[name] = value
			}
		}
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = 10 * time.Second
	}
}

// Listener opens the connections on which the job queue hears of new tasks. The
// caller closes it. It returns nil on SQLite, which has nothing to listen to.
func (d *DB) Listener(ctx context.Context) (*pgxpool.Pool, error) {
	if d.Engine() != Postgres {
		return nil, nil
	}
	c, err := pgxpool.ParseConfig(d.where.URL)
	if err != nil {
		return nil, unreadable(d.where.URL)
	}
	tune(c.ConnConfig, nil)
	c.MaxConns = listenConns
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, unreachable(d.where.URL, err)
	}
	return pool, nil
}

// Redacted returns a database address without its password.
func Redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		return "[redacted]"
	}
	q := u.Query()
	if q.Has("password") {
		q.Set("password", "xxxxx")
		u.RawQuery = q.Encode()
	}
	return u.Redacted()
}

// settle checks the server and the version of the schema, and migrates it if
// the role may. owner reports whether it may.
func settle(ctx context.Context, db *sql.DB, address string) (version int64, owner bool, err error) {
	var server int
	err = db.QueryRowContext(ctx, `SELECT current_setting('server_version_num')::int, coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)`).
		Scan(&server, &owner)
	if err != nil {
		return 0, false, unreachable(address, err)
	}
	if server/10000 < oldestPostgres {
		return 0, false, core.Errorf(core.Unavailable, "The database %s is PostgreSQL %d; Paddock needs %d or newer.", Redacted(address), server/10000, oldestPostgres).
			Hinted("Move the database to a newer server.")
	}
	if owner {
		version, err = migratePostgres(ctx, db, address)
		return version, owner, err
	}
	version, err = fits(ctx, db, address)
	return version, owner, err
}

// fits holds the schema against this program, for a role that may not change it.
func fits(ctx context.Context, db *sql.DB, address string) (int64, error) {
	newest, err := SchemaVersion(Postgres)
	if err != nil {
		return 0, core.Hidden("Reading the migrations", err)
	}
	var have int64
	err = db.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version`).Scan(&have)
	switch code := pgCode(err); {
	case code == "42P01": // no such table
	case code == "42501":
		return 0, core.Errorf(core.Unavailable, "The role of %s has no rights in the database: %w.", Redacted(address), err).Hinted(prepareHint)
	case err != nil:
		return 0, unreachable(address, err)
	case have > newest:
		return have, carries(ctx, db, have, newest)
	}
	if have < newest {
		return have, core.Errorf(core.Unavailable, "The database %s has schema version %d, this Paddock needs %d, and the role it connects as may not change the schema.",
			Redacted(address), have, newest).Hinted(prepareHint)
	}
	return have, nil
}

const prepareHint = "Let the owner of the database run paddock database prepare, of this version of Paddock, with this role's name."

// migratePostgres brings the schema to this program's version. Of several
// processes that start at once, one migrates and the others wait.
func migratePostgres(ctx context.Context, db *sql.DB, address string) (int64, error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return 0, core.Hidden("Locking the schema", err)
	}
	version, err := migrate(ctx, db, Postgres, goose.DialectPostgres, goose.WithSessionLocker(locker))
	if e := (*core.Error)(nil); err == nil || errors.As(err, &e) {
		return version, err
	}
	return version, core.Errorf(core.Unavailable, "The database %s could not be prepared: %w.", Redacted(address), err).
		Hinted("Check that the role owns the database and its tables.")
}

// unreachable explains why a database did not let us in.
func unreachable(address string, err error) error {
	e := core.Errorf(core.Unavailable, "The database %s cannot be reached: %w.", Redacted(address), err)
	switch pgCode(err) {
	case "28P01", "28000":
		return e.Hinted("Check the role's name and password, and the server's pg_hba.conf.")
	case "3D000":
		return e.Hinted("Create the database first, owned by the role that prepares it.")
	case "42501":
		return e.Hinted(prepareHint)
	}
	return e.Hinted("Check that the server runs and that host and port are right.")
}

// Roles name who may do what in a database that was prepared. Both must exist.
type Roles struct {
	Server string // runs Paddock: reads and writes records, and only adds to the audit log
	Read   string // reads for reports; neither secrets nor credentials. "" for none
}

// Prepare creates or migrates the schema, connected as the owner, and gives the
// roles their rights. It may be run again at any time. Errors: Invalid for a
// role that is not there, else as OpenAt. also makes tables that are not the
// store's own: those of the job queue.
func Prepare(ctx context.Context, owner string, roles Roles, also func(ctx context.Context, db *sql.DB) error) error {
	db, err := postgresPool(owner, 3, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	turn, err := db.Conn(ctx) // one prepares at a time, until this connection ends
	if err != nil {
		return unreachable(owner, err)
	}
	defer turn.Close()
	if _, err := turn.ExecContext(ctx, `SELECT pg_advisory_lock(84200001)`); err != nil {
		return unreachable(owner, err)
	}
	_, may, err := settle(ctx, db, owner)
	if err != nil {
		return err
	}
	if !may {
		return core.Errorf(core.Forbidden, "The role of %s may not make tables.", Redacted(owner)).Hinted("Connect as the owner of the database.")
	}
	if err := also(ctx, db); err != nil {
		return err
	}
	return grant(ctx, db, owner, roles)
}

// grant gives the roles exactly what they are to have, in one transaction.
func grant(ctx context.Context, db *sql.DB, address string, roles Roles) error {
	begun, err := db.BeginTx(ctx, nil)
	if err != nil {
		return unreachable(address, err)
	}
	defer begun.Rollback()
	tables, err := tablesOf(ctx, begun)
	if err != nil {
		return core.Hidden("Listing the tables", err)
	}
	var statements []string
	for role, rights := range map[string]func(table string) string{roles.Server: serverRights, roles.Read: readRights} {
		if role == "" {
			continue
		}
		name := pgx.Identifier{role}.Sanitize()
		statements = append(statements, "GRANT USAGE ON SCHEMA CURRENT_SCHEMA TO "+name)
		for _, table := range tables {
			quoted := pgx.Identifier{table}.Sanitize()
			statements = append(statements, "REVOKE ALL ON "+quoted+" FROM "+name)
			if r := rights(table); r != "" {
				statements = append(statements, "GRANT "+r+" ON "+quoted+" TO "+name)
			}
		}
	}
	if roles.Server != "" {
		statements = append(statements, "GRANT USAGE ON ALL SEQUENCES IN SCHEMA CURRENT_SCHEMA TO "+pgx.Identifier{roles.Server}.Sanitize())
	}
	for _, s := range statements {
		if err := grantOne(ctx, begun, s); err != nil {
			return core.Errorf(core.Invalid, "The database %s did not accept %q: %w.", Redacted(address), s, err).
				Hinted("Create the roles first (CREATE ROLE name LOGIN PASSWORD '...'), and connect as the owner of the tables.")
		}
	}
	if err := begun.Commit(); err != nil {
		return core.Hidden("Giving the roles their rights", err)
	}
	return nil
}

// grantOne runs a statement with the name of the schema in it.
func grantOne(ctx context.Context, tx *sql.Tx, statement string) error {
	if strings.Contains(statement, "CURRENT_SCHEMA") {
		var schema string
		if err := tx.QueryRowContext(ctx, "SELECT current_schema()").Scan(&schema); err != nil {
			return err
		}
		statement = strings.ReplaceAll(statement, "CURRENT_SCHEMA", pgx.Identifier{schema}.Sanitize())
	}
	_, err := tx.ExecContext(ctx, statement)
	return err
}

func tablesOf(ctx context.Context, tx *sql.Tx) (tables []string, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		tables = append(tables, name)
	}
	return tables, rows.Err()
}

// serverRights are what the server may do with a table. Of the audit log it can
// take nothing away: only the list of what the tree still lacks.
func serverRights(table string) string {
	switch {
	case table == "audit_pending":
		return "SELECT, INSERT, DELETE"
	case strings.HasPrefix(table, "audit_"):
		return "SELECT, INSERT"
	case table == gooseTable, table == "schema_support", table == "river_migration":
		return "SELECT"
	}
	return "SELECT, INSERT, UPDATE, DELETE"
}

// readRights are what somebody who makes reports may do with a table.
func readRights(table string) string {
	switch {
	case table == "secret", table == "credential", table == "audit_event", strings.HasPrefix(table, "river_"):
		return ""
	}
	return "SELECT"
}

// gooseTable holds the versions that were applied.
const gooseTable = "goose_db_version"
