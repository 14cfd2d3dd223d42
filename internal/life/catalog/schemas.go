package catalog

import (
	"embed"
	"io/fs"

	"github.com/paddock-dev/paddock/internal/engine/policy/schema"
)

//go:embed schema/*.json
var schemaFiles embed.FS

// Schemas returns the JSON Schema of every file that people write, for editors
// and docs: paddock.json, template.json, vendor.json, course.json,
// microapp.json, regions.json, secrets-policy.json, rollout.json and exemptions.json. A test keeps them equal
// to what the loader reads.
func Schemas() fs.FS {
	sub, err := fs.Sub(schemaFiles, "schema")
	if err != nil {
		panic("catalog: the embedded schemas are not there: " + err.Error())
	}
	return sub
}

// makeSchemas makes the schemas from the types that the loader reads into.
func makeSchemas() map[string][]byte {
	out := map[string][]byte{}
	for _, s := range []struct {
		name, title string
		of          any
	}{
		{"paddock", "paddock.yaml: settings of the organisation", Settings{}},
		{"template", "template.yaml: a template of the catalog", templateFile{}},
		{"vendor", "vendors/<name>.yaml: a vendor's record", vendorFile{}},
		{"course", "training/<name>.yaml: a course with a quiz", courseFile{}},
		{"microapp", "microapp.yaml: what an app says of itself", descriptorFile{}},
		{"secrets-policy", "secrets-policy.json: the secret policy", secretPolicyDoc{}},
		{"regions", "regions.yaml: groups of regions", regionsFile{}},
		{"cases", "policies/**/*_cases.yaml: examples that the policies are held against", casesFile{}},
		{"rollout", "policies/rollout.yaml: how far each rule is rolled out", rolloutDoc{}},
		{"exemptions", "policies/exemptions.yaml: apps that a rule only warns for a time", exemptionsDoc{}},
	} {
		out[s.name+".json"] = schema.JSON(s.of, schema.Options{ID: "https://paddock.dev/schema/" + s.name + ".json", Title: s.title, Tag: "yaml"})
	}
	return out
}
