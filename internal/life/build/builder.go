package build

import (
	"context"
	"io/fs"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Builder builds apps.
type Builder struct {
	Registry Registry
	Signer   Signer
	Bundler  Bundler
	Clock    core.Clock
	IDs      core.IDs
	Limits   Limits   // zero means DefaultLimits
	Version  string   // of Paddock
	Secrets  Searcher // nil searches nothing
}

// Request says what to build.
type Request struct {
	AppID      core.ID
	App        string // the app's name
	Repository string // where the commit lives, such as its clone address
	Ref        string // such as refs/heads/main
	Commit     string // 40 hexadecimal digits
	Tree       fs.FS  // the files of the commit
	SBOM       []byte // CycloneDX JSON from the commit's check report
}

// Build makes the artifact of a commit, stores it, and attaches its SBOM and
// signed provenance. It may be repeated after a crash at any step: what is there
// already is used, and a build with complete evidence adds nothing.
//
// Errors: Invalid for a request that lacks something, Blocked for what the maker
// must change, TooLarge beyond the limits, Unavailable when the registry cannot
// be written.
func (b *Builder) Build(ctx context.Context, r Request) (core.Artifact, error) {
	started := b.Clock.Now()
	if err := r.check(); err != nil {
		return core.Artifact{}, err
	}
	manifest, blobs, err := b.assemble(ctx, r)
	if err != nil {
		return core.Artifact{}, err
	}
	digest, err := b.Registry.Push(ctx, manifest, blobs...)
	if err != nil {
		return core.Artifact{}, err
	}
	if have, err := Verify(ctx, b.Registry, digest, b.Signer.VerifyDSSE); err == nil && have.matches(r) {
		return have.artifact(r.AppID), b.tag(ctx, r, digest)
	}
	if err := b.attest(ctx, r, digest, int64(len(manifest)), started); err != nil {
		return core.Artifact{}, err
	}
	have, err := Verify(ctx, b.Registry, digest, b.Signer.VerifyDSSE)
	if err != nil {
		return core.Artifact{}, err
	}
	return have.artifact(r.AppID), b.tag(ctx, r, digest)
}

// tag makes the branch's name stand for what was built of it last. It is for
// people: a deployment looks it up once, and decides on the digest.
func (b *Builder) tag(ctx context.Context, r Request, digest string) error {
	branch, ok := strings.CutPrefix(r.Ref, "refs/heads/")
	if !ok || strings.Trim(branch, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
		return nil // its name cannot be a tag
	}
	return b.Registry.Tag(ctx, TagName(r.App, branch), digest)
}

func (r Request) check() error {
	switch {
	case r.App == "" || r.Repository == "" || r.Ref == "" || r.Tree == nil:
		return core.Errorf(core.Invalid, "A build needs an app, a repository, a ref and a tree.")
	case !isCommit(r.Commit):
		return core.Errorf(core.Invalid, "%.80q is not a commit; want 40 hexadecimal digits.", r.Commit)
	case len(r.SBOM) == 0:
		return core.Errorf(core.Blocked, "The commit %s has no list of its parts (SBOM).", r.Commit).
			Hinted("Run the checks on this commit first.")
	}
	return checkSBOM(r.SBOM)
}

// assemble makes the artifact's bytes from the tree, and from nothing else.
func (b *Builder) assemble(ctx context.Context, r Request) (manifest []byte, blobs [][]byte, err error) {
	limits := b.Limits
	if limits == (Limits{}) {
		limits = DefaultLimits()
	}
	descriptor, ok, err := newTree(r.Tree, limits).read("microapp.yaml")
	if err != nil {
		return nil, nil, err
	}
	if !ok {
		return nil, nil, core.Errorf(core.Blocked, "The app has no file microapp.yaml.").
			Hinted("Put the file back; your first commit has it.").At("microapp.yaml")
	}
	public, err := collectPublic(r.Tree, limits)
	if err != nil {
		return nil, nil, err
	}
	worker, err := b.Bundler.Bundle(ctx, r.Tree, limits)
	if err != nil {
		return nil, nil, err
	}
	if err := b.search(worker, public); err != nil {
		return nil, nil, err
	}
	return pack(App{Name: r.App, Commit: r.Commit, Descriptor: digestOf(descriptor)}, worker, public)
}

// attest attaches the SBOM and the provenance that names it.
func (b *Builder) attest(ctx context.Context, r Request, digest string, size int64, started time.Time) error {
	if _, err := attach(ctx, b.Registry, digest, size, TypeSBOM, "", r.SBOM); err != nil {
		return err
	}
	now := b.Clock.Now()
	pred, err := Provenance{
		App: r.App, Repository: r.Repository, Ref: r.Ref, Commit: r.Commit, SBOM: digestOf(r.SBOM),
		Invocation: b.IDs.New(now).String(), Started: started, Finished: now, Toolchain: toolchain(b.Version),
	}.predicate()
	if err != nil {
		return core.Hidden("Writing provenance", err)
	}
	bundle, err := sign(b.Signer, digest, PredicateProvenance, pred)
	if err != nil {
		return err
	}
	_, err = attach(ctx, b.Registry, digest, size, TypeBundle, PredicateProvenance, bundle)
	return err
}

// attach stores blob as a referrer of the artifact and returns the blob's digest.
func attach(ctx context.Context, reg Registry, digest string, size int64, mediaType, predicate string, blob []byte) (string, error) {
	manifest, blobs, err := packReferrer(digest, size, mediaType, predicate, blob)
	if err != nil {
		return "", err
	}
	_, err = reg.AttachReferrer(ctx, digest, manifest, blobs...)
	return digestOf(blob), err
}

// matches reports whether the evidence is what this request would make.
func (e Evidence) matches(r Request) bool {
	return e.SBOMDigest == digestOf(r.SBOM) && e.Build.Repository == r.Repository && e.Build.Ref == r.Ref
}

func (e Evidence) artifact(app core.ID) core.Artifact {
	return core.Artifact{Digest: e.Digest, AppID: app, Commit: e.App.Commit, SBOM: e.SBOMDigest,
		Provenance: e.ProvenanceDigest, Size: e.Size, Created: core.Stamp(e.Build.Finished)}
}
