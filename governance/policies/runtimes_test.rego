package paddock.lib.runtimes_test

import data.paddock.example_test as ex
import data.paddock.lib.runtimes

codes := {reason.code | some reason in runtimes.deny}

test_good_input_passes if count(codes) == 0 with input as ex.good

test_not_approved if codes == {"runtime_not_approved"} with input as ex.but2("/app/runtime", "container", "/template/runtime", "container")

test_not_of_the_template if codes == {"runtime_not_of_template"} with input as ex.but("/template/runtime", "managed-db")

test_an_unknown_template_is_said_once if codes == set() with input as ex.but2("/template/name", "", "/template/runtime", "")
