// Package ci reads the ID tokens that GitHub Actions and GitLab CI give their
// jobs, and says which run of which repository holds one.
//
// A token counts when its issuer is one of the configured, its signature is by a
// key of that issuer, its times and audience fit, and its claims agree with each
// other: what sub says in one word must be what the single claims say. Whether
// the run may do anything is not decided here (org/pipeline).
//
// Everything about a token is bounded before it is looked at: bytes, keys, depth.
// Keys are kept in memory, so a token is verified without the network; a key that
// is not known makes one request a minute at most (see keys).
package ci

import "time"

// Claims is what a good token says of the run that holds it. All text is bounded
// and printable; ids are digits.
type Claims struct {
	Kind         string // core.ForgeGitHub or core.ForgeGitLab
	Issuer       string
	RepositoryID string // GitLab: project_id
	OwnerID      string // GitLab: namespace_id
	Repository   string // GitLab: project_path
	Ref          string // whole: refs/heads/main
	Event        string // GitLab: pipeline_source
	Environment  string // "" for none
	Workflow     string // file@ref of the job's workflow; without the repository when it is the repository's own
	WorkflowSHA  string // its commit
	Own          bool   // the workflow is the repository's own
	SelfHosted   bool
	Commit       string
	Run          string
	Login        string // who set the run off
	JTI          string
	Expires      time.Time
	Longest      time.Duration // of an access token for it
}

// Bounds of what is read.
const (
	maxToken  = 16 << 10 // bytes of a whole token
	maxText   = 1 << 10  // bytes of one claim that is read
	maxKeys   = 200      // names in a JSON object, all levels together
	maxDepth  = 4        // levels of JSON
	skew      = time.Minute
	longest   = 24 * time.Hour // of a token's life
	maxKeyset = 256 << 10      // bytes of a discovery document or key set
	mostKeys  = 100            // keys of one issuer
	fresh     = time.Hour      // keys are asked for again after
	stale     = 24 * time.Hour // keys do not count any more after, if the issuer cannot be asked
	pause     = time.Minute    // between two requests for an issuer's keys
)
