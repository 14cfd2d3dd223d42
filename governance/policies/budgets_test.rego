package paddock.lib.budgets_test

import data.paddock.example_test as ex
import data.paddock.lib.budgets

codes := {reason.code | some reason in budgets.deny}

test_good_input_passes if count(codes) == 0 with input as ex.good

test_other_currency if codes == {"budget_other_currency"} with input as ex.but("/app/budget/currency", "USD")

test_below_zero if codes == {"budget_below_zero"} with input as ex.but("/app/budget/monthly", -1)

test_tiny if codes == set() with input as ex.but("/app/budget/monthly", 0.01)

test_large_budget_needs_finance if {
	some need in budgets.approve with input as ex.but("/app/budget/monthly", 201)
	need.role == "finance"
}

test_small_budget_needs_nobody if count(budgets.approve) == 0 with input as ex.but("/app/budget/monthly", 200)

test_no_limit_asks_nobody if count(budgets.approve) == 0 with input as ex.but2("/app/budget/monthly", 201, "/org/budget_limit", 0)
