package findings

import "github.com/paddock-dev/paddock/internal/core"

var descriptorTexts = []Text{
	{
		Code: "descriptor_missing", Check: "lint", Severity: core.Blocker,
		Title: "The app has no microapp.yaml",
		What:  "The file microapp.yaml is not in the app's main folder.",
		Why:   "This file says who owns the app and where it may run. Without it nobody can run the app safely.",
		Fix:   []string{"Copy microapp.yaml from your template back into the main folder.", "Save it and push again."},
	},
	{
		Code: "descriptor_invalid", Check: "lint", Severity: core.Blocker,
		Title:   "A line in microapp.yaml is wrong",
		What:    "A line in microapp.yaml is wrong: {fault}",
		Why:     "Paddock reads this file to set the limits of your app. A wrong line could remove a guard.",
		Fix:     []string{"Open microapp.yaml at the place shown.", "{hint}", "Save it and push again."},
		Example: map[string]string{"fault": "unknown key `clasification`", "hint": "Did you mean `classification`?"},
	},
	{
		Code: "script_invalid", Check: "lint", Severity: core.Blocker,
		Title:   "A script cannot be read",
		What:    "The script {path} has a typing error, so it cannot run.",
		Why:     "A script that cannot be read will not start. No one could open your app.",
		Fix:     []string{"Open {path} at the line shown.", "Look for a missing bracket, quote or comma, and mend it.", "Push again."},
		Example: map[string]string{"path": "src/app.ts"},
	},
}
