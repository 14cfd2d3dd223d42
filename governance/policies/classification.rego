# What an app may hold (POL-1, WFL-1).
package paddock.lib.classification

import data.paddock.lib.classes.rank

# The least classification that a category of data needs.
least := {
	"contact": "internal",
	"identity": "restricted",
	"payment": "restricted",
	"credentials": "restricted",
	"children": "restricted",
	"health": "phi",
}

deny contains {
	"code": "classification_unknown",
	"message": sprintf("The app's classification %q is not known.", [input.app.classification]),
	"fix": "Use public, internal, restricted or phi.",
	"path": "microapp.yaml",
} if {
	not input.app.classification in object.keys(rank)
}

deny contains {
	"code": "classification_too_high",
	"message": sprintf("The app is %s, but its template is for data up to %s.", [input.app.classification, input.template.max_classification]),
	"fix": "Choose a template for more sensitive data, or keep such data out of the app.",
	"path": "microapp.yaml",
} if {
	rank[input.app.classification] > rank[input.template.max_classification]
}

deny contains {
	"code": "data_above_classification",
	"message": sprintf("The app keeps %s data. That needs the classification %s.", [category, least[category]]),
	"fix": sprintf("Set classification to %s in microapp.yaml, or stop keeping this data.", [least[category]]),
	"path": "microapp.yaml",
} if {
	some category in input.app.data
	rank[input.app.classification] < rank[least[category]]
}

# What the checks saw counts too, whatever the app says of itself. Only health and
# payment data block by this rule; for other data the checks ask for care.
deny contains {
	"code": "data_found_above_classification",
	"message": sprintf("The app was seen to keep %s data, but is called %s.", [category, input.app.classification]),
	"fix": sprintf("Add %s under data and set classification to %s in microapp.yaml, or stop keeping this data.", [category, least[category]]),
	"path": "microapp.yaml",
} if {
	some category in input.report.detected.data
	category in {"health", "payment"}
	rank[input.app.classification] < rank.restricted
}

deny contains {
	"code": "audience_too_wide",
	"message": "The app is open to everybody, but its data is not public.",
	"fix": "Set audience to organisation in microapp.yaml.",
	"path": "microapp.yaml",
} if {
	input.app.audience == "public"
	input.app.classification != "public"
}
