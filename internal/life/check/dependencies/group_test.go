package dependencies

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/osv"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// listed is a project whose list people write themselves: one package a line.
func listed(eco lockfile.Ecosystem, tool, file, text string, pkgs ...lockfile.Package) *lockfile.Set {
	p := lockfile.Project{Ecosystem: eco, Tool: tool, Dir: ".", LockFile: tree.File{Path: file, Text: []byte(text)}, Locked: true}
	for i := range pkgs {
		pkgs[i].Ecosystem, pkgs[i].By = eco, lockfile.Missing
	}
	p.Packages = pkgs
	return &lockfile.Set{Projects: []lockfile.Project{p}}
}

func check(t *testing.T, set *lockfile.Set, d Data) findings.Result {
	t.Helper()
	res, _ := Check(context.Background(), Input{Set: set, Data: d, Now: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)})
	return res
}

// TestEditsMend follows the edits to the letter in lists that hold the version
// themselves; then the package is looked up again.
func TestEditsMend(t *testing.T) {
	for _, c := range []struct {
		eco              lockfile.Ecosystem
		tool, text, name string
		version, want    string // of the edited line
		record           string
	}{
		{lockfile.PyPI, "pip", "flask==1.0\nrequests==2.25.1  # for the feed\n", "requests", "2.25.1", "requests==2.31.0  # for the feed", `{"introduced":"2.3.0"},{"fixed":"2.31.0"}`},
		{lockfile.Go, "go", "module x\n\trequire golang.org/x/net v0.1.0 // indirect\n", "golang.org/x/net", "v0.1.0", "\trequire golang.org/x/net v0.7.0 // indirect", `{"introduced":"0"},{"fixed":"0.7.0"}`},
	} {
		set := listed(c.eco, c.tool, map[string]string{"go": "go.mod", "pip": "requirements.txt"}[c.tool], c.text, lockfile.Package{Name: c.name, Version: c.version, Line: 2})
		res := check(t, set, data(t, record("A", string(c.eco), c.name, c.record)))
		if len(res.Findings) != 1 || res.Findings[0].Code != "dependency_known_flaw" || len(res.Findings[0].Edits) != 1 {
			t.Fatalf("%s: %+v", c.eco, res.Findings)
		}
		e := res.Findings[0].Edits[0]
		line := []rune(strings.Split(c.text, "\n")[e.Line-1])
		if got := string(line[:e.Column-1]) + e.New + string(line[e.End-1:]); got != c.want || string(line[e.Column-1:e.End-1]) != e.Old {
			t.Errorf("%s: %q, want %q", c.eco, got, c.want)
		}
	}
}

// TestNoEditWhereItIsNotExact lists what must be left to a person.
func TestNoEditWhereItIsNotExact(t *testing.T) {
	for want, edit := range map[string]string{"1.2.3": "1.2.3", "^1.2": "1.2", "~=1.2": "1.2", ">=1.2.3": "1.2.3", "=v1.2.3": "v1.2.3", "==1!2.0.post1": "1!2.0.post1",
		"*": "", "latest": "", ">=1 <2": "", "1.x": "", "<2": "", "!=1.0": "", "npm:other@1.2.3": "", "git+ssh://x#1.0.0": "", ">=1,<2": "", "1 || 2": "", "": ""} {
		if _, got := literal(want); got != edit {
			t.Errorf("%q: %q, want %q", want, got, edit)
		}
	}
	set := listed(lockfile.PyPI, "pip", "requirements.txt", "requests==2.25.1 \\\n  --hash=sha256:00\n", lockfile.Package{Name: "requests", Version: "2.25.1", Line: 1, Hashes: []lockfile.Hash{{Algorithm: "SHA-256", Value: "00"}}})
	if res := check(t, set, data(t, record("A", "PyPI", "requests", `{"introduced":"0"},{"fixed":"2.31.0"}`))); len(res.Findings) != 1 || len(res.Findings[0].Edits) != 0 || !strings.Contains(res.Findings[0].Fix[0], "change `requests` from 2.25.1 to 2.31.0") {
		t.Errorf("a version with its sums beside it: %+v", res.Findings)
	}
}

