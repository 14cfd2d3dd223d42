package findings

import "github.com/paddock-dev/paddock/internal/core"

var runTexts = []Text{
	{
		Code: "run_not_committed", Check: "provenance", Severity: core.Note,
		Title:   "Some files are not saved in git",
		What:    "This check saw {count} that git has not saved yet.",
		Why:     "Nobody else can check the same files again. They are only on this machine.",
		Fix:     []string{"Save your work in git.", "Then check again."},
		Example: map[string]string{"count": "2 files"},
	},
	{
		Code: "run_history_cut", Check: "provenance", Severity: core.Note,
		Title: "The past of the code is not all here",
		What:  "This copy of the code holds only a part of its past.",
		Why:   "A secret in the part that is not here would not be found.",
		Fix:   []string{"Run `git fetch --unshallow`, or fetch with depth 0.", "Then check again."},
	},
	{
		Code: "exemption_not_valid", Check: "provenance", Severity: core.Caution,
		Title:   "A line asks to be let off, and may not",
		What:    "This line asks to let `{code}` pass. It does not count: {reason}.",
		Why:     "Only people who answer for it can let a finding pass. They do so for a time.",
		Fix:     []string{"Mend what the finding names, and take the line out.", "Or ask security for an approval. Write its name, a reason and a last day."},
		Example: map[string]string{"code": "code_eval", "reason": "it names no approval"},
	},
}
