# Checks that must pass before a change is merged (POL-1, CHK-1).
package paddock.lib.scans

passed contains check.name if {
	some check in input.report.checks
	check.verdict == "pass"
}

ran contains check.name if some check in input.report.checks

# What could not look at everything is not what found something: an organisation
# may let the first pass, with a warning or for some apps, by rolling out
# check_incomplete (policies/rollout.yaml).
incomplete contains check.name if {
	some check in input.report.checks
	check.verdict == "incomplete"
}

deny contains {
	"code": "required_scan_missing",
	"message": sprintf("The check %q did not run on this change.", [scan]),
	"fix": "Push again, so that all checks run.",
} if {
	some scan in input.template.required_scans
	not scan in ran
}

deny contains {
	"code": "required_scan_not_passed",
	"message": sprintf("The check %q did not pass.", [scan]),
	"fix": "Open the change, follow the steps of each finding, and push again.",
} if {
	some scan in input.template.required_scans
	scan in ran
	not scan in passed
	not scan in incomplete
}

deny contains {
	"code": "check_incomplete",
	"message": sprintf("The check %q could not look at everything.", [name]),
	"fix": "Open the change. The check says what it could not read, and what to do. Then push again.",
} if some name in incomplete

# A check that is not required can block too.
deny contains {
	"code": "checks_not_passed",
	"message": "The checks of this change did not pass.",
	"fix": "Open the change, follow the steps of each finding, and push again.",
} if {
	not input.report.verdict in {"pass", "incomplete"}
	every scan in input.template.required_scans { scan in passed | incomplete }
}
