package sigstore

import (
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/engine/attest"
)

// The kinds of CI system whose provenance is understood.
const (
	GitHub = "github"
	GitLab = "gitlab"
)

// The issuers of the public services.
const (
	IssuerGitHub = "https://token.actions.githubusercontent.com"
	IssuerGitLab = "https://gitlab.com"
)

// Rule says whose provenance counts, and for which apps. Every part must hold.
type Rule struct {
	Name         string
	Kind         string   // GitHub or GitLab
	Root         string   // name of the trusted root
	Apps         []string // names of apps; "*" is all
	Issuer       string   // of the run's ID token
	Workflow     string   // the file that signs, without its ref
	WorkflowRefs []string // refs of that file; empty for those of Refs
	Repository   string   // address of the source repository; {app} stands for the app's name
	RepositoryID string   // its number; or else OwnerID must be given
	OwnerID      string   // its owner's number
	Refs         []string // refs that may be built, exact, or with one * at the end
	Builders     []string // builder ids, exact, or with one * at the end; empty for the workflow that signs
	BuildTypes   []string // ways of building
	Variables    []string // GitLab: variables of the job that may be set by hand
	SelfHosted   bool     // runners of one's own count too
	Level        int      // the SLSA build level that the rule vouches for
}

// For reports whether the rule is about an app.
func (r Rule) For(app string) bool {
	return slices.Contains(r.Apps, "*") || slices.Contains(r.Apps, app)
}

// repository is the source repository of an app.
func (r Rule) repository(app string) string { return strings.ReplaceAll(r.Repository, "{app}", app) }

func (r Rule) workflow(app string) string { return strings.ReplaceAll(r.Workflow, "{app}", app) }

// signer holds what the certificate says against the rule. Errors: Blocked.
func (r Rule) signer(id Identity, app string) error {
	file, ref, pinned := strings.Cut(id.Workflow, "@")
	refs := r.WorkflowRefs
	if len(refs) == 0 {
		refs = r.Refs
	}
	switch {
	case id.Issuer != r.Issuer:
		return attest.Unfit("the run that signed it got its identity from another issuer", nil)
	case id.Repository != r.repository(app):
		return attest.Unfit("it was built from another repository", nil)
	case r.RepositoryID == "" && r.OwnerID == "",
		r.RepositoryID != "" && id.RepositoryID != r.RepositoryID, r.OwnerID != "" && id.OwnerID != r.OwnerID:
		return attest.Unfit("its repository has the right name but another number: another repository took the name", nil)
	case file != r.workflow(app):
		return attest.Unfit("another workflow signed it", nil)
	case !pinned || !matches(refs, ref):
		return attest.Unfit("the workflow that signed it was not at an allowed ref", nil)
	case !matches(r.Refs, id.Ref):
		return attest.Unfit("it was built from a ref that is not allowed", nil)
	case id.Runner != r.Kind+"-hosted" && !r.SelfHosted:
		return attest.Unfit("it was built on a self-hosted runner", nil)
	case !isCommit(id.Commit):
		return attest.Unfit("its certificate names no commit", nil)
	}
	return nil
}

// matches reports whether a ref is in a list: exact, or below a prefix that
// ends in *.
func matches(refs []string, ref string) bool {
	return slices.ContainsFunc(refs, func(want string) bool {
		prefix, open := strings.CutSuffix(want, "*")
		return ref != "" && (want == ref || open && len(ref) > len(prefix) && strings.HasPrefix(ref, prefix))
	})
}

func isCommit(s string) bool { return len(s) == 40 && strings.Trim(s, "0123456789abcdef") == "" }
