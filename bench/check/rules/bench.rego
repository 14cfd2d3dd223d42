package main

import rego.v1

deny contains msg if {
	some cmd in input[_]
	cmd.Cmd == "from"
	endswith(cmd.Value[0], ":latest")
	msg := "a base image has no version"
}

deny contains msg if {
	some cmd in input[_]
	cmd.Cmd == "user"
	cmd.Value[0] == "root"
	msg := "the container runs as root"
}

deny contains msg if {
	input.jobs
	not input.permissions
	msg := "the workflow states no permissions"
}

deny contains msg if {
	some job in input.jobs
	some step in job.steps
	not regex.match("@[0-9a-f]{40}$", step.uses)
	msg := sprintf("%s is not pinned", [step.uses])
}

deny contains msg if {
	input.region
	not input.region in {"eu-sovereign", "us-east-1"}
	msg := sprintf("the region %s is not allowed", [input.region])
}
