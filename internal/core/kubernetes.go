package core

import "strings"

// Labels that Paddock sets on namespaces of a Kubernetes cluster and expects on
// what runs in them.
const (
	LabelManaged     = "paddock.dev/managed" // "true": Paddock's guardrails hold in this namespace
	LabelApp         = "paddock.dev/app"
	LabelEnvironment = "paddock.dev/environment"
	LabelRegion      = "paddock.dev/region"
	LabelTarget      = "paddock.dev/target"
)

const namespacePrefix, namespaceBetween = "paddock-", "--"

// NamespaceOf names the namespace of an app in one environment. Names of apps have
// no two dashes in a row, so AppOfNamespace finds them again.
func NamespaceOf(app, environment string) string {
	return namespacePrefix + app + namespaceBetween + environment
}

// AppOfNamespace returns what a namespace was named for; ok is false if Paddock
// did not name it.
func AppOfNamespace(name string) (app, environment string, ok bool) {
	rest, own := strings.CutPrefix(name, namespacePrefix)
	app, environment, parted := strings.Cut(rest, namespaceBetween)
	if !own || !parted || app == "" || environment == "" {
		return "", "", false
	}
	return app, environment, true
}
