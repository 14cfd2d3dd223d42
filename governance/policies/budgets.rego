# What an app may cost (RUN-3).
package paddock.lib.budgets

deny contains {
	"code": "budget_other_currency",
	"message": sprintf("The budget is in %s, but we count in %s.", [input.app.budget.currency, input.org.currency]),
	"fix": sprintf("Give the budget in %s.", [input.org.currency]),
	"path": "microapp.yaml",
} if {
	not input.app.budget.currency in {"", input.org.currency}
}

deny contains {
	"code": "budget_below_zero",
	"message": "The budget is below zero.",
	"fix": "Give a sum of 0 or more.",
	"path": "microapp.yaml",
} if {
	input.app.budget.monthly < 0
}

approve contains {
	"role": "finance",
	"reason": sprintf("The budget is above %v %s a month.", [input.org.budget_limit, input.org.currency]),
} if {
	input.org.budget_limit > 0
	input.app.budget.monthly > input.org.budget_limit
}
