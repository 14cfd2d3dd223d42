package guardrails

import (
	_ "embed"
	"strings"
)

//go:embed rego/workload.rego
var workloadRego string

//go:embed rego/service.rego
var serviceRego string

// gatekeeperKinds are the kinds that hold Pods, by API group.
var gatekeeperKinds = []Object{
	{"apiGroups": []string{""}, "kinds": []string{"Pod", "ReplicationController"}},
	{"apiGroups": []string{"apps"}, "kinds": []string{"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"}},
	{"apiGroups": []string{"batch"}, "kinds": []string{"Job", "CronJob"}},
}

// Templates returns what Gatekeeper must know before it takes Constraints: the
// rules about Pods and Services. They are Rego of version 1 and read the labels of
// the namespace, as Gatekeeper 3.23 shows them; one that does not show them
// refuses every Pod.
func Templates() []Object {
	text := Object{"type": "string"}
	parameters := map[string]Object{"registries": text, "pinned": text, "approved": text}
	return []Object{
		template("PaddockWorkload", "v1", workloadRego, nil, parameters),
		template("PaddockService", "v1", serviceRego, nil, nil),
	}
}

// Constraints returns the rules in force. They need the templates, and
// Gatekeeper's answer to them: apply them a moment later.
func Constraints(r Rules) []Object {
	return []Object{
		constraint("PaddockWorkload", gatekeeperKinds, Object{"registries": r.registryPattern(), "pinned": pinnedPattern, "approved": approved(r)}),
		constraint("PaddockService", []Object{{"apiGroups": []string{""}, "kinds": []string{"Service"}}}, nil),
	}
}

// template makes a ConstraintTemplate.
func template(kind, version, rego string, libs []string, parameters map[string]Object) Object {
	names := Object{"names": Object{"kind": kind}}
	if parameters != nil {
		names = Object{"names": Object{"kind": kind}, "validation": Object{"openAPIV3Schema": Object{"type": "object", "properties": parameters}}}
	}
	source := Object{"version": version, "rego": rego}
	if libs != nil {
		source["libs"] = libs
	}
	return object("templates.gatekeeper.sh/v1", "ConstraintTemplate", "", strings.ToLower(kind), byPaddock(), Object{"spec": Object{
		"crd": Object{"spec": names},
		"targets": []Object{{"target": "admission.k8s.gatekeeper.sh",
			"code": []Object{{"engine": "Rego", "source": source}}}},
	}})
}

// constraint puts a template in force in all managed namespaces.
func constraint(kind string, kinds []Object, parameters Object) Object {
	spec := Object{"enforcementAction": "deny", "match": Object{"kinds": kinds, "namespaceSelector": managed()}}
	if parameters != nil {
		spec["parameters"] = parameters
	}
	return object("constraints.gatekeeper.sh/v1beta1", kind, "", "paddock", byPaddock(), Object{"spec": spec})
}
