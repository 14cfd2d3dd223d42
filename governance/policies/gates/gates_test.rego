# Each gate asks the rules it should.
package paddock.gates_test

import data.paddock.app.create
import data.paddock.app.deploy
import data.paddock.change.merge
import data.paddock.example_test as ex
import data.paddock.policy.publish
import data.paddock.vendor.use
import data.paddock.workload.admit

codes(reasons) := {reason.code | some reason in reasons}

test_good_app_is_created if count(create.deny | create.approve) == 0 with input as ex.good

test_good_change_is_merged if count(merge.deny | merge.approve) == 0 with input as ex.but("/gate", "change.merge")

test_good_artifact_is_deployed if count(deploy.deny | deploy.approve) == 0 with input as ex.but("/gate", "app.deploy")

test_good_vendor_is_used if count(use.deny) == 0 with input as ex.but("/gate", "vendor.use")

test_rules_are_published if count(publish.approve) == 0 with input as ex.but("/gate", "policy.publish")

test_publishing_asks_humans if {
	needs := [{"gate": "policy.publish", "classification": "internal", "role": "security", "reason": "All rules."}]
	{"security"} == {need.role | some need in publish.approve} with input as ex.but2("/gate", "policy.publish", "/org/approvals", needs)
}

# Everything that can be wrong with an app, at once.
bad := json.patch(ex.good, [
	{"op": "replace", "path": "/template/name", "value": ""},
	{"op": "replace", "path": "/template/course", "value": "safe-apps"},
	{"op": "replace", "path": "/app/classification", "value": "phi"},
	{"op": "replace", "path": "/app/region", "value": "us-east-1"},
	{"op": "replace", "path": "/app/runtime", "value": "container"},
	{"op": "replace", "path": "/app/image_reg", "value": "docker.io"},
	{"op": "replace", "path": "/app/vendors/0/state", "value": "pending"},
	{"op": "replace", "path": "/app/secrets/0/store", "value": "drawer"},
	{"op": "replace", "path": "/app/budget", "value": {"monthly": 500, "currency": "USD"}},
	{"op": "replace", "path": "/report/checks/0/verdict", "value": "blocked"},
	{"op": "replace", "path": "/artifact/sbom", "value": ""},
])

everywhere := {"template_unknown", "classification_too_high", "runtime_not_approved", "image_not_approved", "vendor_not_approved", "store_not_allowed"}

test_create_asks_all if {
	codes(create.deny) == everywhere | {"budget_other_currency", "course_missing"} with input as bad
}

test_merge_asks_all if {
	codes(merge.deny) == everywhere | {"budget_other_currency", "required_scan_not_passed"} with input as bad
}

test_deploy_asks_all if {
	codes(deploy.deny) == everywhere | {"sbom_missing", "target_in_other_region"} with input as object.union(bad, {"gate": "app.deploy"})
}

test_regions_are_asked_everywhere if {
	"region_not_allowed" in codes(create.deny) with input as ex.but("/app/region", "us-east-1")
	"region_not_allowed" in codes(merge.deny) with input as ex.but("/app/region", "us-east-1")
	"region_not_allowed" in codes(deploy.deny) with input as ex.but("/app/region", "us-east-1")
}

test_finance_is_asked_before_money_is_spent if {
	{"finance"} == {need.role | some need in create.approve} with input as bad
	{"finance"} == {need.role | some need in merge.approve} with input as bad
}

test_merge_asks_humans if {
	{"data-owner"} == {need.role | some need in merge.approve} with input as ex.but2("/gate", "change.merge", "/app/classification", "restricted")
}

test_create_asks_humans if {
	needs := [{"gate": "app.create", "classification": "internal", "role": "security", "reason": "All apps."}]
	{"security"} == {need.role | some need in create.approve} with input as ex.but("/org/approvals", needs)
}

test_deploy_asks_humans if {
	needs := [{"gate": "app.deploy", "classification": "internal", "role": "security", "reason": "All apps."}]
	{"security"} == {need.role | some need in deploy.approve} with input as ex.but2("/gate", "app.deploy", "/org/approvals", needs)
}

test_good_workload_is_admitted if count(admit.deny | admit.warn) == 0 with input as ex.admitted

test_admit_asks_the_rules_of_workloads if {
	codes(admit.deny) == {"privileged_container"} with input as ex.asked("/workload/containers/0/privileged", true)
}

test_admit_warns if {
	codes(admit.warn) == {"may_be_root"} with input as ex.asked("/workload/containers/0/may_be_root", true)
}
