# Who must say yes (WFL-1, CHK-2). The lists are in paddock.yaml and in the
# templates; this policy only applies them.
package paddock.lib.approvals

# A need goes on as it stands, with its terms: quorum, certification, within_hours,
# escalate_to, step_up, delegate_role.
approve contains object.remove(need, ["gate", "classification"]) if {
	some need in input.org.approvals
	need.gate == input.gate
	need.classification == input.app.classification
}

approve contains need if {
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
