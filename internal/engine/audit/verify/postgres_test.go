package verify_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"log/slog"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"

	"github.com/paddock-dev/paddock/internal/testkit"
)

// pgLog is a real log in a PostgreSQL database, and its superuser.
type pgLog struct {
	url, vkey string
	super     *sql.DB
}

// auditTables are the tables of the log.
var auditTables = []string{"audit_event", "audit_pending", "audit_leaf", "audit_node", "audit_checkpoint"}

// newPgLog writes the log of newLog and wait as the role of the server, and
// keeps a copy of its tables. Then the guards are taken off.
func newPgLog(t *testing.T) pgLog {
	t.Helper()
	ctx := t.Context()
	g := testkit.On(t, store.Postgres)
	skey, vkey, err := note.GenerateKey(rand.Reader, "log.test/one")
	check(t, err)
	signer, err := note.NewSigner(skey)
	check(t, err)
	verifier, err := note.NewVerifier(vkey)
	check(t, err)
	log := audit.NewLog(g, fixedClock{}, core.IDs{}, rand.Reader)
	seq := audit.NewSequencer(g, signer, verifier, nil, slog.New(slog.DiscardHandler))
	add := func(first, past int) {
		check(t, g.InTx(ctx, func(ctx context.Context) error {
			for i := first; i < past; i++ {
				if err := log.Append(ctx, event(i)); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	for done := 0; done < events; done += perBatch {
		add(done, min(done+perBatch, events))
		_, err := seq.IntegrateNow(ctx)
		check(t, err)
	}
	add(0, waiting)
	f := pgLog{url: g.Database.URL(postgres.Server), vkey: vkey}
	f.super, err = sql.Open("pgx", g.Database.URL(postgres.Superuser))
	check(t, err)
	t.Cleanup(func() { f.super.Close() })
	f.exec(t, "CREATE SCHEMA saved")
	for _, table := range auditTables {
		f.exec(t, "CREATE TABLE saved."+table+" AS TABLE "+table+"; ALTER TABLE "+table+" DISABLE TRIGGER ALL")
	}
	return f
}

func (f pgLog) exec(t *testing.T, statements string) {
	t.Helper()
	for s := range strings.SplitSeq(statements, ";") {
		if _, err := f.super.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// restore puts every row back.
func (f pgLog) restore(t *testing.T) {
	t.Helper()
	for _, table := range auditTables {
		f.exec(t, "DELETE FROM "+table+"; INSERT INTO "+table+" SELECT * FROM saved."+table)
	}
	f.exec(t, "DROP TABLE IF EXISTS kept")
}

// TestTamperingOnPostgres: what is found in a file is found in a database, by
// the role of the server.
func TestTamperingOnPostgres(t *testing.T) {
	f := newPgLog(t)
	f.super.SetMaxOpenConns(1)
	at := verify.Place{URL: f.url}
	for _, c := range tamperings {
		t.Run(c.name, func(t *testing.T) {
			f.exec(t, c.sql)
			r, err := verify.Check(t.Context(), at, verify.Options{Key: f.vkey})
			check(t, err)
			c.judge(t, r)
			f.restore(t)
		})
	}
	r, err := verify.Check(t.Context(), at, verify.Options{Key: f.vkey})
	check(t, err)
	if !r.OK || r.Events != events || r.Pending != waiting || r.Signed != 9 {
		t.Fatalf("%+v", r)
	}
	f.exec(t, "DELETE FROM audit_checkpoint WHERE size > 259; DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_leaf WHERE idx >= 259);DELETE FROM audit_leaf WHERE idx >= 259")
	r, err = verify.Check(t.Context(), at, verify.Options{Key: f.vkey, Known: []string{r.Checkpoint}})
	check(t, err)
	if r.OK || r.FirstBad != 259 || !said(r, "cut off") {
		t.Fatalf("%+v", r)
	}
}

// TestNoPostgres: a database that cannot be read is refused in words, and no
// password is in them.
func TestNoPostgres(t *testing.T) {
	good := testkit.On(t, store.Postgres).Database
	_, vkey, err := note.GenerateKey(rand.Reader, "log.test/one")
	check(t, err)
	for address, code := range map[string]core.Code{
		"postgres://x:hunter2@[":                                                    core.Invalid,
		"postgres://x:hunter2@localhost:1/none?connect_timeout=2":                   core.Unreadable,
		strings.Replace(good.URL(postgres.Server), postgres.Password, "hunter2", 1): core.Unreadable,
		good.URL(postgres.Read):                                                     core.Unreadable,
	} {
		_, err := verify.Check(t.Context(), verify.Place{URL: address}, verify.Options{Key: vkey})
		if core.CodeOf(err) != code || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := verify.Check(t.Context(), verify.Place{URL: good.URL(postgres.Server)}, verify.Options{}); core.CodeOf(err) != core.NotFound {
		t.Error(err)
	}
}
