package sent

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/files"
)

// entry is one of an archive.
type entry struct {
	name string
	kind byte // of tar
	text string
}

func tarOf(t testing.TB, all ...entry) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range all {
		h := &tar.Header{Name: e.name, Typeflag: e.kind, Mode: 0o644, Size: int64(len(e.text))}
		if e.kind == tar.TypeSymlink || e.kind == tar.TypeLink {
			h.Linkname, h.Size = e.text, 0
		}
		if e.kind == tar.TypeDir || e.kind == tar.TypeFifo {
			h.Size = 0
		}
		must(t, w.WriteHeader(h))
		if h.Size > 0 {
			_, err := io.WriteString(w, e.text)
			must(t, err)
		}
	}
	must(t, w.Close())
	return b.Bytes()
}

func zipOf(t testing.TB, all ...entry) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range all {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		h.SetMode(map[byte]fs.FileMode{0: 0o644, tar.TypeReg: 0o644, tar.TypeSymlink: fs.ModeSymlink | 0o777, tar.TypeFifo: fs.ModeNamedPipe | 0o644, tar.TypeDir: fs.ModeDir | 0o755}[e.kind])
		f, err := w.CreateHeader(h)
		must(t, err)
		if e.kind != tar.TypeDir {
			_, err = io.WriteString(f, e.text)
			must(t, err)
		}
	}
	must(t, w.Close())
	return b.Bytes()
}

func gz(t testing.TB, b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(b)
	must(t, err)
	must(t, w.Close())
	return out.Bytes()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// listing is what a tree holds: names, kinds and contents.
func listing(t testing.TB, tree fs.FS) []string {
	var out []string
	must(t, fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text := ""
		switch {
		case d.Type() == fs.ModeSymlink:
			text, err = fs.ReadLink(tree, name)
		case d.Type().IsRegular():
			var b []byte
			b, err = fs.ReadFile(tree, name)
			text = string(b)
		}
		out = append(out, name+" "+d.Type().String()[:1]+" "+text)
		return err
	}))
	return out
}

