package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	house "github.com/paddock-dev/paddock/internal/app"
	"github.com/paddock-dev/paddock/internal/app/visit"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/door/desk"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/identity"
)

// base is the database of one measurement.
type base struct {
	engine        string
	dir           string
	owner, server string // addresses in PostgreSQL
}

// newBase makes an empty, migrated database.
func newBase(ctx context.Context, o options, dir string) (base, func(), error) {
	b := base{engine: o.engine, dir: dir}
	if o.engine == store.Postgres {
		return newCluster(ctx, b)
	}
	db, err := store.Open(ctx, dir)
	if err != nil {
		return b, nil, err
	}
	return b, func() {}, db.Close()
}

// bulk opens the database for writing much at once: it is thrown away afterwards,
// so nothing waits for the disk.
func (b base) bulk(context.Context) (*sql.DB, error) {
	if b.engine == store.Postgres {
		return sql.Open("pgx", b.owner)
	}
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {"busy_timeout(10000)", "journal_mode(OFF)", "synchronous(OFF)", "foreign_keys(0)", "cache_size(-400000)", "temp_store(MEMORY)"}}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.dir, store.File)+"?"+q.Encode())
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// fill makes up a fleet and its log.
func (b base) fill(ctx context.Context, dir string, n, events, parts int, say func(string, ...any)) (*filler, error) {
	db, err := b.bulk(ctx)
	if err != nil {
		return nil, err
	}
	f := &filler{maker: newMaker(1, today()), db: db, params: 126, say: say}
	last := []string{"ANALYZE", "PRAGMA journal_mode(WAL)"}
	if b.engine == store.Postgres {
		f.params, last = 2800, []string{"VACUUM ANALYZE"}
	}
	if err := f.fill(ctx, n, parts); err != nil {
		db.Close()
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	began := time.Now()
	if err := fillLog(ctx, b, dir, events); err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	say("  %-11s %5.1f s", "events", time.Since(began).Seconds())
	db, err = b.bulk(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	for _, q := range last {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// server is a whole server in this process, with two people who are signed in.
type server struct {
	base         string
	admin, maker *visit.Person
	stop         func()
}

// serve starts the server and returns when it is ready.
func (b base) serve(ctx context.Context, dir string) (*server, error) {
	ctx, cancel := context.WithCancel(ctx)
	c := cli.Config{Database: cli.Database{Database: cli.Address(b.server)}, Data: dir, Listen: "127.0.0.1:0", AppDomain: "apps.localhost", Admin: "platform@example.org", LogLevel: "error"}
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := house.Serve(ctx, c, "bench", cli.IO{In: strings.NewReader(""), Out: in, Err: io.Discard, Env: func(string) (string, bool) { return "", false }, Dir: dir})
		in.CloseWithError(io.EOF)
		ended <- err
	}()
	s := &server{stop: func() { cancel(); <-ended }}
	lines := bufio.NewScanner(out)
	for s.base == "" && lines.Scan() {
		if _, at, ok := strings.Cut(lines.Text(), "ready at "); ok {
			s.base = strings.TrimSpace(at)
		}
	}
	if s.base == "" {
		cancel()
		return nil, fmt.Errorf("the server did not start: %w", <-ended)
	}
	go io.Copy(io.Discard, out)
	return s, s.arrive(ctx, b)
}

// arrive signs in two people by links that are made straight in the database.
func (s *server) arrive(ctx context.Context, b base) error {
	db, err := store.OpenAt(ctx, store.Where{Dir: b.dir, URL: b.server})
	if err != nil {
		return err
	}
	defer db.Close()
	people := identity.New(db, audit.NewLog(db, core.SystemClock{}, core.IDs{}, rand.Reader), core.SystemClock{}, core.IDs{}, rand.Reader)
	for _, p := range []struct {
		email string
		who   **visit.Person
	}{{"platform@example.org", &s.admin}, {"person000000@example.org", &s.maker}} {
		*p.who = visit.NewPerson(s.base, p.email)
		found, err := db.PersonByEmail(ctx, p.email)
		if err != nil {
			return err
		}
		link, err := people.NewLink(ctx, found.ID, core.System("bench"))
		if err != nil {
			return err
		}
		if err := (*p.who).Open(ctx, desk.SignInLink(s.base, link)); err != nil {
			return err
		}
	}
	return nil
}
