package sbom

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
	"github.com/paddock-dev/paddock/internal/engine/spdx"
)

// The parts of SPDX 2.3 that are written:
// https://spdx.github.io/spdx-spec/v2.3.

type spdxDocument struct {
	Version       string             `json:"spdxVersion"`
	DataLicense   string             `json:"dataLicense"`
	ID            string             `json:"SPDXID"`
	Name          string             `json:"name"`
	Namespace     string             `json:"documentNamespace"`
	Creation      spdxCreation       `json:"creationInfo"`
	Packages      []spdxPackage      `json:"packages"`
	Relationships []spdxRelationship `json:"relationships"`
	Comment       string             `json:"comment,omitempty"`
}

type spdxCreation struct {
	Created  string   `json:"created"`
	Creators []string `json:"creators"`
}

type spdxPackage struct {
	ID        string          `json:"SPDXID"`
	Name      string          `json:"name"`
	Version   string          `json:"versionInfo,omitempty"`
	Purpose   string          `json:"primaryPackagePurpose"`
	Download  string          `json:"downloadLocation"`
	Analysed  bool            `json:"filesAnalyzed"`
	Checksums []spdxChecksum  `json:"checksums,omitempty"`
	Concluded string          `json:"licenseConcluded"`
	Declared  string          `json:"licenseDeclared"`
	Comments  string          `json:"licenseComments,omitempty"`
	Copyright string          `json:"copyrightText"`
	Source    string          `json:"sourceInfo,omitempty"`
	Refs      []spdxReference `json:"externalRefs,omitempty"`
}

type spdxChecksum struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"checksumValue"`
}

type spdxReference struct {
	Category string `json:"referenceCategory"`
	Type     string `json:"referenceType"`
	Locator  string `json:"referenceLocator"`
}

type spdxRelationship struct {
	From string `json:"spdxElementId"`
	Type string `json:"relationshipType"`
	To   string `json:"relatedSpdxElement"`
}

const none = "NOASSERTION"

// spdx writes the bill as SPDX 2.3 JSON. The format needs a time: without the
// commit's it is the beginning of 1970.
func (b *bill) spdx() ([]byte, error) {
	created := "1970-01-01T00:00:00Z"
	if !b.subject.Time.IsZero() {
		created = core.Moment(core.Stamp(b.subject.Time)).Format(time.RFC3339)
	}
	const root = "SPDXRef-app"
	doc := spdxDocument{Version: "SPDX-2.3", DataLicense: "CC0-1.0", ID: "SPDXRef-DOCUMENT", Name: b.subject.App, Namespace: "https://paddock.local/spdx/" + b.uuid(),
		Creation:      spdxCreation{Created: created, Creators: []string{"Tool: " + strings.TrimSuffix("paddock-"+b.subject.Tool, "-")}},
		Packages:      []spdxPackage{{ID: root, Name: b.subject.App, Version: b.subject.Commit, Purpose: "APPLICATION", Download: none, Concluded: none, Declared: none, Copyright: none, Refs: purlRef(openvex.AppPURL(b.subject.App, b.subject.Commit))}},
		Relationships: []spdxRelationship{{"SPDXRef-DOCUMENT", "DESCRIBES", root}}}
	if !b.whole {
		doc.Comment = "Some packages of the app are not listed."
	}
	ids := make(map[string]string, len(b.refs))
	for i, ref := range b.refs {
		ids[ref] = fmt.Sprintf("SPDXRef-%d", i+1)
	}
	for _, ref := range b.refs {
		p := b.parts[ref]
		doc.Packages = append(doc.Packages, spdxOf(ids[ref], p))
		switch {
		case b.direct[ref] && p.dev:
			doc.Relationships = append(doc.Relationships, spdxRelationship{ids[ref], "DEV_DEPENDENCY_OF", root})
		case b.direct[ref]:
			doc.Relationships = append(doc.Relationships, spdxRelationship{root, "DEPENDS_ON", ids[ref]})
		default:
			doc.Relationships = append(doc.Relationships, spdxRelationship{root, "CONTAINS", ids[ref]})
		}
		for _, to := range sorted(p.needs) {
			doc.Relationships = append(doc.Relationships, spdxRelationship{ids[ref], "DEPENDS_ON", ids[to]})
		}
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(doc)
	return out.Bytes(), err
}

func spdxOf(id string, p *part) spdxPackage {
	out := spdxPackage{ID: id, Name: p.Name, Version: p.Version, Purpose: "LIBRARY", Download: none, Concluded: none, Declared: none, Copyright: none,
		Source: "listed in " + strings.Join(p.places, ", "), Refs: purlRef(p.ref)}
	if p.image {
		out.Purpose = "CONTAINER"
	}
	if from := p.origin(); from != "" {
		out.Download = from
	}
	for _, h := range p.Hashes {
		out.Checksums = append(out.Checksums, spdxChecksum{strings.Replace(h.Algorithm, "SHA-", "SHA", 1), h.Value})
	}
	if e, ok := spdx.Parse(p.Licence); ok && e.Known() {
		out.Declared = e.String()
	} else if p.Licence != "" {
		out.Comments = "The package says: " + p.Licence
	}
	return out
}

func purlRef(purl string) []spdxReference {
	return []spdxReference{{"PACKAGE-MANAGER", "purl", purl}}
}
