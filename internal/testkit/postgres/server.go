// Package postgres gives tests a PostgreSQL of their own: one private server
// for each test process, which ends with it, and one database for each test.
package postgres

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the "pgx" driver
)

// Roles of every server, with one password.
const (
	Superuser = "postgres"
	Owner     = "paddock_owner"
	Server    = "paddock_server"
	Read      = "paddock_read"
	Password  = "test"
)

// install is what to do where the package is missing.
const install = "install PostgreSQL 15: apt-get install postgresql-15 (make test does)"

// Cluster is one running PostgreSQL.
type Cluster struct {
	dir    string // of its socket and data
	bin    string
	who    *syscall.SysProcAttr
	stop   io.WriteCloser
	done   chan struct{}
	log    string
	commit string // on if a commit waits for the log to be written
	fsync  string // on if what is written reaches the disk
	next   int
	mu     sync.Mutex
	made   map[string]error // templates
}

// shared is the server of this test process.
var shared struct {
	once    sync.Once
	cluster *Cluster
	err     error
}

// Shared returns the server of this test process, and starts it at the first
// call. It ends, and its files go, when the process ends, however it ends.
func Shared(t testing.TB) *Cluster {
	t.Helper()
	shared.once.Do(func() { shared.cluster, shared.err = Start() })
	if shared.err != nil {
		t.Fatalf("no PostgreSQL to test with: %v", shared.err)
	}
	return shared.cluster
}

// Start starts a server of its own; Stop ends it.
func Start() (*Cluster, error) { return begin("off", "off") }

// StartOnDisk is Start for measurements: every commit reaches the disk.
func StartOnDisk() (*Cluster, error) { return begin("on", "on") }

// StartDurable is Start for tests that Crash the server: a commit that it has
// answered survives that.
func StartDurable() (*Cluster, error) { return begin("on", "off") }

func begin(commit, fsync string) (*Cluster, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "paddock-pg-")
	if err != nil {
		return nil, err
	}
	who, err := runner(dir)
	if err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir, bin: bin, who: who, log: filepath.Join(dir, "log"), commit: commit, fsync: fsync, made: map[string]error{}}
	if err := os.WriteFile(filepath.Join(dir, "password"), []byte(Password+"\n"), 0o644); err != nil {
		return nil, err
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", Superuser, "-A", "scram-sha-256",
		"--pwfile="+filepath.Join(dir, "password"), "-E", "UTF8", "--no-locale", "--no-sync", "--no-instructions")
	initdb.Dir, initdb.SysProcAttr, initdb.Env = dir, who, []string{"PATH=" + bin, "LC_ALL=C"}
	if out, err := initdb.CombinedOutput(); err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if err := c.run(); err != nil {
		return nil, err
	}
	return c, c.roles()
}

// keeper runs the server until its standard input ends, which it does when the
// test process is gone; then it takes the server and its files away. After the
// word keep it leaves the files.
const keeper = `trap '' INT TERM HUP
"$0" -D data -k "$PWD" -c listen_addresses= -c max_connections=200 -c shared_buffers=32MB -c fsync="$FSYNC" -c synchronous_commit="$COMMIT" -c full_page_writes="$FSYNC" \
  -c autovacuum=off -c log_min_messages=warning -c log_min_error_statement=panic </dev/null &
read how
kill -QUIT $! 2>/dev/null
wait $! 2>/dev/null
[ "$how" = keep ] || { dir=$PWD; cd / && rm -rf "$dir"; }`

func (c *Cluster) run() error {
	log, err := os.OpenFile(c.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	defer log.Close()
	attr := *c.who
	attr.Setsid = true
	cmd := exec.Command("/bin/sh", "-c", keeper, filepath.Join(c.bin, "postgres"))
	cmd.Dir, cmd.SysProcAttr, cmd.Stdout, cmd.Stderr, cmd.Env = c.dir, &attr, log, log, []string{"PATH=/usr/bin:/bin:" + c.bin, "LC_ALL=C", "COMMIT=" + c.commit, "FSYNC=" + c.fsync}
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	c.stop, c.done = in, make(chan struct{})
	go func() { _ = cmd.Wait(); close(c.done) }()
	return c.ready()
}

// ready waits until the server answers.
func (c *Cluster) ready() error {
	db, err := sql.Open("pgx", c.URL(Superuser, "postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	for end := time.Now().Add(time.Minute); ; {
		if err = db.Ping(); err == nil {
			return nil
		}
		select {
		case <-c.done:
			err = errors.New("it ended")
		case <-time.After(20 * time.Millisecond):
			if time.Now().Before(end) {
				continue
			}
		}
		text, _ := os.ReadFile(c.log)
		return fmt.Errorf("the server does not answer: %w\n%s", err, bytes.TrimSpace(text))
	}
}

// roles makes the roles that an administrator would.
func (c *Cluster) roles() error {
	return c.exec("postgres", "CREATE ROLE "+Owner+" LOGIN PASSWORD '"+Password+"'", "CREATE ROLE "+Server+" LOGIN PASSWORD '"+Password+"'",
		"CREATE ROLE "+Read+" LOGIN PASSWORD '"+Password+"'")
}

// exec runs statements as the superuser.
func (c *Cluster) exec(database string, statements ...string) error {
	db, err := sql.Open("pgx", c.URL(Superuser, database))
	if err != nil {
		return err
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// EndConnections ends every connection to a database, as an administrator may. It
// returns when the server's processes of them have ended.
func (c *Cluster) EndConnections(database string) error {
	db, err := sql.Open("pgx", c.URL(Superuser, "postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	var pids string
	err = db.QueryRow("SELECT coalesce(string_agg(pid::text, ',' ORDER BY pg_terminate_backend(pid)), '0') FROM pg_stat_activity WHERE datname = $1", database).Scan(&pids)
	for left, end := 1, time.Now().Add(time.Minute); err == nil && left > 0; {
		if err = db.QueryRow("SELECT count(*) FROM pg_stat_activity WHERE pid IN (" + pids + ")").Scan(&left); time.Now().After(end) {
			err = fmt.Errorf("%d connections do not end", left)
		}
	}
	return err
}

// URL returns the address of a database for a role.
func (c *Cluster) URL(role, database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(role, Password), Path: "/" + database, RawQuery: url.Values{"host": {c.dir}}.Encode()}
	return u.String()
}

// Stop ends the server at once and takes its files away.
func (c *Cluster) Stop() {
	c.stop.Close()
	<-c.done
	os.RemoveAll(c.dir)
}

// Crash ends the server at once, as a crash would: it has to recover when it is
// started again by Resume.
func (c *Cluster) Crash() error {
	_, err := io.WriteString(c.stop, "keep\n")
	c.stop.Close()
	<-c.done
	return err
}

// Resume starts a server again that has crashed.
func (c *Cluster) Resume() error { return c.run() }

// binaries returns the folder of PostgreSQL's programs: the one of version 15,
// or the oldest newer one.
func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	slices.Sort(found)
	for _, path := range found {
		version, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		if err == nil && version >= 15 {
			return filepath.Dir(path), nil
		}
	}
	return "", errors.New(install)
}

// runner returns how to start the server, which refuses to run as root, and
// gives it the folder.
func runner(dir string) (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return &syscall.SysProcAttr{}, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", install, err)
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, os.Chown(dir, uid, gid)
}
