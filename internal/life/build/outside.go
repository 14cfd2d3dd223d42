package build

import (
	"context"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/attest"
	"github.com/paddock-dev/paddock/internal/engine/attest/sigstore"
)

// maxBundles is how many bundles are attached at once.
const maxBundles = 10

// proveOutside checks provenance of a CI system, and that the same rules trust
// a signed SBOM of the artifact.
func (v Verifier) proveOutside(ctx context.Context, reg Registry, e Evidence, b *attest.Bundle, at attachments) (Evidence, error) {
	if v.Outside == nil {
		return e, unfit("this installation trusts no builder outside", nil)
	}
	trust, now := v.Outside(), v.Clock.Now()
	p, err := trust.Provenance(b, about(e), now)
	if err != nil {
		return e, err
	}
	e.Provenance, e.Signed, e.Subject, e.Rule, e.Level = true, true, true, p.Rule, p.Level
	e.Build = Provenance{App: e.App.Name, Repository: p.By.Repository, Ref: p.By.Ref, Commit: p.By.Commit, Invocation: p.By.Run, Started: p.At, Finished: p.At}
	problem := error(blocked("The artifact %s has no list of its parts (SBOM) that its builder signed.", e.Digest))
	for _, d := range at.signed {
		raw, err := fetchBlob(ctx, reg, d, maxBundle)
		if core.CodeOf(err) == core.Unavailable {
			return e, err
		}
		if err == nil {
			var doc []byte
			if doc, err = sbomOf(trust, raw, e, v.Clock); err == nil {
				e.SBOM, e.SBOMDigest, e.Build.SBOM = true, digestOf(doc), digestOf(doc)
				return e, nil
			}
		}
		problem = err
	}
	return e, problem
}

func about(e Evidence) sigstore.About {
	return sigstore.About{App: e.App.Name, Digest: e.Digest, Commit: e.App.Commit}
}

// sbomOf returns the CycloneDX document that a bundle signs, byte for byte.
func sbomOf(trust sigstore.Trust, raw []byte, e Evidence, clock core.Clock) ([]byte, error) {
	b, err := attest.Parse(raw)
	if err != nil {
		return nil, err
	}
	s, err := trust.SBOM(b, about(e), clock.Now())
	if err != nil {
		return nil, err
	}
	return s.Predicate, checkSBOM(s.Predicate)
}

// Attach verifies bundles that an outside builder signed about an artifact, and
// attaches them: provenance, and an SBOM with its document. It takes nothing
// else, so that nobody brings a summary of ours back to be believed, and
// attaches nothing unless all are good. It may be repeated.
//
// Errors: NotFound without such an artifact, Blocked with the reason, TooLarge,
// Unavailable.
func (v Verifier) Attach(ctx context.Context, reg Registry, digest string, bundles ...[]byte) error {
	if len(bundles) > maxBundles {
		return core.Errorf(core.TooLarge, "There are %d bundles; at most %d are taken at once.", len(bundles), maxBundles).At("bundles")
	}
	if len(bundles) > 0 && v.Outside == nil {
		return unfit("this installation trusts no builder outside", nil)
	}
	_, app, size, err := loadAll(ctx, reg, digest)
	if err != nil {
		return err
	}
	e := Evidence{Digest: digest, App: app}
	type piece struct {
		mediaType, predicate string
		blob                 []byte
	}
	var pieces []piece
	for _, raw := range bundles {
		b, err := attest.Parse(raw)
		if err != nil {
			return err
		}
		doc, err := sbomOf(v.Outside(), raw, e, v.Clock)
		if err == nil {
			pieces = append(pieces, piece{TypeSBOM, "", doc}, piece{TypeBundle, PredicateSBOM, raw})
			continue
		}
		if s, bad := attest.ReadStatement(b.Payload()); bad == nil && strings.HasPrefix(s.PredicateType, PredicateSBOM) {
			return err
		}
		if _, err := v.Outside().Provenance(b, about(e), v.Clock.Now()); err != nil {
			return err
		}
		pieces = append(pieces, piece{TypeBundle, PredicateProvenance, raw})
	}
	for _, p := range pieces {
		if _, err := attach(ctx, reg, digest, size, p.mediaType, p.predicate, p.blob); err != nil {
			return err
		}
	}
	return nil
}

// Copy copies an artifact with all that is attached to it from one registry to
// another; digests stay the same. It may be repeated. Errors: NotFound, Blocked
// for bytes that were changed, Unavailable.
func Copy(ctx context.Context, from, to Registry, digest string) error {
	if err := copyOne(ctx, from, to, digest, ""); err != nil {
		return err
	}
	all, err := from.Referrers(ctx, digest)
	if err != nil {
		return err
	}
	for _, r := range all {
		if err := copyOne(ctx, from, to, r.Digest, digest); err != nil {
			return err
		}
	}
	return nil
}

func copyOne(ctx context.Context, from, to Registry, digest, subject string) error {
	m, _, err := fetchManifest(ctx, from, digest, subject)
	if err != nil {
		return err
	}
	manifest, err := from.Get(ctx, digest)
	if err != nil {
		return err
	}
	blobs := make([][]byte, 0, len(m.Layers)+1)
	for _, d := range append(m.Layers[:len(m.Layers):len(m.Layers)], m.Config) {
		b, err := fetchBlob(ctx, from, d, DefaultLimits().PublicTotal)
		if err != nil {
			return err
		}
		blobs = append(blobs, b)
	}
	if subject != "" {
		_, err = to.AttachReferrer(ctx, subject, manifest, blobs...)
	} else {
		_, err = to.Push(ctx, manifest, blobs...)
	}
	return err
}

// TagName is the tag of an app's newest artifact of a kind, such as main.
func TagName(app, tag string) string { return app + "." + tag }
