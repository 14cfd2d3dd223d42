package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/paddock-dev/paddock/internal/core"
)

// The bounds on what is stored and read.
const (
	MaxBlob     = 64 << 20
	MaxManifest = 4 << 20
	maxTags     = 100_000
	attachTries = 4
	tagPrefix   = "artifact-"
)

// Options says which repository, and who asks.
type Options struct {
	Repository string            // such as registry.example/paddock/apps
	Auth       authn.Keychain    // nil means nobody in particular
	Transport  http.RoundTripper // nil means http.DefaultTransport
}

// Store is one repository of a registry. It is safe for concurrent use.
type Store struct {
	repo name.Repository
	with []remote.Option
	mu   sync.Mutex // held while something is attached: the stand-in tag is read and written again
}

// Open names the repository; it does not ask the registry yet. Errors: Invalid.
func Open(o Options) (*Store, error) {
	repo, err := name.NewRepository(o.Repository, name.StrictValidation)
	if err != nil || strings.Contains(o.Repository, "://") || repo.RegistryStr() == name.DefaultRegistry && !strings.HasPrefix(o.Repository, name.DefaultRegistry) {
		return nil, (&core.Error{Code: core.Invalid, Msg: fmt.Sprintf("%.200q is not a repository of a registry.", o.Repository), Err: err}).
			Hinted("Name host and repository, such as registry.example/paddock/apps.").At("registry")
	}
	if o.Auth == nil {
		o.Auth = authn.NewMultiKeychain()
	}
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	with := []remote.Option{remote.WithAuthFromKeychain(o.Auth), remote.WithTransport(bounded{o.Transport}), remote.WithUserAgent("paddock")}
	puller, err := remote.NewPuller(with...) // one handshake for all that is asked
	if err != nil {
		return nil, core.Hidden("Preparing for the registry", err)
	}
	pusher, err := remote.NewPusher(with...)
	if err != nil {
		return nil, core.Hidden("Preparing for the registry", err)
	}
	return &Store{repo: repo, with: append(with, remote.Reuse(puller), remote.Reuse(pusher))}, nil
}

func (s *Store) options(ctx context.Context) []remote.Option {
	return append(s.with[:len(s.with):len(s.with)], remote.WithContext(ctx))
}

// Push stores the blobs and then the manifest that names them, and returns the
// manifest's digest. Pushing the same again changes nothing. Errors: Invalid for
// what is no OCI manifest or has a subject, TooLarge, Forbidden, Unavailable.
func (s *Store) Push(ctx context.Context, manifest []byte, blobs ...[]byte) (string, error) {
	digest, err := s.push(ctx, "", manifest, blobs)
	if err != nil {
		return "", err
	}
	return digest, s.put(ctx, s.repo.Tag(tagPrefix+strings.TrimPrefix(digest, "sha256:")), manifest)
}

// AttachReferrer stores a manifest whose subject is the artifact of the given
// digest, with its blobs, and returns its digest. It returns NotFound when the
// artifact is not here; otherwise it is like Push.
func (s *Store) AttachReferrer(ctx context.Context, subject string, manifest []byte, blobs ...[]byte) (string, error) {
	if _, err := s.manifest(ctx, subject); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for range attachTries {
		digest, err := s.push(ctx, subject, manifest, blobs)
		if err != nil {
			return "", err
		}
		all, err := s.List(ctx, subject)
		if err != nil || slices.Contains(all, digest) {
			return digest, err
		}
	} // another server wrote the stand-in tag at the same moment
	return "", core.Errorf(core.Unavailable, "The registry %s did not keep what was attached to %s.", s.repo.Name(), subject).
		Hinted("Try again. A registry with the referrers API does not have this problem.")
}

