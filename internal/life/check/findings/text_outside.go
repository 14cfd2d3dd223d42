package findings

import "github.com/paddock-dev/paddock/internal/core"

var outsideTexts = []Text{
	{
		Code: "outside_grave", Check: "outside", Severity: core.Blocker,
		Title:   "Another tool found a grave fault",
		What:    "{tool} says: {said}",
		Why:     "Your team trusts {tool} to find faults that can do harm. This one is grave.",
		Fix:     []string{"Read what {tool} says of its rule {rule}.", "Change the line that is shown.", "Run {tool} again, and give us what it writes."},
		Example: map[string]string{"tool": "Semgrep", "said": "`User data flows into a shell`", "rule": "js.shell"},
	},
	{
		Code: "outside_secret", Check: "outside", Severity: core.Blocker,
		Title:   "Another tool found a secret in a file",
		What:    "{tool} found a secret by its rule {said}.",
		Why:     "All who can read the code can use the secret. Old copies of the code keep it, even if you delete the line.",
		Fix:     []string{"Take the secret out of the file.", "Put it in the secret store, and list its name under `secrets` in microapp.yaml.", "Ask the owner of the secret to turn it off and make a new one."},
		Example: map[string]string{"tool": "Snyk", "said": "`js/hard-coded-key`"},
	},
	{
		Code: "outside_caution", Check: "outside", Severity: core.Caution,
		Title:   "Another tool found a fault",
		What:    "{tool} says: {said}",
		Why:     "It may do harm one day. It does not stop your change.",
		Fix:     []string{"Read what {tool} says of its rule {rule}.", "Change the line that is shown, or settle it in {tool}."},
		Example: map[string]string{"tool": "CodeQL", "said": "`This loop may not end`", "rule": "js/loop"},
	},
	{
		Code: "outside_note", Check: "outside", Severity: core.Note,
		Title:   "Another tool has a remark",
		What:    "{tool} says: {said}",
		Why:     "It is a matter of taste or of small weight.",
		Fix:     []string{"Change the line that is shown, if you agree."},
		Example: map[string]string{"tool": "ESLint", "said": "`This name is not used`"},
	},
}
