package web

import (
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// checkTitle names a check for people.
func checkTitle(name string) string {
	switch name {
	case "sbom":
		return "List of parts (SBOM)"
	case "code":
		return "Code"
	case "policy":
		return "Policy rules"
	}
	return capital(name)
}

// gateTitle names a gate for people.
func gateTitle(g core.Gate) string {
	switch g {
	case core.GateTemplatePublish:
		return "Publish a template"
	case core.GateAppCreate:
		return "Make the app"
	case core.GateChangeMerge:
		return "Merge a change"
	case core.GateAppDeploy:
		return "Deploy"
	case core.GateWorkloadAdmit:
		return "Start a workload"
	case core.GateSecretIssue:
		return "Issue a secret"
	case core.GateAccessElevate:
		return "Raise access"
	case core.GateVendorUse:
		return "Use a vendor"
	case core.GateAppArchive:
		return "Archive the app"
	case core.GatePolicyPublish:
		return "Put rules in force"
	}
	return string(g)
}

// roleTitle names a role for people.
func roleTitle(r core.Role) string {
	switch r {
	case core.RolePlatform, core.RoleSecurity, core.RolePrivacy, core.RoleFinance:
		return capital(string(r)) + " team"
	case core.RoleDataOwner:
		return "Data owner"
	case core.RoleOwner:
		return "Owner of the app"
	}
	if provider, group, ok := r.Group(); ok {
		return "Group " + group + " of " + provider
	}
	return capital(string(r))
}

// classTitle and classHelp explain a classification.
func classTitle(c string) string {
	if core.Classification(c) == core.PHI {
		return "Health data (PHI)"
	}
	return capital(c)
}

func classHelp(c core.Classification) string {
	switch c {
	case core.Public:
		return "Anybody may read it."
	case core.InternalUse:
		return "For people in the organisation."
	case core.Restricted:
		return "Sensitive: harm is done if it leaks."
	case core.PHI:
		return "Health facts about a person."
	}
	return ""
}

// incidentTitle names a kind of incident for people.
func incidentTitle(kind string) string {
	switch kind {
	case "secret_in_push":
		return "Secret stopped at a push"
	case "egress_refused":
		return "Call to an unlisted host refused"
	case "limit_hit":
		return "A limit was reached"
	}
	return capital(strings.ReplaceAll(kind, "_", " "))
}

// stepTitle makes the name of a provisioning step readable.
func stepTitle(name string) string {
	return capital(strings.NewReplacer("_", " ", "-", " ").Replace(name))
}

func titleOf(t view.Template) string {
	if t.Title != "" {
		return t.Title
	}
	return t.Name
}

// capital writes the first letter large; names that start otherwise stay.
func capital(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}

// plural counts things: "1 check", "3 checks".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%s %s", grouped(int64(n)), many)
}

// rolesOf joins a person's roles.
func rolesOf(roles []core.Role) string {
	var names []string
	for _, r := range roles {
		names = append(names, strings.ReplaceAll(string(r), "-", " "))
	}
	return strings.Join(names, ", ")
}

// list joins words for a line of text.
func list(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

// checkList names checks in a line of text.
func checkList(names []string) string {
	titles := make([]string, len(names))
	for i, n := range names {
		titles[i] = checkTitle(n)
	}
	return list(titles)
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
