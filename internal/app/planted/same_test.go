package planted

import (
	"bytes"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// machine is all that may differ between two places that check the same files.
type machine struct {
	umask  string
	env    []string
	copyTo string
	cwd    string // "" for the folder of the copy, which is then called "."
}

// TestTwoMachinesSameBytes checks two copies of an app with a fault of every kind
// by processes of their own, on what could be two machines. JSON, SARIF, JUnit and
// the list of parts are the same, byte for byte.
func TestTwoMachinesSameBytes(t *testing.T) {
	from := halfClone(t)
	var first map[string][]byte
	for i, m := range []machine{
		{"077", []string{"TZ=UTC", "LC_ALL=C", "LANG=C", "GOMAXPROCS=1"}, "a", "/"},
		{"000", []string{"TZ=Pacific/Kiritimati", "LC_ALL=tr_TR.UTF-8", "LANG=de_DE.UTF-8", "GOMAXPROCS=8", "HOME=/nowhere", "USER=somebody", "HOSTNAME=elsewhere"}, "b/with a blank/and-a-longer-name", ""},
	} {
		at := filepath.Join(t.TempDir(), m.copyTo)
		shuffledCopy(t, from, at)
		got := m.reports(t, at)
		for name, b := range got {
			if len(b) < 1000 || bytes.Contains(b, []byte(at)) {
				t.Errorf("machine %d, %s: it is short, or names its place: %.400s", i, name, b)
			}
			if i > 0 && !bytes.Equal(b, first[name]) {
				t.Errorf("%s differs: %s", name, firstDifference(first[name], b))
			}
		}
		if i == 0 {
			first = got
		}
	}
}

// reports runs the program as that machine would, and returns what it wrote.
func (m machine) reports(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	to, target := t.TempDir(), dir
	if m.cwd == "" {
		m.cwd, target = dir, "."
	}
	file := func(name string) string { return filepath.Join(to, name) }
	for _, args := range [][]string{
		{"check", target, "--history", "--format", "json=" + file("json") + ",sarif=" + file("sarif") + ",junit=" + file("junit")},
		{"sbom", "make", target, "-o", file("cyclonedx")},
		{"sbom", "make", target, "--format", "spdx", "-o", file("spdx")},
	} {
		cmd := exec.Command("/bin/sh", append([]string{"-c", `umask "$0"; exec "$@"`, m.umask, os.Args[0]}, args...)...)
		cmd.Dir = m.cwd
		cmd.Env = append([]string{asChild + "=" + file("status"), "PATH=" + os.Getenv("PATH")}, m.env...)
		out, err := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != 1 && code != 2 {
			t.Fatalf("%v: code %d, %v: %s", args, code, err, out)
		}
	}
	got := map[string][]byte{}
	for _, name := range []string{"json", "sarif", "junit", "cyclonedx", "spdx"} {
		got[name] = content(t, file(name))
	}
	return got
}

// shuffledCopy copies a folder, its files in an order of chance.
func shuffledCopy(t *testing.T, from, to string) {
	t.Helper()
	var names []string
	err := filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(from, name)
		if err == nil && d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		names = append(names, rel)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	rand.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(to, name), content(t, filepath.Join(from, name)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// firstDifference shows the lines at which two texts part.
func firstDifference(a, b []byte) string {
	x, y := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return x[i] + "\n  and " + y[i]
		}
	}
	return "one is longer"
}
