package findings

import "github.com/paddock-dev/paddock/internal/core"

var dependencyExample = map[string]string{
	"package": "lodash", "version": "4.17.20", "fixed": "4.17.21", "direct": "lodash", "summary": "Command Injection in lodash", "file": "package.json", "lock": "package-lock.json", "command": "npm install",
}

var dependencyTexts = []Text{
	{
		Code: "dependency_known_flaw", Check: "dependencies", Severity: core.Blocker,
		Title:   "A package has a known security hole",
		What:    "Your app uses `{package}` {version}. This version has a known security hole.",
		Why:     "People know how to break in through this hole. They look for apps that still have it.",
		Fix:     []string{"In {file}, change `{package}` from {version} to {fixed}.", "Run `npm install`, so that package-lock.json changes too.", "Push both files."},
		Example: dependencyExample,
	},
	{
		Code: "dependency_indirect_flaw", Check: "dependencies", Severity: core.Blocker,
		Title: "A package of a package has a security hole",
		What:  "Your app uses `{package}` {version}, which has a known security hole. It comes with `{direct}`.",
		Why:   "People know how to break in through this hole. They look for apps that still have it.",
		Fix: []string{
			"Run `npm update {direct} {package}`. It brings `{package}` to {fixed} or newer.",
			"If the version stays the same, pick a newer `{direct}` in {file}.",
			"Push {file} and package-lock.json.",
		},
		Example: dependencyExample,
	},
	{
		Code: "dependency_no_fix", Check: "dependencies", Severity: core.Blocker,
		Title:   "A package has a hole and no mended version",
		What:    "Your app uses `{package}` {version}. It has a known security hole, and no mended version is known.",
		Why:     "People know how to break in through this hole. They look for apps that still have it.",
		Fix:     []string{"Look for another package that does the same.", "Change {file} to use it, or take `{direct}` out.", "Run `npm install` and push."},
		Example: dependencyExample,
	},
	{
		Code: "dependency_malicious", Check: "dependencies", Severity: core.Blocker,
		Title:   "A package is known to do harm",
		What:    "The package `{package}` {version} was made to do harm.",
		Why:     "It may steal passwords from your computer and from the people who use your app.",
		Fix:     []string{"Do not run the app.", "Take `{direct}` out of {file}, run `npm install` and push.", "Tell the security team that you had it."},
		Example: dependencyExample,
	},
	{
		Code: "lockfile_missing", Check: "dependencies", Severity: core.Blocker,
		Title:   "The list of exact package versions is missing",
		What:    "{file} names packages, but there is no {lock} beside it.",
		Why:     "Without that file nobody knows which versions your app will get. So nobody can check them.",
		Fix:     []string{"Run `{command}` in the same folder.", "Add {lock} and push."},
		Example: dependencyExample,
	},
	{
		Code: "lockfile_stale", Check: "dependencies", Severity: core.Blocker,
		Title:   "Two lists of packages do not match",
		What:    "{file} and {lock} do not agree on `{package}`.",
		Why:     "The checks read {lock}. A package that is not in it would slip past them.",
		Fix:     []string{"Run `{command}` in the same folder.", "Push {lock}."},
		Example: dependencyExample,
	},
	{
		Code: "licence_copyleft", Check: "licences", Severity: core.Caution,
		Title:   "A package has sharing terms",
		What:    "The package `{package}` {version} comes under {licence}.",
		Why:     "If people outside get the app, you may have to share its code.",
		Fix:     []string{"If the app stays inside the company, you need not change a thing.", "If not, ask the legal team, or pick another package."},
		Example: map[string]string{"package": "chartist", "version": "1.0.0", "licence": "GPL-3.0-only"},
	},
	{
		Code: "licence_unknown", Check: "licences", Severity: core.Note,
		Title:   "The terms of some packages are not known",
		What:    "For {count} no terms of use are given: {packages}.",
		Why:     "Without terms you may not have the right to use the package.",
		Fix:     []string{"Look at the home page of each package for its terms.", "If there are none, pick another package."},
		Example: map[string]string{"count": "2 packages", "packages": "`left`, `right`"},
	},
}
