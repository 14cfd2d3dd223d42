package osv

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

func TestRangesAndFixes(t *testing.T) {
	db, err := Memory(harvest(t, osvRecord("A-1", "npm", "p", `{"introduced":"2.0.0-rc.1"},{"fixed":"2.0.1"},{"introduced":"1.0.0"},{"fixed":"1.5.0"}`),
		osvRecord("A-2", "npm", "p", `{"introduced":"1.4.0"},{"last_affected":"1.6.0"}`), osvRecord("A-3", "npm", "p", `{"introduced":"0"},{"fixed":"0.9.0"}`)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		version string
		n       int
		fixed   string
	}{{"0.8.9", 1, "0.9.0"}, {"0.9.0", 0, ""}, {"1.0.0-beta", 0, ""}, {"1.4.9", 2, "2.0.1"}, {"1.3.0", 1, "2.0.1"}, {"1.6.0", 1, "2.0.1"}, {"2.0.0", 1, "2.0.1"}, {"2.0.0-alpha", 0, ""}, {"2.0.1", 0, ""}, {"1.0.0+build", 1, "2.0.1"}} {
		if m, err := db.Match("npm", "p", c.version); err != nil || len(m.Advisories) != c.n || m.Fixed != c.fixed {
			t.Errorf("%s: %d advisories, fixed in %q; want %d, %q: %v", c.version, len(m.Advisories), m.Fixed, c.n, c.fixed, err)
		}
	}
}

func TestEcosystemsOrderInTheirOwnWay(t *testing.T) {
	for _, c := range []struct {
		ecosystem, name, events, ask, version string
		want                                  int
	}{
		{"PyPI", "Flask_Cors", `{"introduced":"0"},{"fixed":"4.0.1"}`, "flask.cors", "4.0.1rc1", 1},
		{"PyPI", "x", `{"introduced":"0"},{"fixed":"1.0.post1"}`, "x", "1.0", 1},
		{"Go", "example.com/m", `{"introduced":"0"},{"fixed":"0.0.0-20220314234659-1baeb1ce4c0b"}`, "example.com/m", "v0.0.0-20210921155107-089bfa567519", 1},
		{"Go", "example.com/m", `{"introduced":"0"},{"fixed":"2.0.0+incompatible"}`, "example.com/m", "2.0.0+incompatible", 0},
		{"Maven", "g:a", `{"introduced":"2.0-beta9"},{"fixed":"2.15.0"}`, "g:a", "2.14.1", 1},
		{"Maven:https://repo.example", "g:a", `{"introduced":"0"},{"fixed":"1.0-rc1"}`, "g:a", "1.0-beta2", 1},
		{"NuGet", "Newtonsoft.Json", `{"introduced":"0"},{"fixed":"13.0.1"}`, "newtonsoft.json", "12.0.3.1", 1},
		{"RubyGems", "rack", `{"introduced":"3.0.0.beta1"},{"fixed":"3.0.4.1"}`, "rack", "3.0.4", 1},
		{"Packagist", "Monolog/Monolog", `{"introduced":"1.0.0"},{"fixed":"1.12.0"}`, "monolog/monolog", "v1.12.0-beta1", 1},
		{"crates.io", "smallvec", `{"introduced":"0.6.3"},{"fixed":"0.6.14"},{"introduced":"1.0.0"},{"fixed":"1.6.1"}`, "smallvec", "0.6.14", 0},
		{"Hex", "y", `{"introduced":"0"},{"fixed":"1.10.0"}`, "y", "1.9.0", 1},
	} {
		db, err := Memory(harvest(t, osvRecord("A", c.ecosystem, c.name, c.events)))
		if err != nil {
			t.Fatal(err)
		}
		if m, err := db.Match(c.ecosystem, c.ask, c.version); err != nil || len(m.Advisories) != c.want {
			t.Errorf("%s %s %s: %d advisories, want %d: %v", c.ecosystem, c.ask, c.version, len(m.Advisories), c.want, err)
		}
	}
}

func TestWhatIsKeptOfARecord(t *testing.T) {
	r, err := parse([]byte(`{"id":"MAL-1","modified":"0001-01-01T00:00:00Z","published":"2026-02-03T04:05:06.7Z","aliases":["CVE-2026-1"],"details":"First line.\nMore.",
		"severity":[{"type":"CVSS_V4","score":"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}],
		"affected":[{"package":{"ecosystem":"npm","name":"p"},"versions":["2.0.0","1.0.0"]},{"package":{"ecosystem":"npm","name":"p"},"versions":["1.0.0","3.0.0"]},
		{"package":{"ecosystem":"npm","name":"g"},"ranges":[{"type":"GIT","events":[{"introduced":"0"}]}]}],"database_specific":{"malicious-packages-origins":[{"x":1}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	a := r.by["npm\x00p"]
	if len(r.by) != 1 || a.Level != Critical || a.Summary != "First line." || a.Modified != "2026-02-03" || !a.Malicious || a.CVE() != "CVE-2026-1" || strings.Join(a.Versions, " ") != "1.0.0 2.0.0 3.0.0" {
		t.Errorf("%+v", a)
	}
}

func TestLevels(t *testing.T) {
	for vector, want := range map[string]Level{
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H": Critical, "CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H": High, "CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N": Moderate,
		"CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:P/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N": Low, "AV:N/AC:L/Au:N/C:P/I:P/A:P": High, "CVSS:9/x": Unknown, "": Unknown,
	} {
		if got := levelOf(vector); got != want {
			t.Errorf("%s: %s, want %s", vector, got, want)
		}
	}
	var a Advisory
	a.judge([]rawSeverity{{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}, levelNamed("MODERATE"), Unknown)
	if a.Level != Moderate || len(a.Vectors) != 1 {
		t.Errorf("the word of the database counts before the vector: %+v", a)
	}
}

func TestHarvestSaysWhatItLeavesOut(t *testing.T) {
	good := osvRecord("A-1", "npm", "p", `{"introduced":"0"}`)
	h := harvest(t, good, strings.Replace(good, `"id"`, `"withdrawn":"2026-01-03T00:00:00Z","id"`, 1), strings.Replace(strings.Replace(good, "A-1", "A-2", 1), "ECOSYSTEM", "GIT", 1))
	packs := h.packs()
	if len(packs) != 1 || packs[0].Records != 1 || packs[0].Withdrawn != 1 || packs[0].Unmatched != 1 {
		t.Errorf("%+v", packs)
	}
}

func TestUnreadableRecords(t *testing.T) {
	good := osvRecord("A", "npm", "p", `{"introduced":"0"}`)
	for note, bad := range map[string]string{"not JSON": "{", "a list": "[]", "no id": `{"modified":"2026-01-02T00:00:00Z"}`, "no date": `{"id":"x"}`, "a strange date": `{"id":"x","modified":"yesterday"}`,
		"a strange version": osvRecord("B", "npm", "p", `{"introduced":"one"}`), "a version of another kind": `{"id":"x","modified":"2026-01-02T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"p"},"versions":[1]}]}`} {
		dir := t.TempDir()
		for name, text := range map[string]string{"a.json": good, "b.json": bad} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := NewHarvest(false, nil).Add(t.Context(), dir); core.CodeOf(err) != core.Unreadable || !strings.Contains(err.Error(), "b.json") {
			t.Errorf("%s: got %v", note, err)
		}
		h := NewHarvest(true, nil)
		if err := h.Add(t.Context(), dir); err != nil {
			t.Errorf("%s: %v", note, err)
		} else if p := h.packs(); len(p) != 1 || p[0].Unreadable != 1 || strings.Join(p[0].Examples, "") != "b.json" {
			t.Errorf("%s: %+v", note, p)
		}
	}
}

func TestHostileZips(t *testing.T) {
	var bomb bytes.Buffer
	w := zip.NewWriter(&bomb)
	f, _ := w.Create("a.json")
	zeros := bytes.Repeat([]byte{' '}, 1<<20)
	for range 20 {
		_, _ = f.Write(zeros)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	lied := bytes.Replace(bomb.Bytes(), []byte{0, 0, 0x40, 1}, []byte{1, 0, 0, 0}, -1) // sizes that are not true
	for note, data := range map[string][]byte{"a bomb": bomb.Bytes(), "a bomb that lies": lied, "cut short": bomb.Bytes()[:100], "empty": {}} {
		if err := NewHarvest(false, nil).AddZip(t.Context(), "x.zip", "", bytes.NewReader(data), int64(len(data))); core.CodeOf(err) != core.Unreadable {
			t.Errorf("%s: got %v", note, err)
		}
	}
	if err := NewHarvest(false, nil).Add(t.Context(), t.TempDir()); core.CodeOf(err) != core.Unreadable {
		t.Errorf("an empty folder: %v", err)
	}
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte(osvRecord("A", "npm", "p", `{"introduced":"0"},{"fixed":"1.0.0"}`)), "1.2.3")
	f.Add([]byte(`{"id":"x","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"PyPI","name":"A_b"},"versions":["1"],"ranges":[{"type":"SEMVER","events":[{}]}]}]}`), "1!2.post1")
	f.Fuzz(func(t *testing.T, data []byte, version string) {
		r, err := parse(data)
		if err != nil {
			return
		}
		for k, a := range r.by {
			v := ParseVersion(ecosystemOf(k), version)
			LowestGood([]Advisory{a}, v)
			in := reader{b: a.append(nil)}
			if back := in.advisory(); in.err != nil || len(in.b) > 0 || fmt.Sprint(back) != fmt.Sprint(a) {
				t.Fatalf("%+v comes back as %+v", a, back)
			}
		}
	})
}

// FuzzVersion holds every order to what an order is: a version equals itself,
// and turning the question turns the answer.
func FuzzVersion(f *testing.F) {
	f.Add("1.0.0-rc.1", "v1.0.0+x")
	f.Add("1!2.0.post1.dev3", "2.0a1")
	f.Add("1.0-SNAPSHOT", "1.0-alpha-1")
	f.Add("3.0.0.beta1", "3.0.4.1")
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, eco := range []string{"npm", "PyPI", "Go", "Maven", "NuGet", "RubyGems", "Packagist", "crates.io", "Hex"} {
			v, w := ParseVersion(eco, a), ParseVersion(eco, b)
			if v.Compare(v) != 0 || v.Compare(w) != -w.Compare(v) {
				t.Fatalf("%s: %q and %q: %d, %d, %d", eco, a, b, v.Compare(v), v.Compare(w), w.Compare(v))
			}
			v.Prerelease()
			v.Comparable()
		}
	})
}
