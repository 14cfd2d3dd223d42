package paddock.lib.training_test

import data.paddock.example_test as ex
import data.paddock.lib.training

codes := {reason.code | some reason in training.deny}

test_good_input_passes if count(codes) == 0 with input as ex.good

test_course_missing if codes == {"course_missing"} with input as ex.but("/template/course", "safe-apps")

test_course_passed if codes == set() with input as ex.but2("/template/course", "safe-apps", "/actor/courses", ["safe-apps"])
