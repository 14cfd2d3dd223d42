package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/paddock-dev/paddock/internal/core"
)

// Store is what every registry adapter does.
type Store interface {
	Push(ctx context.Context, manifest []byte, blobs ...[]byte) (string, error)
	AttachReferrer(ctx context.Context, subject string, manifest []byte, blobs ...[]byte) (string, error)
	Get(ctx context.Context, digest string) ([]byte, error)
	List(ctx context.Context, subject string) ([]string, error)
	Referrers(ctx context.Context, subject string) ([]core.Referrer, error)
	Tag(ctx context.Context, name, digest string) error
	Resolve(ctx context.Context, name string) (string, error)
}

// Manifest makes an artifact of a config and one layer; with a subject, a
// referrer that is a signed statement of kind "test".
func Manifest(t testing.TB, text, subject string) (manifest []byte, blobs [][]byte) {
	t.Helper()
	blobs = [][]byte{[]byte("{}"), []byte(text)}
	v := v1.Manifest{SchemaVersion: 2, MediaType: types.OCIManifestSchema1, ArtifactType: "application/vnd.test." + text, Config: describe(t, blobs[0]), Layers: []v1.Descriptor{describe(t, blobs[1])}}
	if subject != "" {
		h, err := v1.NewHash(subject)
		if err != nil {
			t.Fatal(err)
		}
		v.Subject = &v1.Descriptor{MediaType: types.OCIManifestSchema1, Digest: h, Size: 1}
		v.Annotations = map[string]string{"dev.sigstore.bundle.predicateType": "test"}
	}
	manifest, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return manifest, blobs
}

