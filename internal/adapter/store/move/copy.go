package move

import (
	"context"
)

// A batch ends at this many rows or bytes, whichever comes first.
const (
	batchRows  = 5000
	batchBytes = 8 << 20
)

// Step tells how far a copy is.
type Step struct {
	Table string // the table at work
	Rows  int64  // rows of all tables that are through
}

// Copy brings over the rows of all tables that stand after the last row that
// the target has of this copy. It may be cut off at any moment and called
// again. It does not see rows that changed, or came in between, after they were
// passed: Settle does. told may be nil.
func Copy(ctx context.Context, from *Reader, to *Target, told func(Step)) error {
	if told == nil {
		told = func(Step) {}
	}
	var passed int64
	for _, t := range from.tables {
		if err := copyTable(ctx, from, to, t, &passed, told); err != nil {
			return explain("Copying the table "+t.name, err)
		}
	}
	return nil
}

func copyTable(ctx context.Context, from *Reader, to *Target, t table, passed *int64, told func(Step)) error {
	after, have, err := to.reached(ctx, t)
	if err != nil {
		return err
	}
	*passed += have
	told(Step{t.name, *passed})
	c, err := from.walk(ctx, t, after)
	if err != nil {
		return err
	}
	defer c.close()
	for {
		batch, err := take(c, to.batch)
		if err != nil || len(batch) == 0 {
			return err
		}
		if err := to.load(ctx, t, batch); err != nil {
			return err
		}
		*passed += int64(len(batch))
		told(Step{t.name, *passed})
	}
}

// reached returns the key that a table's copy has come to, nil at the start, and
// how many rows that is.
func (t *Target) reached(ctx context.Context, tab table) (key []any, rows int64, err error) {
	value, ok := t.keep["table:"+tab.name]
	if !ok {
		return nil, 0, nil
	}
	if key, err = tab.parseKey(value); err != nil {
		return nil, 0, err
	}
	rows, err = t.read.count(ctx, tab)
	return key, rows, err
}

// load writes a batch together with the key that it reaches.
func (t *Target) load(ctx context.Context, tab table, batch [][]any) error {
	name, value := "table:"+tab.name, keyJSON(tab.keyOf(batch[len(batch)-1]))
	if err := t.eng.load(ctx, tab, batch, name, value); err != nil {
		return err
	}
	t.keep[name] = value
	return nil
}

// take reads the next batch; it is empty at the end.
func take(c *cursor, most int) ([][]any, error) {
	var batch [][]any
	size := 0
	for len(batch) < most && size < batchBytes {
		row, err := c.next()
		if err != nil {
			return nil, err
		}
		if row == nil {
			break
		}
		for _, v := range row {
			if s, ok := v.(string); ok {
				size += len(s)
			}
			size += 8
		}
		batch = append(batch, row)
	}
	return batch, nil
}
