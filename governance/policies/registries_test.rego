package paddock.lib.registries_test

import data.paddock.example_test as ex
import data.paddock.lib.registries

codes := {reason.code | some reason in registries.deny}

test_good_input_passes if count(codes) == 0 with input as ex.good

test_public_registry if codes == {"image_not_approved"} with input as ex.but("/app/image_reg", "docker.io")

test_approved_registry if codes == set() with input as ex.but("/app/image_reg", "registry.example.eu")
