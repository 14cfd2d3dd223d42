package verify_test

import (
	"fmt"
	"testing"

	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

// The log that is tampered with: integrated leaves under nine checkpoints, and
// events that wait.
const (
	events   = 300
	perBatch = 37
	waiting  = 2
)

// tampering is one change to stored rows, as somebody with the database does it,
// in SQL of both engines.
type tampering struct {
	name, sql string
	what      string // that the verifier says
	first     int64  // bad index that it names
	again     string // a further thing that it may say; else every problem says what
}

func atIndex(set string, index int) string {
	return fmt.Sprintf(`UPDATE audit_event SET %s WHERE id = (SELECT event_id FROM audit_leaf WHERE idx = %d)`, set, index)
}

// otherDigit is a hexadecimal column with its first digit changed.
func otherDigit(column string) string {
	return fmt.Sprintf(`%[1]s = (CASE substr(%[1]s, 1, 1) WHEN '0' THEN '1' ELSE '0' END) || substr(%[1]s, 2)`, column)
}

const (
	firstWaits = `(SELECT MIN(event_id) FROM audit_pending)`
	swapLeaves = `UPDATE audit_leaf SET idx = idx + 1000 WHERE idx IN (%[1]d, %[2]d);
UPDATE audit_leaf SET idx = %[1]d + %[2]d + 1000 - idx WHERE idx > 1000`
	bytes, unsigned, unreadable = "not the ones that were logged", "without a signed checkpoint", "cannot be read"
	lost                        = "neither in the tree nor does it wait"
)

// tamperings are all single changes that must be found (LIF-3).
var tamperings = []tampering{
	// One flipped bit: in a leaf, a hash, a node, a checkpoint, an opening, a column.
	{"bit of a leaf", atIndex(`leaf = replace(leaf, 'change 77', 'change 76')`, 77), bytes, 77, "column target"},
	{"leaf that is no JSON", atIndex(`leaf = 'x'`, 5), bytes, 5, unreadable},
	{"empty leaf", atIndex(`leaf = ''`, 6), bytes, 6, unreadable},
	{"separator in a leaf", atIndex("leaf = leaf || '\x1f'", 8), bytes, 8, unreadable},
	{"separator of rows in a leaf", atIndex("leaf = leaf || '\x1e'", 8), bytes, 8, unreadable},
	{"bit of a leaf's hash", `UPDATE audit_leaf SET ` + otherDigit("hash") + ` WHERE idx = 200`, bytes, 200, ""},
	{"bit of the last leaf's hash", `UPDATE audit_leaf SET ` + otherDigit("hash") + ` WHERE idx = 299`, bytes, 299, ""},
	{"leaf's hash in capitals", `UPDATE audit_leaf SET hash = upper(hash) WHERE idx = 201`, bytes, 201, ""},
	{"digit moved between columns", `UPDATE audit_leaf SET event_id = event_id || substr(hash, 1, 1), hash = substr(hash, 2) WHERE idx = 202`, "event was deleted", 202, lost},
	{"bit of a node", `UPDATE audit_node SET ` + otherDigit("hash"), "stored tree is damaged", 0, ""},
	{"node in capitals", `UPDATE audit_node SET hash = upper(hash)`, "stored tree is damaged", 0, ""},
	{"node elsewhere", `UPDATE audit_node SET n = 1`, "stored tree is damaged", 0, "where none can be"},
	{"node on another level", `UPDATE audit_node SET level = 2`, "stored tree is damaged", 0, "where none can be"},
	{"node too many", `INSERT INTO audit_node SELECT 9, n, hash FROM audit_node`, "where none can be", 300, ""},
	{"checkpoint's signature", "UPDATE audit_checkpoint SET note = substr(note, 1, length(note) - 10) || 'AAAAAAA=\n' WHERE size = 148", "signature is not good", 147, ""},
	{"newest checkpoint's signature", "UPDATE audit_checkpoint SET note = substr(note, 1, length(note) - 10) || 'AAAAAAA=\n' WHERE size = 300", "signature is not good", 296, unsigned},
	{"checkpoint's text", "UPDATE audit_checkpoint SET note = replace(note, '\n300', '\n301') WHERE size = 300", "signature is not good", 296, unsigned},
	{"checkpoint's size", `UPDATE audit_checkpoint SET size = 149 WHERE size = 148`, "wrong size", 147, ""},
	{"checkpoint's size beyond the end", `UPDATE audit_checkpoint SET size = 5000 WHERE size = 148`, "wrong size", 147, ""},
	{"checkpoint's size below zero", `UPDATE audit_checkpoint SET size = -148 WHERE size = 148`, "wrong size", 147, ""},
	{"opening's value", atIndex(`opening = replace(opening, 'ada@', 'eve@'), actor_name = 'eve@example.org'`, 30), "opening is wrong", 30, ""},
	{"opening's salt", atIndex(`opening = replace(opening, 'salt":"', 'salt":"0')`, 32), "opening cannot be read", 32, ""},
	{"opening for nothing", atIndex(`opening = '{"target":{"salt":"00000000000000000000000000000000","value":"x"}}'`, 33), "does not commit to", 33, ""},
	{"column action", atIndex(`action = 'app.create'`, 50), "column action", 50, ""},
	{"search key app_id", `UPDATE audit_leaf SET app_id = 'x' WHERE idx = 61`, "by its app_id", 61, ""},
	{"search key action", `UPDATE audit_leaf SET action = 'x' WHERE idx = 62`, "by its action", 62, ""},
	{"search key actor_id", `UPDATE audit_leaf SET actor_id = 'x' WHERE idx = 63`, "by its actor_id", 63, ""},
	{"search key gate", `UPDATE audit_leaf SET gate = upper(gate) WHERE idx = 64`, "by its gate", 64, ""},
	{"search key code", `UPDATE audit_leaf SET code = code || ' ' WHERE idx = 65`, "by its code", 65, ""},
	{"separator in a search key", "UPDATE audit_leaf SET code = 'ok\x1f' WHERE idx = 66", "by its code", 66, ""},
	{"column actor_kind", atIndex(`actor_kind = 'system'`, 50), "column actor_kind", 50, ""},
	{"column actor_id", atIndex(`actor_id = 'nobody'`, 52), "column actor_id", 52, ""},
	{"column actor_name", atIndex(`actor_name = 'eve@example.org'`, 54), "column actor_name", 54, ""},
	{"column actor_name without opening", atIndex(`actor_name = 'eve@example.org', opening = '{}'`, 56), "column actor_name", 56, ""},
	{"column code", atIndex(`code = 'denied'`, 57), "column code", 57, ""},
	{"column at", atIndex(`at = at + 1`, 58), "column at", 58, ""},
	{"column door", atIndex(`door = 'api'`, 58), "column door", 58, ""},
	{"column app_id", atIndex(`app_id = ''`, 59), "column app_id", 59, ""},
	{"column gate", atIndex(`gate = ''`, 60), "column gate", 60, ""},
	{"column target", atIndex(`target = 'change 62'`, 61), "column target", 61, ""},
	{"column id", atIndex(`id = '01980000-0000-7000-8000-000000000000'`, 62), "event was deleted", 62, lost},

	// Rows that are gone, moved or added.
	{"deleted event", `DELETE FROM audit_event WHERE id = (SELECT event_id FROM audit_leaf WHERE idx = 41)`, "event was deleted", 41, ""},
	{"deleted leaf", `DELETE FROM audit_leaf WHERE idx = 42`, "row of the log was deleted", 42, lost},
	{"deleted first leaf", `DELETE FROM audit_leaf WHERE idx = 0`, "row of the log was deleted", 0, lost},
	{"deleted leaves", `DELETE FROM audit_leaf WHERE idx BETWEEN 100 AND 180`, "row of the log was deleted", 100, lost},
	{"deleted event and leaf", `DELETE FROM audit_event WHERE id = (SELECT event_id FROM audit_leaf WHERE idx = 43); DELETE FROM audit_leaf WHERE idx = 43`, "row of the log was deleted", 43, ""},
	{"deleted node", `DELETE FROM audit_node`, "stored tree is damaged", 0, ""},
	{"deleted newest checkpoint", `DELETE FROM audit_checkpoint WHERE size = 300`, unsigned, 296, ""},
	{"no checkpoints", `DELETE FROM audit_checkpoint`, unsigned, 0, ""},
	{"reordered pair", fmt.Sprintf(swapLeaves, 120, 121), "Two leaves were swapped", 120, ""},
	{"reordered pair, further apart", fmt.Sprintf(swapLeaves, 40, 60), "Two leaves were swapped", 40, ""},
	{"reordered pair in the last tile", fmt.Sprintf(swapLeaves, 297, 299), "Two leaves were swapped", 297, ""},
	{"reordered pair over a tile's end", fmt.Sprintf(swapLeaves, 255, 256), "Two leaves were swapped", 255, ""},
	{"reordered texts", `CREATE TEMP TABLE kept AS SELECT idx, id, leaf FROM audit_event JOIN audit_leaf ON event_id = id WHERE idx IN (8, 9);
UPDATE audit_event SET leaf = (SELECT leaf FROM kept WHERE kept.id <> audit_event.id) WHERE id IN (SELECT id FROM kept)`, bytes, 8, " "},
	{"added leaf", `INSERT INTO audit_leaf SELECT 300, id, '00', app_id, action, actor_id, gate, code FROM audit_event WHERE id = ` + firstWaits + `; DELETE FROM audit_pending WHERE event_id = ` + firstWaits, unsigned, 300, bytes},
	{"leaf far away", `INSERT INTO audit_leaf SELECT 1152921504606846976, 'x', hash, app_id, action, actor_id, gate, code FROM audit_leaf WHERE idx = 0`, "past the end", 300, ""},
	{"leaf at the end of all numbers", `UPDATE audit_leaf SET idx = 9223372036854775807 WHERE idx = 299`, "past the end", 299, "cut off"},
	{"leaf below zero", `UPDATE audit_leaf SET idx = -1 WHERE idx = 0`, "before the start", 0, "row of the log was deleted"},

	// A cut tail.
	{"cut leaves", `DELETE FROM audit_leaf WHERE idx >= 290`, "end of the log was cut off", 290, lost},
	{"cut events and leaves", `DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_leaf WHERE idx >= 296); DELETE FROM audit_leaf WHERE idx >= 296`, "cut off", 296, ""},
	{"whole log deleted", `DELETE FROM audit_event; DELETE FROM audit_leaf; DELETE FROM audit_node; DELETE FROM audit_pending`, "cut off", 0, "where none can be"},

	// Events that wait for their leaf.
	{"no longer pending", `DELETE FROM audit_pending WHERE event_id = ` + firstWaits, lost, 300, ""},
	{"pending under another id", `UPDATE audit_pending SET event_id = event_id || 'x' WHERE event_id = ` + firstWaits, "waits for its leaf was deleted", 300, lost},
	{"deleted while it waits", `DELETE FROM audit_event WHERE id = ` + firstWaits, "waits for its leaf was deleted", 300, ""},
	{"waits though it has a leaf", `INSERT INTO audit_pending SELECT event_id FROM audit_leaf WHERE idx = 44`, "waits for a leaf that it has", 44, ""},
	{"waits too long", `UPDATE audit_event SET at = at - 3600000000, leaf = replace(leaf, '"at":' || at, '"at":' || (at - 3600000000)) WHERE id = ` + firstWaits, "somebody holds it back", 300, ""},
	{"column of what waits", `UPDATE audit_event SET code = 'denied' WHERE id = ` + firstWaits, "column code", 300, ""},
	{"opening of what waits", `UPDATE audit_event SET opening = '{"target":{"salt":"00000000000000000000000000000000","value":"x"}}' WHERE id = ` + firstWaits, "does not commit to", 300, "column actor_name"},
}

// judge holds a result against what a tampering must give.
func (c tampering) judge(t *testing.T, r verify.Result) {
	t.Helper()
	if r.OK || r.FirstBad != c.first || !said(r, c.what) {
		t.Fatalf("first bad %d, want %d with %q; problems %+v", r.FirstBad, c.first, c.what, r.Problems)
	}
	for _, p := range r.Problems {
		if !contains(p.What, c.what) && (c.again == "" || !contains(p.What, c.again)) {
			t.Errorf("also told: %+v", p)
		}
		if p.Where == "" || p.Fix == "" || p.Index < 0 {
			t.Errorf("says too little: %+v", p)
		}
	}
}
