package findings

import "github.com/paddock-dev/paddock/internal/core"

var policyTexts = []Text{
	{
		Code: "policy_denied", Check: "policy", Severity: core.Blocker,
		Title:   "A rule of the company says no",
		What:    "A rule of the company says no: {message}",
		Why:     "The company has set this rule to keep people and data safe.",
		Fix:     []string{"Read the rule's message, and change what it names.", "If you think the rule is wrong here, ask the platform team."},
		Example: map[string]string{"message": "This image is not approved."},
	},
	{
		Code: "policy_warned", Check: "policy", Severity: core.Caution,
		Title:   "A rule of the company asks for care",
		What:    "A rule of the company asks for care: {message}",
		Why:     "The rule does not stop you today. It may do so later.",
		Fix:     []string{"Read the rule's message, and change what it names."},
		Example: map[string]string{"message": "The app has no budget."},
	},
	{
		Code: "classification_lowered", Check: "policy", Severity: core.Caution,
		Title:   "The app's data is now called less sensitive",
		What:    "microapp.yaml now says `{now}`. On the main branch it says `{before}`.",
		Why:     "Less sensitive apps have fewer guards. The people who approve this change should know.",
		Fix:     []string{"If the data did not change, put `{before}` back.", "If it did, say so in the title of your change."},
		Example: map[string]string{"now": "internal", "before": "restricted"},
	},
}
