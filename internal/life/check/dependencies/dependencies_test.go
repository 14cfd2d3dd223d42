package dependencies

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func starter(t testing.TB) *DB {
	t.Helper()
	db, err := Starter()
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func run(t *testing.T, files map[string]string) findings.Result {
	t.Helper()
	tr := &tree.Tree{}
	for name, text := range files {
		tr.Files = append(tr.Files, tree.File{Path: name, Text: []byte(text)})
	}
	res, _ := Check(context.Background(), lockfile.Read(tr), starter(t), VEX{})
	return res
}

const manifest = `{
  "name": "tracker",
  "dependencies": {
    "express": "4.18.2",
    "lodash": "4.17.20"
  },
  "devDependencies": { "tool": "1.0.0" }
}`

func TestStarterSaysWhatItIs(t *testing.T) {
	db := starter(t)
	if db.Records() != 10 || db.Date() != "2024-09-10" || !strings.Contains(db.About(), "small built-in list") {
		t.Errorf("%d records, %s: %s", db.Records(), db.Date(), db.About())
	}
}

func TestKnownHoles(t *testing.T) {
	lock, err := os.ReadFile("../lockfile/testdata/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	res := run(t, map[string]string{"package.json": manifest, "package-lock.json": string(lock)})
	var got []string
	for _, f := range res.Findings {
		got = append(got, fmt.Sprintf("%s %s:%d %v", f.Code, f.Path, f.Line, f.Blocking))
	}
	want := []string{
		"dependency_known_flaw package.json:4 false",    // express itself, moderate
		"dependency_indirect_flaw package.json:4 true",  // body-parser by express
		"dependency_indirect_flaw package.json:4 true",  // qs 6.5.2 by express
		"dependency_known_flaw package.json:5 true",     // lodash, high
		"dependency_indirect_flaw package.json:7 false", // minimist by tool, for building only
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	lodash := res.Findings[3]
	if lodash.Fix[0] != "In package.json, change `lodash` from 4.17.20 to 4.17.21." || lodash.Quote != `"lodash": "4.17.20"` {
		t.Errorf("%q %q", lodash.Fix[0], lodash.Quote)
	}
	if !strings.Contains(lodash.Details, "CVE-2021-23337") || !strings.HasPrefix(res.Looked, "7 packages in 1 list, against 10 known holes") {
		t.Errorf("%s; %s", lodash.Details, res.Looked)
	}
}

func TestFixedVersionIsClean(t *testing.T) {
	lock := `{"lockfileVersion":3,"packages":{"":{"dependencies":{"lodash":"4.17.21"}},"node_modules/lodash":{"version":"4.17.21"}}}`
	res := run(t, map[string]string{"package.json": `{"dependencies":{"lodash":"4.17.21"}}`, "package-lock.json": lock})
	if res.Verdict() != core.Passed {
		t.Errorf("%+v", res)
	}
}

// TestNothingPassesInSilence lists what cannot be judged; none may be green.
func TestNothingPassesInSilence(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  core.Verdict
	}{
		"no lock":          {map[string]string{"package.json": `{"dependencies":{"a":"1"}}`}, core.Blocks},
		"stale lock":       {map[string]string{"package.json": `{"dependencies":{"a":"1"}}`, "package-lock.json": `{"lockfileVersion":3,"packages":{}}`}, core.Blocks},
		"broken lock":      {map[string]string{"package-lock.json": `{`}, core.Incomplete},
		"broken manifest":  {map[string]string{"package.json": `{`}, core.Incomplete},
		"other tool":       {map[string]string{"yarn.lock": "x"}, core.Incomplete},
		"strange version":  {map[string]string{"package-lock.json": `{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"git+ssh://x"}}}`}, core.Incomplete},
		"no packages":      {map[string]string{"package.json": `{"name":"x"}`}, core.Passed},
		"nothing to check": {map[string]string{}, core.Passed},
	} {
		t.Run(name, func(t *testing.T) {
			if res := run(t, c.files); res.Verdict() != c.want {
				t.Errorf("got %s, want %s: %+v", res.Verdict(), c.want, res)
			}
		})
	}
}

func record(id, events string) string {
	return `{"id":"` + id + `","modified":"2026-01-02T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"p"},"ranges":[{"type":"SEMVER","events":[` + events + `]}]}]}`
}

func zipped(t testing.TB, records ...string) *bytes.Reader {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i, r := range records {
		f, err := w.Create(fmt.Sprintf("%d.json", i))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(r)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes())
}

func TestRangesAndFixes(t *testing.T) {
	r := zipped(t, record("A-1", `{"introduced":"1.0.0"},{"fixed":"1.5.0"},{"introduced":"2.0.0-rc.1"},{"fixed":"2.0.1"}`), record("A-2", `{"introduced":"1.4.0"},{"last_affected":"1.6.0"}`), record("A-3", `{"introduced":"0"},{"fixed":"0.9.0"}`))
	db, err := Load(r, r.Size())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		version string
		n       int
		fixed   string
	}{{"0.8.9", 1, "0.9.0"}, {"0.9.0", 0, ""}, {"1.0.0-beta", 0, ""}, {"1.4.9", 2, "2.0.1"}, {"1.3.0", 1, "2.0.1"}, {"1.6.0", 1, "2.0.1"}, {"2.0.0", 1, "2.0.1"}, {"2.0.0-alpha", 0, ""}, {"2.0.1", 0, ""}, {"1.0.0+build", 1, "2.0.1"}} {
		if m := db.lookup("p", c.version); len(m.advisories) != c.n || m.fixed != c.fixed {
			t.Errorf("%s: %d advisories, fixed in %q; want %d, %q", c.version, len(m.advisories), m.fixed, c.n, c.fixed)
		}
	}
}

func TestLoadRefusesHoles(t *testing.T) {
	for name, records := range map[string][]string{"empty": {}, "not JSON": {"{"}, "no id": {`{"modified":"2026-01-02"}`}, "strange version": {record("A", `{"introduced":"one"}`)}} {
		r := zipped(t, records...)
		if _, err := Load(r, r.Size()); core.CodeOf(err) != core.Unreadable {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := Load(strings.NewReader("x"), 1); core.CodeOf(err) != core.Unreadable {
		t.Errorf("not a zip: got %v", err)
	}
}

func TestWithdrawnAndMalicious(t *testing.T) {
	r := zipped(t, strings.Replace(record("A-1", `{"introduced":"0"}`), `"id"`, `"withdrawn":"2026-01-03T00:00:00Z","id"`, 1))
	db, err := Load(r, r.Size())
	if err != nil || len(db.lookup("p", "1.0.0").advisories) != 0 {
		t.Errorf("a withdrawn record counts: %v", err)
	}
	r = zipped(t, record("MAL-1", `{"introduced":"0"}`))
	db, _ = Load(r, r.Size())
	set := lockfile.Read(&tree.Tree{Files: []tree.File{{Path: "package-lock.json", Text: []byte(`{"lockfileVersion":3,"packages":{"node_modules/p":{"version":"1.0.0","dev":true}}}`)}}})
	if res, _ := Check(context.Background(), set, db, VEX{}); len(res.Findings) != 1 || res.Findings[0].Code != "dependency_malicious" || !res.Findings[0].Blocking {
		t.Errorf("%+v", res.Findings)
	}
}

func FuzzParseRecord(f *testing.F) {
	f.Add([]byte(record("A", `{"introduced":"0"},{"fixed":"1.0.0"}`)))
	f.Add([]byte(`{"id":"x","modified":"2026-01-01T","affected":[{"ranges":[{"events":[{}]}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		found, _, err := parseRecord(data)
		if err != nil {
			return
		}
		for _, list := range found {
			lowestGood(list, "1.2.3")
		}
	})
}
