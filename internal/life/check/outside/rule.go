package outside

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// rule is what is known of the rule behind a result.
type rule struct {
	id    string
	about descriptor // empty if the log does not describe it
}

// ruleOf finds the rule of a result: by name, by the parent of a name such as
// "injection/sql", or by number in the driver or an extension.
func (r *sarifRun) ruleOf(res sarifResult) rule {
	id, index, from := res.RuleID, res.RuleIndex, r.Tool.Driver
	if ref := res.Rule; ref != nil {
		id, index = cmp.Or(id, ref.ID), cmp.Or(index, ref.Index)
		if c := ref.Component; c != nil && c.Index != nil && *c.Index >= 0 && *c.Index < len(r.Tool.Extensions) {
			from = r.Tool.Extensions[*c.Index]
		}
	}
	if index != nil && *index >= 0 && *index < len(from.Rules) {
		if d := from.Rules[*index]; id == "" || d.ID == id || strings.HasPrefix(id, d.ID+"/") {
			return rule{cmp.Or(id, d.ID), d}
		}
	}
	for _, c := range append([]component{r.Tool.Driver}, r.Tool.Extensions...) {
		for _, d := range c.Rules {
			if id != "" && (d.ID == id || strings.HasPrefix(id, d.ID+"/")) {
				return rule{id, d}
			}
		}
	}
	return rule{id: id}
}

// The codes of findings, by how grave they are.
const (
	grave    = "outside_grave"
	caution  = "outside_caution"
	remark   = "outside_note"
	asSecret = "outside_secret"
)

// code weighs a result. A severity score counts before a level, because tools
// that score use their levels for other things: 7 and more is grave, as high and
// critical are (CVSS v3.1, §5). A secret is always grave.
func (u rule) code(tool string, res sarifResult) string {
	if u.secret(tool) {
		return asSecret
	}
	score, ok := number(res.Properties.Severity)
	if !ok {
		score, ok = number(u.about.Properties.Severity)
	}
	switch {
	case ok && score >= 7:
		return grave
	case ok && score >= 4:
		return caution
	case ok:
		return remark
	}
	switch cmp.Or(res.Level, u.about.Defaults.Level, "warning") {
	case "error":
		return grave
	case "warning":
		return caution
	}
	return remark
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case string:
		f, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		return f, err == nil
	}
	return 0, false
}

// secret reports whether the rule is about secrets in files: the tool looks for
// nothing else, or the rule says so.
func (u rule) secret(tool string) bool {
	for _, t := range []string{"gitleaks", "trufflehog", "ggshield", "detect-secrets", "whispers"} {
		if strings.Contains(strings.ToLower(tool), t) {
			return true
		}
	}
	if id := strings.ToLower(u.id); strings.Contains(id, "secret") || strings.Contains(id, "hardcoded") || strings.Contains(id, "hard-coded") {
		return true
	}
	for _, t := range u.tags() {
		switch strings.ToLower(t) {
		case "external/cwe/cwe-798", "cwe-798", "cwe-798: use of hard-coded credentials", "secret", "secrets":
			return true
		}
	}
	return false
}

func (u rule) tags() []string {
	list, _ := u.about.Properties.Tags.([]any)
	var out []string
	for _, t := range list {
		if s, ok := t.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// text is what the tool says about a result, with its arguments filled in.
func (u rule) text(res sarifResult) string {
	m := res.Message
	text := cmp.Or(m.Text, m.Markdown)
	if text == "" && m.ID != "" {
		text = u.about.Messages[m.ID].Text
	}
	text = cmp.Or(text, u.about.Short.Text, u.about.Full.Text, u.about.Name, u.id, "it gives no words")
	for i, a := range m.Arguments {
		text = strings.ReplaceAll(text, fmt.Sprintf("{%d}", i), a)
	}
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.TrimRight(first, ". ")
}
