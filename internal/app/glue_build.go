package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/paddock-dev/paddock/internal/adapter/registry/remote"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/build"
	"github.com/paddock-dev/paddock/internal/life/deploy"
)

// warehouse keeps artifacts and answers for their evidence.
type warehouse struct {
	registry build.Registry
	verifier build.Verifier
	signer   build.Signer
	id       string // of this installation
	clock    core.Clock
	allowed  func() []string // hosts of registries that artifacts may come from
	abroad   func(repository string) (build.Registry, error)
}

// Verify implements deploy.Evidence: what cannot be proven is left empty.
func (w warehouse) Verify(ctx context.Context, digest string) (deploy.Proof, error) {
	e, err := w.verifier.Verify(ctx, w.registry, digest)
	p := deploy.Proof{Signed: err == nil && e.Signed && e.Subject && e.Whole, Level: e.Level}
	if e.SBOM {
		p.SBOM = e.SBOMDigest
	}
	if e.Provenance {
		p.Provenance = e.ProvenanceDigest
	}
	return p, err
}

// Resolve implements deploy.Evidence.
func (w warehouse) Resolve(ctx context.Context, app, tag string) (string, error) {
	return w.registry.Resolve(ctx, build.TagName(app, tag))
}

// Summarise implements deploy.Evidence.
func (w warehouse) Summarise(ctx context.Context, digest string, v deploy.Verdict) (string, error) {
	j := build.Judgement{Verifier: "https://paddock.dev/installation/" + w.id, Resource: "app:" + v.App + "/target:" + v.Target, Policy: GovernanceRepo + "@" + v.Policy,
		PolicyDigest: policyDigest(v.Policy), Passed: v.Passed, Inputs: v.Inputs, At: v.At}
	if v.Passed && v.Level > 0 {
		j.Levels = []string{fmt.Sprintf("SLSA_BUILD_LEVEL_%d", v.Level)}
	}
	summary, err := build.Summary(ctx, w.registry, w.signer, digest, j)
	if c := core.CodeOf(err); c == core.NotFound || c == core.Unreadable || c == core.Blocked {
		return "", nil // there is nothing whole to attach it to, which is why it was denied
	}
	return summary, err
}

// policyDigest names a revision: a commit, or else the digest of its name.
func policyDigest(revision string) string {
	if len(revision) == 40 && strings.Trim(revision, "0123456789abcdef") == "" {
		return "gitCommit:" + revision
	}
	sum := sha256.Sum256([]byte(revision))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Load implements deploy.Evidence.
func (w warehouse) Load(ctx context.Context, digest string) (deploy.Bundle, error) {
	b, err := build.Load(ctx, w.registry, digest)
	if err != nil {
		return deploy.Bundle{}, err
	}
	out := deploy.Bundle{Worker: b.Worker}
	if len(b.Public) > 0 {
		out.Public = files(b.Public)
	}
	return out, nil
}

// Import implements desk.Importer.
func (w warehouse) Import(ctx context.Context, a core.App, commit string, worker []byte, public map[string][]byte, bundles [][]byte) (core.Artifact, error) {
	art, err := build.Import(ctx, w.registry, a.Name, commit, worker, public)
	if err != nil {
		return art, err
	}
	return w.vouched(ctx, a, art, bundles)
}

// ImportReference implements desk.Importer: the artifact lies in another registry,
// with the evidence that its builder attached to it there.
func (w warehouse) ImportReference(ctx context.Context, a core.App, reference string) (core.Artifact, error) {
	ref, err := remote.ParseReference(reference)
	if err != nil {
		return core.Artifact{}, core.AsError(err).At("reference")
	}
	if hosts := w.allowed(); !slices.Contains(hosts, ref.Host) {
		return core.Artifact{}, core.Errorf(core.Forbidden, "Artifacts may not come from the registry %s.", ref.Host).At("reference").
			Hinted("Ask the platform team to add it to approved_registries, or take one of %s.", strings.Join(hosts, ", "))
	}
	from, err := w.abroad(ref.Repository)
	if err != nil {
		return core.Artifact{}, err
	}
	if ref.Digest == "" { // a tag is looked up once; from then on only the digest counts
		if ref.Digest, err = from.Resolve(ctx, ref.Tag); err != nil {
			return core.Artifact{}, core.AsError(err).At("reference")
		}
	}
	art, app, bundles, err := build.Fetch(ctx, from, w.registry, ref.Digest)
	if err != nil {
		return art, core.AsError(err).At("reference")
	}
	if app.Name != a.Name {
		return art, core.Errorf(core.Blocked, "%s is an artifact of the app %.80q, not of %q.", ref.Digest, app.Name, a.Name).At("reference")
	}
	return w.vouched(ctx, a, art, bundles)
}

// vouched attaches the bundles of an artifact that is in the registry, and says
// what is proven of it.
func (w warehouse) vouched(ctx context.Context, a core.App, art core.Artifact, bundles [][]byte) (core.Artifact, error) {
	art.AppID, art.Created = a.ID, core.Stamp(w.clock.Now())
	if len(bundles) == 0 {
		return art, nil
	}
	if err := w.verifier.Attach(ctx, w.registry, art.Digest, bundles...); err != nil {
		return art, core.AsError(err).At("bundles")
	}
	switch e, err := w.verifier.Verify(ctx, w.registry, art.Digest); core.CodeOf(err) {
	case "":
		art.SBOM, art.Provenance = e.SBOMDigest, e.ProvenanceDigest
	case core.Unavailable, core.Internal:
		return art, err
	default: // not complete yet; deploying says what is missing
	}
	return art, nil
}

// Document implements desk.Importer.
func (w warehouse) Document(ctx context.Context, digest string) (string, []byte, error) {
	b, err := w.registry.Get(ctx, digest)
	if err != nil {
		return "", nil, err
	}
	if !json.Valid(b) {
		return "application/octet-stream", b, nil
	}
	return "application/json", b, nil
}

// files is a read-only tree of files in memory.
func files(m map[string][]byte) fs.FS {
	out := fstest.MapFS{}
	for path, b := range m {
		out[path] = &fstest.MapFile{Data: b, Mode: 0o444}
	}
	return out
}
