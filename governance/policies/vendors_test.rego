package paddock.lib.vendors_test

import data.paddock.example_test as ex
import data.paddock.lib.vendors

codes := {reason.code | some reason in vendors.deny}

test_good_input_passes if count(codes) == 0 with input as ex.good

test_pending if codes == {"vendor_not_approved"} with input as ex.but("/app/vendors/0/state", "pending")

test_without_a_record if codes == {"vendor_not_approved"} with input as ex.but("/app/vendors", [{"name": "other", "hosts": ["h.example"], "state": "", "known_hosts": [], "regions": []}])

test_foreign_host if codes == {"vendor_host_unknown"} with input as ex.but("/app/vendors/0/hosts", ["talent.example", "evil.example"])

test_one_level_below if codes == set() with input as ex.but("/app/vendors/0/hosts", ["api.talent.example"])

test_two_levels_below if codes == {"vendor_host_unknown"} with input as ex.but("/app/vendors/0/hosts", ["a.b.talent.example"])

test_other_region if codes == {"vendor_not_in_region"} with input as ex.but("/app/region", "us-east-1")

test_restricted_data_with_agreement if codes == set() with input as ex.but("/app/classification", "restricted")

test_restricted_data_without_agreement if codes == {"vendor_without_agreement"} with input as ex.but2("/app/classification", "restricted", "/app/vendors/0/dpa_signed", false)

test_internal_data_without_agreement if codes == set() with input as ex.but("/app/vendors/0/dpa_signed", false)

test_agreement_has_ended if codes == {"vendor_without_agreement"} with input as ex.but2("/app/classification", "phi", "/app/vendors/0/dpa_expires", "2026-05-31")

test_agreement_on_its_last_day if codes == set() with input as ex.but2("/app/classification", "phi", "/app/vendors/0/dpa_expires", "2026-06-01")

test_restricted_data_without_review if codes == {"vendor_without_review"} with input as ex.but2("/app/classification", "restricted", "/app/vendors/0/privacy_state", "pending")

test_unknown_classification_counts_as_sensitive if codes == {"vendor_without_review"} with input as ex.but2("/app/classification", "secret", "/app/vendors/0/privacy_state", "pending")

test_use_of_one_vendor if codes == {"vendor_not_approved"} with input as ex.but2("/gate", "vendor.use", "/vendor/state", "blocked")

test_agreement_without_end if codes == set() with input as ex.but2("/app/classification", "restricted", "/app/vendors/0/dpa_expires", "")

test_no_agreement_and_no_end if {
	codes == {"vendor_without_agreement"} with input as json.patch(ex.but("/app/classification", "restricted"), [
		{"op": "replace", "path": "/app/vendors/0/dpa_signed", "value": false},
		{"op": "replace", "path": "/app/vendors/0/dpa_expires", "value": ""},
	])
}

test_use_of_one_vendor_asks_for_that_one if codes == set() with input as ex.but2("/gate", "vendor.use", "/app/vendors/0/state", "blocked")

test_other_gates_ask_for_the_declared if codes == set() with input as ex.but("/vendor/state", "blocked")

test_host_of_an_exact_name_only if {
	codes == {"vendor_host_unknown"} with input as ex.but2("/app/vendors/0/hosts", ["api.talent.example"], "/app/vendors/0/known_hosts", ["xxtalent.example"])
}

test_internal_data_without_review if codes == set() with input as ex.but("/app/vendors/0/privacy_state", "pending")
