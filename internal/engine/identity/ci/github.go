package ci

import (
	"regexp"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

var (
	githubRepository = regexp.MustCompile(`^` + part + `/` + part + `$`)
	githubOwner      = regexp.MustCompile(`^` + part + `$`)
	githubWorkflow   = regexp.MustCompile(`^` + part + `/` + part + `/[^@\s]+@[^\s]+$`)
	githubRef        = regexp.MustCompile(`^refs/(heads|tags|pull)/[^\s:]+$`)
	githubRunner     = regexp.MustCompile(`^(github-hosted|self-hosted)$`)
	eventName        = regexp.MustCompile(`^[a-z][a-z_]{0,63}$`)
)

// github reads the claims of a GitHub Actions token.
func github(r reader) (Claims, *core.Error) {
	var c Claims
	var sub, owner, refType, workflow, runner, actorID string
	if err := r.all(want{"sub", nil, &sub}, want{"jti", goodJTI, &c.JTI},
		want{"repository", githubRepository, &c.Repository}, want{"repository_id", digits, &c.RepositoryID},
		want{"repository_owner", githubOwner, &owner}, want{"repository_owner_id", digits, &c.OwnerID},
		want{"ref", githubRef, &c.Ref}, want{"ref_type", nil, &refType}, want{"event_name", eventName, &c.Event},
		want{"sha", commit, &c.Commit}, want{"run_id", runID, &c.Run}, want{"actor", nil, &c.Login}, want{"actor_id", digits, &actorID},
		want{"job_workflow_ref", githubWorkflow, &workflow}, want{"job_workflow_sha", commit, &c.WorkflowSHA},
		want{"runner_environment", githubRunner, &runner}); err != nil {
		return c, err
	}
	var err *core.Error
	if c.Environment, err = r.optional("environment"); err != nil {
		return c, err
	}
	if !strings.HasPrefix(c.Repository, owner+"/") {
		return c, refuse(BadClaim, "The repository %s is not one of %s.", c.Repository, owner)
	}
	if tag := strings.HasPrefix(c.Ref, "refs/tags/"); tag != (refType == "tag") || !tag && refType != "branch" {
		return c, refuse(BadClaim, "The ref %.200q is not a %.20q.", c.Ref, refType)
	}
	c.Workflow, c.Own = ownWorkflow(c.Repository, "/", workflow)
	c.SelfHosted = runner == "self-hosted"
	return c, githubSubject(sub, c)
}

// githubSubject wants sub to say what the claims say. GitHub writes it in two
// forms, repo:OWNER/NAME:CONTEXT and, by default since 2026-07-15,
// repo:OWNER@OWNER-ID/NAME@REPOSITORY-ID:CONTEXT. The context is environment:E
// where the job names one (with %3A for a colon), else pull_request, else ref:R.
func githubSubject(sub string, c Claims) *core.Error {
	rest, ok := strings.CutPrefix(sub, "repo:")
	name, context, cut := strings.Cut(rest, ":")
	owner, repository, slash := strings.Cut(name, "/")
	if !ok || !cut || !slash || strings.Contains(repository, "/") {
		return refuse(BadSubject, "The claim sub is %.200q, which is neither of GitHub's two forms.", sub).
			Hinted("If your organisation changed the form of sub, set it back to the default.")
	}
	owner, ownerID, with := strings.Cut(owner, "@")
	repository, id, also := strings.Cut(repository, "@")
	switch {
	case with != also, with && !digits.MatchString(ownerID), also && !digits.MatchString(id):
		return refuse(BadSubject, "The claim sub is %.200q, which is neither of GitHub's two forms.", sub)
	case owner+"/"+repository != c.Repository, with && (ownerID != c.OwnerID || id != c.RepositoryID):
		return refuse(SubjectDiffers, "The claim sub speaks of %.200q, the other claims of %s (id %s, owner's id %s).", name, c.Repository, c.RepositoryID, c.OwnerID)
	}
	return githubContext(context, c)
}

func githubContext(context string, c Claims) *core.Error {
	expected := "ref:" + c.Ref
	switch {
	case c.Environment != "":
		expected = "environment:" + strings.ReplaceAll(c.Environment, ":", "%3A")
	case c.Event == "pull_request":
		expected = "pull_request"
	}
	switch kind, _, _ := strings.Cut(context, ":"); {
	case context == expected:
		return nil
	case kind != "ref" && kind != "environment" && context != "pull_request":
		return refuse(BadSubject, "The claim sub ends in %.200q, which is none of GitHub's contexts.", context).
			Hinted("If your organisation changed the form of sub, set it back to the default.")
	default:
		return refuse(SubjectDiffers, "The claim sub ends in %.200q; by the other claims it would be %.200q.", context, expected)
	}
}
