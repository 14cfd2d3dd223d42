package licences

import (
	"os"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func TestJudge(t *testing.T) {
	for expression, want := range map[string]Kind{
		"MIT": Free, "(MIT OR GPL-3.0-only)": Free, "MIT AND GPL-3.0-only": Copyleft, "GPL-2.0-or-later": Copyleft, "AGPL-3.0": Copyleft, "LGPL-3.0-only": Free,
		"GPL-2.0-only WITH Classpath-exception-2.0": Free, "": Unknown, "UNLICENSED": Unknown, "SEE LICENSE IN LICENSE": Unknown, "MIT AND": Unknown, "(MIT": Unknown,
		"Apache License, Version 2.0": Free, "MIT OR": Unknown, "Custom": Unknown, "MIT AND Custom": Unknown, strings.Repeat("(", 100) + "MIT": Unknown, "GPL-3.0 WITH": Unknown,
	} {
		if got := Judge(expression); got != want {
			t.Errorf("%q: got %d, want %d", expression, got, want)
		}
	}
}

func TestCheck(t *testing.T) {
	lock, err := os.ReadFile("../lockfile/testdata/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(lock), `"version": "4.17.20", "license": "MIT"`, `"version": "4.17.20", "license": "GPL-3.0-only"`, 1)
	text = strings.Replace(text, `"licenses": [{ "type": "MIT" }]`, `"x": 1`, 1)
	res := Check(lockfile.Read(&tree.Tree{Files: []tree.File{{Path: "package-lock.json", Text: []byte(text)}}}))
	if len(res.Findings) != 2 || res.Verdict() != core.Passed {
		t.Fatalf("%+v", res)
	}
	if f := res.Findings[0]; f.Code != "licence_copyleft" || f.Severity != core.Caution || !strings.Contains(f.What, "`lodash` 4.17.20 comes under GPL-3.0-only") {
		t.Errorf("%+v", f)
	}
	if f := res.Findings[1]; f.Code != "licence_unknown" || f.Severity != core.Note || f.What != "For 1 package no terms of use are given: `qs`." {
		t.Errorf("%+v", f)
	}
}

func FuzzJudge(f *testing.F) {
	f.Add("(MIT OR Apache-2.0) AND ISC")
	f.Fuzz(func(_ *testing.T, s string) { Judge(s) })
}
