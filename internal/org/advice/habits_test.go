package advice

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// given are reports by app, in order.
type given []struct {
	app      string
	findings []core.Finding
}

func (g given) EachReport(_ context.Context, _ time.Time, do func(string, core.Report) error) error {
	for _, r := range g {
		if err := do(r.app, core.Report{Findings: r.findings}); err != nil {
			return err
		}
	}
	return nil
}

const courseText = "name: safe\nlessons:\n  - title: One\n    body: |\n      Text.\nquestions: []\n"

// TestHabits holds that what many apps do becomes a lesson if it stops them, and a
// rule if it does not, with counts; and that what is rare, waived or said already
// does not.
func TestHabits(t *testing.T) {
	stop := core.Finding{Code: "code_eval", Check: "code", Blocking: true, Why: "Text that is run can do anything."}
	care := core.Finding{Code: "page_no_title", Check: "lint", Why: "w"}
	rare := core.Finding{Code: "rare_one", Check: "code"}
	known := core.Finding{Code: "known_one", Check: "code"}
	waived := core.Finding{Code: "waived_one", Check: "code", Waived: &core.Waiver{}}
	odd := core.Finding{Code: `x"} if true #`, Check: "outside"}
	all := []core.Finding{stop, stop, care, known, waived, odd}
	reports := given{{"a", all}, {"a", all}, {"b", all}, {"c", append(all, rare)}, {"c", []core.Finding{care}}, {"d", []core.Finding{care}}, {"d", nil}, {"e", []core.Finding{rare}}}
	a := Advice{Clock: core.SystemClock{}}
	files := Files{Rollout: []byte("# all\nrules: {}\n")}
	course := Course{"training/safe.yaml", []byte(courseText)}
	got, err := a.Habits(t.Context(), reports, files, course, `deny contains {"code": "known_one"}`, 90)
	if err != nil || len(got) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	if p := got[0]; p.Kind != AddRule || p.Rule != "page_no_title" || *p.Counts != (Counts{Apps: 4, AllApps: 5, Reports: 6, Findings: 6, AppsNow: 3}) || !strings.Contains(p.Text, "in 4 of 5 apps in 90 days: 6 times, in 6 reports") || !strings.Contains(p.Text, "of 3 apps") {
		t.Errorf("%+v %+v", p, p.Counts)
	}
	if p := got[1]; p.Kind != TeachFinding || p.Rule != "code_eval" || *p.Counts != (Counts{Apps: 3, AllApps: 5, Reports: 4, Findings: 8, Stopped: 4, AppsNow: 2}) {
		t.Errorf("%+v %+v", p, p.Counts)
	}
	if text := applied(t, course.Path, courseText, got[1].Diff); !strings.Contains(text, "lessons:\n  - title: What checks find most, code_eval\n    body: |\n      Text that is run can do anything.\n") || !strings.Contains(text, "  - title: One\n") {
		t.Errorf("the course is:\n%s", text)
	}
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(filepath.Join(dir, "policies"), 0o700))
	must(os.WriteFile(filepath.Join(dir, RolloutFile), files.Rollout, 0o600))
	must(os.WriteFile(filepath.Join(dir, "a.diff"), []byte(got[0].Diff), 0o600))
	cmd := exec.Command("git", "apply", "a.diff")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s\n%s", out, got[0].Diff)
	}
	rollout, err := os.ReadFile(filepath.Join(dir, RolloutFile))
	must(err)
	if string(rollout) != "# all\nrules:\n  page_no_title: warn\n" {
		t.Errorf("%s", rollout)
	}
	rego := map[string][]byte{}
	for _, name := range []string{"policies/advised/page_no_title.rego", "policies/advised/page_no_title_test.rego"} {
		rego[name], err = os.ReadFile(filepath.Join(dir, name))
		must(err)
	}
	if _, err := policy.Compile(t.Context(), rego, nil, policy.Rollout{"page_no_title": {Stage: policy.Warn}}); err != nil {
		t.Error(err)
	}
	tests, err := policy.Test(t.Context(), rego)
	must(err)
	if len(tests) != 1 || !tests[0].Pass {
		t.Errorf("%+v", tests)
	}
}

func TestRolloutsThatHaveRules(t *testing.T) {
	diff, err := newStage([]byte("rules:\n  one: off\n"), "two_x", policy.Warn)
	if err != nil {
		t.Fatal(err)
	}
	if got := applied(t, RolloutFile, "rules:\n  one: off\n", diff); got != "rules:\n  two_x: warn\n  one: off\n" {
		t.Errorf("%s", got)
	}
	for _, file := range []string{"rules: {one: off}\n", "rules:\n  two_x: off\n", "rules: [", "a: 1\n"} {
		if _, err := newStage([]byte(file), "two_x", policy.Warn); err == nil {
			t.Errorf("%q is taken", file)
		}
	}
}
