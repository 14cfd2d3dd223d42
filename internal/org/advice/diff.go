package advice

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// around is how many lines a diff shows before and after a change.
const around = 3

// changeStage is the diff that gives a rule another stage in policies/rollout.yaml.
func changeStage(file []byte, code string, stage policy.Stage) (string, error) {
	rule, err := find(file, "rules", code)
	if err != nil {
		return "", err
	}
	if rule.Kind == yaml.MappingNode {
		if rule = child(rule, "stage"); rule == nil {
			return "", core.Errorf(core.Invalid, "The rollout of %s has no stage.", code).At(RolloutFile)
		}
	}
	lines := strings.Split(string(file), "\n")
	line := lines[rule.Line-1]
	changed := line[:rule.Column-1] + strings.Replace(line[rule.Column-1:], rule.Value, string(stage), 1)
	return hunk(RolloutFile, lines, rule.Line-1, rule.Line, changed), nil
}

// dropExemption is the diff that takes out the n-th exemption.
func dropExemption(file []byte, n int) (string, error) {
	list, err := find(file, "exemptions")
	if err != nil {
		return "", err
	}
	if n >= len(list.Content) || list.Style&yaml.FlowStyle != 0 {
		return "", core.Errorf(core.Invalid, "The exemptions are not a list with a line for each.").At(ExemptionsFile)
	}
	lines := strings.Split(string(file), "\n")
	from, to := list.Content[n].Line-1, len(lines)
	if n+1 < len(list.Content) {
		to = list.Content[n+1].Line - 1
	}
	for to > from+1 && strings.TrimSpace(lines[to-1]) == "" {
		to--
	}
	return hunk(ExemptionsFile, lines, from, to), nil
}

// find returns the value at a path of keys.
func find(file []byte, path ...string) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(file, &doc); err != nil || len(doc.Content) == 0 {
		return nil, core.Errorf(core.Unreadable, "The governance repository has no readable %s.", strings.Join(path, "."))
	}
	at := doc.Content[0]
	for _, key := range path {
		if at = child(at, key); at == nil {
			return nil, core.Errorf(core.NotFound, "The governance repository has no %s.", strings.Join(path, "."))
		}
	}
	return at, nil
}

func child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// hunk is a unified diff that puts lines in the place of those from..to, counted
// from 0.
func hunk(file string, lines []string, from, to int, put ...string) string {
	if n := len(lines); lines[n-1] == "" { // what follows the last line feed is no line
		lines, to = lines[:n-1], min(to, n-1)
	}
	first, last := max(0, from-around), min(len(lines), to+around)
	var b strings.Builder
	fmt.Fprintf(&b, "--- a/%s\n+++ b/%s\n@@ -%d,%d +%d,%d @@\n", file, file, first+1, last-first, first+1, last-first-(to-from)+len(put))
	write := func(mark string, list []string) {
		for _, line := range list {
			b.WriteString(mark + line + "\n")
		}
	}
	write(" ", lines[first:from])
	write("-", lines[from:to])
	write("+", put)
	write(" ", lines[to:last])
	return b.String()
}
