// Package audit keeps the log that nobody can rewrite (LIF-3).
//
// A [Log] turns each core.Event into a leaf, which is canonical JSON, and has
// it written in the caller's transaction: no act without its event (promise 1).
// One [Sequencer] then integrates the written leaves into an RFC 6962 tree and
// signs a C2SP checkpoint for each new size. A [Reader] gives proofs and
// C2SP tlog-tiles resources of that tree.
//
// Between commit and integration a row is protected by the database only; the
// sequencer keeps that gap under about a second.
//
// The package has no storage of its own: [Rows], [Tree] and [Store] say what it
// needs. Package verify checks the result from the stored bytes and shares no
// code with this one.
package audit
