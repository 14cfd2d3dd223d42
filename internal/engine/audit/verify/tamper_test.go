package verify_test

import (
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

const events, perBatch = 300, 37 // 300 leaves under nine checkpoints

// TestIntactLog: an untouched log verifies, and says what was looked at.
func TestIntactLog(t *testing.T) {
	f := newLog(t, events, perBatch)
	r, err := verify.Folder(t.Context(), f.dir, f.vkey)
	check(t, err)
	if !r.OK || r.Events != events || r.Size != events || r.Signed != 9 || r.FirstBad != -1 || r.Pending != 0 || r.Erased != 0 {
		t.Fatalf("%+v", r)
	}
	if own, err := verify.Folder(t.Context(), f.dir, ""); err != nil || !own.OK || !own.OwnKey {
		t.Fatal(own, err)
	}
}

// TestTampering: each change to the stored bytes is found and the first bad
// index is named (LIF-3).
func TestTampering(t *testing.T) {
	const swap = `UPDATE audit_leaf SET idx = idx + 1000 WHERE idx IN (120, 121);
UPDATE audit_leaf SET idx = CASE idx WHEN 1120 THEN 121 ELSE 120 END WHERE idx > 1000`
	byIndex := func(set string, index int) string {
		return fmt.Sprintf(`UPDATE audit_event SET %s WHERE id = (SELECT event_id FROM audit_leaf WHERE idx = %d)`, set, index)
	}
	cases := []struct {
		name, sql, what string
		first           int64
	}{
		{"flipped bit in a leaf", byIndex(`leaf = replace(leaf, 'change 77', 'change 76')`, 77), "not the ones that were logged", 77},
		{"leaf that is no JSON", byIndex(`leaf = 'x'`, 5), "not the ones that were logged", 5},
		{"empty leaf", byIndex(`leaf = ''`, 6), "not the ones that were logged", 6},
		{"separator in a leaf", byIndex(`leaf = leaf || x'1f'`, 8), "not the ones that were logged", 8},
		{"deleted event", `DELETE FROM audit_event WHERE id = (SELECT event_id FROM audit_leaf WHERE idx = 41)`, "event was deleted", 41},
		{"deleted leaf", `DELETE FROM audit_leaf WHERE idx = 42`, "row of the log was deleted", 42},
		{"deleted first leaf", `DELETE FROM audit_leaf WHERE idx = 0`, "row of the log was deleted", 0},
		{"deleted leaves", `DELETE FROM audit_leaf WHERE idx BETWEEN 100 AND 180`, "row of the log was deleted", 100},
		{"reordered pair", swap, "Two leaves were swapped", 120},
		{"reordered texts", `CREATE TEMP TABLE kept AS SELECT idx, id, leaf FROM audit_event JOIN audit_leaf ON event_id = id WHERE idx IN (8, 9);
UPDATE audit_event SET leaf = (SELECT leaf FROM kept WHERE kept.id <> audit_event.id) WHERE id IN (SELECT id FROM kept)`, "not the ones that were logged", 8},
		{"cut tail", `DELETE FROM audit_leaf WHERE idx >= 290; DELETE FROM audit_node WHERE n > 0`, "end of the log was cut off", 290},
		{"cut events and leaves", `DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_leaf WHERE idx >= 296); DELETE FROM audit_leaf WHERE idx >= 296`, "cut off", 296},
		{"whole log deleted", `DELETE FROM audit_event; DELETE FROM audit_leaf; DELETE FROM audit_node`, "cut off", 0},
		{"no checkpoints", `DELETE FROM audit_checkpoint`, "without a signed checkpoint", 0},
		{"newest checkpoint removed", `DELETE FROM audit_checkpoint WHERE size = 300`, "without a signed checkpoint", 296},
		{"stored leaf hash", `UPDATE audit_leaf SET hash = (CASE substr(hash, 1, 1) WHEN '0' THEN '1' ELSE '0' END) || substr(hash, 2) WHERE idx = 200`, "not the ones that were logged", 200},
		{"stored leaf hash in capitals", `UPDATE audit_leaf SET hash = upper(hash) WHERE idx = 201`, "not the ones that were logged", 201},
		{"digit moved between columns", `UPDATE audit_leaf SET event_id = event_id || substr(hash, 1, 1), hash = substr(hash, 2) WHERE idx = 202`, "event was deleted", 202},
		{"stored tree hash", `UPDATE audit_node SET hash = (CASE substr(hash, 1, 1) WHEN '0' THEN '1' ELSE '0' END) || substr(hash, 2)`, "stored tree is damaged", 0},
		{"stored tree hash removed", `DELETE FROM audit_node`, "stored tree is damaged", 0},
		{"stored tree hash in capitals", `UPDATE audit_node SET hash = upper(hash)`, "stored tree is damaged", 0},
		{"signature", `UPDATE audit_checkpoint SET note = substr(note, 1, length(note) - 10) || 'AAAAAAA=' || char(10) WHERE size = 300`, "signature is not good", 296},
		{"checkpoint text", `UPDATE audit_checkpoint SET note = replace(note, char(10) || '300', char(10) || '301') WHERE size = 300`, "signature is not good", 296},
		{"checkpoint under another size", `UPDATE audit_checkpoint SET size = 299 WHERE size = 300`, "wrong size", 296},
		{"opening value", byIndex(`opening = replace(opening, 'ada@', 'eve@'), actor_name = 'eve@example.org'`, 30), "opening is wrong", 30},
		{"opening salt", byIndex(`opening = replace(opening, 'salt":"', 'salt":"0')`, 32), "opening cannot be read", 32},
		{"opening for nothing", byIndex(`opening = '{"target":{"salt":"00000000000000000000000000000000","value":"x"}}'`, 33), "does not commit to", 33},
		{"searchable action", byIndex(`action = 'app.create'`, 50), "column action", 50},
		{"searchable actor", byIndex(`actor_id = 'nobody'`, 52), "column actor_id", 52},
		{"searchable name", byIndex(`actor_name = 'eve@example.org'`, 54), "column actor_name", 54},
		{"searchable name without opening", byIndex(`actor_name = 'eve@example.org', opening = '{}'`, 56), "column actor_name", 56},
		{"searchable code", byIndex(`code = 'denied'`, 57), "column code", 57},
		{"searchable time", byIndex(`at = at + 1`, 58), "column at", 58},
		{"a mad index", `INSERT INTO audit_leaf SELECT 1 << 60, 'x', hash FROM audit_leaf WHERE idx = 0`, "past the end", 300},
		{"a negative index", `UPDATE audit_leaf SET idx = -1 WHERE idx = 0`, "before the start", 0},
	}
	whole := newLog(t, events, perBatch)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := whole.copied(t)
			f.tamper(t, c.sql)
			r, err := verify.Folder(t.Context(), f.dir, f.vkey)
			check(t, err)
			if r.OK || r.FirstBad != c.first || !said(r, c.what) {
				t.Fatalf("first bad %d, want %d with %q; problems %+v", r.FirstBad, c.first, c.what, r.Problems)
			}
		})
	}
}

