package ocilayout

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/paddock-dev/paddock/internal/core"
)

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func descriptor(t testing.TB, b []byte) v1.Descriptor {
	t.Helper()
	h, n, err := v1.SHA256(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return v1.Descriptor{MediaType: "text/plain", Size: n, Digest: h}
}

// manifest makes an artifact of a config and one layer; with a subject, a referrer.
func manifest(t testing.TB, text, subject string) (m []byte, blobs [][]byte) {
	t.Helper()
	blobs = [][]byte{[]byte("{}"), []byte(text)}
	v := v1.Manifest{SchemaVersion: 2, MediaType: types.OCIManifestSchema1, ArtifactType: "test/" + text,
		Config: descriptor(t, blobs[0]), Layers: []v1.Descriptor{descriptor(t, blobs[1])}}
	if subject != "" {
		h, err := v1.NewHash(subject)
		if err != nil {
			t.Fatal(err)
		}
		v.Subject = &v1.Descriptor{MediaType: types.OCIManifestSchema1, Digest: h, Size: 1}
	}
	m, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return m, blobs
}

func push(t *testing.T, s *Store, text, subject string) string {
	t.Helper()
	m, blobs := manifest(t, text, subject)
	var digest string
	var err error
	if subject == "" {
		digest, err = s.Push(t.Context(), m, blobs...)
	} else {
		digest, err = s.AttachReferrer(t.Context(), subject, m, blobs...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

func list(t *testing.T, s *Store, subject string) []string {
	t.Helper()
	l, err := s.List(t.Context(), subject)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestPushGetList(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "oci")
	s := open(t, dir)
	a, b := push(t, s, "a", ""), push(t, s, "b", "")
	one, two := push(t, s, "one", a), push(t, s, "two", a)
	push(t, s, "a", "") // again: nothing changes
	push(t, s, "one", a)
	for range 2 {
		if got := list(t, s, ""); !slices.Equal(got, []string{a, b}) {
			t.Errorf("artifacts %v", got)
		}
		if got := list(t, s, a); !slices.Equal(got, []string{one, two}) {
			t.Errorf("referrers of a: %v", got)
		}
		if got := list(t, s, b); len(got) != 0 {
			t.Errorf("referrers of b: %v", got)
		}
		want, _ := manifest(t, "a", "")
		if got, err := s.Get(t.Context(), a); err != nil || !bytes.Equal(got, want) {
			t.Errorf("Get: %q, %v", got, err)
		}
		s = open(t, dir) // and again after a restart
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "blobs/sha256/.new-*")); len(left) > 0 {
		t.Errorf("temporary files stayed: %v", left)
	}
}

// Other OCI tools read the folder.
func TestIsAnOCILayout(t *testing.T) {
	s := open(t, t.TempDir())
	a := push(t, s, "a", "")
	push(t, s, "one", a)
	p, err := layout.FromPath(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	ii, err := p.ImageIndex()
	if err != nil {
		t.Fatal(err)
	}
	im, err := ii.IndexManifest()
	if err != nil || len(im.Manifests) != 2 || im.Manifests[0].Digest.String() != a || im.Manifests[0].ArtifactType != "test/a" {
		t.Fatalf("index %+v, %v", im, err)
	}
	img, err := p.Image(im.Manifests[1].Digest)
	if err != nil {
		t.Fatal(err)
	}
	m, err := img.Manifest()
	if err != nil || m.Subject == nil || m.Subject.Digest.String() != a {
		t.Fatalf("referrer %+v, %v", m, err)
	}
}

func TestFlippedByteIsRefused(t *testing.T) {
	s := open(t, t.TempDir())
	a := push(t, s, "a", "")
	one := push(t, s, "one", a)
	flip(t, s, one)
	if _, err := s.Get(t.Context(), one); core.CodeOf(err) != core.Unreadable {
		t.Errorf("Get: %v", err)
	}
	if got := list(t, s, a); len(got) != 0 {
		t.Errorf("a changed referrer is listed: %v", got)
	}
	if push(t, s, "one", a) != one { // pushing again repairs it
		t.Error("other digest")
	}
	if got := list(t, s, a); !slices.Equal(got, []string{one}) {
		t.Errorf("after the repair: %v", got)
	}
}

func flip(t *testing.T, s *Store, digest string) {
	t.Helper()
	path := s.blobPath(strings.TrimPrefix(digest, "sha256:"))
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestGarbageIsTolerated(t *testing.T) {
	for _, index := range []string{"", "not json", "{}", `{"manifests":7}`, "gone"} {
		s := open(t, t.TempDir())
		a := push(t, s, "a", "")
		one := push(t, s, "one", a)
		for name, text := range map[string]string{"junk": "x", ".new-1": "half", strings.Repeat("0", 64): `{"schemaVersion":2}`} {
			if err := os.WriteFile(s.blobPath(name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var err error
		if index == "gone" {
			err = os.Remove(s.path("index.json"))
		} else {
			err = os.WriteFile(s.path("index.json"), []byte(index), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		s = open(t, s.dir)
		if !slices.Equal(list(t, s, ""), []string{a}) || !slices.Equal(list(t, s, a), []string{one}) {
			t.Errorf("index %q: %v, %v", index, list(t, s, ""), list(t, s, a))
		}
	}
}

// index.json that lies about a subject does not attach evidence.
func TestSubjectCountsFromTheManifest(t *testing.T) {
	s := open(t, t.TempDir())
	a, b := push(t, s, "a", ""), push(t, s, "b", "")
	push(t, s, "one", a)
	text, _ := os.ReadFile(s.path("index.json"))
	lie := strings.Replace(string(text), `"`+subjectKey+`":"`+a, `"`+subjectKey+`":"`+b, 1)
	if err := os.WriteFile(s.path("index.json"), []byte(lie), 0o600); err != nil || lie == string(text) {
		t.Fatal("nothing replaced", err)
	}
	s = open(t, s.dir)
	if got := list(t, s, b); len(got) != 0 {
		t.Errorf("evidence of a is listed for b: %v", got)
	}
}

func TestPushRefuses(t *testing.T) {
	s := open(t, t.TempDir())
	a := push(t, s, "a", "")
	other := push(t, s, "b", "")
	good, blobs := manifest(t, "x", "")
	referrer, _ := manifest(t, "x", a)
	edit := func(old, by string) []byte {
		out := strings.Replace(string(good), old, by, 1)
		if out == string(good) {
			t.Fatalf("%s is not in %s", old, good)
		}
		return []byte(out)
	}
	cases := []struct {
		note, subject string
		manifest      []byte
		blobs         [][]byte
		want          core.Code
	}{
		{"not JSON", "", []byte("x"), blobs, core.Invalid},
		{"empty", "", nil, blobs, core.Invalid},
		{"text after it", "", append(bytes.Clone(good), "{}"...), blobs, core.Invalid},
		{"a bracket after it", "", append(bytes.Clone(good), '}'), blobs, core.Invalid},
		{"an index", "", edit(string(types.OCIManifestSchema1), string(types.OCIImageIndex)), blobs, core.Invalid},
		{"schema 1", "", edit(`"schemaVersion":2`, `"schemaVersion":1`), blobs, core.Invalid},
		{"too large", "", append(bytes.Clone(good), bytes.Repeat([]byte(" "), MaxManifest)...), blobs, core.TooLarge},
		{"too many layers", "", edit(`"layers":[`, `"layers":[`+strings.Repeat(`{"digest":"`+a+`"},`, maxLayers)), blobs, core.TooLarge},
		{"missing blob", "", good, blobs[:1], core.Invalid},
		{"wrong size", "", edit(`"size":1`, `"size":2`), blobs, core.Invalid},
		{"digest with a path", "", edit("sha256:", "sha256:../../"), blobs, core.Invalid},
		{"other algorithm", "", edit("sha256:", "md5:"), blobs, core.Invalid},
		{"a referrer as an artifact", "", referrer, blobs, core.Invalid},
		{"an artifact as a referrer", a, good, blobs, core.Invalid},
		{"a referrer of another", other, referrer, blobs, core.Invalid},
		{"a referrer of nothing", digestOf([]byte("none")), referrer, blobs, core.NotFound},
		{"a huge blob", "", good, [][]byte{make([]byte, MaxBlob+1)}, core.TooLarge},
	}
	for _, c := range cases {
		var err error
		if c.subject == "" {
			_, err = s.Push(t.Context(), c.manifest, c.blobs...)
		} else {
			_, err = s.AttachReferrer(t.Context(), c.subject, c.manifest, c.blobs...)
		}
		if core.CodeOf(err) != c.want {
			t.Errorf("%s: code %q (%v), want %q", c.note, core.CodeOf(err), err, c.want)
		}
	}
	if got := list(t, s, ""); !slices.Equal(got, []string{a, other}) {
		t.Errorf("a refused push left %v", got)
	}
}

func TestGetRefuses(t *testing.T) {
	s := open(t, t.TempDir())
	a := push(t, s, "a", "")
	for digest, want := range map[string]core.Code{
		"":                                 core.Invalid,
		"latest":                           core.Invalid,
		strings.ToUpper(a):                 core.Invalid,
		"sha256:" + strings.ToUpper(a[7:]): core.Invalid,
		a[:70]:                             core.Invalid,
		"sha256:../../../etc/passwd":       core.Invalid,
		digestOf([]byte("none")):           core.NotFound,
	} {
		if _, err := s.Get(t.Context(), digest); core.CodeOf(err) != want {
			t.Errorf("%q: %v, want %q", digest, err, want)
		}
	}
	if err := os.Symlink("/etc/passwd", s.blobPath(strings.Repeat("0", 64))); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), "sha256:"+strings.Repeat("0", 64)); core.CodeOf(err) != core.Unreadable {
		t.Errorf("a link is followed: %v", err)
	}
}

func TestPushAtOnce(t *testing.T) {
	s := open(t, t.TempDir())
	a := push(t, s, "a", "")
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			m, blobs := manifest(t, fmt.Sprint(i%10), a)
			if _, err := s.AttachReferrer(t.Context(), a, m, blobs...); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := list(t, open(t, s.dir), a); len(got) != 10 {
		t.Errorf("%d referrers, want 10", len(got))
	}
}

func FuzzParseManifest(f *testing.F) {
	m, _ := manifest(f, "a", "sha256:"+strings.Repeat("0", 64))
	f.Add(m)
	f.Add([]byte(`{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","subject":{"digest":"x:y"}}`))
	f.Add([]byte(`{"layers":[{"digest":"sha256:0","size":-1}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseManifest(b)
		if err != nil {
			return
		}
		for _, d := range append(m.Layers, m.Config) {
			if _, err := parseDigest(d.Digest.String()); err != nil {
				t.Fatalf("accepted digest %q", d.Digest)
			}
		}
	})
}

// Two servers share a folder: each sees what the other has pushed, and neither
// loses an entry when they write at the same moment.
func TestTwoServersShareALayout(t *testing.T) {
	dir := t.TempDir()
	stores := []*Store{open(t, dir), open(t, dir)}
	var wait sync.WaitGroup
	const n = 20
	for i := range n {
		wait.Go(func() { push(t, stores[i%2], fmt.Sprintf("text %d", i), "") })
	}
	wait.Wait()
	for i, s := range stores {
		if all, err := s.List(t.Context(), ""); err != nil || len(all) != n {
			t.Errorf("server %d lists %d of %d artifacts, %v", i, len(all), n, err)
		}
	}
}
