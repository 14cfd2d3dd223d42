package paddock.lib.regions_test

import data.paddock.example_test as ex
import data.paddock.lib.regions

codes := {reason.code | some reason in regions.deny}

test_good_input_passes if count(codes) == 0 with input as ex.good

test_not_of_the_template if codes == {"region_not_allowed"} with input as ex.but("/app/region", "us-east-1")

test_not_of_the_organisation if codes == {"region_not_allowed"} with input as ex.but2("/app/region", "us-west-2", "/template/allowed_regions", ["us-west-2"])

test_target_elsewhere if codes == {"target_in_other_region"} with input as ex.but2("/gate", "app.deploy", "/target/region", "us-east-1")

test_target_matters_only_at_deploy if codes == set() with input as ex.but("/target/region", "us-east-1")

test_target_in_the_same_region if codes == set() with input as ex.but("/gate", "app.deploy")

test_an_unknown_template_is_said_once if codes == set() with input as ex.but2("/template/name", "", "/template/allowed_regions", [])
