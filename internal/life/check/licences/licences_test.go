package licences

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func TestJudge(t *testing.T) {
	own := NewRules(core.Licences{}, "", core.InternalUse)
	for licence, want := range map[string]Verdict{
		"MIT": Allowed, "(MIT OR GPL-3.0-only)": Allowed, "MIT AND GPL-3.0-only": Asked, "GPL-2.0-or-later": Asked, "AGPL-3.0": Asked, "LGPL-3.0-only": Allowed,
		"GPL-2.0-only WITH Classpath-exception-2.0": Allowed, "": NotKnown, "UNLICENSED": NotKnown, "SEE LICENSE IN LICENSE": NotKnown, "MIT AND": NotKnown,
		"Apache License, Version 2.0": Allowed, "Custom": NotKnown, "MIT AND Custom": NotKnown, "MIT OR Custom": Allowed, "CC-BY-NC-4.0": Denied, "BUSL-1.1": Denied,
	} {
		if got, _ := own.Judge(licence); got != want {
			t.Errorf("%q: got %d, want %d", licence, got, want)
		}
	}
	if got, _ := NewRules(core.Licences{}, "public", core.Public).Judge("AGPL-3.0-only"); got != Denied {
		t.Errorf("a public app under a network licence: %d", got)
	}
}

// TestRulesOfTheOrganisation: a classification goes before an audience, an id
// before a class.
func TestRulesOfTheOrganisation(t *testing.T) {
	l := core.Licences{Deny: []string{"copyleft"}, Allow: []string{"GPL-3.0-only"}, Audiences: map[string]core.LicenceRules{"public": {Deny: []string{"MIT"}}},
		Classifications: map[string]core.LicenceRules{"phi": {Ask: []string{"MIT"}, Unknown: "deny"}}}
	for name, c := range map[string]struct {
		audience string
		class    core.Classification
		licence  string
		want     Verdict
	}{
		"class":          {"", core.InternalUse, "GPL-2.0-only", Denied},
		"id":             {"", core.InternalUse, "GPL-3.0-only", Allowed},
		"audience":       {"public", core.Public, "MIT", Denied},
		"classification": {"public", core.PHI, "MIT", Asked},
	} {
		if got, _ := NewRules(l, c.audience, c.class).Judge(c.licence); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
	if NewRules(l, "", core.PHI).unknown() != "deny" || NewRules(l, "", core.Public).unknown() != "ask" {
		t.Error("unknown")
	}
}

func check(l core.Licences, files ...string) findings.Result {
	tr := &tree.Tree{}
	for i := 0; i+1 < len(files); i += 2 {
		tr.Files = append(tr.Files, tree.File{Path: files[i], Text: []byte(files[i+1])})
	}
	set := lockfile.Read(tr)
	Fill(tr, set)
	return Check(set, NewRules(l, "", core.InternalUse))
}

func TestCheck(t *testing.T) {
	lock, err := os.ReadFile("../lockfile/testdata/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(lock), `"version": "4.17.20", "license": "MIT"`, `"version": "4.17.20", "license": "GPL-3.0-only"`, 1)
	text = strings.Replace(text, `"licenses": [{ "type": "MIT" }]`, `"license": "BUSL-1.1"`, 1)
	text = strings.Replace(text, `"license": { "type": "BSD-3-Clause" }`, `"x": 1`, 1)
	res := check(core.Licences{}, "package-lock.json", text, "package.json", `{"dependencies": {"express": "4.18.2",
 "lodash": "4.17.20"}, "devDependencies": {"tool": "1.0.0"}}`)
	var got []string
	for _, f := range res.Findings {
		got = append(got, fmt.Sprintf("%s %s:%d %v %s", f.Code, f.Path, f.Line, f.Blocking, f.What))
	}
	want := []string{
		"licence_refused package.json:1 true The package `qs` 6.11.0 comes under BUSL-1.1. It comes with `express`.",
		"licence_copyleft package.json:2 false The package `lodash` 4.17.20 comes under GPL-3.0-only.",
		"licence_unknown package-lock.json:0 false For 1 package no terms of use are given: `qs`.",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if d := res.Findings[2].Details; d != "qs@6.5.2 (by express)" {
		t.Errorf("%s", d)
	}
}

func TestUnknownIsAState(t *testing.T) {
	files := []string{"requirements.txt", "flask==1.0\n"}
	for unknown, want := range map[string]core.Verdict{"": core.Passed, "ask": core.Passed, "deny": core.Blocks, "allow": core.Passed} {
		res := check(core.Licences{Unknown: unknown}, files...)
		if res.Verdict() != want || res.Seen.Unmatched != 1 || len(res.Findings) == 0 != (unknown == "allow") {
			t.Errorf("%q: %+v", unknown, res)
		}
	}
}

const mit = "Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the \"Software\"), ... The above copyright notice and this permission notice shall be included"

// TestFill: what a package kept in the tree says of itself counts.
func TestFill(t *testing.T) {
	for name, files := range map[string][]string{
		"node_modules":     {"node_modules/a/package.json", `{"name": "a", "version": "1.0.0", "license": ["GPL-3.0-only"]}`, "package.json", `{"dependencies": {"a": "1"}}`, "yarn.lock", "a@1:\n  version \"1.0.0\"\n"},
		"text":             {"node_modules/a/LICENSE.md", strings.Replace("GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007", "\n", "  ", 1), "package-lock.json", `{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0", "license": "SEE LICENSE IN LICENSE.md"}}}`},
		"dist-info":        {"lib/site-packages/A_b-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: A_b\nVersion: 1.0\nLicense: UNKNOWN\nClassifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)\n\ntext", "requirements.txt", "a.b==1.0\n"},
		"expression":       {"x/a-1.0.dist-info/METADATA", "Name: a\nVersion: 1.0\nLicense-Expression: GPL-3.0-only AND MIT\n\n", "requirements.txt", "a==1.0\n"},
		"go vendor":        {"go.mod", "module x\n\ngo 1.22\n\nrequire a.example/b v1.0.0\n", "go.sum", "a.example/b v1.0.0 h1:x=\n", "vendor/a.example/b/COPYING", "GNU General Public License, version 2\n"},
		"nuspec":           {"packages/A.1.0/a.nuspec", `<package><metadata><id>a</id><version>1.0</version><license type="expression">GPL-2.0-only</license></metadata></package>`, "packages.config", `<packages><package id="A" version="1.0"/></packages>`},
		"gemspec":          {"Gemfile.lock", "GEM\n  specs:\n    a-b (1.0)\n", "vendor/bundle/gems/a-b-1.0/a-b.gemspec", "Gem::Specification.new do |s|\n s.licenses = [\"GPL-3.0\".freeze]\nend\n"},
		"two texts in one": {"node_modules/a/LICENSE", mit, "node_modules/a/LICENSE-GPL", "GNU General Public License version 3", "package-lock.json", `{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0"}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			res := check(core.Licences{}, files...)
			if len(res.Findings) != 1 || res.Findings[0].Code != "licence_copyleft" {
				t.Errorf("%+v", res)
			}
		})
	}
}

func FuzzFill(f *testing.F) {
	f.Add("a-1.0.dist-info/METADATA", []byte("Name: a\nVersion: 1\nLicense: MIT\n"))
	f.Add("x/a.nuspec", []byte("<id>a</id><version>1</version><licenseUrl>https://x</licenseUrl>"))
	f.Add("a-1/a.gemspec", []byte("s.license = 'MIT'"))
	f.Add("node_modules/a/package.json", []byte(`{"name":"a","version":"1","licenses":[{"type":"MIT"}]}`))
	f.Fuzz(func(_ *testing.T, name string, data []byte) {
		Fill(&tree.Tree{Files: []tree.File{{Path: name, Text: data}}}, &lockfile.Set{})
	})
}
