// Package fsck looks over a stopped or running Paddock's data folder without
// changing it: the audit log is verified, and the records are held against the
// promises. It reads the database with plain SQL and shares no code with what
// writes it, so that a fault there cannot hide itself.
package fsck
