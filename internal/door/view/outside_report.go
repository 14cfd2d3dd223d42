package view

import "time"

// OutsideReport is what another tool found in a commit, or what Paddock's own checks
// said of it elsewhere.
type OutsideReport struct {
	Tools    string    `json:"tools" doc:"Their names, separated by commas."`
	Commit   string    `json:"commit"`
	Digest   string    `json:"digest" doc:"Of what is kept of the report."`
	Results  int       `json:"results"`
	From     string    `json:"from" doc:"E-mail of who brought it."`
	Received time.Time `json:"received"`
	Counts   string    `json:"counts" doc:"What it counts for."`
	Verdict  string    `json:"verdict,omitempty" doc:"Of Paddock's own checks elsewhere: what they said."`
	Partial  bool      `json:"partial,omitempty" doc:"It covers changed files only."`
	Source   string    `json:"source,omitempty" doc:"Of Paddock's own checks elsewhere: person or pipeline."`
	Signer   string    `json:"signer,omitempty" doc:"The trusted key that signed it."`
}
