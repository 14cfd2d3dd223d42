package catalog

import (
	"context"
	"fmt"
	"path"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/code"
	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
	"github.com/paddock-dev/paddock/internal/life/check/syntax"
)

// RulesDir is the folder of the organisation's own rules about code.
const RulesDir = "rules"

// code reads the organisation's own rules about code.
func (l *loader) code() {
	names, err := entries(l.fsys, RulesDir)
	l.note(err)
	var files []rulebook.File
	for _, name := range names {
		if path.Ext(name) != ".yaml" {
			l.faults = append(l.faults, core.Errorf(core.Invalid, "The file is no rule file.").Hinted("Call it %s.yaml, or move it elsewhere.", base(name)).At(name))
			continue
		}
		if text, ok := l.read(name); ok {
			files = append(files, rulebook.File{Name: name, Text: text})
		}
	}
	book, err := rulebook.Own(files)
	l.note(err)
	l.rev.Code = book
}

// codeFaults tries the organisation's own rules on their examples.
func (r *Revision) codeFaults(ctx context.Context) (out []*core.Error) {
	if r.Code == nil {
		return nil
	}
	if !syntax.Available {
		return []*core.Error{core.Errorf(core.Invalid, "This program cannot try the rules about code: %v.", syntax.ErrNone).Hinted("Build Paddock with a C compiler, as `make build` does.").At(RulesDir)}
	}
	places := map[string]string{}
	for _, rule := range r.Code.Rules {
		places[rule.Code] = rule.Place
	}
	for _, x := range code.Examples(ctx, r.Code) {
		if x.Right() {
			continue
		}
		what, hint := "finds what stands in its good", "Make the rule narrower, or the example right."
		if x.Bad {
			what, hint = "does not find what stands in its bad", "Make the rule wider, or the example right."
		}
		out = append(out, core.Errorf(core.Invalid, "The rule %q %s, for %s: %s", x.Code, what, x.In, fmt.Sprintf("%.80q", x.Text)).Hinted("%s", hint).At(places[x.Code]))
	}
	return out
}
