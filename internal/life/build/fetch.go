package build

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
)

// Fetch copies an artifact, without what is attached to it, from a registry
// elsewhere into one's own, and returns which app it is and the bundles of
// provenance and SBOM that are attached to it there, for Attach to verify. Every
// byte is held against its digest and the bounds of an artifact before anything
// is kept; summaries of decisions stay where they are. It may be repeated.
//
// Errors: NotFound, Blocked for what is no artifact or was changed, TooLarge,
// Unavailable, Forbidden.
func Fetch(ctx context.Context, from, to Registry, digest string) (core.Artifact, App, [][]byte, error) {
	whole, app, _, err := loadAll(ctx, from, digest)
	if err != nil {
		return core.Artifact{}, app, nil, err
	}
	at, err := attached(ctx, from, digest)
	if err != nil {
		return core.Artifact{}, app, nil, err
	}
	bundles := make([][]byte, 0, len(at.proofs)+len(at.signed))
	for _, d := range append(at.proofs[:len(at.proofs):len(at.proofs)], at.signed...) {
		if len(bundles) == maxBundles {
			return core.Artifact{}, app, nil, core.Errorf(core.TooLarge, "The artifact has more than %d bundles attached.", maxBundles).At("reference")
		}
		b, err := fetchBlob(ctx, from, d, maxBundle)
		if err != nil {
			return core.Artifact{}, app, nil, err
		}
		bundles = append(bundles, b)
	}
	if err := copyOne(ctx, from, to, digest, ""); err != nil {
		return core.Artifact{}, app, nil, err
	}
	return core.Artifact{Digest: digest, Commit: app.Commit, Size: whole.size()}, app, bundles, nil
}
