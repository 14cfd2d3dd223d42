package policy

import (
	"regexp"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Binding runs a rule at gates that need not know of Paddock. `allow` true lets
// the act pass; false or undefined denies it. A rule whose name is deny, warn or
// violation, or begins so with an underline, is read as Conftest reads it: a set
// of texts, or of objects with a msg.
type Binding struct {
	Query string      `json:"query"` // e.g. data.policy.container.allow
	Gates []core.Gate `json:"gates"` // at least one
	// Input is the part of the gate input to pass, e.g. "app"; empty for all of it.
	// At workload.admit the part app is passed once for each image of the workload,
	// which takes the place of the app's own; each must be allowed.
	Input   string `json:"input"`
	Code    string `json:"code"`    // of the denial; default "policy_denied"
	Message string `json:"message"` // of the denial, for makers
	Fix     string `json:"fix"`     // what the maker can do
}

// conftestName is a rule's name as Conftest looks for them.
var conftestName = regexp.MustCompile(`\.(deny|violation|warn)(_[A-Za-z0-9_]+)?$`)

// sets returns the set that a bound rule adds to, deny or warn; "" for an
// allow-style rule.
func (b Binding) sets() string {
	switch m := conftestName.FindStringSubmatch(b.Query); {
	case m == nil:
		return ""
	case m[1] == "warn":
		return "warn"
	}
	return "deny"
}

var queryForm = regexp.MustCompile(`^data(\.[A-Za-z_][A-Za-z0-9_]*){2,12}$`)

// bindingFaults reports what is wrong with a binding, without looking at rules.
func bindingFaults(b Binding) []*core.Error {
	var out []*core.Error
	if !queryForm.MatchString(b.Query) {
		out = append(out, core.Errorf(core.Invalid, "The policy binding asks for %q, which is not the name of a rule.", b.Query).
			Hinted("Write it as data, the package and the rule, for example data.policy.container.allow."))
	}
	if len(b.Gates) == 0 {
		out = append(out, core.Errorf(core.Invalid, "The policy binding %s names no gate.", b.Query).Hinted("Add gates, for example [app.deploy]."))
	}
	for _, g := range b.Gates {
		if !slices.Contains(core.Gates, g) {
			out = append(out, core.Errorf(core.Invalid, "The policy binding %s names the gate %q, which does not exist.", b.Query, g).
				Hinted("%s", core.DidYouMean(string(g), names(core.Gates))))
		}
	}
	if parts := inputParts(); b.Input != "" && !slices.Contains(parts, b.Input) {
		out = append(out, core.Errorf(core.Invalid, "The policy binding %s passes the input part %q, which does not exist.", b.Query, b.Input).
			Hinted("Use one of %s. %s", strings.Join(parts, ", "), core.DidYouMean(b.Input, parts)))
	}
	return out
}

func inputParts() []string {
	return []string{"actor", "app", "template", "report", "artifact", "target", "vendor", "org", "workload", "publish", "access"}
}

func names[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}
