package advice

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// Bounds of what reports suggest.
const (
	oftenApps = 3  // in so many apps a finding is a habit, and not an accident
	mostOften = 10 // proposals of each kind, the widest spread first
	mostCodes = 5000
)

// Reports gives the reports of all apps that were made since a moment, by app, each
// app's oldest first. What other tools found is in them, as Paddock keeps it.
type Reports interface {
	EachReport(ctx context.Context, since time.Time, do func(app string, r core.Report) error) error
}

// Course is a course as its file has it.
type Course struct {
	Path string
	Text []byte
}

// Counts are what reports say of one finding.
type Counts struct {
	Apps     int `json:"apps"`     // it was found in
	AllApps  int `json:"all_apps"` // with reports
	Reports  int `json:"reports"`  // it stands in
	Findings int `json:"findings"`
	Stopped  int `json:"stopped"`  // reports in which it stopped the merge
	AppsNow  int `json:"apps_now"` // whose newest report has it
}

// habit is one code.
type habit struct {
	Counts
	code, check, why string
	apps             map[string]bool
	now              map[string]bool
}

// Habits proposes what reports of the last days say often: a lesson about what
// stops many apps, and a rule about what many apps are only told. taught are the
// texts of all courses and policies, where what is said already is looked for. The
// same reports give the same proposals.
func (a Advice) Habits(ctx context.Context, reports Reports, files Files, course Course, taught string, days int) ([]Proposal, error) {
	habits, all, err := a.habits(ctx, reports, days)
	if err != nil {
		return nil, err
	}
	var out []Proposal
	teach, hold := 0, 0
	for _, h := range habits {
		h.AllApps = all
		quoted := strings.Contains(taught, `"`+h.code+`"`) || strings.Contains(taught, "`"+h.code+"`")
		switch {
		case quoted:
		case h.Stopped > 0 && teach < mostOften && course.Path != "":
			teach++
			out = append(out, a.lesson(h, course, days))
		case h.Stopped == 0 && hold < mostOften:
			hold++
			out = append(out, a.rule(h, files, days))
		}
	}
	return out, nil
}

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9_]{2,60}$`)

// habits counts, and returns what is found in many apps: the widest spread first.
func (a Advice) habits(ctx context.Context, reports Reports, days int) ([]*habit, int, error) {
	byCode, apps := map[string]*habit{}, map[string]bool{}
	err := reports.EachReport(ctx, a.since(days), func(app string, r core.Report) error {
		apps[app] = true
		for _, h := range byCode {
			delete(h.now, app) // a newer report says whether it is still there
		}
		seen := map[string]bool{}
		for _, f := range r.Findings {
			if f.Waived != nil || f.Check == "policy" || !codeForm.MatchString(f.Code) {
				continue
			}
			h := byCode[f.Code]
			if h == nil && len(byCode) >= mostCodes {
				continue
			}
			if h == nil {
				h = &habit{code: f.Code, check: f.Check, why: f.Why, apps: map[string]bool{}, now: map[string]bool{}}
				byCode[f.Code] = h
			}
			h.Findings++
			h.apps[app], h.now[app] = true, true
			if !seen[f.Code] {
				h.Reports++
			}
			if f.Blocking && !seen[f.Code+"!"] {
				h.Stopped++
				seen[f.Code+"!"] = true
			}
			seen[f.Code] = true
		}
		return nil
	})
	var out []*habit
	for _, code := range slices.Sorted(maps.Keys(byCode)) {
		h := byCode[code]
		if h.Apps, h.AppsNow = len(h.apps), len(h.now); h.Apps >= oftenApps {
			out = append(out, h)
		}
	}
	slices.SortStableFunc(out, func(a, b *habit) int { return cmp.Compare(b.Apps, a.Apps) })
	return out, len(apps), err
}

// said is what was counted, in a sentence.
func (h *habit) said(days int) string {
	return fmt.Sprintf("%s was found in %d of %d apps in %d days: %d times, in %d reports.", h.code, h.Apps, h.AllApps, days, h.Findings, h.Reports)
}

// lesson proposes to teach what stops many apps.
func (a Advice) lesson(h *habit, course Course, days int) Proposal {
	p := Proposal{Kind: TeachFinding, Rule: h.code, Counts: &h.Counts,
		Text: fmt.Sprintf("%s It stopped %d of them. A lesson can save makers these pushes; it says why, in the words of the finding.", h.said(days), h.Stopped)}
	list, err := find(course.Text, "lessons")
	if err != nil || list.Kind != yaml.SequenceNode || list.Style&yaml.FlowStyle != 0 || len(list.Content) == 0 {
		return p // somebody has to write it by hand
	}
	lines := strings.Split(string(course.Text), "\n")
	at := list.Content[0].Line - 1
	dash := strings.Repeat(" ", max(0, strings.IndexByte(lines[at], '-')))
	body := strings.Join(strings.Fields(h.why), " ")
	p.Diff = hunk(course.Path, lines, at, at, dash+"- title: What checks find most, "+h.code, dash+"  body: |", dash+"    "+body, dash+"    Run paddock check --explain "+h.code+" to read what to do.")
	return p
}

// rule proposes to hold what many apps are only told, with a warning first.
func (a Advice) rule(h *habit, files Files, days int) Proposal {
	p := Proposal{Kind: AddRule, Rule: h.code, Counts: &h.Counts,
		Text: fmt.Sprintf("%s It stops nothing. A rule can: as a warning first. Enforced, it would hold the next merge of %d apps whose newest report has it.", h.said(days), h.AppsNow)}
	stage, err := newStage(files.Rollout, h.code, policy.Warn)
	if err != nil {
		return p
	}
	name := "policies/advised/" + h.code + ".rego"
	p.Diff = newFile(name, fmt.Sprintf(`package paddock.change.merge

# Proposed because reports say it often.
deny contains {
	"code": %q,
	"message": "The checks found %s in this app.",
	"fix": "Do what the finding says.",
} if {
	some f in input.report.findings
	f.code == %q
}
`, h.code, h.code, h.code)) + newFile(strings.TrimSuffix(name, ".rego")+"_test.rego", fmt.Sprintf(`package paddock.change.merge_test

import data.paddock.change.merge

test_%s if {
	some reason in merge.deny with input as {"report": {"findings": [{"code": %q}]}}
	reason.code == %q
}
`, h.code, h.code, h.code)) + stage
	return p
}

// newFile is the diff that makes a file.
func newFile(name, text string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	return fmt.Sprintf("--- /dev/null\n+++ b/%s\n@@ -0,0 +1,%d @@\n+%s\n", name, len(lines), strings.Join(lines, "\n+"))
}

// newStage is the diff that names a rule in policies/rollout.yaml.
func newStage(file []byte, code string, stage policy.Stage) (string, error) {
	entry := "  " + code + ": " + string(stage)
	if len(file) == 0 {
		return newFile(RolloutFile, "rules:\n"+entry+"\n"), nil
	}
	list, err := find(file, "rules")
	if err != nil {
		return "", err
	}
	lines := strings.Split(string(file), "\n")
	at := list.Line - 1
	switch {
	case list.Kind != yaml.MappingNode || child(list, code) != nil || list.Style&yaml.FlowStyle != 0 && len(list.Content) > 0:
		return "", core.Errorf(core.Invalid, "The rollout is not a list with a line for each rule, or names %s.", code).At(RolloutFile)
	case len(list.Content) == 0:
		return hunk(RolloutFile, lines, at, at+1, "rules:", entry), nil
	}
	return hunk(RolloutFile, lines, at, at, strings.Repeat(" ", list.Column-1)+strings.TrimSpace(entry)), nil
}
