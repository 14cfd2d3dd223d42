# The rules about Pods for OPA Gatekeeper. The same rules in CEL are in vap.go.
package paddockworkload

violation contains {"msg": msg} if {
	some code, problem in problems
	msg := sprintf("%s: %s", [code, problem])
}

resource := input.review.object

# The Pod itself, or the template that Pods are made from.
pod := resource if input.review.kind.kind == "Pod"

pod := resource.spec.jobTemplate.spec.template if input.review.kind.kind == "CronJob"

pod := resource.spec.template if not input.review.kind.kind in {"Pod", "CronJob"}

measured := array.concat(list(pod.spec, "containers"), list(pod.spec, "initContainers"))

containers := array.concat(measured, list(pod.spec, "ephemeralContainers"))

list(from, key) := value if {
	value := found(from, [key], [])
	is_array(value)
} else := []

found(from, path, missing) := value if {
	value := object.get(from, path, missing)
	value != null
} else := missing

problems.workload_image_not_approved := sprintf("%s comes from a place that is not approved. %s", [name, input.parameters.approved]) if {
	names := [image(c) | some c in containers; not regex.match(input.parameters.registries, image(c))]
	name := names[0]
}

problems.image_not_by_digest := sprintf("%s is not named by digest. Name it as host/name@sha256:...", [name]) if {
	names := [image(c) | some c in containers; not regex.match(input.parameters.pinned, image(c))]
	name := names[0]
}

image(c) := found(c, ["image"], "")

problems.limits_missing := "a container has no request or limit for cpu or memory. State all four." if {
	some c in measured
	some kind in ["requests", "limits"]
	some what in ["cpu", "memory"]
	not found(c, ["resources", kind, what], false)
}

problems.host_access := "it uses the network, processes, ports or files of the machine. Take hostNetwork, hostPID, hostIPC, hostPort and hostPath out." if host_access

host_access if {
	some key in ["hostNetwork", "hostPID", "hostIPC"]
	pod.spec[key] == true
}

host_access if {
	some volume in list(pod.spec, "volumes")
	volume.hostPath
}

host_access if {
	some c in containers
	some port in list(c, "ports")
	found(port, ["hostPort"], 0) != 0
}

problems.privileged_container := "a container asks for all rights over the machine. Take privileged out." if {
	some c in containers
	c.securityContext.privileged == true
}

problems.may_escalate := "programs in a container may get more rights than they start with. Set allowPrivilegeEscalation to false." if {
	some c in containers
	found(c, ["securityContext", "allowPrivilegeEscalation"], true) == true
}

problems.capability_added := "a container asks for further rights. Take capabilities.add out." if {
	some c in containers
	count(found(c, ["securityContext", "capabilities", "add"], [])) > 0
}

problems.token_mounted := "it asks for a token for the cluster's API. Set automountServiceAccountToken to false." if token_mounted

token_mounted if pod.spec.automountServiceAccountToken == true

token_mounted if {
	some volume in list(pod.spec, "volumes")
	some source in found(volume, ["projected", "sources"], [])
	token := source.serviceAccountToken
	found(token, ["audience"], "") == ""
}

problems.labels_differ := "the labels paddock.dev/app and paddock.dev/environment are not those of the namespace. Copy them from there." if {
	some key in ["paddock.dev/app", "paddock.dev/environment"]
	differs(key)
}

problems.region_label_differs := "the labels paddock.dev/region and paddock.dev/target are not those of the namespace. Deploy to a target in the app's region." if {
	some key in ["paddock.dev/region", "paddock.dev/target"]
	differs(key)
}

differs(key) if found(pod, ["metadata", "labels", key], "") != found(input.review, ["namespaceObject", "metadata", "labels", key], "missing")
