package check_test

import (
	"bytes"
	"context"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/life/check"
	"github.com/paddock-dev/paddock/internal/life/check/report"
)

// shuffled lists folders in another order each time.
type shuffled struct{ fs.FS }

func (s shuffled) Open(name string) (fs.File, error) {
	f, err := s.FS.Open(name)
	if d, ok := f.(fs.ReadDirFile); ok && err == nil {
		return shuffledDir{d}, nil
	}
	return f, err
}

type shuffledDir struct{ fs.ReadDirFile }

func (d shuffledDir) ReadDir(n int) ([]fs.DirEntry, error) {
	list, err := d.ReadDirFile.ReadDir(n)
	rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list, err
}

// TestOtherMachineSameBytes checks one tree as other machines would: at another
// place, in another time zone and locale, with other processors and another order
// of folders. Reports and SBOM are the same, byte for byte.
func TestOtherMachineSameBytes(t *testing.T) {
	zone := time.Local
	procs := runtime.GOMAXPROCS(0)
	defer func() { time.Local = zone; runtime.GOMAXPROCS(procs) }()
	var first []byte
	for i, env := range []struct {
		procs       int
		zone        string
		locale, dir string
	}{{1, "UTC", "C", "a"}, {8, "Pacific/Kiritimati", "tr_TR.UTF-8", "b/with blank"}, {2, "America/St_Johns", "de_DE.UTF-8", "c"}} {
		dir := filepath.Join(t.TempDir(), env.dir)
		for name, text := range planted() {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600+fs.FileMode(i)); err != nil {
				t.Fatal(err)
			}
		}
		t.Chdir(dir)
		t.Setenv("LC_ALL", env.locale)
		t.Setenv("TZ", env.zone)
		runtime.GOMAXPROCS(env.procs)
		if loc, err := time.LoadLocation(env.zone); err == nil {
			time.Local = loc
		}
		in := input(nil)
		in.Files = shuffled{os.DirFS(dir)}
		in.Commit = ""
		e, err := check.New(check.Options{Clock: fixedClock{}, Version: "1.0", Key: []byte("key")})
		if err != nil {
			t.Fatal(err)
		}
		r, err := e.Run(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		for _, format := range report.Formats() {
			if err := report.Write(&b, format, r, report.TextOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		b.Write(r.SBOM)
		if len(r.Findings) < 8 || len(r.SBOM) == 0 {
			t.Fatalf("only %d findings", len(r.Findings))
		}
		if bytes.Contains(b.Bytes(), []byte(dir)) {
			t.Error("an absolute path is in a report")
		}
		if i == 0 {
			first = b.Bytes()
		} else if !bytes.Equal(first, b.Bytes()) {
			t.Errorf("environment %d gives another report", i)
		}
	}
}
