package planted

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/paddock-dev/paddock/internal/app"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
)

// TestReportsHoldToTheirSchemas checks the clean app, the one with a fault of
// every kind, and one with a file that cannot be read. Their reports as JSON and
// SARIF 2.1.0, and their lists of parts as CycloneDX 1.6, are what their schemas
// want; the exit codes are 0, 1 and 2.
func TestReportsHoldToTheirSchemas(t *testing.T) {
	sarif, bill := sarifSchema(t), billSchema(t)
	unreadable := committed(t, tracker(t))
	link("/etc/passwd", "src/passwd.ts")(t, unreadable)
	for _, c := range []struct {
		name, dir string
		code      int
		verdict   core.Verdict
	}{{"clean", committed(t, tracker(t)), 0, core.Passed}, {"faults", halfClone(t), 1, core.Blocks}, {"unreadable", unreadable, 2, core.Incomplete}} {
		t.Run(c.name, func(t *testing.T) {
			code, doc, errs := run(t, c.dir, "--format", "json", c.dir)
			if code != c.code {
				t.Errorf("code %d, want %d: %s", code, c.code, errs)
			}
			d := json.NewDecoder(strings.NewReader(doc))
			d.DisallowUnknownFields()
			var r core.Report
			if err := d.Decode(&r); err != nil || r.Verdict != c.verdict || r.Tool == "" {
				t.Errorf("JSON: %v, verdict %s, want %s", err, r.Verdict, c.verdict)
			}
			code, doc, _ = run(t, c.dir, "--format", "sarif", c.dir)
			if err := valid(t, sarif, doc); err != nil || code != c.code {
				t.Errorf("SARIF: code %d, %v", code, err)
			}
			for _, f := range r.Findings {
				if !strings.Contains(doc, `"`+f.Code+`"`) {
					t.Errorf("SARIF does not name %s", f.Code)
				}
			}
			doc = parts(t, c.dir)
			if err := valid(t, bill, doc); err != nil || !strings.Contains(doc, `"specVersion": "1.6"`) {
				t.Errorf("CycloneDX: %v: %.300s", err, doc)
			}
			if whole := !strings.Contains(doc, `"incomplete"`); whole != (c.code == 0) {
				t.Errorf("the list of parts says that it is whole: %v", whole)
			}
		})
	}
}

// parts lists the parts of an app by paddock sbom make.
func parts(t *testing.T, dir string) string {
	t.Helper()
	var o, e bytes.Buffer
	std := cli.IO{In: strings.NewReader(""), Out: &o, Err: &e, Env: func(string) (string, bool) { return "", false }, Dir: dir}
	if code := cli.Main(context.Background(), []string{"sbom", "make", dir}, std, app.Programs("test")); code != 0 && code != 2 {
		t.Errorf("sbom make: code %d: %s", code, e.String())
	}
	return o.String()
}

func valid(t *testing.T, s *jsonschema.Schema, doc string) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(doc))
	if err != nil {
		return err
	}
	return s.Validate(v)
}

// sarifSchema is the schema of the standard, which the package of reports keeps.
func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	return schema(t, map[string]string{"https://schema.test/sarif.json": "../../life/check/report/testdata/sarif-schema-2.1.0.json"}, "https://schema.test/sarif.json")
}

// billSchema is CycloneDX's own schema, which comes with its library.
func billSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go").Output()
	if err != nil {
		t.Skip("the go command is needed to find the schema")
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "schema")
	const bom = "http://cyclonedx.org/schema/bom-1.6.schema.json"
	return schema(t, map[string]string{bom: filepath.Join(dir, "bom-1.6.schema.json"), "http://cyclonedx.org/schema/spdx.schema.json": filepath.Join(dir, "spdx.schema.json"),
		"http://cyclonedx.org/schema/jsf-0.82.schema.json": filepath.Join(dir, "jsf-0.82.schemax.json")}, bom)
}

func schema(t *testing.T, files map[string]string, main string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	for url, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(f)
		f.Close()
		if err == nil {
			err = c.AddResource(url, doc)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := c.Compile(main)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
