package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/attest/sigstore"
	"github.com/paddock-dev/paddock/internal/engine/seal"
)

// Trust says whose builds count besides this server's own. Nothing listed means
// nobody's.
type Trust struct {
	MaxRootAgeDays int           `yaml:"max_root_age_days" doc:"Days after which a trusted root counts no more, because withdrawn keys cannot be seen offline. Default 90."`
	Roots          []TrustedRoot `yaml:"roots" doc:"Roots of Sigstore that are trusted, as files of this repository."`
	Builders       []Builder     `yaml:"builders" doc:"Rules: who may build which app. Every key that is given must hold."`
	Reporters      []Reporter    `yaml:"reporters" doc:"Whose signatures of reports that paddock check brings are named to the rules. Nobody is by default."`
}

// TrustedRoot is one trusted_root.json with the day that it was fetched.
type TrustedRoot struct {
	Name    string `yaml:"name" required:"true"`
	File    string `yaml:"file" required:"true" doc:"Path in this repository, e.g. trust/trusted_root.jsonl."`
	Fetched string `yaml:"fetched" required:"true" doc:"The day it was fetched, e.g. 2026-11-02."`
}

// Reporter is a key that signs reports of paddock check, in a pipeline for example.
type Reporter struct {
	Name string   `yaml:"name" required:"true"`
	Key  string   `yaml:"key" prose:"true" required:"true" doc:"Its public key as PEM text, as paddock report keygen writes it."`
	Apps []string `yaml:"apps" required:"true" doc:"Names of apps whose reports it may sign; * alone means every app."`
}

// Builder is a rule of who may build.
type Builder struct {
	Name         string   `yaml:"name" required:"true"`
	Kind         string   `yaml:"kind" required:"true" enum:"github,gitlab"`
	Root         string   `yaml:"root" required:"true" doc:"Name of the trusted root."`
	Apps         []string `yaml:"apps" required:"true" doc:"Names of apps; * alone means every app."`
	Issuer       string   `yaml:"issuer" doc:"Issuer of the run's ID token. Default: the public service of the kind."`
	Workflow     string   `yaml:"workflow" required:"true" doc:"The file that signs, without its ref, e.g. https://github.com/acme/payroll/.github/workflows/release.yml. {app} stands for the app's name."`
	WorkflowRefs []string `yaml:"workflow_refs" doc:"Refs of that file, for a reusable workflow. Default: those of refs."`
	Repository   string   `yaml:"repository" required:"true" doc:"Address of the source repository. {app} stands for the app's name."`
	RepositoryID string   `yaml:"repository_id" doc:"Its number: a name can be taken over, a number cannot. This or owner_id must be given."`
	OwnerID      string   `yaml:"owner_id" doc:"The number of its owner."`
	Refs         []string `yaml:"refs" required:"true" doc:"Refs that may be built, e.g. refs/heads/main; one * at the end of a tag, e.g. refs/tags/v*."`
	BuilderIDs   []string `yaml:"builder_ids" doc:"Builder ids in the provenance, one * at the end allowed. Default: the workflow that signs; must be given for gitlab."`
	BuildTypes   []string `yaml:"build_types" doc:"Ways of building. Default: all of the kind that Paddock understands."`
	Variables    []string `yaml:"variables" doc:"GitLab: variables of the job that may be set by hand."`
	SelfHosted   bool     `yaml:"self_hosted" doc:"Runners of one's own count too."`
	Level        int      `yaml:"level" doc:"SLSA build level that the builder is held to have, 1 to 3. Default 2."`
}

func (s Settings) checkTrust(f *faults) {
	if s.Trust.MaxRootAgeDays < 1 || s.Trust.MaxRootAgeDays > 366 {
		f.add("trust.max_root_age_days", "Use a number from 1 to 366.", "A trusted root cannot be %d days old at most.", s.Trust.MaxRootAgeDays)
	}
	var roots, builders []string
	for i, r := range s.Trust.Roots {
		at := key("trust.roots", i)
		f.check(at+".name", CheckName(r.Name))
		if slices.Contains(roots, r.Name) {
			f.add(at+".name", "Give each root its own name.", "The root %q is there twice.", r.Name)
		}
		roots = append(roots, r.Name)
		if _, err := time.Parse(time.DateOnly, r.Fetched); err != nil {
			f.add(at+".fetched", "Write it like 2026-11-02.", "%q is not a day.", r.Fetched)
		}
	}
	for i, b := range s.Trust.Builders {
		at := key("trust.builders", i)
		f.check(at+".name", CheckName(b.Name))
		if slices.Contains(builders, b.Name) {
			f.add(at+".name", "Give each builder its own name.", "The builder %q is there twice.", b.Name)
		}
		builders = append(builders, b.Name)
		if !slices.Contains(roots, b.Root) {
			f.add(at+".root", hintOneOf(b.Root, roots), "There is no trusted root %q.", b.Root)
		}
		b.check(f, at)
	}
	var reporters []string
	for i, r := range s.Trust.Reporters {
		at := key("trust.reporters", i)
		f.check(at+".name", CheckName(r.Name))
		if slices.Contains(reporters, r.Name) {
			f.add(at+".name", "Give each reporter its own name.", "The reporter %q is there twice.", r.Name)
		}
		reporters = append(reporters, r.Name)
		if _, err := seal.ParsePublicPEM([]byte(r.Key)); err != nil {
			f.add(at+".key", "Put the text of the .pub file there, after key: |", "The key of %q is not an Ed25519 public key in PEM form.", r.Name)
		}
	}
}

