// Package sbom writes the list of an app's parts as CycloneDX 1.6 JSON
// (CHK-4). The same input gives the same bytes.
package sbom

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
)

// Subject says whose parts are listed.
type Subject struct {
	App, Commit string
	Tool        string // version of Paddock
	Time        time.Time
}

// Make writes the bill of materials of all projects. The serial number is
// made from the app, the commit and the parts; the time stamp is the one
// given.
func Make(s Subject, set *lockfile.Set) ([]byte, findings.Result) {
	b := newBuilder(s)
	for _, p := range set.Projects {
		b.project(p)
	}
	res := findings.Result{Looked: fmt.Sprintf("%s, CycloneDX 1.6", findings.Count(len(b.parts), "part"))}
	for _, p := range set.Projects {
		if !p.Locked && len(p.Asks) > 0 {
			res.Missed("the packages of %s are not listed, for want of a readable %s", p.List(), p.Wanted)
		}
	}
	for _, g := range set.Gaps {
		res.Missed("%s", g.Text())
	}
	out, err := b.encode()
	if err != nil {
		res.Missed("the list of parts could not be written")
		return nil, res
	}
	return out, res
}

type builder struct {
	subject Subject
	root    string
	parts   map[string]cdx.Component       // by reference
	needs   map[string]map[string]struct{} // reference -> references
}

func newBuilder(s Subject) *builder {
	b := &builder{subject: s, root: "app:" + s.App, parts: map[string]cdx.Component{}, needs: map[string]map[string]struct{}{}}
	b.need(b.root)
	return b
}

func (b *builder) need(from string, to ...string) {
	if b.needs[from] == nil {
		b.needs[from] = map[string]struct{}{}
	}
	for _, t := range to {
		b.needs[from][t] = struct{}{}
	}
}

func (b *builder) project(p lockfile.Project) {
	for _, pkg := range p.Packages {
		ref := pkg.PURL()
		b.parts[ref] = component(ref, pkg)
		b.need(ref)
		if pkg.Direct {
			b.need(b.root, ref)
		}
		for _, to := range pkg.Needs {
			b.need(ref, p.Packages[to].PURL())
		}
	}
}

func component(ref string, p lockfile.Package) cdx.Component {
	c := cdx.Component{BOMRef: ref, Type: cdx.ComponentTypeLibrary, Name: p.Name, Version: p.Version, PackageURL: ref, Scope: cdx.ScopeRequired}
	if scope, name, ok := strings.Cut(p.Name, "/"); ok && strings.HasPrefix(scope, "@") {
		c.Group, c.Name = scope, name
	}
	if p.Dev {
		c.Scope = cdx.ScopeExcluded
	}
	if h := hashes(p.Hashes); len(h) > 0 {
		c.Hashes = &h
	}
	if p.Licence != "" {
		c.Licenses = &cdx.Licenses{licence(p.Licence)}
	}
	return c
}

func hashes(list []lockfile.Hash) []cdx.Hash {
	out := make([]cdx.Hash, 0, len(list))
	for _, h := range list {
		out = append(out, cdx.Hash{Algorithm: cdx.HashAlgorithm(h.Algorithm), Value: h.Value})
	}
	return out
}

// licence chooses the field for a licence text: an SPDX expression when it
// combines several, else a name. The id field is left alone, because only ids
// of the SPDX list are valid there.
func licence(s string) cdx.LicenseChoice {
	if strings.Contains(s, " OR ") || strings.Contains(s, " AND ") {
		return cdx.LicenseChoice{Expression: s}
	}
	return cdx.LicenseChoice{License: &cdx.License{Name: s}}
}

func (b *builder) encode() ([]byte, error) {
	bom := cdx.NewBOM()
	components := make([]cdx.Component, 0, len(b.parts))
	for _, ref := range sorted(b.parts) {
		components = append(components, b.parts[ref])
	}
	dependencies := make([]cdx.Dependency, 0, len(b.needs))
	for _, ref := range sorted(b.needs) {
		to := sorted(b.needs[ref])
		dependencies = append(dependencies, cdx.Dependency{Ref: ref, Dependencies: &to})
	}
	bom.Components, bom.Dependencies = &components, &dependencies
	app := cdx.Component{BOMRef: b.root, Type: cdx.ComponentTypeApplication, Name: b.subject.App, Version: b.subject.Commit, PackageURL: openvex.AppPURL(b.subject.App, b.subject.Commit)}
	tools := cdx.ToolsChoice{Components: &[]cdx.Component{{Type: cdx.ComponentTypeApplication, Name: "paddock", Version: b.subject.Tool}}}
	bom.Metadata = &cdx.Metadata{Timestamp: core.Moment(core.Stamp(b.subject.Time)).Format(time.RFC3339), Component: &app, Tools: &tools}
	bom.SerialNumber = b.serial()
	var out bytes.Buffer
	err := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(bom, cdx.SpecVersion1_6)
	return out.Bytes(), err
}

// serial is a UUID of version 8 made from what is listed.
func (b *builder) serial() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s\x00", b.subject.App, b.subject.Commit)
	for _, ref := range sorted(b.parts) {
		fmt.Fprintf(h, "%s\x00", ref)
	}
	u := h.Sum(nil)[:16]
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