// TestEveryForm holds that the same files are the same tree, however they are sent.
func TestEveryForm(t *testing.T) {
	reg, link, dir, fifo := byte(tar.TypeReg), byte(tar.TypeSymlink), byte(tar.TypeDir), byte(tar.TypeFifo)
	all := []entry{{"./microapp.yaml", reg, "name: a\n"}, {"src/", dir, ""}, {"src/a.js", reg, "1"}, {"src/empty", reg, ""}, {"out", link, "/etc/passwd"}, {"pipe", fifo, ""}}
	want := []string{"microapp.yaml - name: a\n", "out L /etc/passwd", "pipe ? ", "src/a.js - 1", "src/empty - "}
	for kind, body := range map[string][]byte{"application/x-tar": tarOf(t, all...), "application/gzip": gz(t, tarOf(t, all...)), "application/zip": zipOf(t, all...)} {
		tree, err := Read(kind+"; charset=binary", body)
		must(t, err)
		if got := listing(t, tree); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
	tree, err := Read("", []byte(`{"files": {"src/a.js": "1", "microapp.yaml": "name: a\n", "b": {"base64": "/wA="}}}`))
	must(t, err)
	if got, want := listing(t, tree), []string{"b - \xff\x00", "microapp.yaml - name: a\n", "src/a.js - 1"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestHostile holds that what is hostile is refused with its own reason, in every
// form that it can come in.
func TestHostile(t *testing.T) {
	names := []string{"../x", "/etc/passwd", "a/../../x", "a//b", ".git/config", "a/.GIT/hooks/x", "git~1/x", "a\x00b", "a\nb", `a\b`, "a\xffb", "", ".", "a/", strings.Repeat("d/", 60) + "x", strings.Repeat("n", 256), strings.Repeat("abc/", 300) + "x"}
	for _, n := range names {
		bodies := map[string][]byte{"application/zip": nil, "application/json": nil}
		if !strings.HasSuffix(n, "/") {
			bodies["application/zip"] = zipOf(t, entry{n, tar.TypeReg, "x"})
		}
		if !strings.Contains(n, "\xff") {
			key, _ := json.Marshal(n)
			bodies["application/json"] = []byte(`{"files":{` + string(key) + `:"x"}}`)
		}
		for kind, body := range bodies {
			if body == nil {
				continue
			}
			if _, err := Read(kind, body); core.CodeOf(err) != core.Invalid && core.CodeOf(err) != core.Unreadable {
				t.Errorf("%s with the name %q: %v", kind, n, err)
			}
		}
	}
	for note, c := range map[string]struct {
		kind string
		body []byte
		code core.Code
	}{
		"twice":             {"application/json", []byte(`{"files":{"a":"1","a":"2"}}`), core.Invalid},
		"twice as one":      {"application/json", []byte(`{"files":{"a":"1","./a":"2"}}`), core.Invalid},
		"a file and folder": {"application/json", []byte(`{"files":{"a":"1","a/b":"2"}}`), core.Invalid},
		"none":              {"application/json", []byte(`{"files":{}}`), core.Invalid},
		"more in it":        {"application/json", []byte(`{"files":{"a":"1"},"b":1}`), core.Unreadable},
		"more after it":     {"application/json", []byte(`{"files":{"a":"1"}}{}`), core.Unreadable},
		"deep":              {"application/json", []byte(`{"files":{"a":` + strings.Repeat(`{"base64":`, 100000) + `1`), core.Unreadable},
		"a number":          {"application/json", []byte(`{"files":{"a":1}}`), core.Unreadable},
		"no base64":         {"application/json", []byte(`{"files":{"a":{"base64":"!"}}}`), core.Unreadable},
		"no UTF-8":          {"application/json", []byte("{\"files\":{\"a\":\"\xff\"}}"), core.Unreadable},
		"nothing":           {"application/json", nil, core.Unreadable},
		"a form":            {"application/x-www-form-urlencoded", []byte("a=b"), core.Unreadable},
		"no zip":            {"application/zip", []byte("PK"), core.Unreadable},
		"no tar":            {"application/x-tar", bytes.Repeat([]byte("x"), 1024), core.Unreadable},
		"no gzip":           {"application/gzip", []byte("x"), core.Unreadable},
		"up by tar":         {"application/x-tar", tarOf(t, entry{"../../x", tar.TypeReg, "x"}), core.Invalid},
		"huge":              {"application/json", make([]byte, MaxBody+1), core.TooLarge},
		"a bomb":            {"application/zip", zipOf(t, entry{"a", tar.TypeReg, strings.Repeat("\x00", maxBytes+1)}), core.TooLarge},
		"a long link":       {"application/zip", zipOf(t, entry{"a", tar.TypeSymlink, strings.Repeat("x", maxLink+1)}), core.TooLarge},
		"many":              {"application/x-tar", tarOf(t, many(MaxFiles+1)...), core.TooLarge},
		"a long list":       {"application/zip", bytes.Repeat([]byte("PK\x01\x02"), 4*MaxFiles+1), core.TooLarge},
	} {
		tree, err := Read(c.kind, c.body)
		if core.CodeOf(err) != c.code || tree != nil {
			t.Errorf("%s: %v, want %s", note, err, c.code)
		}
		if e := core.AsError(err); e != nil && (e.Hint == "" || len(e.Error()) > 600) {
			t.Errorf("%s: it says %q", note, e)
		}
	}
}

// TestBombs holds that what unpacks to more than there is room for is left, also
// where no file alone is large, and where nothing of it is a file's.
func TestBombs(t *testing.T) {
	reg, half := byte(tar.TypeReg), strings.Repeat("\x00", 600_000)
	two := []entry{{"a", reg, half}, {"b", reg, half}}
	for note, do := range map[string]func(*taker) error{
		"zip":  func(k *taker) error { return k.zip(zipOf(t, two...)) },
		"tar":  func(k *taker) error { return k.tar(bytes.NewReader(tarOf(t, two...))) },
		"gzip": func(k *taker) error { return k.gzip(gz(t, tarOf(t, two...))) },
	} {
		if err := do(&taker{tree: files.New(), left: 1_000_000}); core.CodeOf(err) != core.TooLarge {
			t.Errorf("%s: %v", note, err)
		}
		if err := do(&taker{tree: files.New(), left: 1_200_000}); err != nil {
			t.Errorf("%s, with room: %v", note, err)
		}
	}
	r := &bounded{in: strings.NewReader(half), left: 1000}
	if n, err := io.Copy(io.Discard, r); core.CodeOf(err) != core.TooLarge || n > 40_000 {
		t.Errorf("%d bytes, %v", n, err)
	}
}

func many(n int) []entry {
	out := make([]entry, n)
	for i := range out {
		out[i] = entry{"f" + string(rune('a'+i%26)) + strings.Repeat("x", i/26), tar.TypeReg, ""}
	}
	return out
}

// FuzzRead holds that whatever is sent is refused, or is a tree within the bounds
// whose names lead nowhere else.
func FuzzRead(f *testing.F) {
	reg := byte(tar.TypeReg)
	f.Add(0, []byte(`{"files": {"a/b": "1", "c": {"base64": "AA=="}}}`))
	f.Add(1, zipOf(f, entry{"a/b", reg, "1"}, entry{"l", tar.TypeSymlink, "../x"}))
	f.Add(2, tarOf(f, entry{"a/b", reg, "1"}, entry{"l", tar.TypeSymlink, "../x"}, entry{"p", tar.TypeFifo, ""}))
	f.Add(3, gz(f, tarOf(f, entry{"a/b", reg, "1"})))
	f.Fuzz(func(t *testing.T, kind int, body []byte) {
		kinds := []string{"application/json", "application/zip", "application/x-tar", "application/gzip"}
		tree, err := Read(kinds[uint(kind)%4], body)
		if err != nil {
			if code := core.CodeOf(err); code != core.Unreadable && code != core.Invalid && code != core.TooLarge {
				t.Fatalf("code %s", code)
			}
			return
		}
		if tree.Bytes() > maxBytes {
			t.Fatalf("%d bytes", tree.Bytes())
		}
		for _, line := range listing(t, tree) {
			if strings.HasPrefix(line, "/") || strings.HasPrefix(line, "../") || strings.HasPrefix(strings.ToLower(line), ".git/") {
				t.Fatalf("%q", line)
			}
		}
	})
}
