package pipelines

import (
	"slices"
	"strings"

	"github.com/rhysd/actionlint"
	yaml "go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/yamltree"
)

// lists are the words in actionlint's messages after which it names all that is
// known in a place. They are held by a test.
var lists = []string{"expected one of ", "available inputs are ", "available permission scopes are ", "available variables are "}

// suggested is the edit for a name that is one small slip away from a known one.
func (f *file) suggested(e *actionlint.Error) (core.Edit, bool) {
	name := firstQuoted(e.Message)
	switch {
	case e.Kind == "runner-label":
		return f.near(e.Line, e.Column, name, runners)
	case e.Kind == "events" && strings.HasPrefix(e.Message, "unknown Webhook event"):
		return f.near(e.Line, e.Column, name, triggers())
	case e.Kind == "job-needs":
		return f.nearJob(e.Message)
	}
	for _, before := range lists {
		if _, list, ok := strings.Cut(e.Message, before); ok {
			return f.near(e.Line, e.Column, name, quotedNames(list))
		}
	}
	return core.Edit{}, false
}

// near is the edit that puts a known name in place of one with a slip in it.
func (f *file) near(line, column int, name string, known []string) (core.Edit, bool) {
	near := core.Nearest(name, known)
	if near == "" || near == name {
		return core.Edit{}, false
	}
	return f.replace(line, column, name, near)
}

// nearJob is the edit for a job that waits for one that is not there.
func (f *file) nearJob(message string) (core.Edit, bool) {
	if !strings.Contains(message, " needs job ") {
		return core.Edit{}, false
	}
	names := quotedNames(message)
	if len(names) < 2 {
		return core.Edit{}, false
	}
	var known []string
	var needs *yaml.Node
	for _, p := range yamltree.Pairs(yamltree.Get(f.Root(), "jobs")) {
		if strings.EqualFold(p.Key.Value, names[0]) {
			needs = yamltree.Get(p.Value, "needs")
		} else {
			known = append(known, p.Key.Value)
		}
	}
	for _, n := range append(yamltree.Items(needs), needs) {
		if n = yamltree.Plain(n); scalarOnOneLine(n) && strings.EqualFold(n.Value, names[1]) {
			return f.near(n.Line, n.Column, n.Value, known)
		}
	}
	return core.Edit{}, false
}

// triggers are the names of all events, in order.
func triggers() []string {
	out := []string{"schedule", "workflow_dispatch", "repository_dispatch", "workflow_call"}
	for name := range actionlint.AllWebhookTypes {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func quotedNames(s string) []string {
	var out []string
	for _, m := range quotedName.FindAllStringSubmatch(s, -1) {
		out = append(out, m[1])
	}
	return out
}