// Reporters are those who may sign reports about an app.
func (s Settings) Reporters(app string) []Reporter {
	return slices.DeleteFunc(slices.Clone(s.Trust.Reporters), func(r Reporter) bool { return !slices.Contains(r.Apps, app) && !slices.Contains(r.Apps, "*") })
}

func (b Builder) check(f *faults, at string) {
	if b.RepositoryID == "" && b.OwnerID == "" {
		f.add(at+".repository_id", "Add repository_id, or owner_id for all repositories of an owner.", "The builder %q pins no number, so whoever takes the name over could build.", b.Name)
	}
	for k, id := range map[string]string{"repository_id": b.RepositoryID, "owner_id": b.OwnerID} {
		if strings.Trim(id, "0123456789") != "" {
			f.add(at+"."+k, "Use the number, not the name.", "%q is not a number.", id)
		}
	}
	for k, url := range map[string]string{"workflow": b.Workflow, "repository": b.Repository, "issuer": b.Issuer} {
		if url != "" && !strings.HasPrefix(url, "https://") || strings.ContainsAny(url, "@* ") {
			f.add(at+"."+k, "Write an address that begins with https://, without @ and *.", "%q is not an exact address.", url)
		}
	}
	for _, list := range []struct {
		key  string
		refs []string
	}{{"refs", b.Refs}, {"workflow_refs", b.WorkflowRefs}} {
		for i, ref := range list.refs {
			if !pinned(ref) {
				f.add(fmt.Sprintf("%s.%s.%d", at, list.key, i), "Write for example refs/heads/main, refs/tags/v* or a commit.", "%q does not pin a ref.", ref)
			}
		}
	}
	for i, id := range b.BuilderIDs {
		if open, ok := strings.CutSuffix(id, "*"); strings.Contains(open, "*") || ok && strings.Count(open, "/") < 5 {
			f.add(fmt.Sprintf("%s.builder_ids.%d", at, i), "Write host and path before the *.", "%q lets too many builders in.", id)
		}
	}
	if b.Kind == sigstore.GitLab && len(b.BuilderIDs) == 0 {
		f.add(at+".builder_ids", "Add for example https://gitlab.com/acme/payroll/-/runners/*.", "The builder %q names no runners.", b.Name)
	}
	for i, t := range b.BuildTypes {
		if known := sigstore.BuildTypes(b.Kind); !slices.Contains(known, t) {
			f.add(fmt.Sprintf("%s.build_types.%d", at, i), hintOneOf(t, known), "The way of building %q is not understood.", t)
		}
	}
	if b.Level < 0 || b.Level > 3 {
		f.add(at+".level", "Use 1, 2 or 3.", "There is no build level %d.", b.Level)
	}
}

// pinned reports whether a ref is a whole one: a branch, a tag, tags with a
// beginning, or a commit.
func pinned(ref string) bool {
	open := strings.TrimSuffix(ref, "*")
	switch {
	case strings.ContainsAny(open, "* @"):
		return false
	case open != ref:
		return strings.HasPrefix(open, "refs/tags/") && len(open) > len("refs/tags/")
	case len(ref) == 40 && strings.Trim(ref, "0123456789abcdef") == "":
		return true
	}
	return strings.HasPrefix(ref, "refs/heads/") && len(ref) > len("refs/heads/") || strings.HasPrefix(ref, "refs/tags/") && len(ref) > len("refs/tags/")
}

// trust reads the roots that the settings name and makes the rules of them.
func (l *loader) trust() {
	t := l.rev.Settings.Trust
	out := sigstore.Trust{MaxAge: time.Duration(t.MaxRootAgeDays) * 24 * time.Hour, Roots: map[string]sigstore.Anchor{}}
	for _, r := range t.Roots {
		b, ok := l.read(r.File)
		if !ok {
			continue
		}
		root, err := sigstore.ReadRoot(b)
		if err != nil {
			l.note(core.AsError(err).At(r.File))
			continue
		}
		day, _ := time.Parse(time.DateOnly, r.Fetched)
		out.Roots[r.Name] = sigstore.Anchor{Root: root, Fetched: day}
	}
	for _, b := range t.Builders {
		r := sigstore.Rule{Name: b.Name, Kind: b.Kind, Root: b.Root, Apps: b.Apps, Issuer: b.Issuer, Workflow: b.Workflow, WorkflowRefs: b.WorkflowRefs, Repository: b.Repository,
			RepositoryID: b.RepositoryID, OwnerID: b.OwnerID, Refs: b.Refs, Builders: b.BuilderIDs, BuildTypes: b.BuildTypes, Variables: b.Variables, SelfHosted: b.SelfHosted, Level: b.Level}
		if r.Issuer == "" {
			r.Issuer = map[string]string{sigstore.GitHub: sigstore.IssuerGitHub, sigstore.GitLab: sigstore.IssuerGitLab}[b.Kind]
		}
		if r.Level == 0 {
			r.Level = 2
		}
		out.Rules = append(out.Rules, r)
	}
	l.rev.Trust = out
}
