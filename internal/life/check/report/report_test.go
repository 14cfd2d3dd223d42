package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

var update = flag.Bool("update", false, "write the golden files")

// sample is a report with findings of several kinds and a hostile file name.
func sample() core.Report {
	list := []core.Finding{
		findings.New("secret_found", findings.At{Path: "src/app.ts", Line: 2, Column: 14, Quote: `const k = "AKIA........";`, Key: "a", Details: "rule aws-access-token"}, "path", "src/app.ts", "kind", "an AWS access key"),
		findings.New("region_not_allowed", findings.At{Path: "microapp.yaml", Line: 5, Column: 9, Quote: "region: us-west-2", Key: "b"}, "region", "us-west-2", "allowed", "`eu-sovereign`, `us-east-1`"),
		findings.New("licence_copyleft", findings.At{Path: "package.json", Line: 4, Key: "x", Edits: []core.Edit{
			{Kind: core.EditReplace, Path: "package.json", Line: 4, Column: 15, End: 20, Old: "1.0.0", New: "2.0.0"}, {Kind: core.EditDelete, Path: "package.json", Line: 7},
			{Kind: core.EditAdd, Path: ".gitignore", Line: 3, New: ".env"}}}, "comes", "", "package", "left", "version", "1.0.0", "licence", "GPL-3.0-only"),
	}
	for i, name := range []string{"a.ts", "b c.ts", "evil\x1b[31m`|<b>.ts", "d.ts", "e.ts"} {
		list = append(list, findings.New("code_eval", findings.At{Path: name, Line: i + 1, Column: 1, Quote: "eval(x) // `y` \u202e 漢字", Key: name}, "call", "eval", "reader", "`JSON.parse`"))
	}
	list = append(list, findings.New("licence_unknown", findings.At{Key: "c"}, "count", "1 package", "packages", "`left`"))
	exempt := findings.New("code_tls_off", findings.At{Path: "src/old.ts", Line: 9, Column: 3, Quote: "rejectUnauthorized: false", Key: "d"})
	exempt.Blocking, exempt.Waived = false, &core.Waiver{Kind: core.WaivedByApproval, Reason: "old printer", Until: "2026-12-31", By: "sam@example.com", Approval: "EX-1"}
	before := findings.New("code_tls_off", findings.At{Path: "src/older.ts", Line: 9, Column: 3, Key: "e"})
	before.Blocking, before.Waived = false, &core.Waiver{Kind: core.KnownBefore}
	list = append(list, exempt, before)
	return core.Report{Tool: "paddock 1.0", App: "tracker", Commit: "0123456789abcdef", PolicyRevision: "r1", AdvisoryDate: "2024-09-10", Verdict: core.Blocks, Findings: list,
		Scope: core.Scope{Subject: core.SubjectFolder, Unsaved: 2, LeftOut: []string{".git", "node_modules"}, Shallow: true}, Checks: []core.CheckResult{
			{Name: "secrets", Verdict: core.Blocks, Looked: "14 files, 3201 bytes, 227 rules", Findings: 1},
			{Name: "dependencies", Verdict: core.Incomplete, Looked: "0 packages in 0 lists, against 10 known holes, newest of 2024-09-10 (the small built-in list; most holes are not in it)", Incomplete: []string{"yarn.lock lists packages in a form that cannot be read yet"}},
			{Name: "code", Verdict: core.Passed, Looked: "5 files of code, 6 rules"},
		}}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; if the change is meant, run with -update. Got:\n%s", path, got)
	}
}

