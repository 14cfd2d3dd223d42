# How an app may run (POL-1).
package paddock.lib.runtimes

deny contains {
	"code": "runtime_not_approved",
	"message": sprintf("The runtime %q is not approved here.", [input.app.runtime]),
	"fix": sprintf("Set runtime in microapp.yaml to %s.", [concat(" or ", input.org.approved_runtimes)]),
	"path": "microapp.yaml",
} if {
	not input.app.runtime in input.org.approved_runtimes
}

deny contains {
	"code": "runtime_not_of_template",
	"message": sprintf("The app wants to run as %s, but its template is for %s.", [input.app.runtime, input.template.runtime]),
	"fix": sprintf("Set runtime in microapp.yaml to %s.", [input.template.runtime]),
	"path": "microapp.yaml",
} if {
	input.template.name != ""
	input.app.runtime != input.template.runtime
}
