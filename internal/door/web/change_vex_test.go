package web_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// TestHolesThatDoNotCount: the page of a change says which known holes do not
// count, why, and who says so; without any it is silent.
func TestHolesThatDoNotCount(t *testing.T) {
	desk := richDesk()
	s := visit(t, desk)
	const path = "/apps/candidate-tracker/changes/2"
	if a := s.get(path); a.status != 200 || strings.Contains(a.body, "do not count") {
		t.Fatalf("without statements: %d", a.status)
	}
	i := slices.IndexFunc(desk.changes, func(c view.Change) bool { return c.Number == 2 && c.App == "candidate-tracker" })
	desk.changes[i].SetAside = []core.SetAside{
		{Package: "pkg:npm/lodash@4.17.20", Vulnerability: "CVE-2021-23337", Status: "not_affected", Justification: "vulnerable_code_not_in_execute_path", Impact: "It <never> runs.", Author: "Samira", From: "vex/lodash.json"},
		{Package: "pkg:npm/ws@8.0.0", Vulnerability: "CVE-2024-37890", Status: "fixed", Author: "Sam", From: "sam@example.org"},
	}
	a := s.get(path)
	for _, part := range []string{"Known holes that do not count", "CVE-2021-23337", "The app is not affected (vulnerable code not in execute path). It &lt;never&gt; runs.", "Says Samira, by vex/lodash.json.",
		"pkg:npm/ws@8.0.0", "It is mended in this version.", "nothing for you to do"} {
		if !strings.Contains(a.body, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
}
