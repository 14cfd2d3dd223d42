package guardrails

import (
	"regexp"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Rules is what an organisation's settings say about its clusters.
type Rules struct {
	Registries []string // hosts that images may come from; none means no image
	Targets    []core.Target
}

// Code names one rule about Pods, Services or namespaces. A refusal's message
// begins with it. The starter's policies for workload.admit have the same codes.
type Code string

// The rules. Those on Pods also hold for the template of a Deployment, a Job
// and the like.
const (
	ImageNotApproved Code = "workload_image_not_approved" // an image comes from elsewhere than an approved registry
	ImageNotPinned   Code = "image_not_by_digest"         // an image is not named by digest
	LimitsMissing    Code = "limits_missing"              // a container has no request or limit for CPU or memory
	HostAccess       Code = "host_access"                 // host network, processes, ports or paths
	Privileged       Code = "privileged_container"        // all rights over the machine
	MayEscalate      Code = "may_escalate"                // more rights at run time; so it is unless it is forbidden
	CapabilityAdded  Code = "capability_added"            // more rights from the start
	TokenMounted     Code = "token_mounted"               // a token for the cluster's API
	LabelsDiffer     Code = "labels_differ"               // app and environment are not those of the namespace
	RegionDiffers    Code = "region_label_differs"        // region and target are not those of the namespace
	ServiceExposed   Code = "service_exposed"             // a Service that is reached from outside of the cluster
	NamespaceOpen    Code = "namespace_open"              // a managed namespace without its guards
	NamespaceUnknown Code = "namespace_unknown"           // a managed namespace of no app, target or region
	NamespaceSystem  Code = "namespace_system"            // a namespace of Kubernetes itself is marked as managed
)

// System lists the namespaces of Kubernetes itself. No rule touches them.
var System = []string{"kube-node-lease", "kube-public", "kube-system"}

// nothing matches no text.
const nothing = `^[^\x00-\x{10FFFF}]`

// registryPattern matches images of approved registries (RE2).
func (r Rules) registryPattern() string {
	hosts := slices.Clone(r.Registries)
	slices.Sort(hosts)
	hosts = slices.Compact(hosts)
	if len(hosts) == 0 {
		return nothing
	}
	for i, h := range hosts {
		hosts[i] = regexp.QuoteMeta(h)
	}
	return `^(?:` + strings.Join(hosts, "|") + `)/`
}

// pinnedPattern matches images that are named by digest (RE2).
const pinnedPattern = `^[^@]+@sha256:[0-9a-f]{64}$`

// pairs lists the targets as NAME/REGION.
func (r Rules) pairs() []string {
	out := []string{}
	for _, t := range r.Targets {
		out = append(out, t.Name+"/"+t.Region)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// managed selects the namespaces in which the rules hold.
func managed() Object {
	return Object{
		"matchLabels":      map[string]string{core.LabelManaged: "true"},
		"matchExpressions": []Object{{"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": System}},
	}
}
