package core

// AuditBatch is what the audit sequencer adds to the log's tree in one step.
// Hashes are SHA-256 as RFC 6962 defines them. It is an alias, so that a store
// may also spell the struct out.
type AuditBatch = struct {
	First      int64      // index of the first leaf: the size of the tree before
	Events     []ID       // the events, in the order of their leaves
	Leaves     [][32]byte // leaf hashes, one for each event
	FirstHash  int64      // tlog stored-hash index of the first of Hashes
	Hashes     [][32]byte // stored hashes, at consecutive indexes
	Checkpoint string     // signed note for the size First + len(Events)
}
