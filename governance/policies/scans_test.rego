package paddock.lib.scans_test

import data.paddock.example_test as ex
import data.paddock.lib.scans

codes := {reason.code | some reason in scans.deny}

test_good_input_passes if count(codes) == 0 with input as ex.good

test_missing if codes == {"required_scan_missing"} with input as ex.but("/report/checks", [{"name": "code", "verdict": "pass"}])

test_blocked if codes == {"required_scan_not_passed"} with input as ex.but("/report/checks/0/verdict", "blocked")

test_incomplete_is_no_pass if codes == {"check_incomplete"} with input as ex.but("/report/checks/0/verdict", "incomplete")

test_another_incomplete if codes == {"check_incomplete"} with input as ex.but("/report", {"verdict": "incomplete", "checks": array.concat(ex.good.report.checks, [{"name": "lint", "verdict": "incomplete"}])})

test_no_verdict if codes == {"checks_not_passed"} with input as ex.but("/report/verdict", "")

test_another_check_blocks if codes == {"checks_not_passed"} with input as ex.but("/report/verdict", "blocked")

test_no_report if codes == {"required_scan_missing"} with input as ex.but("/report", {"verdict": "", "checks": []})
