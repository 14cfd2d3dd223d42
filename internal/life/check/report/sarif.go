package report

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

// maxResults is how many results a run may have before readers drop some: GitHub
// keeps 5,000. The blocking ones come first.
const maxResults = 5000

// SARIF writes a report as SARIF 2.1.0. Every result has a file, because some
// readers refuse a whole log for one that has none; no result quotes a line,
// so that no secret can be in one. What could not be looked at is a
// notification, and the run counts as not successful.
func SARIF(w io.Writer, r core.Report) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{sarifOf(r)}})
}

func sarifOf(r core.Report) sarifRun {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}, Properties: map[string]any{"verdict": r.Verdict, "commit": r.Commit, "scope": r.Scope, "policyRevision": r.PolicyRevision, "checks": r.Checks}}
	name, version, _ := strings.Cut(r.Tool, " ")
	run.Tool.Driver = sarifDriver{Name: name, Version: version, Rules: []sarifRule{}}
	inv := sarifInvocation{Successful: true}
	for _, c := range r.Checks {
		for _, why := range c.Incomplete {
			inv.Successful = false
			inv.Notifications = append(inv.Notifications, sarifNotification{core.Blocker, sarifText{Text: c.Name + ": " + findings.Clean(why, 400)}})
		}
	}
	list := r.Findings
	if len(list) > maxResults {
		inv.Notifications = append(inv.Notifications, sarifNotification{core.Caution, sarifText{Text: fmt.Sprintf("%d more findings are not in this log. See the report as JSON.", len(list)-maxResults)}})
		list = list[:maxResults]
	}
	at := map[string]int{}
	for _, f := range list {
		i, ok := at[f.Code]
		if !ok {
			i = len(run.Tool.Driver.Rules)
			at[f.Code] = i
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(f))
		}
		run.Results = append(run.Results, sarifResultOf(f, i))
	}
	run.Invocations = []sarifInvocation{inv}
	return run
}

func sarifRuleOf(f core.Finding) sarifRule {
	level := core.Caution
	if t, ok := findings.Lookup(f.Code); ok {
		level = t.Severity
	} else if f.Blocking {
		level = core.Blocker
	}
	help := sarifText{Text: f.Why + "\n" + strings.Join(f.Fix, "\n")}
	var md strings.Builder
	fmt.Fprintf(&md, "%s\n\n", prose(f.Why))
	for i, step := range f.Fix {
		fmt.Fprintf(&md, "%d. %s\n", i+1, prose(step))
	}
	help.Markdown = md.String()
	return sarifRule{ID: f.Code, Name: f.Code, ShortDescription: sarifText{Text: title(f)}, FullDescription: sarifText{Text: f.Why}, Help: help, Default: sarifLevel{level},
		Properties: map[string]any{"tags": tags(f), "security-severity": severity(level), "precision": "high"}}
}

// tags name the check; those that find weaknesses are security to a reader.
func tags(f core.Finding) []string {
	switch f.Check {
	case "lint", "sbom", "provenance", "policy":
		return []string{f.Check}
	}
	return []string{f.Check, "security"}
}

// severity is the number that GitHub orders alerts by: 7 and more is high.
func severity(s core.Severity) string {
	switch s {
	case core.Blocker:
		return "8.0"
	case core.Caution:
		return "5.0"
	}
	return "1.0"
}

func sarifResultOf(f core.Finding, rule int) sarifResult {
	out := sarifResult{RuleID: f.Code, RuleIndex: rule, Level: f.Severity, Message: sarifText{Text: f.What + " " + strings.Join(f.Fix, " ")},
		Fingerprints: map[string]string{"paddock/v1": f.Fingerprint, "primaryLocationLineHash": f.Fingerprint + ":1"},
		Properties:   map[string]any{"blocking": f.Blocking, "check": f.Check, "why": f.Why, "fix": f.Fix}}
	if f.Details != "" {
		out.Properties["details"] = f.Details
	}
	var l sarifLocation
	path := f.Path
	if path == "" {
		path = "microapp.yaml"
	}
	l.Physical.Artifact = artifact(path)
	if f.Line > 0 {
		l.Physical.Region = &sarifRegion{StartLine: f.Line, StartColumn: f.Column}
	}
	out.Locations = []sarifLocation{l}
	if w := f.Waived; w != nil {
		s := sarifSuppression{Kind: "inSource", Status: "accepted", Justification: findings.Clean(w.Reason, 400)}
		if w.Kind == core.KnownBefore {
			s.Kind, out.Baseline = "external", "unchanged"
		}
		out.Suppressions = []sarifSuppression{s}
	}
	if changes, ok := sarifChanges(f.Edits); ok {
		out.Fixes = []sarifFix{{Description: sarifText{Text: strings.Join(f.Fix, " ")}, Changes: changes}}
	}
	return out
}

// artifact names a file in a way that is a URI whatever the file is called.
func artifact(path string) sarifArtifact {
	return sarifArtifact{URI: (&url.URL{Path: path}).EscapedPath(), URIBaseID: "%SRCROOT%"}
}

// sarifChanges puts edits in SARIF's words, all of them or none: a line at the
// end of a file, and a file that goes, cannot be said.
func sarifChanges(edits []core.Edit) ([]sarifChange, bool) {
	var out []sarifChange
	for _, e := range edits {
		r := sarifReplacement{}
		switch {
		case e.Kind == core.EditReplace && e.End > e.Column:
			r.Deleted = sarifRegion{StartLine: e.Line, StartColumn: e.Column, EndLine: e.Line, EndColumn: e.End}
			r.Inserted = &sarifText{Text: e.New}
		case e.Kind == core.EditDelete:
			r.Deleted = sarifRegion{StartLine: e.Line, StartColumn: 1, EndLine: e.Line + 1, EndColumn: 1}
		case e.Kind == core.EditAdd && e.Line > 0:
			r.Deleted = sarifRegion{StartLine: e.Line + 1, StartColumn: 1, EndLine: e.Line + 1, EndColumn: 1}
			r.Inserted = &sarifText{Text: e.New + "\n"}
		default:
			return nil, false
		}
		if n := len(out); n > 0 && out[n-1].Artifact == artifact(e.Path) {
			out[n-1].Replacements = append(out[n-1].Replacements, r)
			continue
		}
		out = append(out, sarifChange{artifact(e.Path), []sarifReplacement{r}})
	}
	return out, len(out) > 0
}
