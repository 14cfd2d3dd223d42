package verify_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

// flips is how many random bits are flipped.
const flips = 500

// TestEveryFlippedBitIsFound flips one random bit of a stored audit row, in any
// column of any table of the log, and verifies; then it puts the bit back. The
// seed is printed; VERIFY_SEED repeats a run.
//
// Not flipped are the bytes of events that still wait: what is not searchable of
// them nothing protects but the database (see the auditor's guide).
func TestEveryFlippedBitIsFound(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("VERIFY_SEED"), 10, 64); err == nil {
		seed = s
	}
	t.Logf("VERIFY_SEED=%d", seed)
	f := newLog(t, events, perBatch)
	f.wait(t, waiting)
	f.tamper(t) // takes the guards off
	db := f.open(t)
	all := tables(t, db)
	if len(all) != 5 {
		t.Fatalf("the audit tables are %d: %v", len(all), all)
	}
	rnd := rand.New(rand.NewPCG(seed, 1))
	seen := map[string]int{}
	for done := 0; done < flips; {
		table := all[rnd.IntN(len(all))]
		row := table.rows[rnd.IntN(len(table.rows))]
		column := rnd.IntN(len(row))
		changed, bit, ok := flip(row[column], rnd)
		if !ok || table.name == "audit_event" && table.columns[column] == "leaf" && waits(db, row[0]) {
			continue
		}
		after := slices.Clone(row)
		after[column] = changed
		if table.put(db, row, after) != nil {
			continue // two rows would have one key
		}
		done++
		seen[table.name+"."+table.columns[column]]++
		r, err := verify.Folder(t.Context(), f.dir, f.vkey)
		if err != nil || r.OK || r.FirstBad < 0 {
			t.Errorf("bit %d of %s.%s: %v became %v, and nothing was found (%v)", bit, table.name, table.columns[column], row[column], changed, err)
		}
		check(t, table.put(db, after, row))
	}
	if r, err := verify.Folder(t.Context(), f.dir, f.vkey); err != nil || !r.OK {
		t.Fatal("bits were not put back", r, err)
	}
	t.Logf("flipped: %v", seen)
}

func waits(db *sql.DB, id any) bool {
	var n int
	return db.QueryRow(`SELECT COUNT(*) FROM audit_pending WHERE event_id = $1`, id).Scan(&n) == nil && n > 0
}

// flip flips one bit of a number or a text.
func flip(v any, rnd *rand.Rand) (changed any, bit int, ok bool) {
	if n, ok := v.(int64); ok {
		bit = rnd.IntN(64)
		return n ^ 1<<bit, bit, true
	}
	b := []byte(v.(string))
	if len(b) == 0 {
		return nil, 0, false
	}
	bit = rnd.IntN(8 * len(b))
	b[bit/8] ^= 1 << (bit % 8)
	return string(b), bit, true
}

// table is one table with all its rows.
type table struct {
	name    string
	columns []string
	rows    [][]any
}

// tables reads the tables of the log.
func tables(t *testing.T, db *sql.DB) (all []table) {
	t.Helper()
	for _, name := range []string{"audit_event", "audit_pending", "audit_leaf", "audit_node", "audit_checkpoint"} {
		rows, err := db.Query("SELECT * FROM " + name)
		check(t, err)
		one := table{name: name}
		one.columns, err = rows.Columns()
		check(t, err)
		for rows.Next() {
			row, to := make([]any, len(one.columns)), make([]any, len(one.columns))
			for i := range row {
				to[i] = &row[i]
			}
			check(t, rows.Scan(to...))
			one.rows = append(one.rows, row)
		}
		check(t, rows.Err())
		all = append(all, one)
	}
	return all
}

// put changes the row that is before into after.
func (t table) put(db *sql.DB, before, after []any) error {
	var set, where []string
	for i, c := range t.columns {
		kind := "TEXT"
		if _, ok := before[i].(int64); ok {
			kind = "BIGINT"
		}
		set = append(set, fmt.Sprintf("%s = CAST($%d AS %s)", c, i+1, kind))
		where = append(where, fmt.Sprintf("%s = CAST($%d AS %s)", c, len(t.columns)+i+1, kind))
	}
	done, err := db.Exec("UPDATE "+t.name+" SET "+strings.Join(set, ", ")+" WHERE "+strings.Join(where, " AND "), append(slices.Clone(after), before...)...)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("%d rows of %s changed: %v", n, t.name, err)
	}
	return nil
}
