package ci

import (
	"regexp"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

var (
	gitlabProject   = regexp.MustCompile(`^` + part + `(/` + part + `)+$`)
	gitlabNamespace = regexp.MustCompile(`^` + part + `(/` + part + `)*$`)
	gitlabConfig    = regexp.MustCompile(`^[A-Za-z0-9.:-]+/` + part + `(/` + part + `)+//[^@\s]+@[^\s]+$`)
	gitlabRunner    = regexp.MustCompile(`^(gitlab-hosted|self-hosted)$`)
	yesOrNo         = regexp.MustCompile(`^(true|false)$`)
	// mergeRequests are the sources of pipelines that run code nobody has merged.
	mergeRequests = regexp.MustCompile(`merge_request|external_pull_request`)
)

// gitlab reads the claims of a GitLab CI ID token.
func gitlab(r reader) (Claims, *core.Error) {
	var c Claims
	var sub, namespace, ref, refType, path, protected, config, runner, job string
	if err := r.all(want{"sub", nil, &sub}, want{"jti", goodJTI, &c.JTI},
		want{"project_path", gitlabProject, &c.Repository}, want{"project_id", digits, &c.RepositoryID},
		want{"namespace_path", gitlabNamespace, &namespace}, want{"namespace_id", digits, &c.OwnerID},
		want{"ref", nil, &ref}, want{"ref_type", nil, &refType}, want{"ref_path", nil, &path}, want{"ref_protected", yesOrNo, &protected},
		want{"pipeline_source", eventName, &c.Event}, want{"sha", commit, &c.Commit},
		want{"pipeline_id", runID, &c.Run}, want{"job_id", runID, &job}, want{"user_login", nil, &c.Login},
		want{"ci_config_ref_uri", gitlabConfig, &config}, want{"ci_config_sha", commit, &c.WorkflowSHA},
		want{"runner_environment", gitlabRunner, &runner}); err != nil {
		return c, err
	}
	c.Run += "/" + job
	var err *core.Error
	if c.Environment, err = r.optional("environment"); err != nil {
		return c, err
	}
	if !strings.HasPrefix(c.Repository, namespace+"/") || strings.Contains(strings.TrimPrefix(c.Repository, namespace+"/"), "/") {
		return c, refuse(BadClaim, "The project %s is not one of the namespace %s.", c.Repository, namespace)
	}
	if c.Ref, err = gitlabRef(ref, refType, path, c.Event); err != nil {
		return c, err
	}
	if protected != "true" && !mergeRequests.MatchString(c.Event) {
		return c, refuse(BadClaim, "The %s %.200q is not protected: whoever can push could act.", refType, ref).Hinted("Protect it in the project's settings, under Repository.")
	}
	_, workflow, _ := strings.Cut(config, "/") // the host is the issuer's
	c.Workflow, c.Own = ownWorkflow(c.Repository, "//", workflow)
	c.SelfHosted = runner == "self-hosted"
	if err := notForked(r, c); err != nil {
		return c, err
	}
	return c, gitlabSubject(sub, c.Repository, refType, ref)
}

// gitlabRef wants the three claims of the ref to agree, and returns the whole one.
func gitlabRef(ref, refType, path, event string) (string, *core.Error) {
	whole := map[string]string{"branch": "refs/heads/" + ref, "tag": "refs/tags/" + ref}[refType]
	request := mergeRequests.MatchString(event) && strings.HasPrefix(path, "refs/merge-requests/")
	if whole == "" || strings.Contains(ref, ":") || path != whole && !request {
		return "", refuse(BadClaim, "The ref %.200q is not the %.20q %.200q.", path, refType, ref)
	}
	return path, nil
}

// notForked refuses GitLab's trap: in a merge request from a fork that runs in the
// target project, project_* name the fork, and job_project_* the target.
func notForked(r reader, c Claims) *core.Error {
	id, err := r.optional("job_project_id")
	if err == nil && id != "" && id != c.RepositoryID {
		err = refuse(BadClaim, "The pipeline is of a fork: it runs in the project %.20s, for the project %s.", id, c.RepositoryID)
	}
	return err
}

// gitlabSubject wants sub in GitLab's default form, and to say what the claims say.
func gitlabSubject(sub, project, refType, ref string) *core.Error {
	switch expected := "project_path:" + project + ":ref_type:" + refType + ":ref:" + ref; {
	case sub == expected:
		return nil
	case !gitlabForm.MatchString(sub):
		return refuse(BadSubject, "The claim sub is %.200q, which is not GitLab's form.", sub).Hinted("If the project's form of sub was changed, set it back to the default.")
	default:
		return refuse(SubjectDiffers, "The claim sub is %.200q; by the other claims it would be %.200q.", sub, expected)
	}
}

var gitlabForm = regexp.MustCompile(`^project_path:[^:]+:ref_type:(branch|tag):ref:[^:]+$`)
