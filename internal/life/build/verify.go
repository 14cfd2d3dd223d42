package build

import (
	"context"
	"encoding/json"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/paddock-dev/paddock/internal/core"
)

// Evidence is what is proven about an artifact. When Verify fails, it says how
// far it came.
type Evidence struct {
	Digest           string
	Whole            bool   // every byte of the artifact has its digest
	SBOM             bool   // the CycloneDX document that the provenance names is there, unchanged
	Provenance       bool   // there is provenance about this artifact that holds in every point
	Signed           bool   // ... and its signature is good
	Subject          bool   // ... and app and commit in it are those of the artifact
	SBOMDigest       string // of the CycloneDX document
	ProvenanceDigest string // of the provenance bundle
	Build            Provenance
	App              App
	Size             int64 // bytes of all parts
}

// Verify proves an artifact from the stored bytes: each digest, that signed
// provenance by this builder is about exactly this artifact, its app and its
// commit, and that the SBOM which the provenance names is there. Among several
// proofs the newest that holds counts. Errors: NotFound when there is no such
// artifact, Blocked when something does not hold or is missing (the build's
// error of what came closest), Unavailable when the registry cannot be read.
func Verify(ctx context.Context, reg Registry, digest string, verify VerifyFunc) (Evidence, error) {
	e := Evidence{Digest: digest}
	bundle, app, _, err := loadAll(ctx, reg, digest)
	if err != nil {
		return e, err
	}
	e.Whole, e.App, e.Size = true, app, bundle.size()
	sboms, proofs, err := attached(ctx, reg, digest)
	if err != nil {
		return e, err
	}
	if len(proofs) == 0 {
		return e, blocked("The artifact %s has no provenance.", digest)
	}
	best, problem := e, error(nil)
	for _, d := range proofs {
		now, err := e.prove(ctx, reg, d, sboms, verify)
		switch {
		case core.CodeOf(err) == core.Unavailable:
			return e, err
		case err == nil && (!best.SBOM || !now.Build.Finished.Before(best.Build.Finished)):
			best, problem = now, nil
		case err != nil && !best.SBOM:
			best, problem = now, err
		}
	}
	return best, problem
}

// prove checks one proof against the artifact.
func (e Evidence) prove(ctx context.Context, reg Registry, d v1.Descriptor, sboms map[string]v1.Descriptor, verify VerifyFunc) (Evidence, error) {
	raw, err := fetchBlob(ctx, reg, d, maxBundle)
	if err != nil {
		return e, err
	}
	p, err := VerifyProvenance(raw, e.Digest, verify)
	if err != nil {
		return e, err
	}
	e.Provenance, e.Signed, e.Build, e.ProvenanceDigest = true, true, p, d.Digest.String()
	if p.App != e.App.Name || p.Commit != e.App.Commit {
		return e, unfit("it is about another app or commit", nil)
	}
	e.Subject = true
	at, ok := sboms[p.SBOM]
	if !ok {
		return e, blocked("The artifact %s has no list of its parts (SBOM).", e.Digest)
	}
	text, err := fetchBlob(ctx, reg, at, maxSBOM)
	if err != nil {
		return e, err
	}
	if err := checkSBOM(text); err != nil {
		return e, err
	}
	e.SBOM, e.SBOMDigest = true, p.SBOM
	return e, nil
}

// attached sorts what is attached to an artifact: SBOMs by digest, provenance in
// order. Anything else, and anything that is not whole, is passed over.
func attached(ctx context.Context, reg Registry, digest string) (sboms map[string]v1.Descriptor, proofs []v1.Descriptor, err error) {
	list, err := reg.List(ctx, digest)
	if err != nil {
		return nil, nil, err
	}
	if len(list) > maxAttachments {
		return nil, nil, core.Errorf(core.TooLarge, "The artifact has %d attachments; the limit is %d.", len(list), maxAttachments)
	}
	sboms = map[string]v1.Descriptor{}
	for _, at := range list {
		m, _, err := fetchManifest(ctx, reg, at, digest)
		if err == nil {
			_, err = fetchBlob(ctx, reg, m.Config, maxConfig)
		}
		if core.CodeOf(err) == core.Unavailable {
			return nil, nil, err
		}
		if err != nil || len(m.Layers) != 1 || string(m.Layers[0].MediaType) != m.ArtifactType {
			continue
		}
		switch layer := m.Layers[0]; {
		case m.ArtifactType == TypeSBOM:
			sboms[layer.Digest.String()] = layer
		case m.ArtifactType == TypeBundle && m.Annotations[predicateKey] == PredicateProvenance:
			proofs = append(proofs, layer)
		}
	}
	return sboms, proofs, nil
}

// checkSBOM demands a CycloneDX document.
func checkSBOM(b []byte) error {
	var doc struct {
		Format  string `json:"bomFormat"`
		Version string `json:"specVersion"`
	}
	if len(b) > maxSBOM {
		return blocked("The list of parts (SBOM) has %d bytes; the limit is %d.", len(b), maxSBOM)
	}
	if err := json.Unmarshal(b, &doc); err != nil || doc.Format != "CycloneDX" || doc.Version == "" {
		return blocked("The list of parts (SBOM) is not a CycloneDX document.")
	}
	return nil
}

func (b Bundle) size() int64 {
	n := int64(len(b.Worker) + len(b.App))
	for _, text := range b.Public {
		n += int64(len(text))
	}
	return n
}
