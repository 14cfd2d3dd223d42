package view

import (
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Review is an access review with what has become of it.
type Review struct {
	Name    string    `json:"name" doc:"The quarter."`
	Opened  time.Time `json:"opened"`
	Due     time.Time `json:"due"`
	Overdue bool      `json:"overdue" doc:"It is past its day and rights wait for a decision."`
	Whole   bool      `json:"complete" doc:"All rights are listed; false while they are gathered."`
	Rights  int       `json:"rights"`
	Open    int       `json:"open" doc:"They wait for a decision."`
	Unused  int       `json:"unused" doc:"They were not used for 90 days; their removal is proposed."`
	Kept    int       `json:"kept"`
	Removed int       `json:"removed" doc:"They were seen to be gone."`
	Pending int       `json:"pending" doc:"They are to go and still stand."`
}

// Right is one right in an access review.
type Right struct {
	ID        core.ID    `json:"id"`
	Kind      string     `json:"kind" enum:"role,owner,co-owner,token,pipeline"`
	Person    string     `json:"person" doc:"E-mail of who holds it."`
	App       string     `json:"app,omitempty" doc:"Empty for a right in the whole organisation."`
	Name      string     `json:"name" doc:"The role, the token's name, the pipeline's repository."`
	Words     string     `json:"words" doc:"The right in plain words."`
	From      string     `json:"from" doc:"Where it comes from."`
	Used      *time.Time `json:"last_used,omitempty" doc:"As far as is known."`
	Unused    bool       `json:"unused" doc:"Its removal is proposed."`
	Decision  string     `json:"decision" enum:",keep,remove"`
	Reason    string     `json:"reason,omitempty"`
	By        string     `json:"by,omitempty"`
	At        *time.Time `json:"at,omitempty"`
	Gone      *time.Time `json:"gone,omitempty" doc:"When a right that was to go was seen to be gone."`
	CanDecide bool       `json:"can_decide" doc:"The caller may decide: it is neither their right, nor one that they gave."`
}

// RightQuery narrows the rights of a review.
type RightQuery struct {
	Open, Unused bool
	After        string
	Limit        int
}

// RightPage is a part of a review.
type RightPage struct {
	Review Review  `json:"review"`
	Items  []Right `json:"items"`
	Next   string  `json:"next,omitempty" doc:"Give it as after for what follows."`
}
