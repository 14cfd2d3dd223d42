package sbom

import (
	"bytes"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
	"github.com/paddock-dev/paddock/internal/engine/spdx"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
)

// cyclonedx writes the bill as CycloneDX 1.6 JSON.
func (b *bill) cyclonedx() ([]byte, error) {
	root := "app:" + b.subject.App
	bom := cdx.NewBOM()
	bom.SerialNumber = "urn:uuid:" + b.uuid()
	app := cdx.Component{BOMRef: root, Type: cdx.ComponentTypeApplication, Name: b.subject.App, Version: b.subject.Commit, PackageURL: openvex.AppPURL(b.subject.App, b.subject.Commit)}
	tools := cdx.ToolsChoice{Components: &[]cdx.Component{{Type: cdx.ComponentTypeApplication, Name: "paddock", Version: b.subject.Tool}}}
	bom.Metadata = &cdx.Metadata{Component: &app, Tools: &tools}
	if !b.subject.Time.IsZero() {
		bom.Metadata.Timestamp = core.Moment(core.Stamp(b.subject.Time)).Format(time.RFC3339)
	}
	components := make([]cdx.Component, 0, len(b.refs))
	direct := sorted(b.direct)
	dependencies := append(make([]cdx.Dependency, 0, len(b.refs)+1), cdx.Dependency{Ref: root, Dependencies: &direct})
	for _, ref := range b.refs {
		p := b.parts[ref]
		components = append(components, component(p))
		needs := sorted(p.needs)
		dependencies = append(dependencies, cdx.Dependency{Ref: ref, Dependencies: &needs})
	}
	bom.Components, bom.Dependencies = &components, &dependencies
	whole := cdx.CompositionAggregateIncomplete
	if b.whole {
		whole = cdx.CompositionAggregateComplete
	}
	bom.Compositions = &[]cdx.Composition{{Aggregate: whole, Assemblies: &[]cdx.BOMReference{cdx.BOMReference(root)}}}
	var out bytes.Buffer
	err := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false).EncodeVersion(bom, cdx.SpecVersion1_6)
	return out.Bytes(), err
}

func component(p *part) cdx.Component {
	c := cdx.Component{BOMRef: p.ref, Type: cdx.ComponentTypeLibrary, Version: p.Version, PackageURL: p.ref, Scope: cdx.ScopeRequired}
	c.Group, c.Name = names(p.Package)
	if p.image {
		c.Type = cdx.ComponentTypeContainer
	}
	if p.dev {
		c.Scope = cdx.ScopeExcluded
	}
	if len(p.Hashes) > 0 {
		list := make([]cdx.Hash, 0, len(p.Hashes))
		for _, h := range p.Hashes {
			list = append(list, cdx.Hash{Algorithm: cdx.HashAlgorithm(h.Algorithm), Value: h.Value})
		}
		c.Hashes = &list
	}
	if p.Licence != "" {
		c.Licenses = &cdx.Licenses{licence(p.Licence)}
	}
	if from := p.origin(); from != "" {
		kind := cdx.ERTypeDistribution
		if strings.HasPrefix(from, "git") || strings.HasPrefix(from, "ssh") {
			kind = cdx.ERTypeVCS
		}
		c.ExternalReferences = &[]cdx.ExternalReference{{Type: kind, URL: from}}
	}
	c.Properties = properties(p)
	return c
}

// properties say what CycloneDX has no field for.
func properties(p *part) *[]cdx.Property {
	var list []cdx.Property
	add := func(name, value string) { list = append(list, cdx.Property{Name: "paddock:" + name, Value: value}) }
	if p.dev {
		add("scope", "build")
	}
	for _, place := range p.places {
		add("listed", place)
	}
	if p.Script {
		add("install-script", "true")
	}
	if p.Sum != "" {
		add("go-sum", p.Sum)
	}
	return &list
}

// names parts a name into the group and the name proper, for the ecosystems
// that have groups.
func names(p lockfile.Package) (group, name string) {
	switch p.Ecosystem {
	case lockfile.NPM, lockfile.Composer, lockfile.JSR:
		if before, after, ok := strings.Cut(p.Name, "/"); ok {
			return before, after
		}
	case lockfile.Maven:
		if before, after, ok := strings.Cut(p.Name, ":"); ok {
			return before, after
		}
	}
	return "", p.Name
}

// licence chooses the field for a licence text: the id of one licence of the
// SPDX list, the expression if it joins several, else a name as it stands.
func licence(s string) cdx.LicenseChoice {
	e, ok := spdx.Parse(s)
	switch {
	case !ok || !e.Known():
		return cdx.LicenseChoice{License: &cdx.License{Name: s}}
	case e.Op == spdx.One && !e.Later && e.Exception == "":
		return cdx.LicenseChoice{License: &cdx.License{ID: e.ID}}
	}
	return cdx.LicenseChoice{Expression: e.String()}
}