func TestGolden(t *testing.T) {
	for name, write := range map[string]func(*bytes.Buffer) error{
		"report.txt": func(b *bytes.Buffer) error {
			return Text(b, sample(), TextOptions{Base: "https://paddock.example.com/"})
		},
		"report-narrow.txt": func(b *bytes.Buffer) error { return Text(b, sample(), TextOptions{Width: 44}) },
		"report.md":         func(b *bytes.Buffer) error { return Markdown(b, sample()) },
		"report.json":       func(b *bytes.Buffer) error { return JSON(b, sample()) },
		"report.sarif":      func(b *bytes.Buffer) error { return SARIF(b, sample()) },
		"report.xml":        func(b *bytes.Buffer) error { return JUnit(b, sample()) },
		"report.github":     func(b *bytes.Buffer) error { return GitHub(b, sample()) },
		"report.gitlab":     func(b *bytes.Buffer) error { return GitLab(b, sample()) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
}

func TestTextFitsAndIsSafe(t *testing.T) {
	for _, width := range []int{1, 40, 44, 60, 80, 200} {
		var b bytes.Buffer
		if err := Text(&b, sample(), TextOptions{Width: width}); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(b.String(), "\x1b\u202e") {
			t.Error("an escape code or direction mark got through")
		}
		for line := range strings.SplitSeq(b.String(), "\n") {
			if columns(line) > max(40, width) {
				t.Errorf("width %d: %d columns: %s", width, columns(line), line)
			}
		}
	}
}

func TestColorOnlyByOption(t *testing.T) {
	var plain, colored bytes.Buffer
	_ = Text(&plain, sample(), TextOptions{})
	_ = Text(&colored, sample(), TextOptions{Color: true})
	stripped := colored.String()
	for _, code := range []string{"\x1b[0m", "\x1b[" + bold + "m", "\x1b[" + red + "m", "\x1b[" + yellow + "m", "\x1b[" + green + "m"} {
		stripped = strings.ReplaceAll(stripped, code, "")
	}
	if stripped != plain.String() || plain.String() == colored.String() {
		t.Errorf("colour changes more than colour:\n%s\n%s", stripped, plain.String())
	}
}

func TestAtMostFiveCauses(t *testing.T) {
	r := sample()
	for _, code := range []string{"code_tls_off", "code_open_cors", "code_sql_built", "descriptor_missing"} {
		r.Findings = append(r.Findings, findings.New(code, findings.At{Path: "a", Key: code}))
	}
	var b bytes.Buffer
	_ = Text(&b, r, TextOptions{})
	if n := strings.Count(b.String(), "\nSTOP") + strings.Count(b.String(), "\nNOTE") + strings.Count(b.String(), "\nCARE"); n != maxGroups+4 || !strings.Contains(b.String(), "... and 4 more causes.") || strings.Count(b.String(), "\n  Why ") != maxGroups {
		t.Errorf("%d groups:\n%s", n, b.String())
	}
}

// TestSpacesToTypeStay: the indent of a line is part of it.
func TestSpacesToTypeStay(t *testing.T) {
	f := core.Finding{Code: "x", Severity: core.Blocker, Blocking: true, What: "w", Why: "y", Fix: []string{"Add   this: `    - name:  x`"}}
	for len(f.Fix) < 20 {
		f.Fix = append(f.Fix, "Another.")
	}
	var b bytes.Buffer
	_ = Text(&b, core.Report{Findings: []core.Finding{f}}, TextOptions{})
	if !strings.Contains(b.String(), "1. Add this: `    - name:  x`\n") || !strings.Contains(b.String(), "and 14 more steps") {
		t.Error(b.String())
	}
}

func TestMarkdownKeepsTextText(t *testing.T) {
	for in, want := range map[string]string{"a`b": "`` a`b ``", "x": "`x`", "``": "``` `` ```"} {
		if got := span(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if got := prose("use `a_b`, not [x](y) <b>"); got != "use `a_b`, not \\[x\\](y) &lt;b&gt;" {
		t.Errorf("%q", got)
	}
}

func TestExitCode(t *testing.T) {
	for v, want := range map[core.Verdict]int{core.Passed: 0, core.Blocks: 1, core.Incomplete: 2, "": 2} {
		if got := ExitCode(core.Report{Verdict: v}); got != want {
			t.Errorf("%s: got %d, want %d", v, got, want)
		}
	}
}

// TestSARIFShape checks what readers of SARIF insist on.
func TestSARIFShape(t *testing.T) {
	var b bytes.Buffer
	if err := SARIF(&b, sample()); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	d := json.NewDecoder(&b)
	d.DisallowUnknownFields()
	if err := d.Decode(&log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if log.Version != "2.1.0" || run.Tool.Driver.Name != "paddock" || run.Tool.Driver.Version != "1.0" || run.Invocations[0].Successful || len(run.Results) != 11 {
		t.Errorf("%+v", run)
	}
	for _, r := range run.Results {
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID || r.Message.Text == "" || len(r.Locations) != 1 || r.Locations[0].Physical.Artifact.URI == "" || r.Fingerprints["paddock/v1"] == "" {
			t.Errorf("%+v", r)
		}
		if strings.ContainsAny(r.Locations[0].Physical.Artifact.URI, " \x1b<") {
			t.Errorf("not a URI: %q", r.Locations[0].Physical.Artifact.URI)
		}
	}
}

func TestEmptyReport(t *testing.T) {
	for v, want := range map[core.Verdict]string{core.Passed: "Paddock checked the app: all is well.", core.Incomplete: "Paddock could not check all of the app."} {
		var b bytes.Buffer
		if err := Text(&b, core.Report{Verdict: v}, TextOptions{}); err != nil || !strings.HasPrefix(b.String(), want) {
			t.Errorf("%v %q", err, b.String())
		}
	}
}

func TestSetAsideIsShown(t *testing.T) {
	r := core.Report{Tool: "paddock 1.0", App: "tracker", Commit: "c0ffee", Verdict: core.Passed, SetAside: []core.SetAside{{Package: "pkg:npm/lodash@4.17.20", Vulnerability: "CVE-2021-23337",
		Status: "not_affected", Justification: "vulnerable_code_not_in_execute_path", Impact: "never called | here", Author: "Sam", From: "vex/lodash.json"}}}
	var text, md strings.Builder
	if err := errors.Join(Text(&text, r, TextOptions{Width: 400}), Markdown(&md, r)); err != nil {
		t.Fatal(err)
	}
	want := "CVE-2021-23337 in pkg:npm/lodash@4.17.20 is set aside by VEX: not_affected (vulnerable_code_not_in_execute_path: never called | here), says Sam, by vex/lodash.json"
	if !strings.Contains(text.String(), want) {
		t.Error(text.String())
	}
	if !strings.Contains(md.String(), `is set aside by VEX`) || !strings.Contains(md.String(), `never called \| here`) {
		t.Error(md.String())
	}
}
