package ocilayout

import (
	"context"
	"regexp"
	"slices"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/paddock-dev/paddock/internal/core"
)

// tagKey is the annotation in index.json that other OCI tools read as a tag.
const tagKey = "org.opencontainers.image.ref.name"

var tagForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`) })

// Tag makes a name stand for an artifact that is here; it stood for another
// before, perhaps. It returns Invalid for a malformed name and NotFound.
func (s *Store) Tag(ctx context.Context, name, digest string) error {
	if !tagForm().MatchString(name) {
		return core.Errorf(core.Invalid, "%.140q is not a tag.", name)
	}
	b, err := s.Get(ctx, digest)
	if err != nil {
		return err
	}
	m, err := parseManifest(b)
	if err != nil {
		return err
	}
	d, err := describe(m, b)
	if err != nil {
		return err
	}
	d.Annotations = map[string]string{tagKey: name}
	s.mu.Lock()
	defer s.mu.Unlock()
	err = s.change(func(next *v1.IndexManifest) {
		next.Manifests = slices.DeleteFunc(next.Manifests, func(o v1.Descriptor) bool { return o.Annotations[tagKey] == name && o.Digest != d.Digest })
		if !slices.ContainsFunc(next.Manifests, func(o v1.Descriptor) bool { return o.Annotations[tagKey] == name }) {
			next.Manifests = append(next.Manifests, d)
		}
	})
	if err != nil {
		return unavailable("written", s.dir, err)
	}
	return nil
}

// Resolve returns the digest that a tag stands for now. It returns NotFound.
func (s *Store) Resolve(_ context.Context, name string) (string, error) {
	all, err := s.entries()
	if err != nil {
		return "", err
	}
	for _, d := range all {
		if name != "" && d.Annotations[tagKey] == name {
			return d.Digest.String(), nil
		}
	}
	return "", core.Errorf(core.NotFound, "The registry has no tag %.140q.", name)
}

// Referrers lists what is attached to an artifact as index.json has it, without
// reading it.
func (s *Store) Referrers(_ context.Context, subject string) ([]core.Referrer, error) {
	if _, err := parseDigest(subject); err != nil {
		return nil, err
	}
	all, err := s.entries()
	if err != nil {
		return nil, err
	}
	var out []core.Referrer
	for _, d := range all {
		if d.Annotations[subjectKey] == subject {
			out = append(out, core.Referrer{Digest: d.Digest.String(), Type: d.ArtifactType, Predicate: d.Annotations[predicateKey]})
		}
	}
	return out, nil
}
