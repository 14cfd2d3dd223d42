package paddock.lib.classification_test

import data.paddock.example_test as ex
import data.paddock.lib.classification

codes := {reason.code | some reason in classification.deny}

test_good_input_passes if count(codes) == 0 with input as ex.good

test_unknown if codes == {"classification_unknown"} with input as ex.but("/app/classification", "secret")

test_restricted_from_a_template_that_allows_it if codes == set() with input as ex.but("/app/classification", "restricted")

test_above_the_template if codes == {"classification_too_high"} with input as ex.but("/app/classification", "phi")

test_below_the_template if codes == set() with input as ex.but2("/app/classification", "public", "/app/data", [])

test_health_data_in_an_internal_app if codes == {"data_above_classification"} with input as ex.but("/app/data", ["health"])

test_identity_data_in_a_restricted_app if codes == set() with input as ex.but2("/app/data", ["identity"], "/app/classification", "restricted")

test_public_page_with_internal_data if codes == {"audience_too_wide"} with input as ex.but("/app/audience", "public")

test_public_page_with_public_data if {
	codes == set() with input as json.patch(ex.but2("/app/audience", "public", "/app/classification", "public"), [{"op": "replace", "path": "/app/data", "value": []}])
}

test_health_seen_in_an_internal_app if codes == {"data_found_above_classification"} with input as ex.but("/report/detected/data", ["contact", "health"])

test_payment_seen_in_an_internal_app if codes == {"data_found_above_classification"} with input as ex.but("/report/detected/data", ["payment"])

test_health_seen_in_a_restricted_app if codes == set() with input as ex.but2("/report/detected/data", ["health"], "/app/classification", "restricted")

test_other_data_seen_in_an_internal_app if codes == set() with input as ex.but("/report/detected/data", ["contact", "identity", "credentials", "children"])
