package core

// OutsideDecision is what an OPA server elsewhere answered with our rules.
type OutsideDecision struct {
	ID          ID
	Reporter    ID     // whose access token brought it
	ReporterBy  string // e-mail; only when read
	Decision    string // as the other server names it
	Source      string // which server, as it says
	Revision    string // of the policies it had; empty if it does not say
	Query       string // what it was asked
	Gate        Gate   // empty if it was not asked for a gate's answer
	InputDigest string // as in Decision; empty if it sent no input
	Result      AnswerCodes
	Masked      []string // what of it the other server left out or masked
	Made        int64
	Received    int64
	InForce     bool // Revision was in force here when the record came
	Compared    Comparison
	Why         string // it was not compared, or how it differs
}

// Drifts reports whether the other server answers by other rules than ours.
func (o OutsideDecision) Drifts() bool { return o.Compared == Differs || !o.InForce }

// AnswerCodes is an answer without its texts, which may name people.
type AnswerCodes struct {
	Deny    []string `json:"deny"`    // codes
	Warn    []string `json:"warn"`    // codes
	Approve []string `json:"approve"` // roles
}

// Comparison is how a decision made elsewhere compares with ours.
type Comparison string

// The outcomes of a comparison.
const (
	Same        Comparison = "same"
	Differs     Comparison = "differs"
	NotCompared Comparison = "not_compared"
)
