package verify_test

import (
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

// TestRewrittenLog: somebody with the database but without the key rewrites a
// leaf and everything that follows from it. The signed checkpoints disagree,
// and the first one that does narrows the place down.
func TestRewrittenLog(t *testing.T) {
	f := newLog(t, events, perBatch)
	f.rewriteFrom(t, 111)
	r, err := verify.Folder(t.Context(), f.dir, f.vkey)
	check(t, err)
	if r.OK || r.FirstBad != 111 || !said(r, "rewritten or forked") {
		t.Fatalf("first bad %d; %+v", r.FirstBad, r.Problems)
	}
}

// TestForkedLog: the whole log was replaced by another one, signed by another
// key of the same name.
func TestForkedLog(t *testing.T) {
	f := newLog(t, 50, 10)
	skey, _, err := note.GenerateKey(rand.Reader, "log.test/one")
	check(t, err)
	forger, err := note.NewSigner(skey)
	check(t, err)
	other := newLog(t, 60, 10)
	other.vkey, other.signer = f.vkey, forger
	r, err := verify.Folder(t.Context(), other.dir, f.vkey)
	check(t, err)
	if r.OK || !said(r, "signature is not good") {
		t.Fatalf("%+v", r)
	}
}

// TestCutBackLog: the log and its checkpoints are cut back together. Alone that
// looks whole; a checkpoint kept elsewhere shows it.
func TestCutBackLog(t *testing.T) {
	f := newLog(t, events, perBatch)
	before, err := verify.Folder(t.Context(), f.dir, f.vkey)
	check(t, err)
	f.tamper(t, `DELETE FROM audit_checkpoint WHERE size > 259`, `DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_leaf WHERE idx >= 259)`,
		`DELETE FROM audit_leaf WHERE idx >= 259`)
	alone, err := verify.Folder(t.Context(), f.dir, f.vkey)
	check(t, err)
	if !alone.OK {
		t.Fatalf("%+v", alone.Problems)
	}
	r, err := verify.Folder(t.Context(), f.dir, f.vkey, before.Checkpoint)
	check(t, err)
	if r.OK || r.FirstBad != 259 || !said(r, "cut off") {
		t.Fatalf("%+v", r)
	}
}

// TestForkedTree: two histories of one log, signed by its own key. The log that
// is at hand is sound in itself; a checkpoint of the other one shows the fork,
// and where it may have begun.
func TestForkedTree(t *testing.T) {
	trunk := newLog(t, 90, 30)
	common := trunk.head(t)
	left, right := trunk.copied(t), trunk.copied(t)
	left.grow(t, 60, 30)
	right.grow(t, 90, 30)
	forked := left.head(t)
	for _, c := range []struct {
		name  string
		known []string
		what  string
		first int64
	}{
		{"of the same size", []string{forked}, "checkpoint that you gave: it was rewritten or forked", 0},
		{"with one that both have", []string{common, forked}, "checkpoint that you gave: it was rewritten or forked", 90},
		{"of one size, both given", []string{forked, right.headAt(t, 150)}, "signed two logs of one size", 0},
		{"not a checkpoint", []string{"nonsense"}, "A checkpoint is wrong", -1},
		{"longer than the log", []string{left.longer(t).head(t)}, "end of the log was cut off", 180},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := verify.Folder(t.Context(), right.dir, right.vkey, c.known...)
			check(t, err)
			if r.OK || r.FirstBad != c.first || !said(r, c.what) {
				t.Fatalf("first bad %d, want %d; %+v", r.FirstBad, c.first, r.Problems)
			}
		})
	}
	if r, err := verify.Folder(t.Context(), right.dir, right.vkey, common, right.head(t)); err != nil || !r.OK {
		t.Fatalf("%+v %v", r, err)
	}
	// One checkpoint of the other history among its own.
	right.tamper(t, `UPDATE audit_checkpoint SET note = '`+forked+`' WHERE size = 150`)
	r, err := verify.Folder(t.Context(), right.dir, right.vkey)
	check(t, err)
	if r.OK || r.FirstBad != 120 || !said(r, "rewritten or forked") {
		t.Fatalf("first bad %d; %+v", r.FirstBad, r.Problems)
	}
}

// longer returns a copy that grew on.
func (f logFolder) longer(t *testing.T) logFolder {
	f = f.copied(t)
	f.grow(t, 60, 30)
	return f
}

// head returns the newest checkpoint.
func (f logFolder) head(t *testing.T) string {
	t.Helper()
	r, err := verify.Folder(t.Context(), f.dir, f.vkey)
	check(t, err)
	return r.Checkpoint
}

// headAt returns the checkpoint of a size.
func (f logFolder) headAt(t *testing.T, size int) (signed string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(f.dir, "paddock.db"))
	check(t, err)
	defer db.Close()
	check(t, db.QueryRow(`SELECT note FROM audit_checkpoint WHERE size = ?`, size).Scan(&signed))
	return signed
}

// rewriteFrom changes leaf index and recomputes every stored hash after it, as
// an attacker who has everything but the signing key would.
func (f logFolder) rewriteFrom(t *testing.T, index int64) {
	t.Helper()
	f.tamper(t, fmt.Sprintf(`UPDATE audit_event SET code = 'denied', leaf = replace(leaf, '"code":"ok"', '"code":"denied"')
WHERE id = (SELECT event_id FROM audit_leaf WHERE idx = %d)`, index), fmt.Sprintf(`UPDATE audit_leaf SET code = 'denied' WHERE idx = %d`, index))
	db, err := sql.Open("sqlite", filepath.Join(f.dir, "paddock.db"))
	check(t, err)
	defer db.Close()
	rows, err := db.Query(`SELECT leaf FROM audit_event JOIN audit_leaf ON event_id = id ORDER BY idx`)
	check(t, err)
	var leaves []string
	for rows.Next() {
		var leaf string
		check(t, rows.Scan(&leaf))
		leaves = append(leaves, leaf)
	}
	check(t, rows.Err())
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) (out []tlog.Hash, err error) {
		for _, i := range indexes {
			out = append(out, stored[i])
		}
		return out, nil
	})
	for i, leaf := range leaves {
		hashes, err := tlog.StoredHashes(int64(i), []byte(leaf), read)
		check(t, err)
		stored = append(stored, hashes...)
		_, err = db.Exec(`UPDATE audit_leaf SET hash = ? WHERE idx = ?`, hex.EncodeToString(hashes[0][:]), i)
		check(t, err)
	}
	for i, h := range stored {
		if level, n := tlog.SplitStoredHashIndex(int64(i)); level > 0 && level%8 == 0 {
			_, err := db.Exec(`UPDATE audit_node SET hash = ? WHERE level = ? AND n = ?`, hex.EncodeToString(h[:]), level/8, n)
			check(t, err)
		}
	}
}
