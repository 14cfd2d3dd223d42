package paddock.lib.workloads_test

import data.paddock.example_test as ex
import data.paddock.lib.workloads

codes := {reason.code | some reason in workloads.deny}

warned := {reason.code | some reason in workloads.warn}

test_good_workload_passes if count(codes | warned) == 0 with input as ex.admitted

test_namespace_without_app if codes == {"namespace_without_app"} with input as ex.asked("/workload/app_state", "")

test_archived_app if codes == {"app_not_active"} with input as ex.asked("/workload/app_state", "archived")

test_idle_app_may_run if count(codes) == 0 with input as ex.asked("/workload/app_state", "idle")

test_other_registry if {
	codes == {"workload_image_not_approved"} with input as ex.asked("/workload/images/0/registry", "docker.io")
	codes == {"workload_image_not_approved"} with input as ex.asked("/workload/images/1/registry", "docker.io")
}

test_not_quite_a_digest if {
	every digest in ["sha256:5d5d", "sha256:latest", concat("", [ex.admitted.workload.images[1].digest, ":latest"])] {
		codes == {"image_not_by_digest"} with input as ex.asked("/workload/images/1/digest", digest)
	}
}

test_token if codes == {"token_mounted"} with input as ex.asked("/workload/api_token", true)

own := {"paddock.dev/region": "eu-sovereign", "paddock.dev/app": "candidate-tracker", "paddock.dev/environment": "test", "paddock.dev/target": ex.good.target.name}

test_labels_of_the_namespace if {
	at := "paddock-candidate-tracker--test"
	count(codes) == 0 with input as ex.asked2("/workload/namespace", at, "/workload/labels", own)
	every key in ["paddock.dev/app", "paddock.dev/environment"] {
		codes == {"labels_differ"} with input as ex.asked2("/workload/namespace", at, "/workload/labels", object.union(own, {key: "other"}))
		codes == {"labels_differ"} with input as ex.asked2("/workload/namespace", at, "/workload/labels", object.remove(own, [key]))
	}
	codes == {"region_label_differs"} with input as ex.asked2("/workload/namespace", at, "/workload/labels", object.union(own, {"paddock.dev/target": "other"}))
	codes == {"region_label_differs"} with input as ex.asked2("/workload/namespace", at, "/workload/labels", object.remove(own, ["paddock.dev/target"]))
}

test_tag if codes == {"image_not_by_digest"} with input as ex.asked("/workload/images/1/digest", "")

test_other_artifact if codes == {"artifact_not_deployed"} with input as ex.asked("/artifact/digest", "sha256:9")

test_only_containers_have_images_of_their_own if {
	count(codes) == 0 with input as ex.asked2("/artifact/digest", "sha256:9", "/app/runtime", "serverless")
}

test_without_limits if {
	codes == {"limits_missing"} with input as ex.asked("/workload/containers/0/cpu_millis", 0)
	codes == {"limits_missing"} with input as ex.asked("/workload/containers/1/memory_mib", 0)
}

test_ephemeral_container_has_no_limits if {
	count(codes) == 0 with input as ex.asked2("/workload/containers/0/ephemeral", true, "/workload/containers/0/memory_mib", 0)
}

test_too_much_cpu if {
	codes == {"cpu_over_guardrails"} with input as ex.asked("/workload/containers/0/cpu_millis", 501)
	codes == {"cpu_over_guardrails"} with input as ex.asked("/workload/containers/0/cpu_request_millis", 501)
	codes == {"cpu_over_guardrails"} with input as ex.asked("/workload/containers/1/cpu_millis", 501)
}

test_too_much_memory if {
	codes == {"memory_over_guardrails"} with input as ex.asked("/workload/containers/0/memory_mib", 129)
	codes == {"memory_over_guardrails"} with input as ex.asked("/workload/containers/0/memory_request_mib", 129)
	codes == {"memory_over_guardrails"} with input as ex.asked("/workload/containers/1/memory_mib", 129)
}

test_containers_add_up if {
	codes == {"cpu_over_guardrails", "memory_over_guardrails"} with input as ex.asked("/workload/containers/1/init", false)
}

test_privileged if codes == {"privileged_container"} with input as ex.asked("/workload/containers/1/privileged", true)

test_escalation if codes == {"may_escalate"} with input as ex.asked("/workload/containers/0/may_escalate", true)

test_capability if codes == {"capability_added"} with input as ex.asked("/workload/containers/0/added_capabilities", ["NET_ADMIN"])

test_root_is_only_warned_of if {
	warned == {"may_be_root"} with input as ex.asked("/workload/containers/0/may_be_root", true)
	count(codes) == 0 with input as ex.asked("/workload/containers/0/may_be_root", true)
}

test_host_access if {
	says("the machine's own network.") with input as ex.asked("/workload/host/network", true)
	says("the machine's own processes.") with input as ex.asked("/workload/host/pid", true)
	says("the machine's own shared memory.") with input as ex.asked("/workload/host/ipc", true)
	says("the machine's own folders.") with input as ex.asked("/workload/host/paths", ["/etc"])
	says("the machine's own ports.") with input as ex.asked("/workload/containers/0/host_ports", [80])
}

says(text) if {
	codes == {"host_access"}
	some reason in workloads.deny
	endswith(reason.message, text)
}

test_no_region if codes == {"region_label_missing"} with input as ex.asked("/workload/labels", {})

test_other_region if codes == {"region_label_differs"} with input as ex.asked("/workload/labels/paddock.dev~1region", "us-east-1")
