package ocilayout

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/paddock-dev/paddock/internal/core"
)

// The bounds on what is stored and read, in bytes.
const (
	MaxBlob     = 64 << 20
	MaxManifest = 4 << 20
	maxIndex    = 64 << 20
	maxLayers   = 10_000
)

// Store is an OCI layout folder.
type Store struct {
	dir   string
	mu    sync.Mutex // held while index is read or written
	index v1.IndexManifest
	seen  os.FileInfo // index.json as it was read: another server may have written it since
}

// Open makes or reads the layout in dir (mode 0700). A missing or unreadable
// index.json is built again from the manifests among the blobs.
func Open(dir string) (*Store, error) {
	s := &Store{dir: dir}
	if err := os.MkdirAll(s.path("blobs", "sha256"), 0o700); err != nil {
		return nil, unavailable("made", dir, err)
	}
	if _, err := os.Lstat(s.path("oci-layout")); errors.Is(err, fs.ErrNotExist) {
		if err := writeFile(s.path("oci-layout"), []byte(`{"imageLayoutVersion":"1.0.0"}`)); err != nil {
			return nil, unavailable("written", dir, err)
		}
	}
	if err := s.exclusively(s.mend); err != nil {
		return nil, unavailable("read", dir, err)
	}
	return s, nil
}

// Push stores the blobs and then the manifest that names them, and returns the
// manifest's digest. Pushing the same again changes nothing. It returns Invalid
// when the manifest is no OCI manifest, has a subject, or names a blob that is
// neither given nor stored, and TooLarge beyond the bounds.
func (s *Store) Push(ctx context.Context, manifest []byte, blobs ...[]byte) (string, error) {
	return s.push(ctx, "", manifest, blobs)
}

// AttachReferrer stores a manifest whose subject is the artifact of the given
// digest, with its blobs, and returns its digest. It returns NotFound when the
// artifact is not here; otherwise it is like Push.
func (s *Store) AttachReferrer(ctx context.Context, subject string, manifest []byte, blobs ...[]byte) (string, error) {
	if _, err := s.Get(ctx, subject); err != nil {
		return "", err
	}
	return s.push(ctx, subject, manifest, blobs)
}

func (s *Store) push(ctx context.Context, subject string, manifest []byte, blobs [][]byte) (string, error) {
	m, err := parseManifest(manifest)
	if err != nil {
		return "", err
	}
	if have := subjectOf(m); have != subject {
		return "", core.Errorf(core.Invalid, "The manifest's subject is %q; want %q.", have, subject)
	}
	if err := s.checkBlobs(m, blobs); err != nil {
		return "", err
	}
	for _, b := range append(blobs[:len(blobs):len(blobs)], manifest) {
		if err := ctx.Err(); err != nil {
			return "", &core.Error{Code: core.Unavailable, Msg: "Storing the artifact was stopped.", Err: err}
		}
		if err := s.writeBlob(b); err != nil {
			return "", unavailable("written", s.dir, err)
		}
	}
	if err := syncDir(s.path("blobs", "sha256")); err != nil {
		return "", unavailable("written", s.dir, err)
	}
	return digestOf(manifest), s.addToIndex(m, manifest)
}

// checkBlobs refuses a manifest that names bytes which will not be there.
func (s *Store) checkBlobs(m *v1.Manifest, blobs [][]byte) error {
	given := map[string]int64{}
	for _, b := range blobs {
		if len(b) > MaxBlob {
			return core.Errorf(core.TooLarge, "A blob has %d bytes; the limit is %d.", len(b), MaxBlob)
		}
		given[digestOf(b)] = int64(len(b))
	}
	for _, d := range append([]v1.Descriptor{m.Config}, m.Layers...) {
		size, ok := given[d.Digest.String()]
		if !ok {
			if info, err := os.Lstat(s.blobPath(d.Digest.Hex)); err == nil && info.Mode().IsRegular() {
				size, ok = info.Size(), true
			}
		}
		if !ok || size != d.Size {
			return core.Errorf(core.Invalid, "The manifest names blob %s of %d bytes, which is not there.", d.Digest, d.Size)
		}
	}
	return nil
}

