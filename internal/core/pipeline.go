package core

import "slices"

// RoleService is what a pipeline acts as. No person can be given it: it comes
// with a pipeline's access token, and counts for one app only.
const RoleService Role = "service"

// ActorService is a pipeline, as the audit log names it.
const ActorService ActorKind = "service"

// The forges whose pipelines can be connected.
const (
	ForgeGitHub = "github"
	ForgeGitLab = "gitlab"
)

// PipelineState is how far a pipeline's connection has come.
type PipelineState string

// The states of a connection.
const (
	PipelinePending PipelineState = "pending" // shown to the app's owner, who has not confirmed it
	PipelineActive  PipelineState = "active"
	PipelineRemoved PipelineState = "removed"
)

// Pipeline is one workflow of a forge that may act for one app. It is known by
// the numbers that the forge gave its repository and the repository's owner;
// names are for people to read.
type Pipeline struct {
	ID           ID
	AppID        ID
	Kind         string // ForgeGitHub or ForgeGitLab
	Issuer       string
	RepositoryID string // GitLab: project_id
	OwnerID      string // GitLab: namespace_id
	Repository   string // as the forge called it last
	Ref          string // refs/heads/main
	Environment  string // "" where the run names none
	Events       []string
	Workflow     string // its file and ref; without the repository when it is the repository's own
	WorkflowSHA  string // "" when the workflow is the repository's own, and so is of each run's own commit
	SelfHosted   bool   // runners of one's own are allowed
	State        PipelineState
	Asked        int64
	Lapses       int64 // a pending connection is over then
	Owner        ID    // who confirmed it, and answers for what it does
	OwnerAt      int64
	Security     ID // who confirmed it for the security team
	SecurityAt   int64
	Removed      int64
	Used         int64
	Run          string // the last one
	Version      int64
}

// Own reports whether the workflow is a file of the repository itself.
func (p Pipeline) Own() bool { return p.WorkflowSHA == "" }

// Ready reports whether everybody has confirmed the connection whom an app of a
// classification needs: its owner, and security for restricted data and above.
func (p Pipeline) Ready(c Classification) bool {
	return p.State == PipelineActive && p.Owner != "" && (p.Security != "" || !c.AtLeast(Restricted))
}

// PipelineToken is what is kept of a pipeline's access token: never the value.
type PipelineToken struct {
	Hash     string
	Pipeline ID
	AppID    ID
	Commit   string // the run's
	Run      string
	Scopes   []string
	Created  int64
	Expires  int64
}

// Service is a pipeline that acts, for the person who answers for it.
type Service struct {
	Pipeline ID
	App      ID
	Name     string // the repository, as the forge calls it
	Commit   string // of the run: reports and artifacts of other commits are refused
	Scopes   []string
}

// May reports whether the pipeline's token holds a scope.
func (s Service) May(scope string) bool { return slices.Contains(s.Scopes, scope) }
