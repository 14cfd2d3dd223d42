package verify_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

// TestIntactLog: an untouched log verifies, and says what was looked at.
func TestIntactLog(t *testing.T) {
	f := newLog(t, events, perBatch)
	f.wait(t, waiting)
	r, err := verify.Folder(t.Context(), f.dir, f.vkey)
	check(t, err)
	if !r.OK || r.Events != events || r.Size != events || r.Signed != 9 || r.FirstBad != -1 || r.Pending != waiting || r.Erased != 0 {
		t.Fatalf("%+v", r)
	}
	if own, err := verify.Folder(t.Context(), f.dir, ""); err != nil || !own.OK || !own.OwnKey {
		t.Fatal(own, err)
	}
}

// TestTampering: each change to the stored rows is found, the first bad index
// is named, and nothing else is told (LIF-3).
func TestTampering(t *testing.T) {
	whole := newLog(t, events, perBatch)
	whole.wait(t, waiting)
	for _, c := range tamperings {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := whole.copied(t)
			f.tamper(t, c.sql)
			r, err := verify.Folder(t.Context(), f.dir, f.vkey)
			check(t, err)
			c.judge(t, r)
		})
	}
}

func contains(text, part string) bool { return strings.Contains(text, part) }

func said(r verify.Result, what string) bool {
	for _, p := range r.Problems {
		if strings.Contains(p.What, what) {
			return true
		}
	}
	return false
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