func (s *Store) push(ctx context.Context, subject string, manifest []byte, blobs [][]byte) (string, error) {
	m, err := parse(manifest)
	if err != nil {
		return "", err
	}
	have := ""
	if m.Subject != nil {
		have = m.Subject.Digest.String()
	}
	if have != subject {
		return "", core.Errorf(core.Invalid, "The manifest's subject is %q; want %q.", have, subject)
	}
	sizes := map[string]int64{}
	for _, b := range blobs {
		if len(b) > MaxBlob {
			return "", core.Errorf(core.TooLarge, "A blob has %d bytes; the limit is %d.", len(b), MaxBlob)
		}
		layer := static.NewLayer(b, types.MediaType("application/octet-stream"))
		if err := remote.WriteLayer(s.repo, layer, s.options(ctx)...); err != nil {
			return "", s.failed("written", err)
		}
		sizes[digestOf(b)] = int64(len(b))
	}
	for _, d := range append([]v1.Descriptor{m.Config}, m.Layers...) {
		if size, ok := sizes[d.Digest.String()]; ok && size == d.Size {
			continue
		}
		if b, err := s.Get(ctx, d.Digest.String()); err != nil || int64(len(b)) != d.Size {
			return "", core.Errorf(core.Invalid, "The manifest names blob %s of %d bytes, which is not there.", d.Digest, d.Size)
		}
	}
	digest := digestOf(manifest)
	return digest, s.put(ctx, s.repo.Digest(digest), manifest)
}

func (s *Store) put(ctx context.Context, ref name.Reference, manifest []byte) error {
	if err := remote.Put(ref, raw(manifest), s.options(ctx)...); err != nil {
		return s.failed("written", err)
	}
	return nil
}

// Get returns the bytes of a manifest or blob, after checking that they have the
// digest asked for. It returns Invalid for a malformed digest, NotFound when
// there is nothing, and Unreadable when the registry gives other bytes.
func (s *Store) Get(ctx context.Context, digest string) ([]byte, error) {
	if err := check(digest); err != nil {
		return nil, err
	}
	// A blob first: some registries fail, and do not say "not found", when they
	// are asked for a manifest by the digest of a blob.
	b, err := s.blob(ctx, digest)
	if core.CodeOf(err) == core.NotFound {
		return s.manifest(ctx, digest)
	}
	return b, err
}

func (s *Store) blob(ctx context.Context, digest string) ([]byte, error) {
	layer, err := remote.Layer(s.repo.Digest(digest), s.options(ctx)...)
	if err != nil {
		return nil, s.failed("read", err)
	}
	r, err := layer.Compressed()
	if err != nil {
		return nil, s.failed("read", err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, MaxBlob+1))
	switch {
	case err != nil && strings.Contains(err.Error(), "error verifying"), err == nil && digestOf(b) != digest:
		return nil, damaged(digest)
	case err != nil:
		return nil, s.failed("read", err)
	}
	return b, nil
}

func (s *Store) manifest(ctx context.Context, digest string) ([]byte, error) {
	if err := check(digest); err != nil {
		return nil, err
	}
	d, err := remote.Get(s.repo.Digest(digest), s.options(ctx)...)
	if err != nil {
		if strings.Contains(err.Error(), "manifest digest") {
			return nil, damaged(digest)
		}
		return nil, s.failed("read", err)
	}
	if digestOf(d.Manifest) != digest {
		return nil, damaged(digest)
	}
	return d.Manifest, nil
}

// Referrers lists what is attached to an artifact, in no particular order.
func (s *Store) Referrers(ctx context.Context, subject string) ([]core.Referrer, error) {
	if err := check(subject); err != nil {
		return nil, err
	}
	index, err := remote.Referrers(s.repo.Digest(subject), s.options(ctx)...)
	if err != nil {
		return nil, s.failed("read", err)
	}
	m, err := index.IndexManifest()
	if err != nil {
		return nil, core.Errorf(core.Unreadable, "The registry's list of what is attached to %s cannot be read.", subject)
	}
	var out []core.Referrer
	for _, d := range m.Manifests {
		out = append(out, core.Referrer{Digest: d.Digest.String(), Type: d.ArtifactType, Predicate: d.Annotations["dev.sigstore.bundle.predicateType"]})
	}
	return out, nil
}

