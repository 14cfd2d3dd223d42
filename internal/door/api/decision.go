package api

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/recall"
)

// Decisions looks back at what gates answered.
type Decisions interface {
	Decision(ctx context.Context, who core.Person, id core.ID) (recall.Shown, error)
	ReplayDecision(ctx context.Context, who core.Person, id core.ID) (recall.Replayed, error)
	ExplainDecision(ctx context.Context, who core.Person, id core.ID) (recall.Explained, error)
}

// decisionID names a decision.
type decisionID struct {
	ID core.ID `path:"id" doc:"In the audit log: decision, of the events gate.decide." maxLength:"64"`
}

func (a *API) decisions() {
	op(a, "GET", "/decisions/{id}", "get-decision", "Get what a gate answered, with the rules that fired", row{"app.read", readOnly, 0},
		func(ctx context.Context, who core.Person, in *decisionID) (*body[recall.Shown], error) {
			return answer(a.desk.Decision(ctx, who, in.ID))
		})
	op(a, "GET", "/decisions/{id}/replay", "replay-decision", "Decide again by the same rules, and say what differs", row{"app.read", readOnly, 0},
		func(ctx context.Context, who core.Person, in *decisionID) (*body[recall.Replayed], error) {
			return answer(a.desk.ReplayDecision(ctx, who, in.ID))
		})
	op(a, "GET", "/decisions/{id}/explain", "explain-decision", "Say why a gate answered so, and what would have to change", row{"app.read", readOnly, 0},
		func(ctx context.Context, who core.Person, in *decisionID) (*body[recall.Explained], error) {
			return answer(a.desk.ExplainDecision(ctx, who, in.ID))
		})
}
