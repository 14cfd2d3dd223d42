package carry_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/life/catalog/carry"
)

const commit = "0123456789abcdef0123456789abcdef01234567"

func keyring(t testing.TB) *seal.Keyring {
	t.Helper()
	k, err := seal.Open(filepath.Join(t.TempDir(), "keys"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func write(t testing.TB, k *seal.Keyring, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := carry.Write(&b, commit, "sha256:abc", files, k); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func files() map[string][]byte {
	return map[string][]byte{"paddock.yaml": []byte("organisation: x\n"), "policies/a.rego": []byte("package a\n"), "policies/empty": {}}
}

// What is written comes back, equal revisions are equal bytes, and each trusted
// key is as good as the other.
func TestThereAndBack(t *testing.T) {
	k, other := keyring(t), keyring(t)
	file := write(t, k, files())
	if !bytes.Equal(file, write(t, k, files())) {
		t.Error("one revision makes two files")
	}
	b, err := carry.Read(file, []ed25519.PublicKey{other.PublicKey(), k.PublicKey()})
	if err != nil {
		t.Fatal(err)
	}
	if b.Commit != commit || b.PolicyRevision != "sha256:abc" || b.Installation != k.Installation() || b.Key != k.PublicPEM() ||
		!maps.EqualFunc(b.Contents, files(), bytes.Equal) {
		t.Errorf("%+v", b)
	}
}

// part is one entry of an archive that is made by hand.
type part struct {
	name string
	body string
	kind byte
}

func archive(t testing.TB, parts []part) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, p := range parts {
		h := &tar.Header{Name: p.name, Mode: 0o644, Size: int64(len(p.body)), Typeflag: p.kind}
		if p.kind == 0 {
			h.Typeflag = tar.TypeReg
		}
		if p.kind == tar.TypeSymlink || p.kind == tar.TypeLink {
			h.Linkname, h.Size = "/etc/passwd", 0
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := w.Write([]byte(p.body)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func entryOf(path, body string) carry.File {
	sum := sha256.Sum256([]byte(body))
	return carry.File{Path: path, Size: int64(len(body)), SHA256: hex.EncodeToString(sum[:])}
}

// signed makes the first entry: a list that the key signs, whatever it says.
func signed(t testing.TB, k *seal.Keyring, m any) part {
	t.Helper()
	payload, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return signedBytes(t, k, carry.PayloadType, payload)
}

func signedBytes(t testing.TB, k *seal.Keyring, kind string, payload []byte) part {
	t.Helper()
	envelope, err := k.SignDSSE(kind, payload)
	if err != nil {
		t.Fatal(err)
	}
	return part{name: "paddock-governance.json", body: string(envelope)}
}

func list(fs ...carry.File) carry.Manifest {
	return carry.Manifest{Commit: commit, PolicyRevision: "sha256:abc", Files: fs}
}

// RUN-6: every hostile bundle is refused with one clear error, those that a
// trusted key has signed too.
func TestHostileBundles(t *testing.T) {
	k, other := keyring(t), keyring(t)
	good := write(t, k, files())
	a, b := entryOf("a", "1"), entryOf("b", "2")
	ab := signed(t, k, list(a, b))
	of := func(parts ...part) []byte { return archive(t, parts) }
	path := func(p string) []byte {
		return of(signed(t, k, list(entryOf(p, "1"))), part{name: "tree/" + p, body: "1"})
	}
	many := make([]carry.File, 20001)
	for i := range many {
		many[i] = entryOf(fmt.Sprintf("f%06d", i), "")
	}
	fat := make([]carry.File, 200)
	for i := range fat {
		fat[i] = carry.File{Path: fmt.Sprintf("f%06d", i), Size: 1 << 20, SHA256: strings.Repeat("0", 64)}
	}
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	zeros := make([]byte, 1<<20)
	for range 512 {
		_, _ = z.Write(zeros)
	}
	_ = z.Close()
	swapped := bytes.Replace([]byte(ab.body), []byte(`"sig":"`), []byte(`"sig":"AAAA`), 1)

	for note, c := range map[string]struct {
		file []byte
		code core.Code
		says string
	}{
		"nothing":                     {nil, core.Unreadable, "no governance bundle"},
		"text":                        {[]byte("hello"), core.Unreadable, "no governance bundle"},
		"too large as it is":          {make([]byte, carry.MaxFile+1), core.TooLarge, "at most"},
		"gzip bomb":                   {bomb.Bytes(), core.Unreadable, "breaks off"},
		"empty archive":               {of(), core.Unreadable, "breaks off"},
		"no list":                     {of(part{name: "tree/a", body: "1"}), core.Invalid, "where"},
		"a list that is a link":       {of(part{name: "paddock-governance.json", kind: tar.TypeSymlink}), core.Invalid, "link"},
		"a list without signature":    {of(part{name: "paddock-governance.json", body: `{"commit":"` + commit + `"}`}), core.Unreadable, "envelope"},
		"a signature of somebody":     {write(t, other, files()), core.Forbidden, "trusts"},
		"a changed signature":         {of(part{name: "paddock-governance.json", body: string(swapped)}), core.Forbidden, "trusts"},
		"a signature of other things": {of(signedBytes(t, k, "application/vnd.in-toto+json", []byte(`{}`))), core.Invalid, "not a governance bundle"},
		"a list that is no JSON":      {of(signedBytes(t, k, carry.PayloadType, []byte(`{`))), core.Unreadable, "cannot be read"},
		"a list with more in it":      {of(signedBytes(t, k, carry.PayloadType, []byte(`{"commit":"x","run":"sh"}`))), core.Unreadable, "cannot be read"},
		"two lists":                   {of(signedBytes(t, k, carry.PayloadType, []byte(`{} {}`))), core.Unreadable, "after the list"},
		"a list that is too large":    {of(part{name: "paddock-governance.json", body: strings.Repeat(" ", 8<<20+1)}), core.TooLarge, "at most"},
		"no commit":                   {of(signed(t, k, carry.Manifest{Commit: "main", Files: []carry.File{a}}), part{name: "tree/a", body: "1"}), core.Invalid, "commit"},
		"no files":                    {of(signed(t, k, list())), core.TooLarge, "0 files"},
		"too many files":              {of(signed(t, k, list(many...))), core.TooLarge, "20001 files"},
		"too large together":          {of(signed(t, k, list(fat...))), core.TooLarge, "at most"},
		"one too large":               {of(signed(t, k, list(carry.File{Path: "a", Size: 1<<20 + 1, SHA256: a.SHA256}))), core.TooLarge, "at most"},
		"a negative size":             {of(signed(t, k, list(carry.File{Path: "a", Size: -1, SHA256: a.SHA256}))), core.TooLarge, "at most"},
		"no digest":                   {of(signed(t, k, list(carry.File{Path: "a", Size: 1}))), core.Invalid, "digest"},
		"out by dots":                 {path("../../etc/passwd"), core.Invalid, "path of a file"},
		"out from within":             {path("policies/../../x"), core.Invalid, "path of a file"},
		"an absolute path":            {path("/etc/passwd"), core.Invalid, "path of a file"},
		"a path of Windows":           {path(`a\..\b`), core.Invalid, "path of a file"},
		"a path with a line in it":    {path("a\nb"), core.Invalid, "path of a file"},
		"git's own folder":            {path("sub/.GIT/hooks/post-receive"), core.Invalid, "path of a file"},
		"the folder itself":           {path("."), core.Invalid, "path of a file"},
		"a long path":                 {of(signed(t, k, list(entryOf(strings.Repeat("a", 600), "")))), core.Invalid, "path of a file"},
		"a name twice":                {of(signed(t, k, list(a, a)), part{name: "tree/a", body: "1"}, part{name: "tree/a", body: "1"}), core.Invalid, "twice"},
		"out of order":                {of(signed(t, k, list(b, a)), part{name: "tree/b", body: "2"}, part{name: "tree/a", body: "1"}), core.Invalid, "out of order"},
		"a file and a folder":         {of(signed(t, k, list(a, entryOf("a/b", "1")))), core.Invalid, "as a folder"},
		"a link in place of a file":   {of(ab, part{name: "tree/a", kind: tar.TypeSymlink}), core.Invalid, "link"},
		"a hard link":                 {of(ab, part{name: "tree/a", kind: tar.TypeLink}), core.Invalid, "link"},
		"a device":                    {of(ab, part{name: "tree/a", kind: tar.TypeChar}), core.Invalid, "special"},
		"a folder":                    {of(ab, part{name: "tree/a", kind: tar.TypeDir}), core.Invalid, "special"},
		"another text":                {of(ab, part{name: "tree/a", body: "9"}, part{name: "tree/b", body: "2"}), core.Invalid, "not the one"},
		"a longer text":               {of(ab, part{name: "tree/a", body: "11"}, part{name: "tree/b", body: "2"}), core.TooLarge, "at most"},
		"a shorter text":              {of(ab, part{name: "tree/a", body: ""}, part{name: "tree/b", body: "2"}), core.Invalid, "not the one"},
		"one file twice":              {of(ab, part{name: "tree/a", body: "1"}, part{name: "tree/a", body: "1"}, part{name: "tree/b", body: "2"}), core.Invalid, "where"},
		"one file missing":            {of(ab, part{name: "tree/a", body: "1"}), core.Unreadable, "breaks off"},
		"one file more":               {of(ab, part{name: "tree/a", body: "1"}, part{name: "tree/b", body: "2"}, part{name: "tree/c", body: "3"}), core.Invalid, "not signed"},
		"another file in between":     {of(ab, part{name: "tree/a", body: "1"}, part{name: "../x", body: "1"}, part{name: "tree/b", body: "2"}), core.Invalid, "where"},
		"bytes after the end":         {append(slices.Clone(good), 'x'), core.Invalid, "follows the end"},
		"another archive after it":    {append(slices.Clone(good), good...), core.Invalid, "follows the end"},
		"a damaged checksum":          {append(slices.Clone(good[:len(good)-8]), 0, 0, 0, 0, 0, 0, 0, 0), core.Unreadable, "damaged"},
	} {
		t.Run(note, func(t *testing.T) {
			got, err := carry.Read(c.file, []ed25519.PublicKey{k.PublicKey()})
			e := core.AsError(err)
			if e == nil || e.Code != c.code || !strings.Contains(e.Msg, c.says) || len(e.Problems) > 0 || got.Contents != nil {
				t.Errorf("%v: %v, want %s with %q", core.CodeOf(err), err, c.code, c.says)
			}
		})
	}
	for n := range good {
		if _, err := carry.Read(good[:n], []ed25519.PublicKey{k.PublicKey()}); err == nil {
			t.Fatalf("the first %d of %d bytes are taken for the whole", n, len(good))
		}
	}
	if _, err := carry.Read(good, nil); core.CodeOf(err) != core.Forbidden {
		t.Errorf("with no key trusted: %v", err)
	}
}

// What no reader would take is not written either.
func TestWriteRefuses(t *testing.T) {
	for note, files := range map[string]map[string][]byte{
		"nothing":      {},
		"a large file": {"a": make([]byte, 1<<20+1)},
		"a bad path":   {"../a": nil},
	} {
		if err := carry.Write(&bytes.Buffer{}, commit, "", files, keyring(t)); err == nil {
			t.Errorf("%s was written", note)
		}
	}
}

// Whatever the bytes: reading ends, and what is read was signed and comes back
// as it was written.
func FuzzBundleImport(f *testing.F) {
	k := keyring(f)
	f.Add(write(f, k, files()))
	f.Add(archive(f, []part{signed(f, k, list(entryOf("a", "1"))), {name: "tree/a", body: "1"}}))
	f.Add(archive(f, []part{signed(f, k, list(entryOf("../a", "1"))), {name: "tree/../a", body: "1"}}))
	f.Add([]byte("\x1f\x8b"))
	f.Fuzz(func(t *testing.T, file []byte) {
		b, err := carry.Read(file, []ed25519.PublicKey{k.PublicKey()})
		if err != nil {
			return
		}
		for _, one := range b.Files {
			sum := sha256.Sum256(b.Contents[one.Path])
			if hex.EncodeToString(sum[:]) != one.SHA256 {
				t.Errorf("%s is not what was signed", one.Path)
			}
		}
		var again bytes.Buffer
		if err := carry.Write(&again, b.Commit, b.PolicyRevision, b.Contents, k); err != nil {
			t.Errorf("what was read cannot be written: %v", err)
		}
	})
}
