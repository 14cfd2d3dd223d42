package whatif

import "github.com/paddock-dev/paddock/internal/core"

// Subject is something that both revisions are asked about.
type Subject struct {
	Gate           core.Gate
	App            string // name; empty if it is about no app
	Owner          string // e-mail; if empty, it and the classification are those of the input
	Classification core.Classification
	Decision       core.ID // the decision that is asked again; empty if it is not about one
	// Inputs returns the input under the revision in force and under the other
	// one, since settings are facts too; the same slice twice if they are equal. It
	// is called by several goroutines, for each subject once.
	Inputs func() (before, after []byte, err error)
	// Alike promises that Inputs returns equal inputs. It is not called then, where
	// nothing that the gate asks has changed.
	Alike bool
	// Was is what the revision in force has answered. If it is set, only the
	// other revision is asked.
	Was *core.Verdicts
}

// Kind is how an answer changes for the one who asks.
type Kind string

// The kinds, the most unpleasant first.
const (
	Blocked Kind = "newly_blocked"
	Waiting Kind = "newly_waiting" // for approval, or for another role's
	Allowed Kind = "newly_allowed"
	Reasons Kind = "other_reasons" // still blocked, but not for the same reasons
	Unknown Kind = "not_evaluated"
	same    Kind = ""
)

// Kinds lists all kinds in their order.
var Kinds = []Kind{Blocked, Waiting, Allowed, Reasons, Unknown}

// Shift is a subject whose answer changes.
type Shift struct {
	Kind           Kind                `json:"kind"`
	Gate           core.Gate           `json:"gate"`
	App            string              `json:"app,omitempty"`
	Owner          string              `json:"owner,omitempty"`
	Classification core.Classification `json:"classification,omitempty"`
	Decision       core.ID             `json:"decision,omitempty"`
	From           core.Result         `json:"from"`
	To             core.Result         `json:"to"`
	Rules          []string            `json:"rules"` // codes, or approve:ROLE, that make the difference; sorted
	Why            string              `json:"why"`   // the first of the reasons, in words
}
