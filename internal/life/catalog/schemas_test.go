package catalog

import (
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/governance"
)

var update = flag.Bool("update", false, "write the schema files anew")

func TestSchemasFitTheLoader(t *testing.T) {
	for name, want := range makeSchemas() {
		if *update {
			if err := os.WriteFile(filepath.Join("schema", name), want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := fs.ReadFile(Schemas(), name)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("schema/%s is not what the loader reads (%v); run go test -run TestSchemasFitTheLoader -update", name, err)
		}
	}
}

// The starter's own files fit the schemas, checked by another implementation.
func TestStarterFitsTheSchemas(t *testing.T) {
	for file, name := range map[string]string{
		"paddock.yaml": "paddock", "secrets-policy.json": "secrets-policy", "policies/rollout.yaml": "rollout", "training/safe-apps.yaml": "course",
		"vendors/talent-directory.yaml": "vendor", "vendors/quick-sms.yaml": "vendor",
		"templates/internal-dashboard/template.yaml": "template", "templates/intake-form/template.yaml": "template",
	} {
		b, err := fs.ReadFile(governance.FS(), file)
		if err != nil {
			t.Fatal(err)
		}
		if err := validateAgainst(t, name, b); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	if err := validateAgainst(t, "microapp", FormatDescriptor(tracker())); err != nil {
		t.Error(err)
	}
	if validateAgainst(t, "vendor", []byte("name: x\nstat: approved\n")) == nil {
		t.Error("the schema accepts an unknown key")
	}
}

func validateAgainst(t *testing.T, name string, b []byte) error {
	t.Helper()
	raw, err := fs.ReadFile(Schemas(), name+".json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, doc); err != nil {
		t.Fatal(err)
	}
	sch, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := yaml.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	j, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	v, err = jsonschema.UnmarshalJSON(bytes.NewReader(j))
	if err != nil {
		t.Fatal(err)
	}
	return sch.Validate(v)
}