func describe(t testing.TB, b []byte) v1.Descriptor {
	t.Helper()
	h, n, err := v1.SHA256(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return v1.Descriptor{MediaType: "text/plain", Size: n, Digest: h}
}

type bench struct {
	*testing.T
	s Store
}

func (b bench) push(text, subject string) string {
	b.Helper()
	m, blobs := Manifest(b, text, subject)
	push := b.s.Push
	if subject != "" {
		push = func(ctx context.Context, m []byte, blobs ...[]byte) (string, error) {
			return b.s.AttachReferrer(ctx, subject, m, blobs...)
		}
	}
	digest, err := push(b.Context(), m, blobs...)
	if err != nil {
		b.Fatal(err)
	}
	return digest
}

func (b bench) list(subject string) []string {
	b.Helper()
	l, err := b.s.List(b.Context(), subject)
	if err != nil {
		b.Fatal(err)
	}
	slices.Sort(l)
	return l
}

func (b bench) code(want core.Code, what string, err error) {
	b.Helper()
	if core.CodeOf(err) != want {
		b.Errorf("%s: %v, want %q", what, err, want)
	}
}

// Conform holds a new and empty store to the contract of all registries.
func Conform(t *testing.T, s Store) {
	b := bench{t, s}
	if got := b.list(""); len(got) != 0 {
		t.Fatalf("a new store has %v", got)
	}
	one, two := b.push("one", ""), b.push("two", "")
	ref, more := b.push("ref", one), b.push("more", one)
	b.push("one", "") // again: nothing changes
	b.push("ref", one)
	want := []string{one, two}
	slices.Sort(want)
	if got := b.list(""); !slices.Equal(got, want) {
		t.Errorf("artifacts %v, want %v", got, want)
	}
	want = []string{ref, more}
	slices.Sort(want)
	if got := b.list(one); !slices.Equal(got, want) || len(b.list(two)) != 0 {
		t.Errorf("referrers %v, want %v; of the other %v", got, want, b.list(two))
	}
	all, err := s.Referrers(t.Context(), one)
	i := slices.IndexFunc(all, func(r core.Referrer) bool { return r.Digest == ref })
	if err != nil || i < 0 || all[i].Type != "application/vnd.test.ref" || all[i].Predicate != "test" {
		t.Errorf("referrers %+v, %v", all, err)
	}
	m, blobs := Manifest(t, "one", "")
	for _, x := range append(blobs, m) {
		if got, err := s.Get(t.Context(), describe(t, x).Digest.String()); err != nil || !bytes.Equal(got, x) {
			t.Errorf("Get: %q, %v", got, err)
		}
	}
	b.tags(one, two)
	b.refusals(one, two)
	b.atOnce(two)
}

func (b bench) tags(one, two string) {
	b.Helper()
	_, err := b.s.Resolve(b.Context(), "payroll.main")
	b.code(core.NotFound, "a tag that is not there", err)
	for _, digest := range []string{one, two, two} {
		if err := b.s.Tag(b.Context(), "payroll.main", digest); err != nil {
			b.Fatal(err)
		}
		if got, err := b.s.Resolve(b.Context(), "payroll.main"); err != nil || got != digest {
			b.Errorf("the tag stands for %s, %v; want %s", got, err, digest)
		}
	}
	if got := b.list(""); len(got) != 2 {
		b.Errorf("with a tag there are artifacts %v", got)
	}
	b.code(core.NotFound, "a tag of nothing", b.s.Tag(b.Context(), "x", "sha256:"+strings.Repeat("0", 64)))
	for _, bad := range []string{"", "a b", "../x", strings.Repeat("a", 129)} {
		b.code(core.Invalid, fmt.Sprintf("tag %.20q", bad), b.s.Tag(b.Context(), bad, one))
		_, err := b.s.Resolve(b.Context(), bad)
		b.code(core.NotFound, fmt.Sprintf("resolving %.20q", bad), err)
	}
}

func (b bench) refusals(one, two string) {
	b.Helper()
	good, blobs := Manifest(b, "x", "")
	referrer, _ := Manifest(b, "x", one)
	none := "sha256:" + strings.Repeat("0", 64)
	for _, c := range []struct {
		note, subject string
		manifest      []byte
		blobs         [][]byte
		want          core.Code
	}{
		{"not JSON", "", []byte("x"), blobs, core.Invalid},
		{"an index", "", bytes.Replace(good, []byte("manifest.v1"), []byte("index.v1"), 1), blobs, core.Invalid},
		{"too large", "", append(bytes.Clone(good), bytes.Repeat([]byte(" "), 4<<20)...), blobs, core.TooLarge},
		{"missing blob", "", good, blobs[:1], core.Invalid},
		{"a referrer as an artifact", "", referrer, blobs, core.Invalid},
		{"an artifact as a referrer", one, good, blobs, core.Invalid},
		{"a referrer of another", two, referrer, blobs, core.Invalid},
		{"a referrer of nothing", none, referrer, blobs, core.NotFound},
	} {
		var err error
		if c.subject == "" {
			_, err = b.s.Push(b.Context(), c.manifest, c.blobs...)
		} else {
			_, err = b.s.AttachReferrer(b.Context(), c.subject, c.manifest, c.blobs...)
		}
		b.code(c.want, c.note, err)
	}
	for digest, want := range map[string]core.Code{"": core.Invalid, "latest": core.Invalid, strings.ToUpper(one): core.Invalid, "sha256:../../etc/passwd": core.Invalid, none: core.NotFound} {
		_, err := b.s.Get(b.Context(), digest)
		b.code(want, "Get "+digest, err)
	}
}

func (b bench) atOnce(subject string) {
	b.Helper()
	var group sync.WaitGroup
	for i := range 6 {
		group.Go(func() {
			m, blobs := Manifest(b, fmt.Sprint("r", i%3), subject)
			if _, err := b.s.AttachReferrer(b.Context(), subject, m, blobs...); err != nil {
				b.Error(err)
			}
		})
	}
	group.Wait()
	if got := b.list(subject); len(got) != 3 {
		b.Errorf("attached at once: %d referrers, want 3", len(got))
	}
}
