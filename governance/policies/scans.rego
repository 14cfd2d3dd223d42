# Checks that must pass before a change is merged (POL-1, CHK-1).
package paddock.lib.scans

passed contains check.name if {
	some check in input.report.checks
	check.verdict == "pass"
}

ran contains check.name if some check in input.report.checks

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
}

# A check that is not required can block too, or be unable to look.
deny contains {
	"code": "checks_not_passed",
	"message": "The checks of this change did not pass.",
	"fix": "Open the change, follow the steps of each finding, and push again.",
} if {
	input.report.verdict != "pass"
	every scan in input.template.required_scans { scan in passed }
}