// TestNamesGoIntoNoCommand lets a hostile name into a lock file.
func TestNamesGoIntoNoCommand(t *testing.T) {
	p := &lockfile.Project{Tool: "npm"}
	holes := []hole{{pkg: lockfile.Package{Name: "x; rm -rf ~"}, match: osv.Match{Fixed: "1.0.0"}}, {pkg: lockfile.Package{Name: "-g"}, match: osv.Match{Fixed: "1.0.0"}}, {pkg: lockfile.Package{Name: "$(id)"}, match: osv.Match{Fixed: "1"}}}
	if got := update(p, holes); got != "" {
		t.Errorf("%q", got)
	}
	holes = append(holes, hole{pkg: lockfile.Package{Name: "@a/b"}, match: osv.Match{Fixed: "1.0.0"}})
	if got := update(p, holes); got != "npm update @a/b" {
		t.Errorf("%q", got)
	}
}

// TestNoDataIsSaid: what the database does not speak about is never green.
func TestNoDataIsSaid(t *testing.T) {
	set := listed(lockfile.RubyGems, "bundler", "Gemfile.lock", "x", lockfile.Package{Name: "rack", Version: "2.0.0"}, lockfile.Package{Name: "rails", Version: "7.0.0"})
	res := check(t, set, data(t))
	if res.Verdict() != core.Incomplete || !strings.Contains(res.Incomplete[0], "no data about RubyGems") || res.Seen.Unmatched != 2 || res.Seen.Sources[0].Records != 0 {
		t.Errorf("%+v", res)
	}
	d := data(t, record("A", "RubyGems", "sinatra", `{"introduced":"0"}`))
	if res := check(t, set, d); res.Verdict() != core.Passed || !strings.HasSuffix(res.Looked, "; RubyGems of 2026-01-02") {
		t.Errorf("%+v", res)
	}
	d.MaxAge = 58
	if res := check(t, set, d); res.Verdict() != core.Passed {
		t.Errorf("data of 58 days: %+v", res)
	}
	d.MaxAge = 57
	if res := check(t, set, d); res.Verdict() != core.Incomplete || !strings.Contains(res.Incomplete[0], "RubyGems is of 2026-01-02, which is more than 57 days old") {
		t.Errorf("data that is too old: %+v", res)
	}
	if res := check(t, set, Data{Fault: core.Errorf(core.Unreadable, "It is cut short.")}); res.Verdict() != core.Incomplete || res.Incomplete[0] != "It is cut short." {
		t.Errorf("no database: %+v", res)
	}
	strange := listed(lockfile.RubyGems, "bundler", "Gemfile.lock", "x", lockfile.Package{Name: "rack", Version: "main"})
	if res := check(t, strange, d); res.Verdict() != core.Incomplete || res.Seen.Unmatched != 1 || !strings.Contains(fmt.Sprint(res.Incomplete), "rack@main") {
		t.Errorf("a version that is none: %+v", res)
	}
}

// TestUnreadableRecordsAreInEveryReport: an import that left records out says so
// for ever.
func TestUnreadableRecordsAreInEveryReport(t *testing.T) {
	r := zipped(t, record("A", "npm", "p", `{"introduced":"0"}`), "{")
	h := osv.NewHarvest(true, nil)
	if err := h.AddZip(t.Context(), "x.zip", "npm", r, r.Size()); err != nil {
		t.Fatal(err)
	}
	db, err := osv.Memory(h)
	if err != nil {
		t.Fatal(err)
	}
	set := listed(lockfile.NPM, "npm", "package-lock.json", "x", lockfile.Package{Name: "q", Version: "1.0.0"})
	if res := check(t, set, Data{DB: db}); res.Verdict() != core.Incomplete || !strings.Contains(res.Incomplete[0], "1 record about npm could not be read") {
		t.Errorf("%+v", res)
	}
}

func TestToolchainIsOneCaution(t *testing.T) {
	set := listed(lockfile.Go, "go", "go.mod", "module x\n\ngo 1.22\n\ntoolchain go1.22.4\n", lockfile.Package{Name: "example.com/m", Version: "v1.0.0"})
	set.Projects[0].Toolchain = "1.22.4"
	res := check(t, set, data(t, record("GO-1", "Go", "stdlib", `{"introduced":"0"},{"fixed":"1.22.5"}`), record("GO-2", "Go", "stdlib", `{"introduced":"1.22.0-0"},{"fixed":"1.22.7"}`)))
	if len(res.Findings) != 1 {
		t.Fatalf("%+v", res.Findings)
	}
	f := res.Findings[0]
	if f.Code != "toolchain_flaw" || f.Blocking || f.Line != 5 || f.What != "Your app is built with Go 1.22.4. It has 2 known holes." || len(f.Edits) != 1 || f.Edits[0].New != "1.22.7" || f.Edits[0].Column != 13 {
		t.Errorf("%+v", f)
	}
}

