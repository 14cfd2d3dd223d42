package core

// GovernanceChange is a proposed revision of the governance repository: a branch
// that was pushed, with what checking it has said.
type GovernanceChange struct {
	ID      ID
	Number  int
	Branch  string
	Head    string      // the commit that was checked
	State   ChangeState // open, merged (published) or closed
	Author  ID          // who pushed it last
	Report  []byte      // JSON
	Created int64
	Updated int64
}

// Activation is a revision of the rules that was put in force. They are never
// changed: the newest one says what decides.
type Activation struct {
	Number   int    // from 1
	Commit   string // of the governance repository
	Policy   string // revision of the policies, as decisions name it
	Halted   []string
	How      string // start, publish or rollback
	Restores int    // the activation that a rollback brought back; 0 for none
	Change   int    // the governance change that was published; 0 for none
	Decision ID     // of the gate policy.publish; empty at the start
	By       ID     // the person; empty for the system
	At       int64
}

// How a revision came into force.
const (
	ByStart    = "start"
	ByPublish  = "publish"
	ByRollback = "rollback"
)
