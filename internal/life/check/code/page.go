package code

import (
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
	"github.com/paddock-dev/paddock/internal/life/check/syntax"
)

// tag tries the clauses about tags of pages. Conditions name attributes by
// their key.
func (u *unit) tag(ready *clauses, n syntax.Node, add adder) {
	if len(ready.tags) == 0 {
		return
	}
	name := strings.ToLower(n.Child(0).Text())
	for _, c := range ready.tags {
		for _, want := range c.Tag {
			if (want == name || want == "*") && u.attributes(n, c.Args) {
				add(c, n, n)
				break
			}
		}
	}
}

func (u *unit) attributes(tag syntax.Node, conds []rulebook.Cond) bool {
	for i := range conds {
		c := &conds[i]
		text, there := "", false
		for a := range tag.Children() {
			if a.Is("attribute", "jsx_attribute") && strings.EqualFold(a.Child(0).Text(), c.Key) {
				text, there = strings.TrimSpace(strings.Trim(a.Child(1).Text(), `"'`)), true
			}
		}
		for _, s := range c.Is {
			if s == "absent" && there && text != "" || s == "present" && !there {
				return false
			}
		}
		if c.Text.Set() && !c.Text.MatchString(text) {
			return false
		}
	}
	return true
}

// host returns the host of a tag's src or href.
func host(tag syntax.Node) string {
	for a := range tag.Children() {
		if a.Is("attribute") && (strings.EqualFold(a.Child(0).Text(), "src") || strings.EqualFold(a.Child(0).Text(), "href")) {
			s := strings.TrimSpace(strings.Trim(a.Child(1).Text(), `"'`))
			if _, rest, ok := strings.Cut(s, "//"); ok {
				rest, _, _ = strings.Cut(rest, "/")
				rest, _, _ = strings.Cut(rest, ":")
				return rest
			}
		}
	}
	return ""
}
