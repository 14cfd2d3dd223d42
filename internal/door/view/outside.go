package view

import (
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// OutsideDecision is a decision that an OPA server elsewhere made with our rules.
type OutsideDecision struct {
	ID          core.ID          `json:"id"`
	Decision    string           `json:"decision_id" doc:"As the other server names it."`
	Source      string           `json:"source" doc:"Which server, as it says: its label id."`
	Reporter    string           `json:"reporter" doc:"E-mail of the person whose access token brought it."`
	Revision    string           `json:"revision" doc:"Of the policies that it had; empty if it does not say."`
	InForce     bool             `json:"in_force" doc:"Whether this revision was in force here when the record came."`
	Query       string           `json:"query"`
	Gate        core.Gate        `json:"gate" doc:"Empty if it was asked for something else than a gate's answer."`
	InputDigest string           `json:"input_digest"`
	Result      core.AnswerCodes `json:"result" doc:"Codes and roles; texts are not kept."`
	Masked      []string         `json:"masked" doc:"What the other server erased or masked."`
	Compared    core.Comparison  `json:"compared" doc:"same, differs or not_compared."`
	Why         string           `json:"why"`
	Drift       bool             `json:"drift" doc:"It differs, or was made under other policies than those in force."`
	Made        time.Time        `json:"made"`
	Received    time.Time        `json:"received"`
}

// OutsidePage is one page of such decisions, those that came last first.
type OutsidePage struct {
	Items []OutsideDecision `json:"items"`
	Next  string            `json:"next_cursor,omitempty"`
}
