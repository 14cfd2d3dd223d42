package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

const columns = "(id TEXT PRIMARY KEY, at BIGINT, action TEXT, actor TEXT, leaf TEXT, opening TEXT)"

// body is as long as a leaf and its opening.
var body = strings.Repeat("x", 430)

// onSQLite holds audited acts against bare inserts that are as durable.
func onSQLite(ctx context.Context, dir string) error {
	w, err := open(ctx, store.Where{Dir: dir})
	if err != nil {
		return err
	}
	defer w.stop()
	bare, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "bare.db")+"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return err
	}
	defer bare.Close()
	bare.SetMaxOpenConns(1)
	if _, err := bare.ExecContext(ctx, "CREATE TABLE event "+columns); err != nil {
		return err
	}
	p := &watcher{w: w}
	// One writer alone pays for its event; several share the durable write, as
	// bare inserts that each commit on their own cannot.
	for _, writers := range []int{1, 16} {
		acts, inserts, err := turns(5, func() (float64, error) {
			return crowd(ctx, writers, 2*time.Second, func(ctx context.Context) error {
				id, err := w.act(ctx, 0, true)
				if w.n.Load()%20 == 0 {
					p.watch(ctx, id)
				}
				return err
			})
		}, func() (float64, error) {
			return crowd(ctx, writers, 2*time.Second, func(ctx context.Context) error { return insertOne(ctx, bare, w.ids) })
		})
		if err != nil {
			return err
		}
		fmt.Printf("SQLite, synchronous=FULL, writers: %d: %.0f audited events/s; bare durable inserts %.0f/s\n", writers, acts, inserts)
		atLeast(fmt.Sprintf("SQLite: audited events against bare inserts, writers: %d", writers), acts/inserts, 0.9, "x")
	}
	atMost("SQLite: provable after commit, p99", p.p99().Seconds(), 2, "s")
	return latency(ctx, "SQLite", dir, w)
}

// insertOne keeps the row of an event, durably and without a log.
func insertOne(ctx context.Context, db *sql.DB, ids core.IDs) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "INSERT INTO event VALUES ($1, $2, $3, $4, $5, $6)", string(ids.New(time.Now())), 1, "change.merge", "ada", body, "{}"); err != nil {
		return err
	}
	return tx.Commit()
}

// onPostgres holds 16 writers against 16 that chain each event to the one
// before in their own transaction.
func onPostgres(ctx context.Context, dir string) error {
	c, err := postgres.StartOnDisk()
	if err != nil {
		return err
	}
	defer c.Stop()
	err = c.Make("bench", func(owner string) error {
		return store.Prepare(ctx, owner, store.Roles{Server: postgres.Server}, job.Migrate)
	})
	if err != nil {
		return err
	}
	w, err := open(ctx, store.Where{Dir: dir, URL: c.URL(postgres.Server, "bench")})
	if err != nil {
		return err
	}
	defer w.stop()
	chain, err := sql.Open("pgx", c.URL(postgres.Owner, "bench"))
	if err != nil {
		return err
	}
	defer chain.Close()
	chain.SetMaxOpenConns(16)
	chain.SetMaxIdleConns(16)
	for _, s := range []string{"CREATE TABLE chained " + columns, "CREATE TABLE head (one INT PRIMARY KEY, hash TEXT)", "INSERT INTO head VALUES (1, '')"} {
		if _, err := chain.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	p := &watcher{w: w}
	acts, chained, err := turns(3, func() (float64, error) {
		return crowd(ctx, 16, 4*time.Second, func(ctx context.Context) error {
			id, err := w.act(ctx, 0, true)
			if w.n.Load()%200 == 0 {
				p.watch(ctx, id)
			}
			return err
		})
	}, func() (float64, error) {
		return crowd(ctx, 16, 3*time.Second, func(ctx context.Context) error { return chainOne(ctx, chain, w.ids) })
	})
	if err != nil {
		return err
	}
	fmt.Printf("PostgreSQL, fsync on, 16 writers: %.0f audited events/s; chained in the transaction %.0f/s\n", acts, chained)
	if acts >= 2500 {
		atLeast("PostgreSQL: audited events with 16 writers", acts, 2500, "/s")
	} else {
		atLeast("PostgreSQL: audited events against chaining", acts/chained, 6, "x")
	}
	atMost("PostgreSQL: provable after commit, p99", p.p99().Seconds(), 2, "s")
	if err := c.Make("server", func(owner string) error {
		return store.Prepare(ctx, owner, store.Roles{Server: postgres.Server}, job.Migrate)
	}); err != nil {
		return err
	}
	return latency(ctx, "PostgreSQL", dir, w, "--database", c.URL(postgres.Server, "server"))
}

func chainOne(ctx context.Context, db *sql.DB, ids core.IDs) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var last string
	if err := tx.QueryRowContext(ctx, "SELECT hash FROM head WHERE one = 1 FOR UPDATE").Scan(&last); err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(last + body))
	if _, err := tx.ExecContext(ctx, "INSERT INTO chained VALUES ($1, $2, $3, $4, $5, $6)", string(ids.New(time.Now())), 1, "change.merge", last, body, "{}"); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "UPDATE head SET hash = $1 WHERE one = 1", hex.EncodeToString(sum[:])); err != nil {
		return err
	}
	return tx.Commit()
}
