package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/catalog/strict"
)

// templateFile is template.yaml: the published descriptor (CAT-2) and the
// optional keys after it.
type templateFile struct {
	Name              string              `yaml:"name" required:"true" doc:"Name of the template, as its folder."`
	Owner             string              `yaml:"owner" required:"true" doc:"The team that owns it."`
	Classification    core.Classification `yaml:"classification" required:"true" enum:"public,internal,restricted,phi" doc:"What its apps usually are."`
	AllowedRegions    []string            `yaml:"allowed_regions" required:"true" doc:"Regions its apps may be in."`
	Runtime           core.Runtime        `yaml:"runtime" required:"true" enum:"serverless,container,managed-db"`
	CostProfile       core.CostProfile    `yaml:"cost_profile" required:"true" enum:"micro,moderate,high"`
	RequiredScans     []string            `yaml:"required_scans" required:"true" doc:"Checks that every change must pass. sast, sca, ssca and dependency-scan are understood."`
	MaxClassification core.Classification `yaml:"max_classification" enum:"public,internal,restricted,phi" doc:"The most sensitive app that may be made from it. Default: classification."`
	Version           string              `yaml:"version" doc:"Default 1."`
	Title             string              `yaml:"title" prose:"true" doc:"Name for people. Default: name."`
	Summary           string              `yaml:"summary" prose:"true" doc:"What it is for, in one or two sentences."`
	Approvals         []Need              `yaml:"approvals" doc:"Who must say yes to every change, besides what policy asks."`
	Parameters        []parameterFile     `yaml:"parameters" doc:"Further fields of its form."`
	Guardrails        core.Guardrails     `yaml:"guardrails" doc:"Limits of its apps. Default: the organisation's."`
	Vendors           []core.VendorUse    `yaml:"vendors" doc:"Vendors its apps call."`
	Secrets           []core.SecretUse    `yaml:"secrets" doc:"Secrets its apps need."`
	Data              []string            `yaml:"data" enum:"contact,identity,health,payment,credentials,children" doc:"Categories of personal data its apps hold."`
	Budget            core.Budget         `yaml:"budget" doc:"Monthly budget of its apps. Default: the organisation's."`
	Course            string              `yaml:"course" doc:"Course that its makers must have passed."`
	Ticket            string              `yaml:"ticket" prose:"true" doc:"Title of the onboarding ticket. {{app}} stands for the app."`
}

// parameterFile is one field of a template's form.
type parameterFile struct {
	Name     string   `yaml:"name" required:"true"`
	Title    string   `yaml:"title" prose:"true" required:"true" doc:"The label that makers read."`
	Help     string   `yaml:"help" prose:"true"`
	Type     string   `yaml:"type" enum:"string,choice" doc:"Default string."`
	Choices  []string `yaml:"choices" prose:"true"`
	Default  string   `yaml:"default" prose:"true"`
	Required bool     `yaml:"required"`
	Pattern  string   `yaml:"pattern" prose:"true" doc:"What the whole text must match (RE2)."`
}

