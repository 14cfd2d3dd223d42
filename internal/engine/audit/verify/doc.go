// Package verify checks an audit log offline, from the stored bytes (LIF-3).
//
// It shares no code with package audit, which writes the log: it has its own
// RFC 6962 hashing, its own leaf parser and its own SQL. Only the signature of
// checkpoints is checked by golang.org/x/mod/sumdb/note.
//
// It finds a flipped bit, a deleted row, a reordered pair, a cut tail, a forked
// tree, a checkpoint that does not match, a bad signature and an opening that
// does not match its commitment, and names the first bad index. What it cannot
// find alone is a log that was cut back together with its checkpoints: give it
// a checkpoint that was kept elsewhere (Options.Known).
package verify
