package move

// SetBatch makes the transactions of a copy small.
func (t *Target) SetBatch(rows int) { t.batch = rows }
