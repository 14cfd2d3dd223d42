package openvex

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// doc makes a document of statements that are written without timestamp.
func doc(statements ...string) string {
	return `{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.org/vex/1","author":"Security","timestamp":"2026-03-01T09:00:00Z","version":1,
"statements":[` + strings.Join(statements, ",\n") + `]}`
}

func about(product, status, more string) string {
	return `{"vulnerability":{"name":"CVE-2021-23337","aliases":["GHSA-35jh-r3h4-6jhm"]},"products":[` + product + `],"status":"` + status + `"` + more + `}`
}

const (
	why      = `,"justification":"vulnerable_code_not_in_execute_path"`
	act      = `,"action_statement":"update"`
	lodash   = `{"@id":"pkg:npm/lodash@4.17.20"}`
	anyOne   = `{"identifiers":{"purl":"pkg:npm/lodash"}}`
	inApp    = `{"@id":"pkg:generic/paddock/tracker","subcomponents":[{"@id":"pkg:npm/lodash@4.17.20"}]}`
	inAppAny = `{"@id":"pkg:generic/paddock/tracker","subcomponents":[{"@id":"pkg:npm/lodash"}]}`
	wholeApp = `{"@id":"pkg:generic/paddock/tracker"}`
	atCommit = `{"@id":"pkg:generic/paddock/tracker@c0ffee"}`
	byDigest = `{"@id":"urn:x","hashes":{"sha-256":"ABCD"},"subcomponents":[{"@id":"pkg:npm/lodash"}]}`
	byOCI    = `{"@id":"pkg:oci/tracker@sha256%3Aabcd"}`
	narrow   = `{"@id":"pkg:npm/lodash@4.17.20?arch=arm64"}`
	within   = `{"@id":"pkg:npm/express","subcomponents":[{"@id":"pkg:npm/lodash"}]}`
	other    = `{"@id":"pkg:generic/paddock/payroll","subcomponents":[{"@id":"pkg:npm/lodash"}]}`
)

// at gives a statement a moment of its own.
func at(statement, moment string) string {
	return strings.TrimSuffix(statement, "}") + `,"timestamp":"` + moment + `"}`
}

func parsed(t *testing.T, text string) Document {
	t.Helper()
	d, err := Parse("vex/a.json", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return d
}

func TestJudge(t *testing.T) {
	sub := Subject{App: "tracker", Commit: "c0ffee", Artifact: "sha256:abcd", Component: core.Component{Ecosystem: "npm", Name: "lodash", Version: "4.17.20"}}
	young := sub
	young.Commit, young.Artifact = "", ""
	for _, c := range []struct {
		note       string
		sub        Subject
		want       string
		statements []string
	}{
		{"nothing", sub, "silent", nil},
		{"the very version", sub, "aside", []string{about(lodash, NotAffected, why)}},
		{"an impact statement is a reason", sub, "aside", []string{about(lodash, NotAffected, `,"impact_statement":"we never call it"`)}},
		{"every version", sub, "aside", []string{about(anyOne, NotAffected, why)}},
		{"in this app", sub, "aside", []string{about(inApp, NotAffected, why)}},
		{"anything in this app", sub, "aside", []string{about(wholeApp, NotAffected, why)}},
		{"at this commit", sub, "aside", []string{about(atCommit, NotAffected, why)}},
		{"at some commit, which one is not known", young, "silent", []string{about(atCommit, NotAffected, why)}},
		{"affected at some commit, which one is not known", young, "stands", []string{about(atCommit, Affected, act)}},
		{"by digest", sub, "aside", []string{about(byDigest, NotAffected, why)}},
		{"by digest, not built yet", young, "silent", []string{about(byDigest, NotAffected, why)}},
		{"by the digest in a package URL", sub, "aside", []string{about(byOCI, NotAffected, why)}},
		{"another app", sub, "silent", []string{about(other, NotAffected, why)}},
		{"another version", sub, "silent", []string{about(`{"@id":"pkg:npm/lodash@4.17.19"}`, NotAffected, why)}},
		{"another ecosystem", sub, "silent", []string{about(`{"@id":"pkg:pypi/lodash"}`, NotAffected, why)}},
		{"with qualifiers it means less", sub, "silent", []string{about(narrow, NotAffected, why)}},
		{"with qualifiers, affected", sub, "stands", []string{about(narrow, Affected, act)}},
		{"within another package", sub, "silent", []string{about(within, NotAffected, why)}},
		{"affected within another package", sub, "stands", []string{about(inApp, NotAffected, why), at(about(within, Affected, act), "2026-03-01T10:00:00Z")}},
		{"affected", sub, "stands", []string{about(inApp, Affected, act)}},
		{"under investigation", sub, "stands", []string{about(inApp, UnderInvestigation, "")}},
		{"fixed in this version", sub, "aside", []string{about(inApp, Fixed, "")}},
		{"fixed in this artifact", sub, "aside", []string{about(byDigest, Fixed, "")}},
		{"fixed in no named version", sub, "stands", []string{about(inAppAny, Fixed, "")}},
		{"a later one wins", sub, "stands", []string{about(inApp, NotAffected, why), at(about(inApp, Affected, act), "2026-03-01T09:00:01Z")}},
		{"a later one wins, wherever it stands", sub, "aside", []string{at(about(lodash, NotAffected, why), "2026-03-01T12:00:00Z"), about(inApp, Affected, act)}},
		{"zones are moments", sub, "stands", []string{at(about(lodash, NotAffected, why), "2026-03-01T12:00:00+05:00"), at(about(inApp, Affected, act), "2026-03-01T08:00:00Z")}},
		{"two of one moment that differ", sub, "stands", []string{about(inApp, NotAffected, why), about(anyOne, UnderInvestigation, "")}},
		{"two of one moment that agree", sub, "aside", []string{about(inApp, NotAffected, why), about(lodash, Fixed, "")}},
		{"from the future", sub, "stands", []string{at(about(lodash, NotAffected, why), "2026-03-02T09:06:00Z")}},
		{"by an alias, in other letters", sub, "aside", []string{strings.Replace(about(lodash, NotAffected, why), "GHSA-35jh-r3h4-6jhm", "ghsa-35JH-r3h4-6jhm", 1)}},
		{"another vulnerability", sub, "silent", []string{strings.NewReplacer("CVE-2021-23337", "CVE-1", "GHSA-35jh-r3h4-6jhm", "GHSA-1").Replace(about(lodash, NotAffected, why))}},
	} {
		var sources []Source
		if len(c.statements) > 0 {
			sources = []Source{{parsed(t, doc(c.statements...)), "vex/a.json"}}
		}
		set := New(sources)
		j, ok := set.Judge(c.sub, []string{"GHSA-35jh-r3h4-6jhm", "CVE-2021-23337"}, now)
		got := "silent"
		if ok {
			got = map[bool]string{true: "aside", false: "stands"}[j.SetAside]
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.note, got, c.want)
		}
		if ok && (j.By.Author != "Security" || j.By.From != "vex/a.json" || j.By.Line < 2) {
			t.Errorf("%s: %+v", c.note, j.By)
		}
	}
}

