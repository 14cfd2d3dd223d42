package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"path/filepath"
	"time"

	"github.com/paddock-dev/paddock/bench/auditlog"
	"github.com/paddock-dev/paddock/internal/engine/seal"
)

// genuine is how many events are written as the server writes them, with their
// tree. The rest of a long log are copies of them with ids and times of their own:
// a search cannot tell them apart, and a tree over them would only cost time.
const genuine = 20_000

// fillLog writes the audit log.
func fillLog(ctx context.Context, b base, dir string, events int) error {
	keys, err := seal.Open(filepath.Join(dir, "keys"), rand.Reader)
	if err != nil {
		return err
	}
	db, err := b.bulk(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	some := min(events, genuine)
	_, err = auditlog.Write(ctx, db, auditlog.Options{Events: some, Signer: keys.NoteSigner(), Seed: 1, Start: today().Add(-time.Duration(some) * 100 * time.Millisecond), Every: 100 * time.Millisecond})
	if err != nil || events <= some {
		return err
	}
	err = b.bare(ctx, db, "audit_event", func() error { return b.copies(ctx, db, (events-1)/some) })
	if err != nil {
		return err
	}
	return b.bare(ctx, db, "audit_leaf", func() error { return b.places(ctx, db, some) })
}

// copies writes each event again, some times, each time further in the past.
func (b base) copies(ctx context.Context, db *sql.DB, times int) error {
	numbers := `WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < $1)`
	// The last digits of a version 7 id are random: a copy has its own. The first
	// are the time, which is moved too.
	id := `printf('%08x-%04x-%s', ((at / 1000 - k * 4000000) >> 16) & 4294967295, (at / 1000 - k * 4000000) & 65535, substr(e.id, 15, 12) || printf('%010x', abs(random()) % 1099511627776))`
	if b.engine == "postgres" {
		id = `lpad(to_hex(((at / 1000 - k * 4000000) >> 16) & 4294967295), 8, '0') || '-' || lpad(to_hex((at / 1000 - k * 4000000) & 65535), 4, '0') || '-' || substr(e.id, 15, 12) || lpad(to_hex((random() * 1099511627775)::bigint), 10, '0')`
	}
	_, err := db.ExecContext(ctx, numbers+` INSERT INTO audit_event (id, at, action, actor_kind, actor_id, actor_name, door, app_id, gate, target, code, leaf, opening)
		SELECT `+id+`, at - k * 4000000000, action, actor_kind, actor_id, actor_name, door, app_id, gate, target, code, leaf, opening
		FROM (SELECT k FROM n) AS n CROSS JOIN (SELECT * FROM audit_event) AS e`, times)
	return err
}

// places gives each copy a leaf behind the genuine ones, with a hash that no
// search looks at.
func (b base) places(ctx context.Context, db *sql.DB, genuine int) error {
	index := `e.rowid - 1`
	if b.engine == "postgres" {
		index = `$1 - 1 + ROW_NUMBER() OVER ()`
	}
	_, err := db.ExecContext(ctx, `INSERT INTO audit_leaf (idx, event_id, hash, app_id, action, actor_id, gate, code)
		SELECT `+index+`, e.id, 'a copy', e.app_id, e.action, e.actor_id, e.gate, e.code
		FROM audit_event e WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.event_id = e.id AND l.idx < $1)`, genuine)
	return err
}

// bare takes a table's indexes and triggers away while fn runs.
func (b base) bare(ctx context.Context, db *sql.DB, table string, fn func() error) error {
	find := `SELECT type, name, sql FROM sqlite_master WHERE tbl_name = '` + table + `' AND type IN ('index', 'trigger') AND sql IS NOT NULL`
	if b.engine == "postgres" {
		find = `SELECT 'index', indexname, indexdef FROM pg_indexes WHERE tablename = '` + table + `' AND indexname NOT LIKE '%\_pkey' AND indexname NOT LIKE '%\_key'`
	}
	rows, err := db.QueryContext(ctx, find)
	if err != nil {
		return err
	}
	var down, up []string
	for rows.Next() {
		var kind, name, text string
		if err := rows.Scan(&kind, &name, &text); err != nil {
			rows.Close()
			return err
		}
		down, up = append(down, fmt.Sprintf("DROP %s %s", kind, name)), append(up, text)
	}
	if err := rows.Close(); err != nil {
		return err
	}
	if b.engine == "postgres" {
		down, up = append(down, "ALTER TABLE "+table+" DISABLE TRIGGER USER"), append(up, "ALTER TABLE "+table+" ENABLE TRIGGER USER")
	}
	for _, s := range down {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	if err := fn(); err != nil {
		return err
	}
	for _, s := range up {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
