# Asks an allow-style policy once for each container, with what a gate passes as
# input.app: what the Pod's labels and the container's image say of the app.
package paddockbound

import future.keywords.contains
import future.keywords.if
import future.keywords.in

violation contains {"msg": input.parameters.message} if {
	some part in parts
	not data.lib.POLICY with input as part
}

pod := input.review.object if input.review.kind.kind == "Pod"

pod := input.review.object.spec.jobTemplate.spec.template if input.review.kind.kind == "CronJob"

pod := input.review.object.spec.template if not input.review.kind.kind in {"Pod", "CronJob"}

parts contains part if {
	some list in ["containers", "initContainers", "ephemeralContainers"]
	some c in pod.spec[list]
	part := {
		"name": label("paddock.dev/app"),
		"region": label("paddock.dev/region"),
		"runtime": "container",
		"image": object.get(c, "image", ""),
		"image_reg": registry(object.get(c, "image", "")),
	}
}

label(key) := object.get(pod, ["metadata", "labels", key], "")

# The host of an image, as container runtimes understand its name.
registry(image) := host if {
	host := split(image, "/")[0]
	contains(image, "/")
	regex.match("[.:]|^localhost$", host)
} else := "docker.io"
