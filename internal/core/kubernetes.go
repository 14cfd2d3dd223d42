package core

// Labels that Paddock sets on namespaces of a Kubernetes cluster and expects on
// what runs in them.
const (
	LabelManaged     = "paddock.dev/managed" // "true": Paddock's guardrails hold in this namespace
	LabelApp         = "paddock.dev/app"
	LabelEnvironment = "paddock.dev/environment"
	LabelRegion      = "paddock.dev/region"
	LabelTarget      = "paddock.dev/target"
)
