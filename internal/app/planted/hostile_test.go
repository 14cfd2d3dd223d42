package planted

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// The most that one hostile tree may cost.
const (
	mostTime   = 40 * time.Second // of CPU, under a race detector too
	mostMemory = 500_000_000
)

// TestTreesThatMeanHarm puts each of them into an app that passes. None may pass,
// none may take long or much memory, none may end the program.
func TestTreesThatMeanHarm(t *testing.T) {
	clean := tracker(t)
	for name, harm := range harms() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := write(t, clean)
			harm(t, dir)
			e := inChild(t, dir)
			if e.code != 1 && e.code != 2 {
				t.Errorf("code %d, verdict %s", e.code, e.report.Verdict)
			}
			if e.report.Verdict == core.Passed {
				t.Error("it passed")
			}
			if e.cpu > mostTime || e.peak > mostMemory {
				t.Errorf("it took %v of CPU and %d MB", e.cpu, e.peak/1_000_000)
			}
			t.Logf("%v, %d MB: %s%s", e.cpu, e.peak/1_000_000, unread(e.report), said(e.report.Findings[:min(3, len(e.report.Findings))]))
		})
	}
}

type harmful = func(t *testing.T, dir string)

func harms() map[string]harmful {
	deep := func(s string, n int) string { return strings.Repeat(s, n) }
	return map[string]harmful{
		"link out":          link("/etc/passwd", "src/passwd.ts"),
		"link to a device":  link("/dev/zero", "src/zero.ts"),
		"folder link out":   link("/etc", "src/etc"),
		"links in a circle": both(link("b.ts", "src/a.ts"), link("a.ts", "src/b.ts")),
		"pipe":              pipe,
		"device of letters": device(syscall.S_IFCHR, 5), // as /dev/zero
		"device of blocks":  device(syscall.S_IFBLK, 0),
		"socket":            socket,
		"sparse gigabyte":   sparse,
		"line of 100 MB":    put("src/line.ts", "const a = '"+deep("x", 100_000_000)+"';\n"),
		"bad UTF-8":         put("src/bad.ts", "export const a = '\xff\xfe\xfd\x00';\n"),
		"names that clash":  both(put("src/Clash.ts", "export {};\n"), put("src/clash.ts", "export {};\n")),
		"missing submodule": put(".gitmodules", "[submodule \"x\"]\n\tpath = vendor/x\n\turl = https://example.com/x\n"),
		"deep lock file":    put("package-lock.json", deep("[", 2_000_000)),
		"deep package.json": put("package.json", deep(`{"a":`, 400_000)),
		"deep script":       put("src/deep.ts", "export const a = "+deep("(", 200_000)+"1"+deep(")", 200_000)+";\n"),
		"deep YAML":         put("microapp.yaml", "a: "+deep("[", 200_000)),
		"YAML bomb":         put("microapp.yaml", yamlBomb()),
		"YAML bomb, flow":   put(".github/workflows/bomb.yml", yamlBomb()),
		"YAML bomb, lock":   both(both(remove("package-lock.json"), put("package.json", circleManifest)), put("pnpm-lock.yaml", "lockfileVersion: '9.0'\n"+yamlBomb()+"importers: *a12\npackages: *a12\n")),
		"broken lock file":  put("package-lock.json", "{\"lockfileVersion\": 3, \"packages\": {"),
	}
}

