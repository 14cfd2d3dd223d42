package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func zipOf(t testing.TB, files ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err == nil {
			_, err = io.WriteString(w, files[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarOf(t testing.TB, files ...string) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		err := w.WriteHeader(&tar.Header{Name: files[i], Size: int64(len(files[i+1])), Mode: 0o600})
		if err == nil {
			_, err = io.WriteString(w, files[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipOf(t testing.TB, data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// shown opens an archive and returns what it shows and what it says it missed.
func shown(name string, data []byte) (files, missed []string, o *Opener) {
	o = NewOpener(func(f tree.File) { files = append(files, fmt.Sprintf("%s=%.20s", f.Path, f.Text)) }, func(format string, args ...any) { missed = append(missed, fmt.Sprintf(format, args...)) })
	o.Open(context.Background(), name, data)
	return files, missed, o
}

func TestArchivesAreShown(t *testing.T) {
	inner := zipOf(t, "b/.env", "x=1", "pic.png", "\x89PNG\x00")
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"a.zip":       {zipOf(t, ".env", "A=1", "../../etc/x", "2"), "a.zip!/.env=A=1 a.zip!/etc/x=2"},
		"lib/a.jar":   {zipOf(t, "deep.zip", string(inner)), "lib/a.jar!/deep.zip!/b/.env=x=1"},
		"a.tar":       {tarOf(t, "b/.env", "x=1"), "a.tar!/b/.env=x=1"},
		"a.tar.gz":    {gzipOf(t, tarOf(t, "b/.env", "x=1", "c.zip", string(inner))), "a.tar.gz!/b/.env=x=1 a.tar.gz!/c.zip!/b/.env=x=1"},
		"dump.sql.gz": {gzipOf(t, []byte("x=1")), "dump.sql.gz!/dump.sql=x=1"},
	} {
		files, missed, _ := shown(name, c.data)
		if got := strings.Join(files, " "); got != c.want || len(missed) > 0 {
			t.Errorf("%s: got %q, missed %q, want %q", name, got, missed, c.want)
		}
	}
}

func TestBombsAreMissed(t *testing.T) {
	zeros := strings.Repeat("0", 4_000_000)
	many := make([]string, 0, 2*(maxFiles+1))
	for i := range maxFiles + 1 {
		many = append(many, fmt.Sprint(i), "")
	}
	nested := zipOf(t, "x", "x")
	for range maxDepth {
		nested = zipOf(t, "n.zip", string(nested))
	}
	large := []string{}
	for i := range 30 {
		large = append(large, fmt.Sprint(i), zeros)
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"growth.zip":  {zipOf(t, "0", zeros), "grows more than"},
		"growth.gz":   {gzipOf(t, []byte(zeros)), "grows more than"},
		"many.zip":    {zipOf(t, many...), "more than 20000 files"},
		"nested.zip":  {nested, "in more than 3 archives"},
		"large.tgz":   {gzipOf(t, tarOf(t, large...)), "more than 100 MB"},
		"cut.zip":     {zipOf(t, "a", "b")[:20], "not a zip"},
		"cut.tar.gz":  {gzipOf(t, tarOf(t, "a", zeros))[:400], "unpacked"},
		"text.gz":     {[]byte("no"), "not gzip"},
		"one-big.tar": {tarOf(t, "a", strings.Repeat("x", maxFile+1)), "larger than 5 MB"},
	} {
		_, missed, _ := shown(name, c.data)
		if !slices.ContainsFunc(missed, func(s string) bool { return strings.Contains(s, c.want) }) {
			t.Errorf("%s: missed %q, want %q", name, missed, c.want)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add("a.zip", zipOf(f, "a", "b"))
	f.Add("a.tgz", gzipOf(f, tarOf(f, "a", "b")))
	f.Add("a.tar", tarOf(f, "a", "b"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		_, _, o := shown(name, data)
		if o.Bytes > maxBytes {
			t.Errorf("%d bytes shown", o.Bytes)
		}
	})
}
