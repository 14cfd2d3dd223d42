package planted

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// plant is one fault of one kind, and what must be found of it.
type plant struct {
	check, code, path string
	put               func(files map[string]string)
}

func plants() []plant {
	edit := func(name, old, now string) func(map[string]string) {
		return func(files map[string]string) { files[name] = strings.Replace(files[name], old, now, 1) }
	}
	add := func(name, text string) func(map[string]string) {
		return func(files map[string]string) { files[name] = text }
	}
	return []plant{
		{"secrets", "password_found", "src/mail.ts", add("src/mail.ts", "export const mail = { host: \"mail.internal\", password: \"Xk82dq9Zt-71vLw\" };\n")},
		{"dependencies", "dependency_known_flaw", "package.json", func(files map[string]string) {
			files["package.json"] = "{\n  \"name\": \"candidate-tracker\",\n  \"private\": true,\n  \"dependencies\": { \"lodash\": \"4.17.20\" }\n}\n"
			files["package-lock.json"] = "{\n  \"name\": \"candidate-tracker\",\n  \"lockfileVersion\": 3,\n  \"packages\": {\n    \"\": { \"name\": \"candidate-tracker\", \"dependencies\": { \"lodash\": \"4.17.20\" } },\n    \"node_modules/lodash\": { \"version\": \"4.17.20\", \"license\": \"GPL-3.0-only\" }\n  }\n}\n"
		}},
		{"licences", "licence_copyleft", "package.json", func(map[string]string) {}}, // of the same package
		{"code", "code_eval", "src/run.ts", add("src/run.ts", "export function run(request: { body: string }) {\n  return eval(request.body);\n}\n")},
		{"lint", "page_no_doctype", "public/more.html", add("public/more.html", "<html lang=\"en\"><head><title>More</title><meta name=\"viewport\" content=\"width=device-width\"></head><body><h1>More</h1></body></html>\n")},
		{"pipelines", "pipeline_injection", ".github/workflows/title.yml", add(".github/workflows/title.yml", "name: title\non: pull_request\npermissions: {}\njobs:\n  title:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    steps:\n      - run: echo \"${{ github.event.pull_request.title }}\"\n")},
		{"regions", "region_not_allowed", "microapp.yaml", edit("microapp.yaml", "region: eu-sovereign", "region: us-west-2")},
		{"vendors", "vendor_new", "src/pay.ts", add("src/pay.ts", "export const pay = () => fetch(\"https://api.stripe.com/v1/charges\");\n")},
		{"policy", "budget_other_currency", "microapp.yaml", edit("microapp.yaml", "currency: EUR", "currency: USD")},
	}
}

// TestPlantedFaultsAreFoundOnce plants a fault of each kind into one app.
func TestPlantedFaultsAreFoundOnce(t *testing.T) {
	files := tracker(t)
	for _, p := range plants() {
		p.put(files)
	}
	r, code := check(t, write(t, files))
	if code != 1 {
		t.Errorf("code %d", code)
	}
	for _, p := range plants() {
		var found []core.Finding
		for _, f := range r.Findings {
			if f.Code == p.code && f.Path == p.path && f.Check == p.check {
				found = append(found, f)
			}
		}
		if len(found) != 1 {
			t.Errorf("%s in %s: found %d times", p.code, p.path, len(found))
		}
	}
	if t.Failed() {
		t.Log(said(r.Findings))
	}
}
