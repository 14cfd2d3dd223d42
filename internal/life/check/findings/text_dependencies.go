package findings

import "github.com/paddock-dev/paddock/internal/core"

var dependencyExample = map[string]string{
	"package": "lodash", "version": "4.17.20", "fixed": "4.17.21", "direct": "lodash", "summary": "Command Injection in lodash", "file": "package.json", "lock": "package-lock.json", "command": "npm install",
	"packages": "`qs` 6.5.2", "update": "npm update qs",
}

var dependencyTexts = []Text{
	{
		Code: "dependency_known_flaw", Check: "dependencies", Severity: core.Blocker,
		Title:   "A package has a known security hole",
		What:    "Your app uses `{package}` {version}. This version has a known security hole.",
		Why:     "People know how to break in through this hole. They look for apps that still have it.",
		Fix:     []string{"In {file}, change `{package}` from {version} to {fixed}.", "Run `{command}`, so that {lock} changes too.", "Push all changed files."},
		Then:    []string{"Run `{command}`, so that {lock} changes too.", "Push all changed files."},
		Example: dependencyExample,
	},
	{
		Code: "dependency_flaws", Check: "dependencies", Severity: core.Blocker,
		Title: "A package and those it needs have security holes",
		What:  "Your app uses `{package}` {version}, which has a known security hole. It needs packages that have holes too: {packages}.",
		Why:   "People know how to break in through these holes. They look for apps that still have them.",
		Fix: []string{"In {file}, change `{package}` from {version} to {fixed}.", "Run `{command}`, so that {lock} changes too.",
			"Run `{update}`, for the packages that it needs.", "Push all changed files."},
		Then:    []string{"Run `{command}`, so that {lock} changes too.", "Run `{update}`, for the packages that it needs.", "Push all changed files."},
		Example: dependencyExample,
	},
	{
		Code: "dependency_indirect_flaw", Check: "dependencies", Severity: core.Blocker,
		Title: "A package of a package has a security hole",
		What:  "Your app uses `{direct}`. It needs packages with known security holes: {packages}.",
		Why:   "People know how to break in through these holes. They look for apps that still have them.",
		Fix: []string{
			"Run `{update}`. It brings them to newer versions.",
			"If a version stays the same, pick a newer `{direct}` in {file}.",
			"Push all changed files.",
		},
		Example: dependencyExample,
	},
	{
		Code: "dependency_indirect_stuck", Check: "dependencies", Severity: core.Blocker,
		Title: "A package of a package has a security hole",
		What:  "Your app uses `{direct}`. It needs packages with known security holes: {packages}.",
		Why:   "People know how to break in through these holes. They look for apps that still have them.",
		Fix: []string{
			"In {file}, pick the newest `{direct}`. It may need newer packages.",
			"Run `{command}`, so that {lock} changes too.",
			"Push all changed files.",
		},
		Example: dependencyExample,
	},
	{
		Code: "dependency_no_fix", Check: "dependencies", Severity: core.Blocker,
		Title:   "A package has a hole and no mended version",
		What:    "Your app uses `{package}` {version}. It has a known security hole, and no mended version is known.",
		Why:     "People know how to break in through this hole. They look for apps that still have it.",
		Fix:     []string{"Look for another package that does the same.", "Change {file} to use it, or take `{direct}` out.", "Run `{command}`, so that {lock} changes too.", "Push all changed files."},
		Example: dependencyExample,
	},
	{
		Code: "dependency_malicious", Check: "dependencies", Severity: core.Blocker, Grave: true,
		Title:   "A package is known to do harm",
		What:    "The package `{package}` {version} was made to do harm.",
		Why:     "It may steal passwords from your computer and from the people who use your app.",
		Fix:     []string{"Do not run the app.", "Take `{direct}` out of {file}.", "Run `{command}` and push.", "Tell the security team that you had it."},
		Example: dependencyExample,
	},
	{
		Code: "dependency_lookalike", Check: "dependencies", Severity: core.Caution,
		Title:   "A package has almost the name of another",
		What:    "Your app asks for `{package}`. A well-known package is called `{meant}`.",
		Why:     "People with bad aims give their packages such names. They wait for a slip of the hand.",
		Fix:     []string{"Look at the home page of `{package}`. Is it what you want?", "If you meant `{meant}`, change the name in {file}.", "If it is right, ask for an exemption."},
		Example: map[string]string{"package": "expres", "meant": "express", "file": "package.json"},
	},
	{
		Code: "install_script", Check: "dependencies", Severity: core.Caution,
		Title:   "Packages run programs when they are installed",
		What:    "{count} in {lock} may run a program when installed: {packages}.",
		Why:     "Such a program can do all that you can do on your computer.",
		Fix:     []string{"Look whether you know each of these packages.", "Take out those that you do not need."},
		Example: map[string]string{"count": "2 packages", "lock": "package-lock.json", "packages": "`bcrypt`, `esbuild`"},
	},
	{
		Code: "toolchain_flaw", Check: "dependencies", Severity: core.Caution,
		Title:   "This version of Go has known security holes",
		What:    "Your app is built with Go {version}. It has {count}.",
		Why:     "Some of them may be open in your app. A newer Go closes them all.",
		Fix:     []string{"In {file}, change the version of Go from {version} to {fixed}.", "Push {file}."},
		Then:    []string{"Push {file}."},
		Example: map[string]string{"version": "1.22.4", "count": "14 known holes", "fixed": "1.25.3", "file": "go.mod"},
	},
	{
		Code: "toolchain_no_fix", Check: "dependencies", Severity: core.Caution,
		Title:   "This version of Go has known security holes",
		What:    "Your app is built with Go {version}. It has {count}.",
		Why:     "Some of them may be open in your app.",
		Fix:     []string{"Use the newest version of Go.", "Change it in {file} and push."},
		Example: map[string]string{"version": "1.22.4", "count": "14 known holes", "file": "go.mod"},
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
}