func TestAbout(t *testing.T) {
	set := New([]Source{{parsed(t, doc(about(inApp, NotAffected, why), at(about(inApp, Affected, act), "2026-03-01T10:00:00Z"), about(other, Fixed, ""),
		strings.Replace(about(anyOne, NotAffected, why), "CVE-2021-23337", "CVE-2", 1))), "x"}})
	got := ""
	for _, j := range set.About(Subject{App: "tracker", Component: core.Component{Ecosystem: "npm", Name: "lodash", Version: "4.17.20"}}, now) {
		got += fmt.Sprintf("%s %s %v;", j.By.Vulnerability, j.By.Status, j.SetAside)
	}
	if got != "CVE-2021-23337 affected false;" {
		// the second shares an alias with the first: it is the same hole
		t.Error(got)
	}
	var none *Set
	if _, ok := none.Judge(Subject{}, []string{"CVE-1"}, now); ok || none.About(Subject{}, now) != nil || none.Digest() != "" {
		t.Error("no set says something")
	}
}

func TestDigest(t *testing.T) {
	a, b := Source{parsed(t, doc(about(lodash, Fixed, ""))), "a"}, Source{parsed(t, doc(about(inApp, Fixed, ""))), "b"}
	if x, y := New([]Source{a, b}).Digest(), New([]Source{b, a}).Digest(); x != y || x == New([]Source{a}).Digest() || x == "" {
		t.Error(x, y)
	}
}

