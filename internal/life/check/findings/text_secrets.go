package findings

import "github.com/paddock-dev/paddock/internal/core"

var secretTexts = []Text{
	{
		Code: "secret_found", Check: "secrets", Severity: core.Blocker, Grave: true,
		Title: "A secret is written in a file",
		What:  "A secret is written in {path}: {kind}.",
		Why:   "All who can read the code can use the secret. Old copies of the code keep it, even if you delete the line.",
		Fix: []string{
			"Take the secret out of the file.",
			"Put it in the secret store, and list its name under `secrets` in microapp.yaml.",
			"Ask the owner of the secret to turn it off and make a new one.",
		},
		Then:    []string{"Ask the owner of the secret to turn it off and make a new one.", "Put the new one in the secret store."},
		Example: map[string]string{"path": "src/app.ts", "kind": "an AWS access key"},
	},
	{
		Code: "password_found", Check: "secrets", Severity: core.Blocker,
		Title: "A password is written in a file",
		What:  "A password is written in {path}, in {kind}.",
		Why:   "All who can read the code can use the password. Old copies of the code keep it, even if you delete the line.",
		Fix: []string{
			"Take the password out of the file.",
			"Put it in the secret store, and list its name under `secrets` in microapp.yaml.",
			"Change the password where it is used.",
		},
		Then:    []string{"Change the password where it is used.", "Put the new one in the secret store."},
		Example: map[string]string{"path": ".env", "kind": "a setting"},
	},
	{
		Code: "secret_unscanned", Check: "secrets", Severity: core.Blocker,
		Title:   "A file could not be searched for secrets",
		What:    "The file {path} could not be searched for secrets: {reason}.",
		Why:     "A file that nobody looked at may hold a password. So it is not let in.",
		Fix:     []string{"Split the file into smaller text files, or take it out.", "Push again."},
		Example: map[string]string{"path": "data/big.json", "reason": "it is too large"},
	},
	{
		Code: "file_too_large", Check: "secrets", Severity: core.Blocker,
		Title:   "A file is too large to be searched for secrets",
		What:    "The file {path} is too large to be checked ({size} bytes).",
		Why:     "A file that nobody looked at may hold a password. So it is not let in.",
		Fix:     []string{"Take the file out of what you push.", "Keep large files outside of the code.", "Push again."},
		Example: map[string]string{"path": "data/dump.sql", "size": "9000000"},
	},
	{
		Code: "password_hash_found", Check: "secrets", Severity: core.Blocker,
		Title: "A scrambled password is written in a file",
		What:  "{path} holds a scrambled password.",
		Why:   "People have tools that find the password behind it. Weak ones take minutes.",
		Fix: []string{
			"Take the data out of the file.",
			"Ask the owner of the password to change it.",
		},
		Example: map[string]string{"path": "data/dump.sql", "kind": "a database dump"},
	},
	{
		Code: "password_default", Check: "secrets", Severity: core.Caution,
		Title: "A password that everybody knows",
		What:  "{path} sets a password that everybody knows, in {kind}.",
		Why:   "It is one of the first words that people try when they break in.",
		Fix: []string{
			"Pick a long password that nobody knows.",
			"Put it in the secret store, and list its name under `secrets` in microapp.yaml.",
		},
		Then:    []string{"Pick a long password that nobody knows.", "Put it in the secret store."},
		Example: map[string]string{"path": "config/app.yaml", "kind": "a setting"},
	},
	{
		Code: "secret_in_test", Check: "secrets", Severity: core.Caution,
		Title:   "A test or an example may hold a secret",
		What:    "{path} holds what looks like a secret, in {kind}.",
		Why:     "It is fine if it was made up. If it works anywhere, all who read the code can use it.",
		Fix:     []string{"If it works anywhere, take it out and ask its owner to turn it off.", "If not, leave it."},
		Example: map[string]string{"path": "test/login.ts", "kind": "the code"},
	},
	{
		Code: "history_secret", Check: "secrets", Severity: core.Blocker, Grave: true,
		Title: "An old version of the code has a secret",
		What:  "Version {commit} put a secret in {path}: {kind}. The history keeps it.",
		Why:   "All who can read the code can read its old versions too. It stays there, even if you delete the line now.",
		Fix: []string{
			"Ask the owner of the secret to turn it off and make a new one.",
			"Then ask the platform team if the old versions must be cleaned.",
		},
		Example: map[string]string{"path": "src/app.ts", "kind": "an AWS access key", "commit": "2e951350aa"},
	},
	{
		Code: "history_secret_maybe", Check: "secrets", Severity: core.Caution,
		Title:   "An old version may have a secret",
		What:    "Version {commit} put what looks like a secret in {path}: {kind}.",
		Why:     "If it was ever real, all who can read the old versions can use it.",
		Fix:     []string{"If it was ever real, ask its owner to turn it off."},
		Example: map[string]string{"path": "test/app.ts", "kind": "a password", "commit": "2e951350aa"},
	},
}
