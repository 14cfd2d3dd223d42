// Package auditlog fills an empty database with an audit log of any length, for
// benchmarks and for tests that need a long one. Rows are encoded and
// checkpoints are signed by engine/audit itself; only the way they reach the
// database is a shorter one. The same options give the same log, but for
// signatures that are not deterministic.
package auditlog
