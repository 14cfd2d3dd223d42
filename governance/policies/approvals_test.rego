package paddock.lib.approvals_test

import data.paddock.example_test as ex
import data.paddock.lib.approvals

roles := {need.role | some need in approvals.approve}

test_internal_is_automatic if count(roles) == 0 with input as ex.but("/gate", "change.merge")

test_restricted_waits_at_the_merge if roles == {"data-owner"} with input as ex.but2("/gate", "change.merge", "/app/classification", "restricted")

test_other_gates_do_not_wait if count(roles) == 0 with input as ex.but2("/gate", "app.deploy", "/app/classification", "restricted")

test_template_asks_too if roles == {"platform"} with input as ex.but2("/gate", "change.merge", "/template/approvals", [{"role": "platform", "reason": "Ours."}])

test_further_hosts_need_security if roles == {"security"} with input as ex.but2("/gate", "change.merge", "/app/guardrails/egress", ["api.example.com"])

# What an approval asks for besides the role goes on to the gate.
test_terms_go_on if {
	need := {"gate": "change.merge", "classification": "internal", "role": "privacy", "reason": "Ours.", "quorum": 2, "certification": "data-basics", "within_hours": 8, "escalate_to": "security", "step_up": true, "delegate_role": "security"}
	approvals.approve == {object.remove(need, ["gate", "classification"])} with input as ex.but2("/gate", "change.merge", "/org/approvals", [need])
}

test_template_terms_go_on if {
	need := {"role": "owner", "reason": "Ours.", "quorum": 2}
	approvals.approve == {need} with input as ex.but2("/gate", "change.merge", "/template/approvals", [need])
}

test_template_asks_only_at_the_merge if count(roles) == 0 with input as ex.but("/template/approvals", [{"role": "platform", "reason": "Ours."}])

test_further_hosts_wait_only_at_the_merge if count(roles) == 0 with input as ex.but("/app/guardrails/egress", ["api.example.com"])

test_other_classifications_do_not_wait if count(roles) == 0 with input as ex.but2("/gate", "change.merge", "/app/classification", "public")
