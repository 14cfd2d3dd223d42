package policy

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// notAllowed says why a built-in function is not there, and what to use
// instead. Names end in a dot for a whole family.
var notAllowed = []struct{ name, why string }{
	{"http.send", "Policies must not reach the network. Put the fact in the gate input."},
	{"net.lookup_ip_addr", "Policies must not reach the network. Put the fact in the gate input."},
	{"opa.runtime", "Policies must not read the server's environment."},
	{"time.now_ns", "A decision must be the same when it is replayed. Use input.now."},
	{"rand.intn", "A decision must be the same when it is replayed. Remove the chance."},
	{"uuid.rfc4122", "A decision must be the same when it is replayed. Remove the chance."},
}

// capabilities returns OPA's built-in functions without those of notAllowed,
// and without any host that could be asked.
func capabilities() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.Builtins = slices.DeleteFunc(c.Builtins, func(b *ast.Builtin) bool { return whyNot(b.Name) != "" })
	c.AllowNet = []string{}
	return c
}

// whyNot returns the reason why a built-in is not allowed, or "".
func whyNot(name string) string {
	for _, n := range notAllowed {
		if name == n.name {
			return n.why
		}
	}
	return ""
}

// whyNotIn looks for a forbidden built-in in OPA's message.
func whyNotIn(message string) string {
	for _, n := range notAllowed {
		if strings.Contains(message, n.name) {
			return n.why
		}
	}
	return ""
}
