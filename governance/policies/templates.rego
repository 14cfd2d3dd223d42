# Every app comes from a template of the catalog (CAT-1).
package paddock.lib.templates

deny contains {
	"code": "template_unknown",
	"message": sprintf("The template %q is not in the catalog.", [input.app.template]),
	"fix": "Choose a template from the catalog.",
	"path": "microapp.yaml",
} if {
	input.template.name == ""
}
