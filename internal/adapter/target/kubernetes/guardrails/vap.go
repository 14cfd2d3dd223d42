package guardrails

import (
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

const admission = "admissionregistration.k8s.io/v1"

// variable is a named CEL expression.
type variable struct{ name, expression string }

// check is one rule in CEL. bad, if it is not "", names the first thing at fault.
type check struct {
	code    Code
	holds   string
	message string // what is wrong, and what to do
	bad     string
}

// Policies returns ValidatingAdmissionPolicies with their bindings. They hold in
// every namespace that is labelled paddock.dev/managed, need no webhook, and
// refuse what they cannot evaluate.
func Policies(r Rules) []Object {
	out := policy("paddock-workloads", workloads, managed(), nil, workloadVariables, workloadChecks(r))
	out = append(out, policy("paddock-services", []Object{on("", "services")}, managed(), nil, nil, serviceChecks)...)
	return append(out, policy("paddock-namespaces", []Object{on("", "namespaces")}, nil, marked, namespaceVariables, namespaceChecks(r))...)
}

// on matches what is created or changed.
func on(group string, resources ...string) Object {
	return Object{"apiGroups": []string{group}, "apiVersions": []string{"v1"}, "operations": []string{"CREATE", "UPDATE"}, "resources": resources, "scope": "*"}
}

// workloads are the kinds that hold Pods.
var workloads = []Object{
	on("", "pods", "pods/ephemeralcontainers", "replicationcontrollers"),
	on("apps", "deployments", "replicasets", "statefulsets", "daemonsets"),
	on("batch", "jobs", "cronjobs"),
}

var workloadVariables = []variable{
	{"workload", "dyn(object)"},
	{"pod", "object.kind == 'Pod' ? variables.workload : object.kind == 'CronJob' ? variables.workload.spec.jobTemplate.spec.template : variables.workload.spec.template"},
	{"spec", "variables.pod.spec"},
	{"labels", "variables.pod.?metadata.?labels.orValue({})"},
	{"place", "namespaceObject.metadata.labels"},
	{"measured", "variables.spec.containers + variables.spec.?initContainers.orValue([])"},
	{"containers", "variables.measured + variables.spec.?ephemeralContainers.orValue([])"},
	{"volumes", "variables.spec.?volumes.orValue([])"},
}

// workloadChecks are the rules about Pods in CEL. The same rules in Rego are in
// workload.rego; a test holds both to one list of Pods.
func workloadChecks(r Rules) []check {
	imageOf := func(pattern string) string {
		return fmt.Sprintf("variables.containers.filter(c, !c.?image.orValue('').matches(%s))", quote(pattern))
	}
	same := func(key string) string {
		return fmt.Sprintf("variables.labels[?'%[1]s'].orValue('') == variables.place[?'%[1]s'].orValue('missing')", key)
	}
	const measured = "!['cpu', 'memory'].all(r, r in c.?resources.?requests.orValue({}) && r in c.?resources.?limits.orValue({}))"
	const privileged, escalates, added = "c.?securityContext.?privileged.orValue(false)", "c.?securityContext.?allowPrivilegeEscalation.orValue(true)",
		"c.?securityContext.?capabilities.?add.orValue([]).size() > 0"
	none := func(code Code, bad, message string) check {
		return check{code, "!variables.containers.exists(c, " + bad + ")", message, "variables.containers.filter(c, " + bad + ")[0].name"}
	}
	return []check{
		{ImageNotApproved, imageOf(r.registryPattern()) + ".size() == 0", "an image comes from a place that is not approved. " + approved(r),
			imageOf(r.registryPattern()) + "[0].?image.orValue('(none)')"},
		{ImageNotPinned, imageOf(pinnedPattern) + ".size() == 0", "an image is not named by digest. Name it as host/name@sha256:...",
			imageOf(pinnedPattern) + "[0].?image.orValue('(none)')"},
		{LimitsMissing, "!variables.measured.exists(c, " + measured + ")", "a container has no request or limit for cpu or memory. State all four.",
			"variables.measured.filter(c, " + measured + ")[0].name"},
		{HostAccess, "!(variables.spec.?hostNetwork.orValue(false) || variables.spec.?hostPID.orValue(false) || variables.spec.?hostIPC.orValue(false) || " +
			"variables.volumes.exists(v, has(v.hostPath)) || variables.containers.exists(c, c.?ports.orValue([]).exists(p, p.?hostPort.orValue(0) != 0)))",
			"it uses the network, processes, ports or files of the machine. Take hostNetwork, hostPID, hostIPC, hostPort and hostPath out.", ""},
		none(Privileged, privileged, "a container asks for all rights over the machine. Take privileged out."),
		none(MayEscalate, escalates, "programs in a container may get more rights than they start with. Set allowPrivilegeEscalation to false."),
		none(CapabilityAdded, added, "a container asks for further rights. Take capabilities.add out."),
		{TokenMounted, "!(variables.spec.?automountServiceAccountToken.orValue(false) || variables.volumes.exists(v, v.?projected.?sources.orValue([]).exists(s, " +
			"has(s.serviceAccountToken) && s.serviceAccountToken.?audience.orValue('') == '')))",
			"it asks for a token for the cluster's API. Set automountServiceAccountToken to false.", ""},
		{LabelsDiffer, same(core.LabelApp) + " && " + same(core.LabelEnvironment),
			"the labels " + core.LabelApp + " and " + core.LabelEnvironment + " are not those of the namespace. Copy them from there.", ""},
		{RegionDiffers, same(core.LabelRegion) + " && " + same(core.LabelTarget),
			"the labels " + core.LabelRegion + " and " + core.LabelTarget + " are not those of the namespace. Deploy to a target in the app's region.", ""},
	}
}

// approved says where images may come from.
func approved(r Rules) string {
	if len(r.Registries) == 0 {
		return "No registry is approved."
	}
	return "Use one from " + strings.Join(r.Registries, " or ") + "."
}

var serviceChecks = []check{{ServiceExposed,
	"object.spec.?type.orValue('ClusterIP') == 'ClusterIP' && object.spec.?externalIPs.orValue([]).size() == 0",
	"a Service may be of the type ClusterIP only, without external addresses. People reach apps through Paddock.", ""}}

// marked selects namespaces that are, or were, managed.
var marked = []Object{{"name": "managed", "expression": isMarked("object") + " || " + isMarked("oldObject")}}

func isMarked(object string) string {
	return fmt.Sprintf("(%[1]s != null && '%[2]s' in %[1]s.metadata.?labels.orValue({}))", object, core.LabelManaged)
}

var namespaceVariables = []variable{{"labels", "object.metadata.?labels.orValue({})"}}

// namespaceChecks keep the marks of a managed namespace where they are.
func namespaceChecks(r Rules) []check {
	label := func(key string) string { return "variables.labels[?'" + key + "'].orValue('')" }
	stays := func(key string) string {
		return fmt.Sprintf("(oldObject == null || !('%[1]s' in oldObject.metadata.?labels.orValue({})) || oldObject.metadata.labels['%[1]s'] == %[2]s)", key, label(key))
	}
	var pairs []string
	for _, p := range r.pairs() {
		pairs = append(pairs, quote(p))
	}
	place := label(core.LabelTarget) + " + '/' + " + label(core.LabelRegion)
	return []check{
		{NamespaceSystem, "!object.metadata.name.startsWith('kube-')", "a namespace of Kubernetes itself is never managed. Take the label " + core.LabelManaged + " off.", ""},
		{NamespaceOpen, label(core.LabelManaged) + " == 'true' && " + label("pod-security.kubernetes.io/enforce") + " == 'restricted' && " +
			label("pod-security.kubernetes.io/enforce-version") + " in ['latest', '" + PodSecurity + "']",
			"a managed namespace keeps " + core.LabelManaged + " at true, pod-security.kubernetes.io/enforce at restricted and its version at " + PodSecurity + ".", ""},
		{NamespaceUnknown, label(core.LabelApp) + " != '' && " + label(core.LabelEnvironment) + " != '' && " + stays(core.LabelApp) + " && " + stays(core.LabelEnvironment) +
			" && (" + place + ") in [" + strings.Join(pairs, ", ") + "]",
			"a managed namespace belongs to one app and one environment, and to a target in its region that paddock.yaml lists.", ""},
	}
}

// policy makes a policy and the binding that puts it in force.
func policy(name string, resources []Object, namespaces Object, conditions []Object, variables []variable, checks []check) []Object {
	match := Object{"matchPolicy": "Equivalent", "resourceRules": resources}
	if namespaces != nil {
		match["namespaceSelector"] = namespaces
	}
	spec := Object{"failurePolicy": "Fail", "matchConstraints": match, "validations": validations(checks)}
	if conditions != nil {
		spec["matchConditions"] = conditions
	}
	if variables != nil {
		var list []Object
		for _, v := range variables {
			list = append(list, Object{"name": v.name, "expression": v.expression})
		}
		spec["variables"] = list
	}
	return []Object{
		object(admission, "ValidatingAdmissionPolicy", "", name, byPaddock(), Object{"spec": spec}),
		object(admission, "ValidatingAdmissionPolicyBinding", "", name, byPaddock(), Object{"spec": Object{"policyName": name, "validationActions": []string{"Deny"}}}),
	}
}

func validations(checks []check) []Object {
	var out []Object
	for _, c := range checks {
		message := string(c.code) + ": " + c.message
		v := Object{"expression": c.holds, "message": message, "reason": "Forbidden"}
		if c.bad != "" {
			v["messageExpression"] = quote(message+" This is about ") + " + string(" + c.bad + ") + '.'"
		}
		out = append(out, v)
	}
	return out
}

// quote writes a text as CEL does.
func quote(s string) string {
	return `'` + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`).Replace(s) + `'`
}
