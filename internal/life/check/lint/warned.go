package lint

import (
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/script"
)

// warnedCodes maps what esbuild warns of to our codes. What it says about its
// own work, such as old forms it cannot keep, is left out.
var warnedCodes = map[string]string{
	"duplicate-object-key": "script_name_twice", "duplicate-class-member": "script_name_twice", "duplicate-case": "script_name_twice",
	"equals-nan": "script_never_true", "equals-new-object": "script_never_true", "impossible-typeof": "script_never_true", "equals-negative-zero": "script_never_true",
	"assign-to-constant": "script_not_changed", "assign-to-import": "script_not_changed", "delete-super-property": "script_not_changed",
	"suspicious-boolean-not": "script_odd", "suspicious-nullish-coalescing": "script_odd", "suspicious-logical-operator": "script_odd", "semicolon-after-return": "script_odd",
	"call-import-namespace": "script_odd", "html-comment-in-js": "script_odd", "bigint": "script_odd",
}

// warned reports a line of a script that does something else than it seems to.
func (s *styler) warned(w script.Fault) {
	code := warnedCodes[w.ID]
	if code == "" || foreign(w.File) {
		return
	}
	s.sayAt(code, w.File, w.Line, w.Column, findings.At{Details: w.Text})
}
