package govern

import (
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// Report is what checking a revision has said. It is kept with the change.
type Report struct {
	Commit   string         `json:"commit"`
	Against  string         `json:"against" doc:"The commit in force that it was held against."`
	OK       bool           `json:"ok" doc:"It may be put in force, if the gate says so."`
	Faults   []string       `json:"faults" doc:"What is wrong, each with its place."`
	Warnings []string       `json:"warnings" doc:"What was read although it is not quite right, and exemptions that end soon."`
	Policy   string         `json:"policy_revision" doc:"How decisions will name these rules; empty if there are faults."`
	What     policy.Publish `json:"what" doc:"What the gate policy.publish is told."`
	Apps     []AppShift     `json:"apps" doc:"Apps that would be newly blocked, at most 200 of them."`
	Problem  string         `json:"problem" doc:"Why there is no preview; empty if there is one."`
	At       int64          `json:"at"`
}

// AppShift is an app that a revision would newly block.
type AppShift struct {
	App   string    `json:"app"`
	Gate  core.Gate `json:"gate"`
	Rules []string  `json:"rules"`
	Why   string    `json:"why"`
}

// maxApps is how many apps a report names.
const maxApps = 200
