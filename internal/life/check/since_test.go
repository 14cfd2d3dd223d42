package check_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// TestSince holds that what has not changed is left out where that loses nothing,
// and that the report says so.
func TestSince(t *testing.T) {
	files := clean()
	files["package-lock.json"] = strings.ReplaceAll(files["package-lock.json"], "4.17.21", "4.17.20")
	files["package.json"] = strings.ReplaceAll(files["package.json"], "4.17.21", "4.17.20")
	files["old/bad.js"], files["new/bad.js"] = "let x = ;\n", "let y = ;\n"
	files["notes.md"] = "us-west-2\n"
	for _, c := range []struct {
		changed        []string
		found, without []string
	}{
		{[]string{"new/bad.js"}, []string{"new/bad.js"}, []string{"old/bad.js", "dependencies"}},
		{[]string{"package-lock.json"}, []string{"dependencies"}, []string{"new/bad.js", "old/bad.js"}},
		{[]string{"lib/requirements-dev.in"}, []string{"dependencies"}, []string{"old/bad.js"}},
		{[]string{"vendor/x/LICENSE"}, []string{"dependencies"}, nil},
		{nil, nil, []string{"new/bad.js", "old/bad.js", "dependencies"}},
	} {
		in := input(files)
		in.Commit, in.Scope = "", core.Scope{Subject: core.SubjectFolder, Since: strings.Repeat("c", 40)}
		in.Changed = c.changed
		r, err := engine(t).Run(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		at := func(path string) bool {
			return slices.ContainsFunc(r.Findings, func(f core.Finding) bool { return f.Path == path || f.Check == path })
		}
		for _, path := range c.found {
			if !at(path) {
				t.Errorf("changed %q: nothing is found in %s", c.changed, path)
			}
		}
		for _, path := range c.without {
			if at(path) {
				t.Errorf("changed %q: something is found in %s", c.changed, path)
			}
		}
		lists := at("dependencies")
		for _, got := range r.Checks {
			partial := slices.Contains([]string{"lint", "code", "secrets"}, got.Name) || !lists && slices.Contains([]string{"dependencies", "licences"}, got.Name)
			if got.Seen.Partial != partial || partial && !strings.Contains(got.Looked, "not changed") && !strings.Contains(got.Looked, "no list of packages has changed since commit cccccccccc") {
				t.Errorf("changed %q: %s is partial: %t, and says %q", c.changed, got.Name, got.Seen.Partial, got.Looked)
			}
		}
	}
}

// TestTold holds that whoever waits hears of the long parts, each to its end and
// no further, and that the report is the same for it.
func TestTold(t *testing.T) {
	files := clean()
	for _, n := range []string{"a", "b", "c", "d", "e"} {
		files["src/"+n+".ts"] = "export const x = 1;\n"
	}
	plain, err := engine(t).Run(t.Context(), input(files))
	if err != nil {
		t.Fatal(err)
	}
	heard, last := map[string]int64{}, map[string]int64{}
	in := input(files)
	in.Told = func(phase string, done, all int64) {
		if done < last[phase] || all > 0 && done > all {
			t.Errorf("%s: %d of %d after %d", phase, done, all, last[phase])
		}
		heard[phase], last[phase] = all, done
	}
	told, err := engine(t).Run(t.Context(), in)
	if err != nil || !slices.Equal(verdicts(plain), verdicts(told)) {
		t.Errorf("%v, %v", verdicts(told), err)
	}
	if heard["reading"] != 0 || len(heard) < 2 {
		t.Errorf("heard %v", heard)
	}
	for phase, all := range heard {
		if phase != "reading" && phase != "policy" && all != int64(len(files)) {
			t.Errorf("%s: of %d, want %d", phase, all, len(files))
		}
	}
}

func verdicts(r core.Report) []string {
	var out []string
	for _, c := range r.Checks {
		out = append(out, c.Name+" "+string(c.Verdict)+" "+c.Looked)
	}
	return out
}
