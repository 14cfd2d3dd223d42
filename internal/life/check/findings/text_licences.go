package findings

import "github.com/paddock-dev/paddock/internal/core"

var licenceExample = map[string]string{"package": "chartist", "version": "1.0.0", "licence": "GPL-3.0-only", "comes": "", "direct": "chartist", "file": "package.json"}

// licenceTexts: {comes} is empty or a sentence of its own.
var licenceTexts = []Text{
	{
		Code: "licence_refused", Check: "licences", Severity: core.Blocker,
		Title: "A package has terms that do not fit",
		What:  "The package `{package}` {version} comes under {licence}.{comes}",
		Why:   "Your company does not allow these terms for this app. To use it could break a contract.",
		Fix: []string{
			"Look for another package that does the same.",
			"Change {file} to use it, or take `{direct}` out.",
			"If you need this one, ask the platform team.",
		},
		Example: licenceExample,
	},
	{
		Code: "licence_copyleft", Check: "licences", Severity: core.Caution,
		Title:   "A package has sharing terms",
		What:    "The package `{package}` {version} comes under {licence}.{comes}",
		Why:     "If people outside get the app, you may have to share its code.",
		Fix:     []string{"If the app stays inside the company, you need not change a thing.", "If not, ask the legal team, or take `{direct}` out of {file}."},
		Example: licenceExample,
	},
	{
		Code: "licence_network", Check: "licences", Severity: core.Caution,
		Title:   "A package has sharing terms for web apps",
		What:    "The package `{package}` {version} comes under {licence}.{comes}",
		Why:     "All who use the app through a web page may ask for its code.",
		Fix:     []string{"If only people of the company use the app, you need not change a thing.", "If not, ask the legal team, or take `{direct}` out of {file}."},
		Example: licenceExample,
	},
	{
		Code: "licence_asked", Check: "licences", Severity: core.Caution,
		Title:   "A package has terms to look at",
		What:    "The package `{package}` {version} comes under {licence}.{comes}",
		Why:     "Your company wants to know of packages under these terms.",
		Fix:     []string{"Ask the platform team if you may use `{direct}`.", "If not, take it out of {file}."},
		Example: licenceExample,
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
