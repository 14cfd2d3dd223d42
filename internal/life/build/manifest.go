package build

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/paddock-dev/paddock/internal/core"
)

// The media types of an artifact and of what is attached to it.
const (
	TypeArtifact   = "application/vnd.paddock.microapp.v1+json"
	TypeApp        = "application/vnd.paddock.microapp.app.v1+json" // app.json, the manifest's config
	TypeWorker     = "application/javascript"
	TypePublic     = "application/octet-stream"
	TypeSBOM       = "application/vnd.cyclonedx+json"
	TypeBundle     = "application/vnd.dev.sigstore.bundle.v0.3+json"
	typeEmpty      = "application/vnd.oci.empty.v1+json"
	titleKey       = "org.opencontainers.image.title"
	predicateKey   = "dev.sigstore.bundle.predicateType"
	workerTitle    = "worker.js"
	maxManifest    = 4 << 20
	maxConfig      = 16 << 10
	maxAttachments = 1_000 // manifests attached to one artifact
)

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// hexOf is the hexadecimal part of a sha256 digest.
func hexOf(digest string) string { return strings.TrimPrefix(digest, "sha256:") }

// describe names a blob; title is its path in the artifact, or "".
func describe(mediaType string, b []byte, title string) v1.Descriptor {
	d := v1.Descriptor{MediaType: types.MediaType(mediaType), Size: int64(len(b)), Digest: v1.Hash{Algorithm: "sha256", Hex: hexOf(digestOf(b))}}
	if title != "" {
		d.Annotations = map[string]string{titleKey: title}
	}
	return d
}

// fetchManifest reads a manifest and checks that its bytes have the digest, and
// that it is an OCI manifest of the artifact type and about subject.
func fetchManifest(ctx context.Context, reg Registry, digest, subject string) (*v1.Manifest, int64, error) {
	b, err := reg.Get(ctx, digest)
	if err != nil {
		return nil, 0, err
	}
	if digestOf(b) != digest {
		return nil, 0, blocked("The stored bytes of %s were changed.", digest)
	}
	m, err := parseManifest(b)
	if err != nil {
		return nil, 0, err
	}
	have := ""
	if m.Subject != nil {
		have = m.Subject.Digest.String()
	}
	if have != subject {
		return nil, 0, blocked("The manifest %s is about %q, not about %q.", digest, have, subject)
	}
	return m, int64(len(b)), nil
}

func parseManifest(b []byte) (*v1.Manifest, error) {
	var m v1.Manifest
	if len(b) > maxManifest {
		return nil, blocked("The manifest has %d bytes; the limit is %d.", len(b), maxManifest)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil || dec.InputOffset() != int64(len(b)) {
		e := blocked("The manifest cannot be read.")
		e.Err = err
		return nil, e
	}
	if m.SchemaVersion != 2 || m.MediaType != types.OCIManifestSchema1 {
		return nil, blocked("The manifest has media type %.80q; want %q.", m.MediaType, types.OCIManifestSchema1)
	}
	return &m, nil
}

// fetchBlob reads what a descriptor names and checks size and digest.
func fetchBlob(ctx context.Context, reg Registry, d v1.Descriptor, limit int64) ([]byte, error) {
	digest := d.Digest.String()
	if d.Size < 0 || d.Size > limit {
		return nil, blocked("The blob %s has %d bytes; the limit is %d.", digest, d.Size, limit)
	}
	b, err := reg.Get(ctx, digest)
	if core.CodeOf(err) == core.NotFound {
		return nil, blocked("The blob %s is missing.", digest)
	}
	if err != nil {
		return nil, err
	}
	if int64(len(b)) != d.Size || digestOf(b) != digest {
		return nil, blocked("The stored bytes of %s were changed.", digest)
	}
	return b, nil
}
