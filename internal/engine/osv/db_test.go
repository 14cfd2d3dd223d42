package osv

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/seal"
)

func ring(t testing.TB) *seal.Keyring {
	t.Helper()
	k, err := seal.Open(filepath.Join(t.TempDir(), "keys"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func by(k *seal.Keyring) Making {
	return Making{Now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), Tool: "paddock test", Installation: k.Installation(), Key: k.PublicPEM(), From: "all.zip", Sign: k.SignDSSE}
}

func osvRecord(id, ecosystem, name, events string) string {
	return fmt.Sprintf(`{"id":%q,"modified":"2026-01-02T00:00:00Z","affected":[{"package":{"ecosystem":%q,"name":%q},"ranges":[{"type":"ECOSYSTEM","events":[%s]}]}]}`, id, ecosystem, name, events)
}

func harvest(t testing.TB, records ...string) *Harvest {
	t.Helper()
	h := NewHarvest(false, nil)
	var items []item
	for i, r := range records {
		items = append(items, item{name: fmt.Sprint(i), read: func() ([]byte, error) { return []byte(r), nil }})
	}
	if err := h.run(t.Context(), items); err != nil {
		t.Fatal(err)
	}
	return h
}

// file saves a harvest of three ecosystems, signed.
func file(t testing.TB, k *seal.Keyring) []byte {
	t.Helper()
	var b bytes.Buffer
	h := harvest(t, osvRecord("A-1", "npm", "p", `{"introduced":"0"},{"fixed":"1.0.0"}`), osvRecord("A-2", "PyPI", "Some_Thing", `{"introduced":"1.0"}`), osvRecord("A-3", "Maven", "g:a", `{"introduced":"0"}`))
	names, err := Save(&b, h, nil, by(k))
	if err != nil || !slices.Equal(names, []string{"Maven", "PyPI", "npm"}) {
		t.Fatal(names, err)
	}
	return b.Bytes()
}

func saved(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.vulndb")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func openBytes(t testing.TB, data []byte, keys ...ed25519.PublicKey) (*DB, error) {
	t.Helper()
	db, err := Open(saved(t, data), keys)
	if err == nil {
		t.Cleanup(func() { _ = db.Close() })
	}
	return db, err
}

func openMemory(data []byte, k *seal.Keyring) (*DB, error) {
	return open(bytes.NewReader(data), int64(len(data)), nil, func(e []byte) ([]byte, error) { return verify(e, []ed25519.PublicKey{k.PublicKey()}) })
}

func TestOpensWhatASignerSigned(t *testing.T) {
	k, other := ring(t), ring(t)
	data := file(t, k)
	db, err := openBytes(t, data, other.PublicKey(), k.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	if e, ok := db.Ecosystem("PyPI"); !ok || e.Records != 1 || e.Newest != "2026-01-02" || e.Imported != "2026-03-04" || db.Installation != k.Installation() || db.Records() != 3 || db.Date() != "2026-01-02" {
		t.Errorf("%+v", db.Manifest)
	}
	if m, err := db.Match("PyPI", "some.thing", "1.1"); err != nil || len(m.Advisories) != 1 {
		t.Errorf("%+v %v", m, err)
	}
	if _, ok := db.Ecosystem("NuGet"); ok {
		t.Error("there is data of NuGet")
	}
}

func TestRefuses(t *testing.T) {
	k, other := ring(t), ring(t)
	data := file(t, k)
	var unsigned bytes.Buffer
	if err := write(&unsigned, by(k).manifest(), harvest(t, osvRecord("A", "npm", "p", `{"introduced":"0"}`)).packs(), nil, nil, nil); err != nil {
		t.Fatal(err)
	}
	for note, c := range map[string]struct {
		data []byte
		keys []ed25519.PublicKey
		code core.Code
		says string
	}{
		"another's signature": {data, []ed25519.PublicKey{other.PublicKey()}, core.Forbidden, "not signed by a key that is trusted"},
		"no key":              {data, nil, core.Forbidden, "0 keys"},
		"unsigned":            {unsigned.Bytes(), []ed25519.PublicKey{k.PublicKey()}, core.Unreadable, "not signed"},
		"text":                {[]byte("hello, world, this is a text and no database"), []ed25519.PublicKey{k.PublicKey()}, core.Unreadable, "no vulnerability database"},
		"nothing":             {nil, []ed25519.PublicKey{k.PublicKey()}, core.Unreadable, "no vulnerability database"},
		"with a tail":         {append(slices.Clone(data), "more"...), []ed25519.PublicKey{k.PublicKey()}, core.Unreadable, "damaged"},
	} {
		if _, err := openBytes(t, c.data, c.keys...); core.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v", note, err)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none"), nil); core.CodeOf(err) != core.NotFound {
		t.Errorf("no file: %v", err)
	}
	for n := range data {
		if _, err := openMemory(data[:n], k); err == nil {
			t.Fatalf("the first %d of %d bytes pass for a database", n, len(data))
		}
	}
}

// TestNoByteMayChange flips each byte: opening or reading must notice, whatever
// the place.
func TestNoByteMayChange(t *testing.T) {
	k := ring(t)
	data := file(t, k)
	word := bytes.LastIndex(data, []byte("keyid")) // a hint beside the signature; without it every key is tried
	for n := range data {
		if n >= word && n < word+len("keyid") {
			continue
		}
		bad := slices.Clone(data)
		bad[n] ^= 1
		db, err := openMemory(bad, k)
		if err == nil {
			err = db.Check()
		}
		if err == nil {
			t.Errorf("byte %d of %d was changed and nobody noticed", n, len(data))
		}
	}
}

// TestImportReplacesItsEcosystemsOnly adds to a database, and takes it to
// another site.
func TestImportReplacesItsEcosystemsOnly(t *testing.T) {
	k, other := ring(t), ring(t)
	old, err := openBytes(t, file(t, k), k.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	later := by(k)
	later.Now = later.Now.AddDate(0, 1, 0)
	if _, err := Save(&b, harvest(t, osvRecord("A-9", "npm", "q", `{"introduced":"0"}`), osvRecord("A-8", "Go", "m", `{"introduced":"0"}`)), old, later); err != nil {
		t.Fatal(err)
	}
	db, err := openBytes(t, b.Bytes(), k.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"npm": "2026-04-04", "Go": "2026-04-04", "PyPI": "2026-03-04", "Maven": "2026-03-04"} {
		if e, ok := db.Ecosystem(name); !ok || e.Imported != want {
			t.Errorf("%s: %+v", name, e)
		}
	}
	for pkg, want := range map[string]int{"npm p": 0, "npm q": 1, "PyPI some-thing": 1, "Maven g:a": 1} {
		eco, name, _ := strings.Cut(pkg, " ")
		if got, err := db.Of(eco, name); err != nil || len(got) != want {
			t.Errorf("%s: %d advisories, want %d: %v", pkg, len(got), want, err)
		}
	}
	var carried bytes.Buffer
	there := by(other)
	there.From = "carried"
	if _, err := Merge(&carried, db, []string{"npm", "Maven"}, nil, there); err != nil {
		t.Fatal(err)
	}
	away, err := openBytes(t, carried.Bytes(), other.PublicKey())
	if err != nil || len(away.Ecosystems) != 2 || away.Ecosystems[1].From != "all.zip; carried" || away.Check() != nil {
		t.Errorf("%+v %v", away.Ecosystems, err)
	}
	if _, err := Merge(&carried, db, []string{"Hex"}, nil, there); core.CodeOf(err) != core.NotFound {
		t.Errorf("no such ecosystem: %v", err)
	}
}

// FuzzOpen feeds whole files to the reader, as if they were signed: it never
// panics, and what it finds is bounded by what is there.
func FuzzOpen(f *testing.F) {
	k := ring(f)
	f.Add(file(f, k))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		db, err := openMemory(data, k)
		if err != nil {
			return
		}
		_ = db.Check()
		_, _ = db.Match("npm", "p", "1.0.0")
	})
}

// FuzzBlock feeds the reader of blocks, behind the digest that guards it.
func FuzzBlock(f *testing.F) {
	r, err := parse([]byte(osvRecord("A-1", "npm", "p", `{"introduced":"0"},{"fixed":"1.0.0"}`)))
	if err != nil {
		f.Fatal(err)
	}
	for _, a := range r.by {
		f.Add(append([]byte{1}, a.append(nil)...))
	}
	f.Fuzz(func(_ *testing.T, data []byte) {
		list, _ := advisories(data)
		for _, a := range list {
			a.Affects(ParseVersion("npm", "1.0.0"))
		}
	})
}
