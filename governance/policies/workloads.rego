# What may run in a cluster, in the namespace of an app (workload.admit). The
# rules read the same facts for every kind of workload, so copies of one Pod are
# decided from memory.
package paddock.lib.workloads

deny contains {
	"code": "namespace_without_app",
	"message": sprintf("The namespace %q belongs to no app.", [input.workload.namespace]),
	"fix": "Deploy the app with Paddock, which makes its namespace.",
} if {
	input.workload.app_state == ""
}

deny contains {
	"code": "app_not_active",
	"message": sprintf("The app %s is %s, so nothing of it may start.", [input.app.name, input.workload.app_state]),
	"fix": "Bring the app back on its page, then deploy it again.",
} if {
	not input.workload.app_state in {"", "active", "idle"}
}

deny contains {
	"code": "workload_image_not_approved",
	"message": sprintf("The image %s comes from %s, which is not an approved place.", [image.image, image.registry]),
	"fix": sprintf("Use an image from %s.", [concat(" or ", input.org.approved_registries)]),
	"path": image.image,
} if {
	some image in input.workload.images
	not image.registry in input.org.approved_registries
}

deny contains {
	"code": "image_not_by_digest",
	"message": sprintf("The image %s is named by a tag, which may mean something else tomorrow.", [image.image]),
	"fix": "Name the image by its digest: NAME@sha256:...",
	"path": image.image,
} if {
	some image in input.workload.images
	not regex.match(`^sha256:[0-9a-f]{64}$`, image.digest)
}

deny contains {
	"code": "artifact_not_deployed",
	"message": sprintf("No image is the one that was deployed for %s.", [input.app.name]),
	"fix": "Deploy the change with Paddock first. Then use the image of that deployment.",
} if {
	input.app.runtime == "container"
	count({image.digest | some image in input.workload.images; image.digest == input.artifact.digest}) == 0
}

deny contains {
	"code": "limits_missing",
	"message": sprintf("The container %s does not say how much CPU and memory it may use.", [box.name]),
	"fix": "Set resources.limits.cpu and resources.limits.memory of the container.",
	"path": box.name,
} if {
	some box in limited
	0 in {box.cpu_millis, box.memory_mib}
}

deny contains {
	"code": "cpu_over_guardrails",
	"message": sprintf("The containers may use %d thousandths of a core, and the app %d.", [cpu, input.app.guardrails.cpu_millis]),
	"fix": "Lower resources.limits.cpu, or ask for a larger guardrail in microapp.yaml.",
} if {
	cpu > input.app.guardrails.cpu_millis
}

deny contains {
	"code": "memory_over_guardrails",
	"message": sprintf("The containers may use %d MiB of memory, and the app %d.", [memory, input.app.guardrails.memory_mib]),
	"fix": "Lower resources.limits.memory, or ask for a larger guardrail in microapp.yaml.",
} if {
	memory > input.app.guardrails.memory_mib
}

deny contains {
	"code": "privileged_container",
	"message": sprintf("The container %s asks for all rights over the machine.", [box.name]),
	"fix": "Remove privileged from its securityContext.",
	"path": box.name,
} if {
	some box in input.workload.containers
	box.privileged
}

deny contains {
	"code": "may_escalate",
	"message": sprintf("Programs in the container %s may get more rights than they start with.", [box.name]),
	"fix": "Set allowPrivilegeEscalation: false in its securityContext.",
	"path": box.name,
} if {
	some box in input.workload.containers
	box.may_escalate
}

deny contains {
	"code": "capability_added",
	"message": sprintf("The container %s asks for further rights: %s.", [box.name, concat(", ", box.added_capabilities)]),
	"fix": "Remove capabilities.add from its securityContext.",
	"path": box.name,
} if {
	some box in input.workload.containers
	count(box.added_capabilities) > 0
}

deny contains {
	"code": "host_access",
	"message": sprintf("The workload asks for the machine's own %s.", [concat(", ", host_access)]),
	"fix": "Remove hostNetwork, hostPID, hostIPC, hostPort and hostPath volumes.",
} if {
	count(host_access) > 0
}

deny contains {
	"code": "token_mounted",
	"message": "The Pods ask for a token for the cluster's API.",
	"fix": "Set automountServiceAccountToken: false, and give tokens in volumes an audience.",
} if {
	input.workload.api_token
}

# Paddock's own namespaces are named for app and environment.
deny contains {
	"code": "labels_differ",
	"message": sprintf("The Pods do not carry the app and environment of the namespace %s.", [input.workload.namespace]),
	"fix": "Copy the labels paddock.dev/app and paddock.dev/environment from the namespace.",
} if {
	guarded
	not named_as_labelled
}

named_as_labelled if {
	labels := input.workload.labels
	input.workload.namespace == sprintf("paddock-%s--%s", [labels["paddock.dev/app"], labels["paddock.dev/environment"]])
}

deny contains {
	"code": "region_label_differs",
	"message": sprintf("The Pods are not labelled for the target %s.", [input.target.name]),
	"fix": sprintf("Set the label paddock.dev/target to %s.", [input.target.name]),
} if {
	guarded
	not input.workload.labels["paddock.dev/target"] == input.target.name
}

guarded if regex.match(`^paddock-.+--.+$`, input.workload.namespace)

deny contains {
	"code": "region_label_missing",
	"message": sprintf("The Pods do not carry the app's region, which is %s.", [input.app.region]),
	"fix": sprintf("Add the label paddock.dev/region: %s.", [input.app.region]),
} if {
	not input.workload.labels["paddock.dev/region"]
}

deny contains {
	"code": "region_label_differs",
	"message": sprintf("The Pods are labelled for %s, but the app belongs in %s.", [region, input.app.region]),
	"fix": sprintf("Set the label paddock.dev/region to %s.", [input.app.region]),
} if {
	region := input.workload.labels["paddock.dev/region"]
	region != input.app.region
}

warn contains {
	"code": "may_be_root",
	"message": sprintf("The container %s may run as root.", [box.name]),
	"fix": "Set runAsNonRoot: true in the securityContext.",
	"path": box.name,
} if {
	some box in input.workload.containers
	box.may_be_root
}

# Containers that can have limits.
limited contains box if {
	some box in input.workload.containers
	not box.ephemeral
}

# The most that is used at one moment: initial containers run one by one, before
# the others. What is asked for counts as much as what is allowed.
cpu := max(array.concat(
	[sum([most(box.cpu_millis, box.cpu_request_millis) | some box in input.workload.containers; not box.init])],
	[most(box.cpu_millis, box.cpu_request_millis) | some box in input.workload.containers; box.init],
))

memory := max(array.concat(
	[sum([most(box.memory_mib, box.memory_request_mib) | some box in input.workload.containers; not box.init])],
	[most(box.memory_mib, box.memory_request_mib) | some box in input.workload.containers; box.init],
))

most(a, b) := max([a, b])

host_access contains "network" if input.workload.host.network

host_access contains "processes" if input.workload.host.pid

host_access contains "shared memory" if input.workload.host.ipc

host_access contains "folders" if count(input.workload.host.paths) > 0

host_access contains "ports" if {
	some box in input.workload.containers
	count(box.host_ports) > 0
}
