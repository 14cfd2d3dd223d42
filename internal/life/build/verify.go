package build

import (
	"context"
	"encoding/json"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/attest"
	"github.com/paddock-dev/paddock/internal/engine/attest/sigstore"
)

// ownLevel is the SLSA build level of our own builds: hosted, isolated from the
// maker's code, and signed by a key that no build can reach.
const ownLevel = 2

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
	Rule             string // the rule that trusts the builder; empty for this installation's own
	Level            int    // the SLSA build level that the builder has
	Build            Provenance
	App              App
	Size             int64 // bytes of all parts
}

// Verifier proves artifacts. The zero value but for Own trusts this installation
// only.
type Verifier struct {
	Own     VerifyFunc            // checks what this installation signs
	Outside func() sigstore.Trust // whom else the organisation trusts; nil for nobody
	Clock   core.Clock            // needed with Outside
}

// Verify proves an artifact by this installation's key alone; see Verifier.
func Verify(ctx context.Context, reg Registry, digest string, verify VerifyFunc) (Evidence, error) {
	return Verifier{Own: verify}.Verify(ctx, reg, digest)
}

// Verify proves an artifact from the stored bytes: each digest, that signed
// provenance by a trusted builder is about exactly this artifact, its app and its
// commit, and that its SBOM is there: the one that own provenance names, or one
// that the outside builder signed. Among several proofs the newest that holds
// counts. Errors: NotFound when there is no such artifact, Blocked when something
// does not hold or is missing (the build's error of what came closest),
// Unavailable when the registry cannot be read.
func (v Verifier) Verify(ctx context.Context, reg Registry, digest string) (Evidence, error) {
	e := Evidence{Digest: digest}
	bundle, app, _, err := loadAll(ctx, reg, digest)
	if err != nil {
		return e, err
	}
	e.Whole, e.App, e.Size = true, app, bundle.size()
	at, err := attached(ctx, reg, digest)
	if err != nil {
		return e, err
	}
	if len(at.proofs) == 0 {
		return e, blocked("The artifact %s has no provenance.", digest)
	}
	best, problem := e, error(nil)
	for _, d := range at.proofs {
		now, err := v.prove(ctx, reg, e, d, at)
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
func (v Verifier) prove(ctx context.Context, reg Registry, e Evidence, d v1.Descriptor, at attachments) (Evidence, error) {
	raw, err := fetchBlob(ctx, reg, d, maxBundle)
	if err != nil {
		return e, err
	}
	b, err := attest.Parse(raw)
	if err != nil {
		return e, err
	}
	e.ProvenanceDigest = d.Digest.String()
	if b.Keyless() {
		return v.proveOutside(ctx, reg, e, b, at)
	}
	p, err := VerifyProvenance(raw, e.Digest, v.Own)
	if err != nil {
		return e, err
	}
	e.Provenance, e.Signed, e.Build, e.Level = true, true, p, ownLevel
	if p.App != e.App.Name || p.Commit != e.App.Commit {
		return e, unfit("it is about another app or commit", nil)
	}
	e.Subject = true
	bom, ok := at.sboms[p.SBOM]
	if !ok {
		return e, blocked("The artifact %s has no list of its parts (SBOM).", e.Digest)
	}
	text, err := fetchBlob(ctx, reg, bom, maxSBOM)
	if err != nil {
		return e, err
	}
	if err := checkSBOM(text); err != nil {
		return e, err
	}
	e.SBOM, e.SBOMDigest = true, p.SBOM
	return e, nil
}

// attachments is what is attached to an artifact and may be evidence.
type attachments struct {
	sboms  map[string]v1.Descriptor // CycloneDX documents, by digest
	proofs []v1.Descriptor          // bundles with provenance
	signed []v1.Descriptor          // bundles with an SBOM
}

// attached sorts what is attached to an artifact. Anything else, and anything
// that is not whole, is passed over: summaries of our own decisions do not count
// towards the limit, since there is one for each decision.
func attached(ctx context.Context, reg Registry, digest string) (attachments, error) {
	out := attachments{sboms: map[string]v1.Descriptor{}}
	list, err := reg.Referrers(ctx, digest)
	if err != nil {
		return out, err
	}
	list = slices.DeleteFunc(list, func(r core.Referrer) bool {
		return r.Predicate == PredicateSummary || r.Type != TypeSBOM && r.Type != TypeBundle
	})
	if len(list) > maxAttachments {
		return out, core.Errorf(core.TooLarge, "The artifact has %d attachments; the limit is %d.", len(list), maxAttachments)
	}
	for _, at := range list {
		m, _, err := fetchManifest(ctx, reg, at.Digest, digest)
		if err == nil {
			_, err = fetchBlob(ctx, reg, m.Config, maxConfig)
		}
		if core.CodeOf(err) == core.Unavailable {
			return out, err
		}
		if err != nil || len(m.Layers) != 1 || string(m.Layers[0].MediaType) != m.ArtifactType {
			continue
		}
		switch layer := m.Layers[0]; {
		case m.ArtifactType == TypeSBOM:
			out.sboms[layer.Digest.String()] = layer
		case m.ArtifactType == TypeBundle && m.Annotations[predicateKey] == PredicateProvenance:
			out.proofs = append(out.proofs, layer)
		case m.ArtifactType == TypeBundle && m.Annotations[predicateKey] == PredicateSBOM:
			out.signed = append(out.signed, layer)
		}
	}
	return out, nil
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
