package view

import (
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// SealedCode is a code that lies in a safe, or its use. Its value is not kept.
type SealedCode struct {
	ID       core.ID   `json:"id"`
	Holder   string    `json:"holder"`
	Sealed   time.Time `json:"sealed_at"`
	By       string    `json:"by"`
	Used     time.Time `json:"used_at,omitzero"`
	Until    time.Time `json:"until,omitzero"`
	Open     bool      `json:"open"`
	Reason   string    `json:"reason,omitempty"`
	Skipped  string    `json:"skipped,omitempty"`
	From     string    `json:"from,omitempty"`
	Reviewed time.Time `json:"reviewed_at,omitzero"`
	Reviewer string    `json:"reviewer,omitempty"`
	Note     string    `json:"note,omitempty"`
	// CanReview is true if the caller may say what they found of its use.
	CanReview bool `json:"can_review"`
}