var parameterName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`) })

// ParseTemplate reads a template.yaml. Faults that need the rest of the
// revision (regions, vendors, courses) are found by Load.
func ParseTemplate(path string, b []byte) (t core.Template, warnings []*core.Error, err error) {
	t, doc, err := readTemplate(path, b)
	if err != nil {
		return core.Template{}, nil, err
	}
	return t, doc.Warnings(), nil
}

func readTemplate(path string, b []byte) (core.Template, *strict.Doc, error) {
	var file templateFile
	doc, found, err := readFile(path, b, &file)
	if err != nil {
		return core.Template{}, nil, err
	}
	f := faults{}
	file.check(&f)
	t := file.template(&f)
	found = append(found, placed(doc, f)...)
	return t, doc, core.Join(core.Invalid, path+" has faults:", found)
}

func (t *templateFile) check(f *faults) {
	required(f, map[string]bool{"name": t.Name == "", "owner": t.Owner == "", "classification": t.Classification == "",
		"allowed_regions": len(t.AllowedRegions) == 0, "runtime": t.Runtime == "", "cost_profile": t.CostProfile == "", "required_scans": len(t.RequiredScans) == 0})
	if t.Name != "" {
		f.check("name", CheckName(t.Name))
	}
	if t.Version != "" && !versionForm.MatchString(t.Version) {
		f.add("version", "Use a number, such as 1 or 1.2.", "%q is not a version.", clipped(t.Version))
	}
	if t.MaxClassification != "" && t.Classification.Valid() && !t.MaxClassification.AtLeast(t.Classification) {
		f.add("max_classification", "Leave it out, or make it at least as sensitive.", "%q is less sensitive than classification, which is %q.", t.MaxClassification, t.Classification)
	}
	for i, r := range t.AllowedRegions {
		f.check(fmt.Sprintf("allowed_regions.%d", i), CheckName(r))
	}
	for i, n := range t.Approvals {
		n.check(f, fmt.Sprintf("approvals.%d", i))
	}
	checkGuardrails(f, "guardrails", t.Guardrails)
	checkUses(f, t.Vendors, t.Secrets)
	checkBudget(f, t.Budget)
	for i, p := range t.Parameters {
		p.check(f, fmt.Sprintf("parameters.%d", i))
		if slices.IndexFunc(t.Parameters, func(o parameterFile) bool { return o.Name == p.Name }) < i {
			f.add(fmt.Sprintf("parameters.%d.name", i), "Give each field its own name.", "The form field %q is there twice.", p.Name)
		}
	}
}

func (p parameterFile) check(f *faults, key string) {
	if !parameterName().MatchString(p.Name) {
		f.add(key+".name", "Use small letters, digits and _, starting with a letter.", "%q is not the name of a form field.", clipped(p.Name))
	}
	if strings.TrimSpace(p.Title) == "" {
		f.add(key, "Add title: and the label that makers read.", "The form field %q has no title.", p.Name)
	}
	if (p.Type == "choice") != (len(p.Choices) > 0) {
		f.add(key, "Use type: choice together with choices.", "The form field %q has type or choices, but not both.", p.Name)
	}
	if _, err := regexp.Compile(p.Pattern); err != nil {
		f.add(key+".pattern", "Correct it, or leave it out.", "%q is not a pattern.", clipped(p.Pattern))
		return
	}
	if p.Default != "" {
		if err := checkParameter(p.parameter(), p.Default); err != nil {
			f.add(key+".default", core.AsError(err).Hint, "The default of %q is not allowed by its own rules: %s", p.Name, core.AsError(err).Msg)
		}
	}
}

func (p parameterFile) parameter() core.Parameter {
	kind := p.Type
	if kind == "" {
		kind = "string"
	}
	return core.Parameter{Name: p.Name, Title: p.Title, Help: p.Help, Type: kind, Choices: p.Choices, Default: p.Default, Required: p.Required, Pattern: p.Pattern}
}

func (t *templateFile) template(f *faults) core.Template {
	out := core.Template{Name: t.Name, Version: or(t.Version, "1"), Title: or(t.Title, t.Name), Summary: t.Summary, Owner: t.Owner,
		Classification: t.Classification, MaxClassification: t.MaxClassification, AllowedRegions: t.AllowedRegions, Runtime: t.Runtime,
		CostProfile: t.CostProfile, RequiredScans: canonicalScans(f, t.RequiredScans), Guardrails: t.Guardrails, Vendors: t.Vendors,
		Secrets: t.Secrets, Data: t.Data, Budget: t.Budget, Course: t.Course, Ticket: t.Ticket}
	if out.MaxClassification == "" {
		out.MaxClassification = t.Classification
	}
	for _, n := range t.Approvals {
		out.Approvals = append(out.Approvals, n.need())
	}
	for _, p := range t.Parameters {
		out.Parameters = append(out.Parameters, p.parameter())
	}
	return out
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
