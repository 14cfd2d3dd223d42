package view

import (
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// ApprovalExplained says why these people are asked for an approval, and why
// others are not.
type ApprovalExplained struct {
	Approval
	Why  []NeedExplained `json:"why"`
	Kept []PersonWhy     `json:"kept_out"` // by four eyes, whatever their roles
}

// NeedExplained is one need with everybody who has to do with it.
type NeedExplained struct {
	Role  core.Role   `json:"role"`
	Rules []string    `json:"rules"` // where it is asked: paddock.yaml:31:9, or a policy with its place
	May   []PersonWhy `json:"may_answer"`
	Lack  []PersonWhy `json:"lack"` // who would be asked, but for something
}

// PersonWhy is a person and the reason, a half sentence that follows the name.
type PersonWhy struct {
	Person string `json:"person"` // e-mail
	Why    string `json:"why"`
}

// Absence is a time in which somebody is away.
type Absence struct {
	ID       core.ID   `json:"id"`
	Person   string    `json:"person"`
	Delegate string    `json:"delegate,omitempty"` // who answers for them
	From     time.Time `json:"from"`
	Until    time.Time `json:"until"`
	Reason   string    `json:"reason"`
	Now      bool      `json:"now"` // it is going on
}

// Absences are the caller's own, and those in which the caller answers for others.
type Absences struct {
	Own        []Absence `json:"own"`
	AnswersFor []Absence `json:"answers_for"`
}

// NewAbsence asks for an absence. Days are YYYY-MM-DD; both are included.
type NewAbsence struct {
	Delegate string `json:"delegate,omitempty" doc:"E-mail of who answers for you; empty for nobody."`
	From     string `json:"from,omitempty" doc:"First day, YYYY-MM-DD in UTC; empty for now."`
	Until    string `json:"until" doc:"Last day, YYYY-MM-DD in UTC."`
	Reason   string `json:"reason" maxLength:"2000"`
}

// AccountLink says of two accounts whether they are one human's.
type AccountLink struct {
	A      string         `json:"a"` // e-mails
	B      string         `json:"b"`
	State  core.SameState `json:"state"` // proposed, same or different; proposed counts as same
	Reason string         `json:"reason"`
	By     string         `json:"by,omitempty"`
	At     time.Time      `json:"at,omitzero"`
}
