package store

// Waiting returns how many acts wait for SQLite's writer.
func (d *DB) Waiting() int { return int(d.together.waiting.Load()) }

// Shared returns how many acts lie in the transaction under way already. Only an
// act may ask.
func (d *DB) Shared() int { return d.together.open.acts }