// Get returns the bytes of a manifest or blob, after checking that they have
// the digest asked for. It returns Invalid for a malformed digest, NotFound when
// there is nothing, and Unreadable when the stored bytes were changed.
func (s *Store) Get(_ context.Context, digest string) ([]byte, error) {
	name, err := parseDigest(digest)
	if err != nil {
		return nil, err
	}
	b, err := readBlob(s.blobPath(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, core.Errorf(core.NotFound, "The registry has no %s.", digest)
	case errors.Is(err, errBounds):
		return nil, damaged(digest)
	case err != nil:
		return nil, unavailable("read", s.dir, err)
	case digestOf(b) != digest:
		return nil, damaged(digest)
	}
	return b, nil
}

// List returns the digests of the manifests attached to subject, in the order
// they were attached; with an empty subject, those of all artifacts. Entries
// whose manifest is gone, changed or about something else are left out.
func (s *Store) List(ctx context.Context, subject string) ([]string, error) {
	if subject != "" {
		if _, err := parseDigest(subject); err != nil {
			return nil, err
		}
	}
	entries, err := s.entries()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, d := range entries {
		if d.Annotations[subjectKey] != subject || d.Annotations[tagKey] != "" {
			continue
		}
		b, err := s.Get(ctx, d.Digest.String())
		if core.CodeOf(err) == core.Unavailable {
			return nil, err // a failed read is not absence
		}
		if err != nil {
			continue
		}
		if m, err := parseManifest(b); err == nil && subjectOf(m) == subject {
			out = append(out, d.Digest.String())
		}
	}
	return out, nil
}

func parseManifest(b []byte) (*v1.Manifest, error) {
	if len(b) > MaxManifest {
		return nil, core.Errorf(core.TooLarge, "The manifest has %d bytes; the limit is %d.", len(b), MaxManifest)
	}
	var m v1.Manifest
	err := json.Unmarshal(b, &m) // refuses text after it
	switch {
	case err != nil:
		return nil, &core.Error{Code: core.Invalid, Msg: "The manifest is not an OCI manifest.", Err: err}
	case m.SchemaVersion != 2 || m.MediaType != types.OCIManifestSchema1:
		return nil, core.Errorf(core.Invalid, "The manifest has media type %q; want %q.", m.MediaType, types.OCIManifestSchema1)
	case len(m.Layers) > maxLayers:
		return nil, core.Errorf(core.TooLarge, "The manifest has %d layers; the limit is %d.", len(m.Layers), maxLayers)
	}
	for _, d := range append([]v1.Descriptor{m.Config}, m.Layers...) {
		if _, err := parseDigest(d.Digest.String()); err != nil {
			return nil, err
		}
	}
	return &m, nil
}

func subjectOf(m *v1.Manifest) string {
	if m.Subject == nil {
		return ""
	}
	return m.Subject.Digest.String()
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// parseDigest returns the hexadecimal part of a digest, which names its file.
func parseDigest(digest string) (string, error) {
	name, ok := strings.CutPrefix(digest, "sha256:")
	if raw, err := hex.DecodeString(name); !ok || err != nil || len(raw) != sha256.Size || name != strings.ToLower(name) {
		return "", core.Errorf(core.Invalid, "%q is not a digest; want sha256: and 64 hexadecimal digits.", digest)
	}
	return name, nil
}

func damaged(digest string) error {
	return core.Errorf(core.Unreadable, "The stored bytes of %s were changed.", digest).
		Hinted("Build the app again, or restore the registry folder from its backup.")
}

func unavailable(doing, dir string, err error) error {
	return (&core.Error{Code: core.Unavailable, Msg: "The registry folder " + dir + " cannot be " + doing + ".", Err: err}).
		Hinted("Check that the disk is not full and that the folder belongs to this user.")
}

func (s *Store) path(parts ...string) string {
	return filepath.Join(append([]string{s.dir}, parts...)...)
}

func (s *Store) blobPath(name string) string { return s.path("blobs", "sha256", name) }