// List returns the digests of the manifests attached to subject; with an empty
// subject, those of all artifacts that were pushed here.
func (s *Store) List(ctx context.Context, subject string) ([]string, error) {
	var out []string
	if subject != "" {
		all, err := s.Referrers(ctx, subject)
		for _, r := range all {
			out = append(out, r.Digest)
		}
		return out, err
	}
	tags, err := remote.List(s.repo, s.options(ctx)...)
	if err != nil {
		if err := s.failed("read", err); core.CodeOf(err) != core.NotFound {
			return nil, err
		}
		return nil, nil // nothing was ever pushed
	}
	for i, tag := range tags {
		if hex, ok := strings.CutPrefix(tag, tagPrefix); ok && i < maxTags && check("sha256:"+hex) == nil {
			out = append(out, "sha256:"+hex)
		}
	}
	return out, nil
}

// Tag makes a name stand for an artifact that is here. Errors: Invalid, NotFound.
func (s *Store) Tag(ctx context.Context, tag, digest string) error {
	ref, err := name.NewTag(s.repo.Name()+":"+tag, name.StrictValidation)
	if err != nil {
		return core.Errorf(core.Invalid, "%.140q is not a tag.", tag)
	}
	b, err := s.manifest(ctx, digest)
	if err != nil {
		return err
	}
	return s.put(ctx, ref, b)
}

// Resolve returns the digest that a tag stands for now. Errors: NotFound.
func (s *Store) Resolve(ctx context.Context, tag string) (string, error) {
	ref, err := name.NewTag(s.repo.Name()+":"+tag, name.StrictValidation)
	if err != nil {
		return "", core.Errorf(core.NotFound, "The registry has no tag %.140q.", tag)
	}
	d, err := remote.Get(ref, s.options(ctx)...)
	if err != nil {
		return "", s.failed("read", err)
	}
	return digestOf(d.Manifest), nil // of the bytes, not what a header says
}

func (s *Store) failed(doing string, err error) error {
	var t *transport.Error
	if errors.As(err, &t) {
		switch t.StatusCode {
		case http.StatusNotFound:
			return &core.Error{Code: core.NotFound, Msg: "The registry does not have it.", Err: err}
		case http.StatusUnauthorized, http.StatusForbidden:
			return (&core.Error{Code: core.Forbidden, Msg: fmt.Sprintf("The registry %s does not let Paddock in.", s.repo.RegistryStr()), Err: err}).
				Hinted("Check the file named by --registry-auth, and that its account may read and write %s.", s.repo.Name())
		}
	}
	return (&core.Error{Code: core.Unavailable, Msg: fmt.Sprintf("The registry %s cannot be %s.", s.repo.Name(), doing), Err: err}).
		Hinted("Check that the registry answers, then try again.")
}

// raw is a manifest as it is.
type raw []byte

// RawManifest implements remote.Taggable.
func (r raw) RawManifest() ([]byte, error) { return r, nil }

// MediaType says what a raw manifest is.
func (raw) MediaType() (types.MediaType, error) { return types.OCIManifestSchema1, nil }

func parse(b []byte) (*v1.Manifest, error) {
	if len(b) > MaxManifest {
		return nil, core.Errorf(core.TooLarge, "The manifest has %d bytes; the limit is %d.", len(b), MaxManifest)
	}
	m, err := v1.ParseManifest(bytes.NewReader(b))
	if err != nil || m.SchemaVersion != 2 || m.MediaType != types.OCIManifestSchema1 {
		return nil, &core.Error{Code: core.Invalid, Msg: "The manifest is not an OCI manifest.", Err: err}
	}
	return m, nil
}
