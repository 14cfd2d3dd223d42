package view

// Carried is what a governance bundle from another site brings.
type Carried struct {
	Commit         string   `json:"commit" doc:"Of the site that made the bundle."`
	Installation   string   `json:"installation" doc:"Which site made it."`
	PolicyRevision string   `json:"policy_revision"`
	Added          []string `json:"added" doc:"Files that are new here."`
	Changed        []string `json:"changed"`
	Removed        []string `json:"removed"`
	Tests          int      `json:"tests" doc:"Policy tests that passed."`
	InForce        bool     `json:"in_force" doc:"Whether the revision is in force now."`
	Revision       string   `json:"revision,omitempty" doc:"The commit that it became here; empty if nothing was kept."`
	Says           []string `json:"says,omitempty" doc:"What a push of it would have been told."`
}
