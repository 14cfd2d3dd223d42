# Where images may come from (POL-1). container.rego beside this file is an
# older policy of the same kind; both are asked.
package paddock.lib.registries

deny contains {
	"code": "image_not_approved",
	"message": sprintf("The image comes from %s, which is not an approved place.", [input.app.image_reg]),
	"fix": sprintf("Use an image from %s.", [concat(" or ", input.org.approved_registries)]),
	"path": "microapp.yaml",
} if {
	input.app.image_reg != ""
	not input.app.image_reg in input.org.approved_registries
}
