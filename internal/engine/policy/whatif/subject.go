package whatif

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// Rules is one revision; *policy.Set is one.
type Rules interface {
	Answer(ctx context.Context, gate core.Gate, doc []byte) (policy.Answer, error)
	Revision() string
}

// Subject is something that both revisions are asked about.
type Subject struct {
	Gate           core.Gate
	App            string // name; empty if it is about no app
	Owner          string // e-mail
	Classification core.Classification
	Decision       core.ID // the decision that is asked again; empty if it is not about one
	Before         []byte  // the input under the revision in force
	After          []byte  // the input under the other one: settings are facts too
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
