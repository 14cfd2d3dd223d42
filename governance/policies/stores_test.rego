package paddock.lib.stores_test

import data.paddock.example_test as ex
import data.paddock.lib.stores

codes := {reason.code | some reason in stores.deny}

test_good_input_passes if count(codes) == 0 with input as ex.good

test_not_allowed if codes == {"store_not_allowed"} with input as ex.but("/app/secrets/0/store", "azure_key_vault")
