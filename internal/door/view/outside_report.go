package view

import "time"

// OutsideReport is what another tool found in a commit.
type OutsideReport struct {
	Tools    string    `json:"tools" doc:"Their names, separated by commas."`
	Commit   string    `json:"commit"`
	Digest   string    `json:"digest" doc:"Of what is kept of the report."`
	Results  int       `json:"results"`
	From     string    `json:"from" doc:"E-mail of who brought it."`
	Received time.Time `json:"received"`
}
