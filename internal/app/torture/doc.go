// Package torture breaks Paddock on purpose. A day of real acts, made from a
// seed, runs in a process of its own on the real store, and a fault strikes: the
// process is killed at a write, the disk is full or fails, the database stops,
// the clock leaps, a second leader appears. After that Paddock starts again, and
// what it has kept is held against what it had acknowledged. See
// docs/design/faults.md. The package has tests only.
package torture
