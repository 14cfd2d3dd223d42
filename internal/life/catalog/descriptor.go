package catalog

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/catalog/strict"
)

// DescriptorFile is the name of an app's descriptor in its repository.
const DescriptorFile = "microapp.yaml"

// descriptorFile is microapp.yaml. Its fields are those of core.Descriptor, so
// one converts to the other.
type descriptorFile struct {
	Name           string              `yaml:"name" required:"true" doc:"Name of the app. It is part of the app's address."`
	Template       string              `yaml:"template" required:"true" doc:"The template it was made from, as name@version."`
	Owner          string              `yaml:"owner" required:"true" doc:"E-mail of the owner."`
	CoOwners       []string            `yaml:"co_owners" doc:"E-mails of people who can act when the owner is away."`
	Classification core.Classification `yaml:"classification" required:"true" enum:"public,internal,restricted,phi" doc:"How sensitive the app's data is."`
	Region         string              `yaml:"region" required:"true" doc:"Where the app and its data are."`
	Runtime        core.Runtime        `yaml:"runtime" required:"true" enum:"serverless,container,managed-db"`
	Audience       string              `yaml:"audience" enum:"owners,organisation,public" doc:"Who may open the app. Default organisation."`
	Image          string              `yaml:"image" doc:"Base image, for the container runtime only."`
	Guardrails     core.Guardrails     `yaml:"guardrails" doc:"The app's limits."`
	Vendors        []core.VendorUse    `yaml:"vendors" doc:"Other companies' services that the app calls."`
	Secrets        []core.SecretUse    `yaml:"secrets" doc:"Secrets the app needs, never their values."`
	Data           []string            `yaml:"data" enum:"contact,identity,health,payment,credentials,children" doc:"Categories of personal data the app holds."`
	Budget         core.Budget         `yaml:"budget" doc:"What the app may cost in a month."`
}

// ParseDescriptor reads a microapp.yaml called path. It reports all faults at
// once, each with path:line:column in Field. Warnings are about what was read
// although it was not quite right.
func ParseDescriptor(path string, b []byte) (d core.Descriptor, warnings []*core.Error, err error) {
	d, warnings, found := describe(path, b)
	if err := core.Join(core.Invalid, path+" has faults:", found); err != nil {
		return core.Descriptor{}, warnings, err
	}
	return d, warnings, nil
}

// Describe reads a microapp.yaml as ParseDescriptor does and returns its faults
// as a list. With faults, the descriptor holds only what could be read.
func Describe(b []byte) (core.Descriptor, []*core.Error) {
	d, _, found := describe(DescriptorFile, b)
	return d, found
}

func describe(path string, b []byte) (core.Descriptor, []*core.Error, []*core.Error) {
	var file descriptorFile
	doc, found, err := readFile(path, b, &file)
	if err != nil {
		return core.Descriptor{}, nil, []*core.Error{core.AsError(err)}
	}
	d := core.Descriptor(file)
	return d, doc.Warnings(), append(found, placed(doc, descriptorFaults(d))...)
}

// DescriptorLines returns the line (from 1) of each value of a microapp.yaml,
// by its dotted path: region, vendors.0.name, guardrails.egress.1. It returns
// nil for a file that is not YAML.
func DescriptorLines(b []byte) map[string]int {
	var file descriptorFile
	doc, err := strict.Read(DescriptorFile, b)
	if err != nil {
		return nil
	}
	doc.Decode(&file)
	return doc.Lines()
}

// CheckDescriptor reports what is wrong with a descriptor, whatever it came
// from; Field is the key at fault.
func CheckDescriptor(d core.Descriptor) error {
	return core.Join(core.Invalid, "The descriptor has faults:", descriptorFaults(d))
}

func descriptorFaults(d core.Descriptor) faults {
	f := faults{}
	required(&f, map[string]bool{"name": d.Name == "", "template": d.Template == "", "owner": d.Owner == "",
		"classification": d.Classification == "", "region": d.Region == "", "runtime": d.Runtime == ""})
	if d.Name != "" {
		f.check("name", CheckAppName(d.Name))
	}
	if name, version, ok := strings.Cut(d.Template, "@"); d.Template != "" && (!ok || CheckName(name) != nil || !versionForm.MatchString(version)) {
		f.add("template", "Write it as name@version, for example internal-dashboard@1.", "%q is not a template with its version.", clipped(d.Template))
	}
	if d.Region != "" {
		f.check("region", CheckName(d.Region))
	}
	if d.Owner != "" {
		f.check("owner", CheckEmail(d.Owner))
	}
	if len(d.CoOwners) > 20 {
		f.add("co_owners", "Name the few who really help.", "There are %d co-owners; at most 20 are allowed.", len(d.CoOwners))
	}
	for i, e := range d.CoOwners {
		f.check(fmt.Sprintf("co_owners.%d", i), CheckEmail(e))
	}
	checkImage(&f, d)
	checkGuardrails(&f, "guardrails", d.Guardrails)
	checkUses(&f, d.Vendors, d.Secrets)
	checkBudget(&f, d.Budget)
	return f
}

func checkImage(f *faults, d core.Descriptor) {
	switch {
	case d.Image != "" && !imageForm().MatchString(d.Image):
		f.add("image", "Write it like registry.example.eu/node:22.", "%q is not the name of an image.", clipped(d.Image))
	case d.Image == "" && d.Runtime == core.Container:
		f.add("runtime", "Add image: and the name of an approved image.", "An app that runs as a container needs a base image.")
	}
}

// checkUses checks the vendors and secrets that an app or template declares.
func checkUses(f *faults, vendors []core.VendorUse, secrets []core.SecretUse) {
	for i, v := range vendors {
		key := fmt.Sprintf("vendors.%d", i)
		f.check(key+".name", CheckName(v.Name))
		if len(v.Hosts) == 0 {
			f.add(key, "Add hosts: and the addresses that the app calls.", "The vendor %q has no hosts.", v.Name)
		}
		for j, h := range v.Hosts {
			f.check(fmt.Sprintf("%s.hosts.%d", key, j), CheckHost(h))
		}
	}
	injects := []string{"egress", "env", "file"}
	for i, s := range secrets {
		key := fmt.Sprintf("secrets.%d", i)
		if !secretForm().MatchString(s.Name) {
			f.add(key+".name", "Use letters, digits, _ and -.", "%q is not the name of a secret.", clipped(s.Name))
		}
		if !slices.Contains(stores, s.Store) {
			f.add(key+".store", hintOneOf(s.Store, stores), "There is no secret store %q.", clipped(s.Store))
		}
		if !slices.Contains(injects, s.Inject) {
			f.add(key+".inject", hintOneOf(s.Inject, injects), "A secret cannot arrive by %q.", clipped(s.Inject))
		}
	}
}

func checkBudget(f *faults, b core.Budget) {
	if b.Monthly < 0 || b.Monthly > 1e6 {
		f.add("budget.monthly", "Use a sum from 0 to 1000000.", "The monthly budget cannot be %v.", b.Monthly)
	}
	if b.Currency != "" && !currencyForm.MatchString(b.Currency) {
		f.add("budget.currency", "Use three capital letters, such as EUR.", "%q is not a currency code.", clipped(b.Currency))
	}
}

// FormatDescriptor writes a descriptor as microapp.yaml. Equal descriptors give
// equal bytes, and ParseDescriptor reads them back.
func FormatDescriptor(d core.Descriptor) []byte {
	var b strings.Builder
	b.WriteString("# What this app says of itself. Every change to it is checked.\n")
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(d); err != nil {
		panic("catalog: a descriptor did not encode: " + err.Error())
	}
	return []byte(b.String())
}
