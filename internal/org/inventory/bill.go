package inventory

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/paddock-dev/paddock/internal/core"
)

// Bounds of a bill.
const (
	maxBill  = 64 << 20
	maxParts = 50_000
	maxText  = 400 // of a name or a version
)

// Read lists the parts of a CycloneDX JSON document, each once. A component
// without a package URL is left out: it has no name that others could look for.
// Errors: Unreadable, TooLarge.
func Read(sbom []byte) ([]core.Part, error) {
	if len(sbom) > maxBill {
		return nil, core.Errorf(core.TooLarge, "The SBOM has %d bytes; %d are read.", len(sbom), maxBill)
	}
	var bom cdx.BOM
	if err := json.NewDecoder(bytes.NewReader(sbom)).Decode(&bom); err != nil {
		return nil, core.Errorf(core.Unreadable, "The SBOM is not CycloneDX JSON: %w.", err)
	}
	if bom.BOMFormat != cdx.BOMFormat {
		return nil, core.Errorf(core.Unreadable, "The SBOM is not CycloneDX: its bomFormat is %.40q.", bom.BOMFormat)
	}
	r := reader{direct: directs(&bom), parts: map[core.Component]core.Part{}}
	if bom.Components != nil {
		if err := r.add(*bom.Components, 0); err != nil {
			return nil, err
		}
	}
	out := make([]core.Part, 0, len(r.parts))
	for _, p := range r.parts {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b core.Part) int {
		return strings.Compare(a.Ecosystem+"\x00"+a.Name+"\x00"+a.Version, b.Ecosystem+"\x00"+b.Name+"\x00"+b.Version)
	})
	return out, nil
}

type reader struct {
	direct map[string]bool // nil when the document has no graph
	parts  map[core.Component]core.Part
}

func (r *reader) add(list []cdx.Component, depth int) error {
	if depth > 8 {
		return core.Errorf(core.TooLarge, "The components of the SBOM are nested more than 8 deep.")
	}
	for _, c := range list {
		if c.Components != nil {
			if err := r.add(*c.Components, depth+1); err != nil {
				return err
			}
		}
		if c.PackageURL == "" {
			continue
		}
		id, err := ParsePURL(c.PackageURL)
		if err != nil || len(id.Name) > maxText || len(id.Version) > maxText || len(id.Ecosystem) > 40 {
			return core.Errorf(core.Unreadable, "The SBOM names the component %.100q by a package URL that cannot be read.", c.Name)
		}
		p := core.Part{Component: id, Direct: core.DirectUnknown, Build: c.Scope == cdx.ScopeExcluded}
		if r.direct != nil {
			p.Direct = core.Indirect
			if r.direct[c.BOMRef] {
				p.Direct = core.Direct
			}
		}
		if old, ok := r.parts[id]; ok { // twice in the tree: what is known of either
			p.Direct, p.Build = max(p.Direct, old.Direct), p.Build && old.Build
		}
		r.parts[id] = p
		if len(r.parts) > maxParts {
			return core.Errorf(core.TooLarge, "The SBOM lists more than %d components.", maxParts)
		}
	}
	return nil
}

// directs are the references that the app itself depends on; nil when the
// document does not say.
func directs(bom *cdx.BOM) map[string]bool {
	if bom.Metadata == nil || bom.Metadata.Component == nil || bom.Dependencies == nil {
		return nil
	}
	for _, d := range *bom.Dependencies {
		if d.Ref == bom.Metadata.Component.BOMRef && d.Dependencies != nil {
			out := map[string]bool{}
			for _, ref := range *d.Dependencies {
				out[ref] = true
			}
			return out
		}
	}
	return nil
}
