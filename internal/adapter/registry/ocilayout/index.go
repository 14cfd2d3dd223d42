package ocilayout

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"syscall"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// subjectKey is the annotation in index.json that repeats a manifest's subject.
const subjectKey = "dev.paddock.subject"

// predicateKey is the annotation that says what a signed statement is.
const predicateKey = "dev.sigstore.bundle.predicateType"

func emptyIndex() v1.IndexManifest {
	return v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex, Manifests: []v1.Descriptor{}}
}

// exclusively runs fn while no other server writes the index of this folder.
func (s *Store) exclusively(fn func() error) error {
	f, err := os.OpenFile(s.path("index.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer f.Close() // which gives the lock back
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if err == nil {
			return fn()
		}
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// mend reads the index, and makes it again if it cannot be read.
func (s *Store) mend() error {
	if s.readIndex() == nil {
		return nil
	}
	return s.rebuild()
}

// readIndex reads index.json; an error means that it must be rebuilt.
func (s *Store) readIndex() error {
	seen, err := os.Lstat(s.path("index.json"))
	if err != nil {
		return err
	}
	b, err := readBounded(s.path("index.json"), maxIndex)
	if err != nil {
		return err
	}
	var next v1.IndexManifest
	if err := json.Unmarshal(b, &next); err != nil {
		return err
	}
	if next.SchemaVersion != 2 {
		return errBounds
	}
	s.index, s.seen = next, seen
	return nil
}

// refresh reads the index again if another server has written it. Each writing
// is a new file, so that a change never goes unseen.
func (s *Store) refresh() error {
	now, err := os.Lstat(s.path("index.json"))
	if err == nil && s.seen != nil && os.SameFile(now, s.seen) && now.ModTime().Equal(s.seen.ModTime()) {
		return nil
	}
	return s.readIndex()
}

// entries returns a copy of the index's descriptors.
func (s *Store) entries() ([]v1.Descriptor, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.refresh(); err != nil {
		return nil, unavailable("read", s.dir, err)
	}
	return slices.Clone(s.index.Manifests), nil
}

// addToIndex lists a manifest once.
func (s *Store) addToIndex(m *v1.Manifest, manifest []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := describe(m, manifest)
	if err != nil {
		return err
	}
	err = s.change(func(next *v1.IndexManifest) {
		same := func(o v1.Descriptor) bool {
			return o.Digest == d.Digest && o.Annotations[subjectKey] == subjectOf(m) && o.Annotations[tagKey] == ""
		}
		if !slices.ContainsFunc(next.Manifests, same) {
			next.Manifests = append(next.Manifests, d)
		}
	})
	if err != nil {
		return unavailable("written", s.dir, err)
	}
	return nil
}

// change edits a copy of the index and writes it if it is another then. The
// caller holds mu.
func (s *Store) change(edit func(next *v1.IndexManifest)) error {
	return s.exclusively(func() error {
		if s.refresh() != nil {
			if err := s.rebuild(); err != nil {
				return err
			}
		}
		next := s.index
		next.Manifests = slices.Clone(s.index.Manifests)
		edit(&next)
		if len(next.Manifests) == len(s.index.Manifests) && slices.EqualFunc(next.Manifests, s.index.Manifests, equal) {
			return nil
		}
		return s.writeIndex(next)
	})
}

func equal(a, b v1.Descriptor) bool {
	return a.Digest == b.Digest && maps.Equal(a.Annotations, b.Annotations)
}

func (s *Store) writeIndex(next v1.IndexManifest) error {
	b, err := json.Marshal(next)
	if err == nil {
		err = writeFile(s.path("index.json"), b)
	}
	if err != nil {
		return err
	}
	s.index = next
	s.seen, err = os.Lstat(s.path("index.json"))
	return err
}

func describe(m *v1.Manifest, manifest []byte) (v1.Descriptor, error) {
	h, _, err := v1.SHA256(bytes.NewReader(manifest))
	d := v1.Descriptor{MediaType: m.MediaType, Size: int64(len(manifest)), Digest: h, ArtifactType: m.ArtifactType}
	if m.Subject != nil {
		d.Annotations = map[string]string{subjectKey: subjectOf(m)}
		if p := m.Annotations[predicateKey]; p != "" {
			d.Annotations[predicateKey] = p
		}
	}
	return d, err
}

// rebuild makes the index from the manifests among the blobs, in the order of
// their digests. Blobs that are no manifest, or do not have the digest of their
// name, are passed over.
func (s *Store) rebuild() error {
	files, err := os.ReadDir(s.path("blobs", "sha256"))
	if err != nil {
		return err
	}
	next := emptyIndex()
	for _, f := range files {
		b, err := readBounded(s.blobPath(f.Name()), MaxManifest)
		if err != nil || digestOf(b) != "sha256:"+f.Name() {
			continue
		}
		m, err := parseManifest(b)
		if err != nil {
			continue
		}
		d, err := describe(m, b)
		if err != nil {
			return err
		}
		next.Manifests = append(next.Manifests, d)
	}
	return s.writeIndex(next)
}
