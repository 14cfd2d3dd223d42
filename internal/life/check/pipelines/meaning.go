package pipelines

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/rhysd/actionlint"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

// meaning reports what actionlint says about a workflow, in our words, with its
// own as details. It sees the text alone: nothing is read from a disk, and no
// program is started.
func (c *checker) meaning(f *file) {
	flow, faults := actionlint.Parse(f.File.Text)
	if flow != nil {
		actions := actionlint.NewLocalActionsCache(nil, nil)
		calls := actionlint.NewLocalReusableWorkflowCache(nil, "", nil)
		rules := []actionlint.Rule{
			actionlint.NewRuleMatrix(), actionlint.NewRuleCredentials(), actionlint.NewRuleShellName(), actionlint.NewRuleRunnerLabel(), actionlint.NewRuleEvents(),
			actionlint.NewRuleJobNeeds(), actionlint.NewRuleAction(actions), actionlint.NewRuleEnvVar(), actionlint.NewRuleID(), actionlint.NewRuleGlob(),
			actionlint.NewRulePermissions(), actionlint.NewRuleWorkflowCall(f.File.Path, calls), actionlint.NewRuleExpression(actions, calls),
			actionlint.NewRuleDeprecatedCommands(), actionlint.NewRuleIfCond(),
		}
		v := actionlint.NewVisitor()
		for _, r := range rules {
			v.AddPass(r)
		}
		if err := v.Visit(flow); err != nil {
			c.res.Missed("%s was not read to its end", f.File.Path)
		}
		for _, r := range rules {
			faults = append(faults, r.Errs()...)
		}
	}
	slices.SortStableFunc(faults, func(a, b *actionlint.Error) int { // it visits jobs in the order of a map
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), strings.Compare(a.Message, b.Message))
	})
	seen := map[string]bool{}
	for _, e := range faults {
		code := meaningOf(e)
		at := f.spot(e.Line, e.Column)
		key := code + "\x00" + at.Quote + "\x00" + e.Message
		if code == "" || seen[key] {
			continue
		}
		seen[key] = true
		at.Details = "actionlint: " + e.Message
		if edit, ok := f.suggested(e); ok {
			at.Edits = []core.Edit{edit}
		}
		c.add(findings.New(code, at, "name", firstQuoted(e.Message), "path", f.File.Path))
	}
}

// meaningOf maps a message to one of our codes, or to "" for one that we judge
// by a rule of our own, or that is wrong too often.
func meaningOf(e *actionlint.Error) string {
	has := func(part string) bool { return strings.Contains(e.Message, part) }
	if has(`"$/`) || has("max-parallel") || has("is invalid on") {
		return "" // newer than actionlint, or right on the machine that the step is for
	}
	switch e.Kind {
	case "syntax-check":
		switch {
		case has("could not parse as YAML"), has("workflow is empty"):
			return ""
		case has("is duplicated"):
			return "pipeline_key_twice"
		case has("unexpected key"):
			return "pipeline_key_unknown"
		case has("is missing"), has("must run script"):
			return "pipeline_part_missing"
		}
		return "pipeline_wrong"
	case "expression":
		if has("is potentially untrusted") {
			return ""
		}
		return "pipeline_expression"
	case "action":
		switch {
		case has("too old to run"):
			return "pipeline_action_old"
		case has("input "):
			return "pipeline_input_wrong"
		}
		return "pipeline_wrong"
	case "runner-label":
		if has("conflicts with") || !nearRunner(firstQuoted(e.Message)) {
			return "" // a machine of one's own may have any name
		}
		return "pipeline_runner_unknown"
	case "events", "glob":
		return "pipeline_trigger_wrong"
	case "deprecated-commands":
		return "pipeline_command_old"
	case "credentials":
		return "pipeline_password"
	case "permissions":
		return "pipeline_permission_unknown"
	case "if-cond":
		return "" // see conditions
	case "job-needs", "id":
		return "pipeline_job_link"
	case "workflow-call":
		return "pipeline_input_wrong"
	}
	return "pipeline_wrong"
}

var quotedName = regexp.MustCompile(`"([^"]{1,80})"`)

func firstQuoted(s string) string {
	if m := quotedName.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return "this line"
}

var runners = []string{"ubuntu-latest", "ubuntu-24.04", "ubuntu-22.04", "windows-latest", "windows-2022", "windows-2025", "macos-latest", "macos-13", "macos-14", "macos-15"}

// nearRunner reports whether a label is a known one with a slip of the finger.
func nearRunner(label string) bool {
	letters := func(s string) string { return strings.Trim(s, "0123456789.") }
	near := core.Nearest(label, runners)
	return near != "" && letters(near) != letters(label) && !strings.HasPrefix(label, near+"-") && len(label) <= len(near)+1
}
