package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

// GitHub writes a report as workflow commands, which GitHub shows beside the
// lines of a pull request. Waived findings are left out.
func GitHub(w io.Writer, r core.Report) error {
	var b strings.Builder
	for _, f := range r.Findings {
		if f.Waived == nil {
			command(&b, githubLevel(f), f.Path, f.Line, f.Column, title(f), said(f))
		}
	}
	for _, c := range r.Checks {
		for _, why := range c.Incomplete {
			command(&b, "error", "", 0, 0, "Paddock could not look at everything", c.Name+": "+findings.Clean(why, 400))
		}
	}
	fmt.Fprintf(&b, "%s\n", headline(r))
	_, err := io.WriteString(w, b.String())
	return err
}

func githubLevel(f core.Finding) string {
	switch word(f) {
	case "Stop":
		return "error"
	case "Care":
		return "warning"
	}
	return "notice"
}

var (
	commandText  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandValue = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// command writes ::level file=,line=,col=,title=::message.
func command(b *strings.Builder, level, path string, line, column int, title, text string) {
	var with []string
	if path != "" {
		with = append(with, "file="+commandValue.Replace(findings.Clean(path, 1000)))
		if line > 0 {
			with = append(with, fmt.Sprintf("line=%d", line))
		}
		if column > 0 {
			with = append(with, fmt.Sprintf("col=%d", column))
		}
	}
	with = append(with, "title="+commandValue.Replace(findings.Clean(title, 200)))
	fmt.Fprintf(b, "::%s %s::%s\n", level, strings.Join(with, ","), commandText.Replace(text))
}

// GitLab writes a report as GitLab's Code Quality list. Waived findings are left
// out; what could not be looked at is an entry of its own.
func GitLab(w io.Writer, r core.Report) error {
	list := []gitlabIssue{}
	seen := map[string]int{}
	add := func(i gitlabIssue) {
		if seen[i.Fingerprint]++; seen[i.Fingerprint] > 1 {
			i.Fingerprint = findings.Fingerprint(i.Fingerprint, fmt.Sprint(seen[i.Fingerprint]))
		}
		list = append(list, i)
	}
	for _, f := range r.Findings {
		if f.Waived == nil {
			i := gitlabIssue{Description: f.What + " " + strings.Join(f.Fix, " "), Name: f.Code, Fingerprint: f.Fingerprint, Severity: gitlabSeverity(f)}
			i.Location.Path, i.Location.Lines.Begin = findings.Clean(cmp.Or(f.Path, "microapp.yaml"), 1000), max(1, f.Line)
			add(i)
		}
	}
	for _, c := range r.Checks {
		for _, why := range c.Incomplete {
			i := gitlabIssue{Description: "Paddock could not look at everything. " + c.Name + ": " + findings.Clean(why, 400), Name: "incomplete", Fingerprint: findings.Fingerprint("incomplete", c.Name, why), Severity: "critical"}
			i.Location.Path, i.Location.Lines.Begin = "microapp.yaml", 1
			add(i)
		}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(list)
}

func gitlabSeverity(f core.Finding) string {
	switch word(f) {
	case "Stop":
		return "blocker"
	case "Care":
		return "major"
	}
	return "info"
}

type gitlabIssue struct {
	Description string `json:"description"`
	Name        string `json:"check_name"`
	Fingerprint string `json:"fingerprint"`
	Severity    string `json:"severity"`
	Location    struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
		} `json:"lines"`
	} `json:"location"`
}
