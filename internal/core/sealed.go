package core

// SealedCode is a code that lies in a safe for the day when nobody can sign in
// (break-glass). Its value is not kept.
type SealedCode struct {
	ID     ID
	Hash   string
	Person ID // who holds it, and who comes in by it
	Sealed int64
	By     string // who sealed it: an e-mail, or a command
	Ended  int64  // replaced by a newer one, unused

	Used     int64
	Until    int64 // end of the session that it opened
	Reason   string
	Skipped  string // the normal step that was skipped
	From     string // the network that it was used from
	Reviewed int64
	Reviewer ID
	Note     string // what the review found
}

// InForce reports whether the code would open Paddock.
func (c SealedCode) InForce() bool { return c.Used == 0 && c.Ended == 0 }

// Open reports whether what the code opened is open at the moment now.
func (c SealedCode) Open(now int64) bool { return c.Used != 0 && now < c.Until }