func TestParseRefuses(t *testing.T) {
	good := doc(about(lodash, NotAffected, why))
	for note, c := range map[string]struct{ text, want string }{
		"not JSON":            {`{"@context":`, "vex/a.json:1:13: This is not JSON"},
		"empty":               {"", "vex/a.json:1:1: This is not JSON"},
		"two documents":       {good + "{}", "something after the document"},
		"a list":              {"[]", "The document is not an object"},
		"other form":          {strings.Replace(good, "v0.2.0", "v0.0.1", 1), `vex/a.json:1:13: The form "https://openvex.dev/ns/v0.0.1" is not read`},
		"no reason":           {doc(about(lodash, NotAffected, "")), "vex/a.json:2:15: The statement says not_affected, but not why."},
		"blank reason":        {doc(about(lodash, NotAffected, `,"impact_statement":"  "`)), "but not why"},
		"no action":           {doc(about(lodash, Affected, "")), "affected, but not what to do"},
		"unknown status":      {doc(about(lodash, "not_afected", why)), `There is no status "not_afected". Did you mean "not_affected"?`},
		"unknown reason":      {doc(about(lodash, NotAffected, `,"justification":"trust_me"`)), `There is no justification "trust_me". Use one of component_not_present`},
		"reason for affected": {doc(about(lodash, Affected, act+why)), `"justification" says nothing when the status is affected`},
		"misspelt key":        {doc(about(lodash, NotAffected, `,"impact_statment":"x"`)), `has the unknown key "impact_statment". Did you mean "impact_statement"?`},
		"twice":               {doc(about(lodash, NotAffected, why+`,"status":"fixed"`)), `vex/a.json:2:216: The key "status" is there twice`},
		"no product":          {doc(about("", NotAffected, why)), `The list "products" is empty`},
		"nameless product":    {doc(about(`{"supplier":"x"}`, NotAffected, why)), "Nothing says which software is meant"},
		"bad purl":            {doc(about(`{"@id":"pkg:npm"}`, NotAffected, why)), `"pkg:npm" is not a package URL`},
		"purl without pkg":    {doc(about(`{"identifiers":{"purl":"lodash"}}`, NotAffected, why)), `"lodash" is not a package URL`},
		"empty subcomponents": {doc(about(`{"@id":"pkg:npm/a","subcomponents":[]}`, NotAffected, why)), "The list of subcomponents is empty"},
		"no time":             {strings.Replace(good, `"timestamp":"2026-03-01T09:00:00Z",`, "", 1), `The key "timestamp" is missing`},
		"bad time":            {strings.Replace(good, "2026-03-01T09:00:00Z", "yesterday", 1), `"yesterday" is not a moment`},
		"old form of a name":  {strings.Replace(good, `{"name":"CVE-2021-23337","aliases":["GHSA-35jh-r3h4-6jhm"]}`, `"CVE-2021-23337"`, 1), "The vulnerability is not an object"},
		"number for text":     {strings.Replace(good, `"Security"`, "7", 1), `The value of "author" is not text`},
		"too long":            {doc(about(lodash, NotAffected, `,"impact_statement":"`+strings.Repeat("x", maxText+1)+`"`)), "longer than 4000 bytes"},
		"too deep":            {strings.Repeat("[", 20) + strings.Repeat("]", 20), "nested too deeply"},
		"too many":            {doc(strings.Repeat("{},", maxStatements) + "{}"), "5000 are read"},
		"too large":           {strings.Repeat(" ", MaxSize+1), "1048577 bytes"},
	} {
		_, err := Parse("vex/a.json", []byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", note, err, c.want)
		}
		if code := core.CodeOf(err); code != core.Invalid && code != core.Unreadable && code != core.TooLarge {
			t.Errorf("%s: code %s", note, code)
		}
	}
}

// Examples of the specification are read as they are published.
func TestPublished(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if d, err := Parse(f, b); err != nil || len(d.Statements) == 0 {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{doc(about(lodash, NotAffected, why)), doc(about(byDigest, Fixed, ""), about(inApp, Affected, act)), "{", `{"a":1,"a":2}`, "[[[", `{"statements":[{}]}`} {
		f.Add([]byte(s))
	}
	sub := Subject{App: "tracker", Component: core.Component{Ecosystem: "npm", Name: "lodash", Version: "4.17.20"}}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Parse("x", b)
		if err != nil {
			if code := core.CodeOf(err); code != core.Invalid && code != core.Unreadable && code != core.TooLarge {
				t.Fatalf("code %s: %v", code, err)
			}
			return
		}
		for _, s := range d.Statements {
			if s.Status == NotAffected && strings.TrimSpace(s.Justification+s.Impact) == "" || len(s.Products) == 0 || len(s.Names) == 0 {
				t.Fatalf("%+v is let in", s)
			}
		}
		set := New([]Source{{d, "x"}})
		set.About(sub, now)
		set.Judge(sub, []string{"CVE-2021-23337"}, now)
	})
}

func FuzzParsePURL(f *testing.F) {
	for _, s := range []string{"pkg:npm/lodash@4.17.20", "pkg:npm/%40a/b@1?x=y#z", "pkg:oci/a@sha256%3Aabcd", "pkg:", "pkg:a/@", "pkg:a/b@"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePURL(s)
		if err == nil && (p.Type == "" || p.Name == "" || p.covers(p) == no) {
			t.Fatalf("%q: %+v", s, p)
		}
	})
}
