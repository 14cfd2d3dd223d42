package paddock.lib.templates_test

import data.paddock.example_test as ex
import data.paddock.lib.templates

codes := {reason.code | some reason in templates.deny}

test_good_input_passes if count(codes) == 0 with input as ex.good

test_unknown if codes == {"template_unknown"} with input as ex.but("/template/name", "")
