package paddock.lib.advisories_test

import data.paddock.example_test as ex
import data.paddock.lib.advisories

codes := {reason.code | some reason in advisories.deny}

test_no_date_is_no_reason if count(codes) == 0 with input as ex.good

test_on_the_last_day if count(codes) == 0 with input as ex.but("/report/advisory_days", advisories.most)

test_too_old if codes == {"advisories_old"} with input as ex.but("/report/advisory_days", advisories.most + 1)
