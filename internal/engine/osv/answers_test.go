package osv

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

func answersDB(t testing.TB) *DB {
	t.Helper()
	h := NewHarvest(false, nil)
	if err := h.Add(t.Context(), "testdata/answers"); err != nil {
		t.Fatal(err)
	}
	db, err := Memory(h)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// TestRecordedAnswers asks for what the OSV API was asked in osv-scanner's
// tests. Every advisory that it answered and that we hold must be found. What we
// find beyond must be newer than the recording, or listed here with the reason.
func TestRecordedAnswers(t *testing.T) {
	db := answersDB(t)
	held := map[string]bool{}
	for _, ref := range db.index {
		plain, err := db.unpack(ref, &rooms{})
		if err != nil {
			t.Fatal(err)
		}
		for in := (reader{b: plain}); len(in.b) > 0; {
			in.bytes()
			list, err := advisories(in.bytes())
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range list {
				held[a.ID] = true
			}
		}
	}
	text, err := os.ReadFile("testdata/answers/answers.tsv")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for line := range strings.Lines(string(text)) {
		p := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		m, err := db.Match(p[0], p[1], p[2])
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Fields(p[3])
		for _, id := range want {
			if !held[id] {
				continue
			}
			found[p[0]]++
			if !slices.ContainsFunc(m.Advisories, func(a Advisory) bool { return a.ID == id }) {
				t.Errorf("%s %s %s: %s is missed", p[0], p[1], p[2], id)
			}
		}
		for _, a := range m.Advisories {
			newer := p[0] == "Go" && strings.HasPrefix(a.ID, "GO-2026-") // the recording is of early 2026
			withdrawn := a.ID == "PYSEC-2021-108" && p[1] == "urllib3"   // changed since our snapshot of 2024
			if !slices.Contains(want, a.ID) && !newer && !withdrawn {
				t.Errorf("%s %s %s: %s is found and was not answered", p[0], p[1], p[2], a.ID)
			}
		}
	}
	if found["Go"] != 347 || found["PyPI"] != 25 || found["npm"] != 2 {
		t.Errorf("answers found: %v, want 347 of Go, 25 of PyPI, 2 of npm", found)
	}
}

// TestFindsEveryPackage looks each package up and compares with what was put in,
// so that no place in a block or between blocks is lost.
func TestFindsEveryPackage(t *testing.T) {
	h := NewHarvest(false, nil)
	if err := h.Add(t.Context(), "testdata/answers"); err != nil {
		t.Fatal(err)
	}
	db, err := Memory(h)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, p := range h.packs() {
		for _, e := range p.entries {
			eco, name, _ := strings.Cut(e.key, "\x00")
			got, err := db.Of(eco, name)
			want, _ := advisories(e.body)
			if err != nil || len(want) == 0 || len(got) != len(want) || got[0].ID != want[0].ID {
				t.Errorf("%s %s: %d advisories, want %d: %v", eco, name, len(got), len(want), err)
			}
			n++
		}
	}
	if n < 20 || len(db.index) < 4 {
		t.Errorf("%d packages in %d blocks", n, len(db.index))
	}
	if err := db.Check(); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"", "aaa", "zzz", "github.com", "golang.org/x"} {
		if got, err := db.Of("Go", name); err != nil || got != nil {
			t.Errorf("%q: %v, %v", name, got, err)
		}
	}
}

// TestManyAskAtOnce: blocks make room for one another while others read.
func TestManyAskAtOnce(t *testing.T) {
	db := answersDB(t)
	names := []string{"django", "urllib3", "flask", "requests", "pillow", "numpy", "jinja2", "ansible"}
	want := map[string]string{}
	for _, n := range names {
		list, err := db.Of("PyPI", n)
		if err != nil {
			t.Fatal(err)
		}
		want[n] = fmt.Sprint(list)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 100 {
				n := names[(i*7+j*3)%len(names)]
				list, err := db.Of("PyPI", n)
				if err != nil || fmt.Sprint(list) != want[n] {
					t.Errorf("%s: another answer, %v", n, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestOneHarvestOneFile(t *testing.T) {
	var files [2]bytes.Buffer
	for i := range files {
		h := NewHarvest(false, nil)
		if err := h.Add(t.Context(), "testdata/answers"); err != nil {
			t.Fatal(err)
		}
		if err := write(&files[i], Manifest{}, h.packs(), nil, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0].Bytes(), files[1].Bytes()) {
		t.Error("the same records make two files")
	}
}
