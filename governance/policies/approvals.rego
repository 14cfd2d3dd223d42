# Who must say yes (WFL-1, CHK-2). The lists are in paddock.yaml and in the
# templates; this policy only applies them.
package paddock.lib.approvals

approve contains {"role": need.role, "reason": need.reason} if {
	some need in input.org.approvals
	need.gate == input.gate
	need.classification == input.app.classification
}

approve contains {"role": need.role, "reason": need.reason} if {
	input.gate == "change.merge"
	some need in input.template.approvals
}

approve contains {
	"role": "security",
	"reason": sprintf("The app wants to call %s.", [concat(", ", input.app.guardrails.egress)]),
} if {
	input.gate == "change.merge"
	count(input.app.guardrails.egress) > 0
}