// TestTreesThatTakeLong may be harmless in the end, but must not take long.
func TestTreesThatTakeLong(t *testing.T) {
	clean := tracker(t)
	line := func(unit string) string { return strings.Repeat(unit, 4_900_000/len(unit)) }
	for name, harm := range map[string]harmful{
		"zip bomb":                 zipBomb,
		"long script":              put("src/long.js", line("a=1;")),
		"long string":              put("src/long.ts", "export const a = \""+line("password")+"\";\n"),
		"long page":                put("public/long.html", line("<b>x</b>")),
		"deep page":                put("public/deep.html", line("<div>")),
		"long JSON":                put("data/long.json", "["+line("1,")+"1]"),
		"long YAML":                put("data/long.yaml", line("- a\n")),
		"long query":               put("db/long.sql", line("select 1;\n")),
		"long shell":               put("bin/long.sh", line("echo a\n")),
		"long Python":              put("bin/long.py", line("a = 1\n")),
		"deep Python":              put("bin/deep.py", "a = "+line("[")),
		"many quotes":              put("src/quotes.js", line("'\"`")),
		"many keys":                put("conf/many.ini", line("key=abcdefgh12345678\n")),
		"many secrets":             put("conf/many.env", manySecrets()),
		"many words of rules":      put("src/words.ts", line("eval innerHTML exec query fetch ")),
		"spaces":                   put("src/spaces.py", "x = 1"+line(" \t")),
		"base64":                   put("data/blob.txt", line("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0")),
		"pipeline of a megabyte":   put(".github/workflows/long.yml", "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"+strings.Repeat("      - run: echo ${{ github.event.issue.title }}\n", 20_000)),
		"Dockerfile of a megabyte": put("Dockerfile", "FROM scratch\n"+strings.Repeat("RUN echo a\n", 90_000)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := write(t, clean)
			harm(t, dir)
			e := inChild(t, dir)
			if e.code < 0 || e.code > 2 {
				t.Errorf("code %d: %.500s", e.code, e.errs)
			}
			if e.cpu > mostTime || e.peak > mostMemory {
				t.Errorf("it took %v of CPU and %d MB", e.cpu, e.peak/1_000_000)
			}
			t.Logf("%v, %d MB, code %d: %s", e.cpu, e.peak/1_000_000, e.code, unread(e.report))
		})
	}
}

func put(name, text string) harmful {
	return func(t *testing.T, dir string) {
		t.Helper()
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func remove(name string) harmful {
	return func(t *testing.T, dir string) {
		t.Helper()
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

func both(a, b harmful) harmful {
	return func(t *testing.T, dir string) {
		t.Helper()
		a(t, dir)
		b(t, dir)
	}
}

func link(to, name string) harmful {
	return func(t *testing.T, dir string) {
		t.Helper()
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

func pipe(t *testing.T, dir string) {
	t.Helper()
	if err := syscall.Mkfifo(filepath.Join(dir, "src/pipe.ts"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func device(kind uint32, minor int) harmful {
	return func(t *testing.T, dir string) {
		t.Helper()
		err := syscall.Mknod(filepath.Join(dir, "src/device.ts"), kind|0o600, 1<<8|minor)
		if errors.Is(err, syscall.EPERM) {
			t.Skip("devices can only be made by root, outside of most containers")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func socket(t *testing.T, dir string) {
	t.Helper()
	short, err := os.MkdirTemp("/tmp", "s") // a socket's name may have 100 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(short) })
	l, err := net.Listen("unix", filepath.Join(short, "s"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	if err := os.Rename(filepath.Join(short, "s"), filepath.Join(dir, "src/s.ts")); err != nil {
		t.Fatal(err)
	}
}

func sparse(t *testing.T, dir string) {
	t.Helper()
	put("data/big.bin", "x")(t, dir)
	if err := os.Truncate(filepath.Join(dir, "data/big.bin"), 1<<30); err != nil {
		t.Fatal(err)
	}
}

// zipBomb is small, and a gigabyte when it is unpacked: 64 entries of zeros.
func zipBomb(t *testing.T, dir string) {
	t.Helper()
	var inner, b bytes.Buffer
	z := zip.NewWriter(&inner)
	w, err := z.Create("zeros.txt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(w, zeros{}, 16<<20); err != nil {
		t.Fatal(err)
	}
	z.Close()
	r, err := zip.NewReader(bytes.NewReader(inner.Bytes()), int64(inner.Len()))
	if err != nil {
		t.Fatal(err)
	}
	z = zip.NewWriter(&b)
	for i := range 64 {
		h := r.File[0].FileHeader
		h.Name = fmt.Sprintf("zeros%d.txt", i)
		w, err := z.CreateRaw(&h)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := r.File[0].OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, raw); err != nil {
			t.Fatal(err)
		}
	}
	z.Close()
	put("data/bomb.zip", b.String())(t, dir)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func yamlBomb() string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := range 12 {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 10), ", "))
	}
	return b.String()
}

func manySecrets() string {
	var b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&b, "DB_PASSWORD_%d=Xk%dq9Zt!%dvLw\n", i, i*7919, i*104729)
	}
	return b.String()
}

const circleManifest = `{"name": "candidate-tracker", "private": true, "dependencies": {"a": "1.0.0"}}` + "\n"
