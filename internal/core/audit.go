package core

// AuditBatch is what the audit sequencer adds to the log's tree in one step.
// Hashes are SHA-256 as RFC 6962 defines them.
type AuditBatch struct {
	First      int64          // index of the first leaf: the size of the tree before
	Events     []AuditPending // the events, in the order of their leaves
	Leaves     [][32]byte     // leaf hashes, one for each event
	Nodes      []AuditNode    // roots of the tiles that became full
	Checkpoint string         // signed note for the size First + len(Events)
}

// AuditPending is a committed event that has no place in the tree yet: its leaf,
// byte for byte, and what searches will find it by.
type AuditPending struct {
	ID           ID
	Leaf         string
	App, Actor   ID
	Action, Code string
	Gate         Gate
}

// AuditNode is the root of a full tile of the log's tree: of 256^Level leaves,
// the N-th of that level.
type AuditNode struct {
	Level int
	N     int64
	Hash  [32]byte
}

// WitnessHead is the newest checkpoint of another log that this installation
// cosigned as a witness. The zero value means that there is none.
type WitnessHead struct {
	Size int64
	Root [32]byte
	Note string // with the signatures of the log and of this witness
}

// Cosignature is one witness's signature of a checkpoint of our own log.
type Cosignature struct {
	Size    int64
	Witness string // name of the witness's key
	Line    string // the signature line of the note, with its newline
	At      int64  // Stamp of the witness's own clock
}

// WitnessState is how asking one witness goes.
type WitnessState struct {
	Witness  string // name of its key
	State    string // WitnessOK, WitnessSilent or WitnessForked
	Size     int64  // of the newest checkpoint it has cosigned; 0 for none
	Answered int64  // when it last cosigned
	Since    int64  // when State began
	Told     bool   // people were told of State
	Problem  string // what is wrong, "" if nothing
}

// The states of a witness that we ask.
const (
	WitnessOK     = "ok"     // it cosigns
	WitnessSilent = "silent" // it cannot be reached, or does not know our log
	WitnessForked = "forked" // it saw another log under our name: ours was cut back or rewritten
)

// CheckpointCopy is how far a place has a copy of our own checkpoints.
type CheckpointCopy struct {
	Place   string
	Size    int64  // of the newest checkpoint there; 0 for none
	At      int64  // when it was put there
	Since   int64  // when putting it there began to fail; 0 while it works
	Told    bool   // people were told that it fails
	Problem string // "" while it works
}