func TestScriptsAreOneFinding(t *testing.T) {
	set := listed(lockfile.NPM, "npm", "package-lock.json", "x", lockfile.Package{Name: "b", Version: "1.0.0", Script: true}, lockfile.Package{Name: "a", Version: "1.0.0", Script: true}, lockfile.Package{Name: "c", Version: "1.0.0"}, lockfile.Package{Name: "a", Version: "2.0.0", Script: true})
	res := check(t, set, data(t))
	if len(res.Findings) != 1 || res.Findings[0].Blocking || !strings.HasPrefix(res.Findings[0].What, "2 packages in package-lock.json may run a program when installed: `a`, `b`.") {
		t.Errorf("%+v", res.Findings)
	}
}

// TestFingerprintHoldsTheAdvisories: an exemption must not cover a hole that
// nobody knew of when it was given.
func TestFingerprintHoldsTheAdvisories(t *testing.T) {
	set := listed(lockfile.PyPI, "pip", "requirements.txt", "p==1.0\n", lockfile.Package{Name: "p", Version: "1.0", Line: 1})
	a, b := record("A", "PyPI", "p", `{"introduced":"0"}`), record("B", "PyPI", "p", `{"introduced":"0"}`)
	one, same, two := check(t, set, data(t, a)).Findings[0].Fingerprint, check(t, set, data(t, a)).Findings[0].Fingerprint, check(t, set, data(t, a, b)).Findings[0].Fingerprint
	if one != same || one == two {
		t.Errorf("%s %s %s", one, same, two)
	}
}

func TestLookalikes(t *testing.T) {
	known := readPopular()
	for name, want := range map[string]string{
		"npm expres": "express", "npm exrpess": "express", "npm expresss": "express", "npm expresx": "", "npm lodahs": "lodash", "npm l0dash": "lodash", "npm crossenv": "cross-env", "npm cross.env": "cross-env", "npm axois": "axios",
		"npm cornmander": "commander", "npm momnet": "moment", "npm reqeust": "request",
		// well known themselves, or far from all others
		"npm express": "", "npm preact": "", "npm requests": "", "npm colors": "", "npm expresso": "", "npm ms": "", "npm m": "", "npm redis-om": "", "npm @acme/express": "", "npm my-app": "",
		"PyPI reqeusts": "requests", "PyPI python_dateutil": "", "PyPI pythondateutil": "python-dateutil", "PyPI djnago": "django", "PyPI urlib3": "urllib3", "PyPI panda": "", "PyPI Flask": "",
		"crates.io serde-json": "serde_json", "RubyGems nokogirl": "", "RubyGems raisl": "rails", "Go github.com/spf13/corba": "github.com/spf13/cobra", "Hex anything": "",
	} {
		eco, n, _ := strings.Cut(name, " ")
		if got := known[eco].meant(osv.Normal(eco, n)); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for eco, list := range known {
		for name := range list.all {
			if got := list.meant(name); got != "" {
				t.Errorf("%s %s, which is well known, is taken for %s", eco, name, got)
			}
		}
	}
}

// TestNoFalseAlarmsOfNames holds the names that real apps ask for, and those of
// all packages in the recorded answers, against the lists.
func TestNoFalseAlarmsOfNames(t *testing.T) {
	known := readPopular()
	text := answers(t)
	n, wrong := 0, []string{}
	for line := range bytes.Lines(text) {
		p := strings.Split(string(line), "\t")
		if known[p[0]] == nil {
			continue
		}
		n++
		if got := known[p[0]].meant(osv.Normal(p[0], p[1])); got != "" {
			wrong = append(wrong, p[1]+" for "+got)
		}
	}
	if n < 50 || len(wrong) > 0 {
		t.Errorf("%d of %d: %v", len(wrong), n, slices.Compact(wrong))
	}
}
