// Package copies keeps checkpoints of the audit log in other places: a folder, a
// git repository, an object store.
//
// A log that is checked against a checkpoint from elsewhere cannot have been cut
// back or rewritten since. So a copy is only ever added: a place that already
// holds another checkpoint of the same size is a finding, not something to write
// over. One file, tag or object for each checkpoint lets the place itself see to
// that (a tag that is pushed without force, an object with a retention), which a
// single reference that moves forward could not.
package copies
