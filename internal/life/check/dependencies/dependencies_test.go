package dependencies

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/osv"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// run checks files against the built-in list, or against other records.
func run(t *testing.T, files map[string]string, records ...string) findings.Result {
	t.Helper()
	tr := &tree.Tree{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		tr.Files = append(tr.Files, tree.File{Path: name, Text: []byte(files[name])})
	}
	res, _ := Check(context.Background(), Input{Set: lockfile.Read(tr), Data: data(t, records...)})
	return res
}

func data(t testing.TB, records ...string) Data {
	t.Helper()
	d := Starter()
	if len(records) > 0 {
		r := zipped(t, records...)
		h := osv.NewHarvest(false, nil)
		if err := h.AddZip(t.Context(), "x.zip", "", r, r.Size()); err != nil {
			t.Fatal(err)
		}
		db, err := osv.Memory(h)
		if err != nil {
			t.Fatal(err)
		}
		d = Data{DB: db}
	}
	if d.Fault != nil {
		t.Fatal(d.Fault)
	}
	return d
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
	d := data(t)
	if d.DB.Records() != 10 || d.Date(nil) != "2024-09-10" || !strings.Contains(d.About(), "small built-in list") {
		t.Errorf("%d records, %s: %s", d.DB.Records(), d.Date(nil), d.About())
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
		"dependency_flaws package.json:4 true",          // express itself, with body-parser and qs that come with it
		"dependency_known_flaw package.json:5 true",     // lodash, high
		"dependency_indirect_flaw package.json:7 false", // minimist by tool, for building only
	}
	if !slices.Equal(got, want) {
		t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	express, lodash, tool := res.Findings[0], res.Findings[1], res.Findings[2]
	if want := []string{"In line 4 of `package.json`, from column 17, change `4.18.2` to `4.19.2`.", "Run `npm install`, so that package-lock.json changes too.", "Run `npm update body-parser qs`, for the packages that it needs.", "Push all changed files."}; !slices.Equal(express.Fix, want) {
		t.Errorf("%q", express.Fix)
	}
	if want := []core.Edit{{Kind: core.EditReplace, Path: "package.json", Line: 5, Column: 16, End: 23, Old: "4.17.20", New: "4.17.21"}}; !slices.Equal(lodash.Edits, want) || lodash.Quote != `"lodash": "4.17.20"` {
		t.Errorf("%+v %q", lodash.Edits, lodash.Quote)
	}
	if len(tool.Edits) != 0 || tool.Fix[0] != "Run `npm update minimist`. It brings them to newer versions." {
		t.Errorf("%+v", tool)
	}
	if !strings.Contains(lodash.Details, "CVE-2021-23337") || !strings.HasPrefix(res.Looked, "7 packages in 1 list, against 10 known holes") {
		t.Errorf("%s; %s", lodash.Details, res.Looked)
	}
	if s := res.Seen; s.Packages != 7 || s.Data != "2024-09-10" || len(s.Sources) != 1 || s.Sources[0] != (core.DataSource{Ecosystem: "npm", Packages: 7, Records: 10, Date: "2024-09-10"}) {
		t.Errorf("%+v", s)
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

func record(id, ecosystem, name, events string) string {
	return fmt.Sprintf(`{"id":%q,"modified":"2026-01-02T00:00:00Z","affected":[{"package":{"ecosystem":%q,"name":%q},"ranges":[{"type":"ECOSYSTEM","events":[%s]}]}],"database_specific":{"severity":"HIGH"}}`, id, ecosystem, name, events)
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

func TestMaliciousBlocksInBuildingToo(t *testing.T) {
	res := run(t, map[string]string{"package-lock.json": `{"lockfileVersion":3,"packages":{"node_modules/p":{"version":"1.0.0","dev":true}}}`}, record("MAL-1", "npm", "p", `{"introduced":"0"}`))
	if len(res.Findings) != 1 || res.Findings[0].Code != "dependency_malicious" || !res.Findings[0].Blocking {
		t.Errorf("%+v", res.Findings)
	}
}

func answers(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("../../../engine/osv/testdata/answers/answers.tsv")
	if err != nil {
		t.Fatal(err)
	}
	return text
}
