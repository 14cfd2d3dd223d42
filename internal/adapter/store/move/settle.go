package move

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// maxPasses bounds how often a table is held against its source. The source
// stands still and the target is ours, so the second pass finds nothing.
const maxPasses = 3

// Sum is what one table holds, on either side.
type Sum struct {
	Table  string `json:"table"`
	Rows   int64  `json:"rows"`
	Digest string `json:"digest"` // of the source
	Target string `json:"target"` // of the target; equal, or Settle fails
	Mended int64  `json:"mended"` // rows that had changed, come or gone since they were copied
}

// Settle holds the target against the source row by row, in both directions,
// and mends what differs: rows that changed, came or went since they were
// copied. It returns what each table holds after a pass over it in which every
// row was the same on both sides. Errors: Conflict when somebody else writes to
// the target meanwhile. told may be nil.
func Settle(ctx context.Context, from *Reader, to *Target, told func(Step)) ([]Sum, error) {
	if told == nil {
		told = func(Step) {}
	}
	var sums []Sum
	var passed int64
	for _, t := range from.tables {
		s, err := settleTable(ctx, from, to, t, func(rows int64) { told(Step{t.name, passed + rows}) })
		if err != nil {
			return nil, explain("Verifying the table "+t.name, err)
		}
		passed += s.Rows
		sums = append(sums, s)
	}
	return sums, nil
}

func settleTable(ctx context.Context, from *Reader, to *Target, t table, told func(rows int64)) (Sum, error) {
	var mended int64
	for range maxPasses {
		p := &pass{t: t, from: newDigest(), to: newDigest(), told: told}
		if err := p.run(ctx, from, to.read); err != nil {
			return Sum{}, err
		}
		if len(p.gone) == 0 && len(p.come) == 0 {
			a, b := p.from.String(), p.to.String()
			if a != b { // row by row they were equal
				return Sum{}, fmt.Errorf("move: equal rows of %s have the digests %s and %s", t.name, a, b)
			}
			told(p.from.rows)
			return Sum{Table: t.name, Rows: p.from.rows, Digest: a, Target: b, Mended: mended}, nil
		}
		if err := to.mend(ctx, t, p.gone, p.come); err != nil {
			return Sum{}, err
		}
		mended += int64(max(len(p.gone), len(p.come)))
		if p.cut { // there is more to mend: that was no pass of its own
			return settleRest(ctx, from, to, t, told, mended)
		}
	}
	return Sum{}, core.Errorf(core.Conflict, "The table %s changes while it is written.", t.name).
		Hinted("Nobody else may use the target until this has ended. Stop what does, then run this again.")
}

// settleRest goes on after a pass that was cut off because it found very much.
func settleRest(ctx context.Context, from *Reader, to *Target, t table, told func(int64), mended int64) (Sum, error) {
	s, err := settleTable(ctx, from, to, t, told)
	s.Mended += mended
	return s, err
}

// maxMend is how many rows one pass may collect for mending.
const maxMend = 20_000

// pass walks over both sides of one table in step.
type pass struct {
	t        table
	from, to *digest
	gone     [][]any // keys to remove from the target
	come     [][]any // rows to add to it
	cut      bool    // it found maxMend and stopped
	told     func(rows int64)
}

func (p *pass) run(ctx context.Context, from, to *Reader) error {
	a, err := from.walk(ctx, p.t, nil)
	if err != nil {
		return err
	}
	defer a.close()
	b, err := to.walk(ctx, p.t, nil)
	if err != nil {
		return err
	}
	defer b.close()
	x, err := a.next()
	if err != nil {
		return err
	}
	y, err := b.next()
	for err == nil && (x != nil || y != nil) && !p.cut {
		x, y, err = p.step(a, b, x, y)
		p.cut = len(p.gone)+len(p.come) >= maxMend
	}
	return err
}

// step takes in the lower of two rows, or both if they have the same key, and
// returns the next ones.
func (p *pass) step(a, b *cursor, x, y []any) (nextX, nextY []any, err error) {
	order := 0
	switch {
	case x == nil:
		order = 1
	case y == nil:
		order = -1
	default:
		order = compareKeys(p.t.keyOf(x), p.t.keyOf(y))
	}
	nextX, nextY = x, y
	if order <= 0 {
		p.from.add(x)
		if p.from.rows%batchRows == 0 {
			p.told(p.from.rows)
		}
		nextX, err = a.next()
	}
	if order >= 0 && err == nil {
		p.to.add(y)
		nextY, err = b.next()
	}
	switch {
	case order < 0:
		p.come = append(p.come, x)
	case order > 0:
		p.gone = append(p.gone, p.t.keyOf(y))
	case !equal(p.from.buf, p.to.buf):
		p.gone, p.come = append(p.gone, p.t.keyOf(y)), append(p.come, x)
	}
	return nextX, nextY, err
}

// mend removes and adds rows, all in one go or not at all for each batch.
func (t *Target) mend(ctx context.Context, tab table, gone, come [][]any) error {
	err := t.inTx(ctx, func(tx *sql.Tx) error { return remove(ctx, tx, tab, gone) })
	if err != nil {
		return err
	}
	for len(come) > 0 {
		n := min(len(come), batchRows)
		if err := t.eng.load(ctx, tab, come[:n], "mended", tab.name); err != nil {
			return err
		}
		come = come[n:]
	}
	return nil
}

func remove(ctx context.Context, tx *sql.Tx, t table, keys [][]any) error {
	where := make([]string, len(t.key))
	for i, c := range t.key {
		where[i] = quote(t.columns[c].name) + " = $" + strconv.Itoa(i+1)
	}
	stmt, err := tx.PrepareContext(ctx, "DELETE FROM "+quote(t.name)+" WHERE "+strings.Join(where, " AND "))
	if err != nil {
		return err
	}
	defer stmt.Close()
	for _, k := range keys {
		if _, err := stmt.ExecContext(ctx, k...); err != nil {
			return err
		}
	}
	return nil
}
