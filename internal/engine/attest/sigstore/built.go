package sigstore

import (
	"slices"
	"strings"

	slsa "github.com/in-toto/attestation/go/predicates/provenance/v1"
	intoto "github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/paddock-dev/paddock/internal/engine/attest"
)

// Ways of building, as the CI systems document them.
const (
	typeActions       = "https://actions.github.io/buildtypes/workflow/v1"
	typeActionsBefore = "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1"
	typeGitLab        = "https://docs.gitlab.com/ci/pipeline_security/slsa/provenance_v1"
)

// BuildTypes lists the ways of building whose parameters are understood.
func BuildTypes(kind string) []string {
	if kind == GitLab {
		return []string{typeGitLab}
	}
	return []string{typeActions, typeActionsBefore}
}

// built holds provenance against the rule, the certificate and the artifact:
// builder, way of building, parameters, source. Errors: Blocked.
func (r Rule) built(p *slsa.Provenance, by Identity, about About) error {
	def := p.GetBuildDefinition()
	builders := r.Builders
	if len(builders) == 0 {
		builders = []string{by.Workflow}
	}
	types := r.BuildTypes
	if len(types) == 0 {
		types = BuildTypes(r.Kind)
	}
	switch {
	case !matches(builders, p.GetRunDetails().GetBuilder().GetId()):
		return attest.Unfit("it was built by an unknown builder", nil)
	case !slices.Contains(types, def.GetBuildType()) || !slices.Contains(BuildTypes(r.Kind), def.GetBuildType()):
		return attest.Unfit("its way of building is unknown", nil)
	}
	parameters := r.githubParameters
	if r.Kind == GitLab {
		parameters = r.gitlabParameters
	}
	if err := parameters(def, by); err != nil {
		return err
	}
	if run := p.GetRunDetails().GetMetadata().GetInvocationId(); run != "" && by.Run != "" && r.Kind == GitHub && run != by.Run {
		return attest.Unfit("it tells of another run than the one that signed it", nil)
	}
	return source(def.GetResolvedDependencies(), by, about)
}

// githubParameters demands workflow.{ref,repository,path} and nothing else, all
// as the certificate has them.
func (r Rule) githubParameters(def *slsa.BuildDefinition, by Identity) error {
	for key, v := range def.GetExternalParameters().GetFields() {
		if key != "workflow" || v.GetStructValue() == nil {
			return attest.Unfit("it has an external parameter that is not known", nil)
		}
	}
	at := strings.LastIndex(by.Config, "@")
	if at < 0 {
		return attest.Unfit("its certificate does not name the workflow that ran", nil)
	}
	want := map[string]string{"ref": by.Ref, "repository": by.Repository, "path": strings.TrimPrefix(by.Config[:at], by.Repository+"/")}
	if err := exactly(def.GetExternalParameters().GetFields()["workflow"].GetStructValue(), want); err != nil {
		return err
	}
	return r.githubInternal(def.GetInternalParameters(), by)
}

// githubInternal demands that what the run says of itself is what the
// certificate says.
func (r Rule) githubInternal(in *structpb.Struct, by Identity) error {
	known := map[string]string{"repository_id": by.RepositoryID, "repository_owner_id": by.OwnerID, "runner_environment": by.Runner}
	for key, v := range in.GetFields() {
		if key != "github" || v.GetStructValue() == nil {
			return attest.Unfit("it has an internal parameter that is not known", nil)
		}
		for key, v := range v.GetStructValue().GetFields() {
			want, held := known[key]
			switch {
			case held && v.GetStringValue() != want:
				return attest.Unfit("its parameters contradict its certificate", nil)
			case !held && key != "event_name":
				return attest.Unfit("it has an internal parameter that is not known", nil)
			}
		}
	}
	return nil
}

// gitlabParameters demands source, entryPoint and variables, and nothing else.
// Variables that GitLab sets itself are known; those set by hand must be in the
// rule, as they can change what is built.
func (r Rule) gitlabParameters(def *slsa.BuildDefinition, by Identity) error {
	for key, v := range def.GetExternalParameters().GetFields() {
		switch key {
		case "source":
			if v.GetStringValue() != by.Repository {
				return attest.Unfit("its parameters contradict its certificate", nil)
			}
		case "entryPoint":
			if v.GetStringValue() == "" {
				return attest.Unfit("an external parameter is missing", nil)
			}
		case "variables":
			for name, value := range v.GetStructValue().GetFields() {
				if name == "CI_COMMIT_SHA" && value.GetStringValue() != by.Commit {
					return attest.Unfit("its parameters contradict its certificate", nil)
				}
				if !strings.HasPrefix(name, "CI_") && !strings.HasPrefix(name, "GITLAB_") && name != "CI" && !slices.Contains(r.Variables, name) {
					return attest.Unfit("it was built with a variable that is not known", nil)
				}
			}
		default:
			return attest.Unfit("it has an external parameter that is not known", nil)
		}
	}
	if def.GetExternalParameters().GetFields()["source"] == nil || def.GetExternalParameters().GetFields()["entryPoint"] == nil {
		return attest.Unfit("an external parameter is missing", nil)
	}
	for key := range def.GetInternalParameters().GetFields() {
		if !slices.Contains([]string{"name", "executor", "architecture", "job"}, key) {
			return attest.Unfit("it has an internal parameter that is not known", nil)
		}
	}
	return nil
}

// exactly demands these fields with these texts, and no others.
func exactly(s *structpb.Struct, want map[string]string) error {
	for key, v := range s.GetFields() {
		text, known := want[key]
		if !known {
			return attest.Unfit("it has an external parameter that is not known", nil)
		}
		if v.GetStringValue() != text {
			return attest.Unfit("its parameters contradict its certificate", nil)
		}
	}
	if len(s.GetFields()) != len(want) {
		return attest.Unfit("an external parameter is missing", nil)
	}
	return nil
}

// source demands one source, at the commit of certificate and artifact. GitLab
// writes a commit under the name sha256, which it is not.
func source(deps []*intoto.ResourceDescriptor, by Identity, about About) error {
	found := false
	for _, d := range deps {
		at := strings.TrimPrefix(d.GetUri(), "git+")
		if at != by.Repository && at != by.Repository+"@"+by.Ref {
			return attest.Unfit("it was made from something else than its commit", nil)
		}
		commit := d.GetDigest()["gitCommit"]
		if commit == "" {
			commit = d.GetDigest()["sha256"]
		}
		if commit != by.Commit {
			return attest.Unfit("it was made from something else than its commit", nil)
		}
		found = true
	}
	switch {
	case !found:
		return attest.Unfit("it does not name the commit it was made from", nil)
	case by.Commit != about.Commit:
		return attest.Unfit("it was built from another commit", nil)
	}
	return nil
}
