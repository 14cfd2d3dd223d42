package code

import (
	"context"
	"fmt"

	"github.com/tdewolff/parse/v2/js"

	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/script"
)

// rules lists all rules over syntax trees.
var rules = []func(*unit, js.INode){evalRule, htmlRule, sqlRule, tlsRule, corsRule}

// Rules is how many rules there are, with those over pages.
const Rules = 6

// Check applies every rule to every script and page.
func Check(ctx context.Context, set *script.Set) findings.Result {
	var res findings.Result
	for _, s := range set.Scripts {
		if ctx.Err() != nil {
			res.Missed("the time ran out before %s", s.File.Path)
			break
		}
		u := newUnit(s)
		js.Walk(visitor{u}, s.Root)
		u.finish()
		res.Findings = append(res.Findings, u.found...)
	}
	for _, p := range set.Pages {
		res.Findings = append(res.Findings, pageRule(p)...)
	}
	for _, f := range set.Faults {
		res.Missed("%s could not be read, because of a typing error", f.File.Path)
	}
	for _, why := range set.Unread {
		res.Missed("%s", why)
	}
	res.Looked = fmt.Sprintf("%s of code, %d rules", findings.Count(set.Files, "file"), Rules)
	return res
}

type visitor struct{ u *unit }

// Enter applies all rules to a node.
func (v visitor) Enter(n js.INode) js.IVisitor {
	for _, rule := range rules {
		rule(v.u, n)
	}
	return v
}

// Exit does nothing.
func (visitor) Exit(js.INode) {}
