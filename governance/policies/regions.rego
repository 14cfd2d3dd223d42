# Where an app and its data may be (POL-1, RUN-5).
package paddock.lib.regions

deny contains {
	"code": "region_not_allowed",
	"message": sprintf("The app may not be in the region %q.", [input.app.region]),
	"fix": sprintf("Set region in microapp.yaml to %s.", [concat(" or ", allowed)]),
	"path": "microapp.yaml",
} if {
	input.template.name != ""
	not input.app.region in allowed
}

deny contains {
	"code": "target_in_other_region",
	"message": sprintf("The app belongs in %s, but the target %s is in %s.", [input.app.region, input.target.name, input.target.region]),
	"fix": sprintf("Deploy to a target in %s.", [input.app.region]),
} if {
	input.gate == "app.deploy"
	input.target.region != input.app.region
}

# Regions that both the template and the organisation allow.
allowed := [region | some region in input.template.allowed_regions; region in input.org.regions]
