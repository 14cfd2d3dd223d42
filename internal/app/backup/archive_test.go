package backup

import (
	"archive/tar"
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

func openSQL(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// tarOf makes an archive of headers; each regular file holds its own name.
func tarOf(t testing.TB, headers ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range headers {
		if h.Typeflag == 0 || h.Typeflag == tar.TypeReg {
			h.Size = int64(len(h.Name))
		}
		h.Mode, h.Format = 0o777, tar.FormatPAX
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := w.Write([]byte(h.Name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Nothing in an archive reaches outside of the folder it is unpacked into.
func TestArchiveStaysInside(t *testing.T) {
	good := tarOf(t, tar.Header{Name: "a/b", Typeflag: tar.TypeReg})
	for name, b := range map[string][]byte{
		"up":          tarOf(t, tar.Header{Name: "../x", Typeflag: tar.TypeReg}),
		"up inside":   tarOf(t, tar.Header{Name: "a/../../x", Typeflag: tar.TypeReg}),
		"from above":  tarOf(t, tar.Header{Name: "/tmp/x", Typeflag: tar.TypeReg}),
		"unclean":     tarOf(t, tar.Header{Name: "a//x", Typeflag: tar.TypeReg}),
		"a line":      tarOf(t, tar.Header{Name: "a\nb", Typeflag: tar.TypeReg}),
		"backslash":   tarOf(t, tar.Header{Name: `a\b`, Typeflag: tar.TypeReg}),
		"link":        tarOf(t, tar.Header{Name: "x", Linkname: "/etc", Typeflag: tar.TypeSymlink}),
		"hard link":   tarOf(t, tar.Header{Name: "x", Linkname: "/etc/passwd", Typeflag: tar.TypeLink}),
		"device":      tarOf(t, tar.Header{Name: "x", Typeflag: tar.TypeChar}),
		"twice":       tarOf(t, tar.Header{Name: "x", Typeflag: tar.TypeReg}, tar.Header{Name: "x", Typeflag: tar.TypeReg}),
		"a long name": tarOf(t, tar.Header{Name: strings.Repeat("a/", 600) + "x", Typeflag: tar.TypeReg}),
		"cut":         good[:514],
		"no archive":  bytes.Repeat([]byte("x"), 2000),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file, root := filepath.Join(dir, "a.tar"), filepath.Join(dir, "deep", "root")
			if err := os.WriteFile(file, b, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(root, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := unpack(t.Context(), file, root, nil); core.CodeOf(err) != core.Unreadable {
				t.Errorf("%v", err)
			}
			if above, _ := os.ReadDir(filepath.Join(dir, "deep")); len(above) != 1 {
				t.Errorf("something came out: %v", above)
			}
		})
	}
}

// A small archive that unpacks to very much is stopped.
func TestArchiveIsBounded(t *testing.T) {
	dir := t.TempDir()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: "x", Size: 1 << 50, Typeflag: tar.TypeReg}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "a.tar")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(dir, "root")
	if err := os.Mkdir(root, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := unpack(t.Context(), file, root, nil); core.CodeOf(err) != core.TooLarge {
		t.Errorf("%v", err)
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(tarOf(f, tar.Header{Name: "a/b", Typeflag: tar.TypeReg}, tar.Header{Name: "c", Typeflag: tar.TypeReg}))
	f.Add(tarOf(f, tar.Header{Name: "../x", Typeflag: tar.TypeReg}))
	f.Add([]byte("x"))
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		file, root := filepath.Join(dir, "a.tar"), filepath.Join(dir, "deep", "root")
		if os.WriteFile(file, b, 0o600) != nil || os.MkdirAll(root, 0o700) != nil {
			t.Skip()
		}
		_ = unpack(t.Context(), file, root, nil)
		if above, _ := os.ReadDir(filepath.Join(dir, "deep")); len(above) != 1 {
			t.Fatal("something came out")
		}
	})
}

func FuzzList(f *testing.F) {
	f.Add([]byte(strings.Repeat("0", 64) + "  a/b\n" + strings.Repeat("0", 64) + "  c\n"))
	f.Add([]byte(strings.Repeat("0", 64) + "  ../b\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		last := ""
		_ = parseList(b, func(digest, p string) error {
			if !filepath.IsLocal(p) || len(digest) != 64 || p <= last || isNote(p) {
				t.Fatalf("accepted %q %q after %q", digest, p, last)
			}
			last = p
			return nil
		})
	})
}
