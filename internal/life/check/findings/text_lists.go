package findings

import "github.com/paddock-dev/paddock/internal/core"

// listTexts are about the lists of packages themselves.
var listTexts = []Text{
	{
		Code: "package_unpinned", Check: "dependencies", Severity: core.Blocker,
		Title: "A package is named without its exact version",
		What:  "{file} does not say which version to use of: {packages}.",
		Why:   "Each new build may get another version. So nobody can check what your app will get.",
		Fix: []string{
			"In {file}, write one exact version for each of them.",
			"Use the version that you have now. For Python, `pip freeze` shows it.",
			"Push {file}.",
		},
		Example: map[string]string{"file": "requirements.txt", "package": "flask", "packages": "`flask`, `requests`"},
	},
}
