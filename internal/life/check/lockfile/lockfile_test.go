package lockfile

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func sample(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestParse(t *testing.T) {
	l, err := Parse(sample(t))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range l.Packages {
		got = append(got, p.Name+"@"+p.Version+" "+p.Licence)
	}
	want := "body-parser@1.20.1 (MIT OR GPL-3.0-only)|qs@6.5.2 BSD-3-Clause|express@4.18.2 MIT|lodash@4.17.20 MIT|minimist@1.2.0 |qs@6.11.0 MIT|tool@1.0.0 "
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
}

func TestDirect(t *testing.T) {
	l, _ := Parse(sample(t))
	d := l.Direct()
	for place, want := range map[string]string{
		"node_modules/lodash": "lodash", "node_modules/minimist": "tool", "node_modules/body-parser/node_modules/qs": "express", "node_modules/qs": "express", "node_modules/express": "express",
	} {
		if d[place] != want {
			t.Errorf("%s comes with %q, want %q", place, d[place], want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"not JSON":    `{"lockfileVersion": 3,`,
		"version 1":   `{"lockfileVersion": 1, "dependencies": {}}`,
		"no packages": `{"lockfileVersion": 3}`,
		"long name":   `{"lockfileVersion": 3, "packages": {"node_modules/` + strings.Repeat("x", 3000) + `": {"version": "1.0.0"}}}`,
		"deep":        `{"lockfileVersion": 3, "packages": ` + strings.Repeat("[", 20_000) + `}`,
	} {
		if _, err := Parse([]byte(text)); core.CodeOf(err) != core.Unreadable {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestReadFindsProjects(t *testing.T) {
	s := Read(&tree.Tree{Files: []tree.File{
		{Path: "package.json", Text: []byte(`{"dependencies":{"a":"1"}}`)},
		{Path: "package-lock.json", Text: sample(t)},
		{Path: "api/package.json", Text: []byte(`{`)},
		{Path: "node_modules/a/package.json", Text: []byte(`{`)},
		{Path: "jobs/requirements.txt", Text: []byte("flask")},
	}})
	if len(s.Projects) != 2 || len(s.Faults) != 1 || !slices.Equal(s.Foreign, []string{"jobs/requirements.txt"}) || s.Packages() != 7 {
		t.Errorf("projects %d, faults %q, foreign %q, packages %d", len(s.Projects), s.Faults, s.Foreign, s.Packages())
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample(f))
	f.Add([]byte(`{"lockfileVersion":3,"packages":{"":{"dependencies":{"a":"1"}},"node_modules/a":{"license":[["x"]],"dependencies":{"a":"1"}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := Parse(data)
		if err != nil {
			return
		}
		l.Direct()
		for _, p := range l.Packages {
			l.Children(p)
		}
	})
}