func said(r verify.Result, what string) bool {
	for _, p := range r.Problems {
		if strings.Contains(p.What, what) {
			return true
		}
	}
	return false
}

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

// TestErasedPerson: erasing a person's values keeps every proof.
func TestErasedPerson(t *testing.T) {
	f := newLog(t, 20, 7)
	f.tamper(t, `UPDATE audit_event SET opening = '{}', actor_name = '' WHERE actor_kind = 'person'`)
	r, err := verify.Folder(t.Context(), f.dir, f.vkey)
	check(t, err)
	if !r.OK || r.Erased != 10 {
		t.Fatalf("%+v", r)
	}
}

// TestEveryByteOfACheckpoint: no byte of a stored checkpoint changes unseen.
func TestEveryByteOfACheckpoint(t *testing.T) {
	f := newLog(t, 3, 3)
	f.tamper(t) // the guards of the database are in the way
	db, err := sql.Open("sqlite", filepath.Join(f.dir, "paddock.db"))
	check(t, err)
	defer db.Close()
	var signed string
	check(t, db.QueryRow(`SELECT note FROM audit_checkpoint`).Scan(&signed))
	for i := range len(signed) {
		for bit := range 8 {
			if i < len(signed)-6 && bit != i%8 {
				continue // one bit is enough but at the end, where base64 has unused bits
			}
			b := []byte(signed)
			b[i] ^= 1 << bit
			_, err := db.Exec(`UPDATE audit_checkpoint SET note = ?`, string(b))
			check(t, err)
			r, err := verify.Folder(t.Context(), f.dir, f.vkey)
			check(t, err)
			if r.OK {
				t.Fatalf("byte %d bit %d: %q", i, bit, b)
			}
		}
	}
}

// rewriteFrom changes leaf index and recomputes every stored hash after it, as
// an attacker who has everything but the signing key would.
func (f logFolder) rewriteFrom(t *testing.T, index int64) {
	t.Helper()
	f.tamper(t, fmt.Sprintf(`UPDATE audit_event SET code = 'denied', leaf = replace(leaf, '"code":"ok"', '"code":"denied"')
WHERE id = (SELECT event_id FROM audit_leaf WHERE idx = %d)`, index))
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
