package planted

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// plant is one fault of one kind, and what must be found of it. The list of
// parts has no findings: what is missing in it is said under "incomplete", and
// unread is what is said.
type plant struct {
	check, code, path string
	put               func(files map[string]string)
	unread            string
}

// plants has a row of each kind, in the order in which they were asked for. A
// clone cut short, with files that no commit has, is the fault of the last kind.
func plants() []plant {
	nothing := func(map[string]string) {}
	edit := func(name, old, now string) func(map[string]string) {
		return func(files map[string]string) { files[name] = strings.Replace(files[name], old, now, 1) }
	}
	add := func(name, text string) func(map[string]string) {
		return func(files map[string]string) { files[name] = text }
	}
	return []plant{
		{"secrets", "password_found", "src/mail.ts", add("src/mail.ts", "export const mail = { host: \"mail.internal\", password: \"Xk82dq9Zt-71vLw\" };\n"), ""},
		{"dependencies", "dependency_known_flaw", "package.json", func(files map[string]string) {
			files["package.json"] = "{\n  \"name\": \"candidate-tracker\",\n  \"private\": true,\n  \"dependencies\": { \"lodash\": \"4.17.20\" }\n}\n"
			files["package-lock.json"] = "{\n  \"name\": \"candidate-tracker\",\n  \"lockfileVersion\": 3,\n  \"packages\": {\n    \"\": { \"name\": \"candidate-tracker\", \"dependencies\": { \"lodash\": \"4.17.20\" } },\n    \"node_modules/lodash\": { \"version\": \"4.17.20\", \"license\": \"GPL-3.0-only\" }\n  }\n}\n"
		}, ""},
		{"sbom", "", "", add("tools/requirements.txt", "requests\n"), "tools/requirements.txt"},
		{"licences", "licence_copyleft", "package.json", nothing, ""}, // of the same package
		{"code", "code_eval", "src/run.ts", add("src/run.ts", "export function run(request: { body: string }) {\n  return eval(request.body);\n}\n"), ""},
		{"lint", "page_no_doctype", "public/more.html", add("public/more.html", "<html lang=\"en\"><head><title>More</title><meta name=\"viewport\" content=\"width=device-width\"></head><body><h1>More</h1></body></html>\n"), ""},
		{"pipelines", "pipeline_injection", ".github/workflows/title.yml", add(".github/workflows/title.yml", "name: title\non: pull_request\npermissions: {}\njobs:\n  title:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    steps:\n      - run: echo \"${{ github.event.pull_request.title }}\"\n"), ""},
		{"regions", "region_not_allowed", "microapp.yaml", edit("microapp.yaml", "region: eu-sovereign", "region: us-west-2"), ""},
		{"vendors", "vendor_new", "src/pay.ts", add("src/pay.ts", "export const pay = () => fetch(\"https://api.stripe.com/v1/charges\");\n"), ""},
		{"data", "data_found_above_classification", "db/health.sql", add("db/health.sql", "CREATE TABLE patients (\n  id integer,\n  diagnosis text,\n  blood_type text,\n  allergies text\n);\n"), ""},
		{"policy", "budget_other_currency", "microapp.yaml", edit("microapp.yaml", "currency: EUR", "currency: USD"), ""},
		{"provenance", "run_not_committed", "", nothing, ""},
		{"provenance", "run_history_cut", "", nothing, ""},
	}
}

// halfClone is a repository of which only the last commit is there, with every
// fault in its folder and in no commit.
func halfClone(t *testing.T) string {
	t.Helper()
	files, dir := tracker(t), t.TempDir()
	git(t, dir, "clone", "-q", "--depth", "1", "file://"+committed(t, files), ".")
	for _, p := range plants() {
		p.put(files)
	}
	for name, text := range files {
		put(name, text)(t, dir)
	}
	return dir
}

// TestPlantedFaultsAreFoundOnce plants a fault of each kind into one app.
func TestPlantedFaultsAreFoundOnce(t *testing.T) {
	r, code := check(t, halfClone(t))
	if code != 1 {
		t.Errorf("code %d", code)
	}
	for _, p := range plants() {
		if n := times(r, p); n != 1 {
			t.Errorf("%s: %s%s in %s: found %d times", p.check, p.code, p.unread, p.path, n)
		}
	}
	if t.Failed() {
		t.Log(unread(r), said(r.Findings))
	}
}

// TestWithoutItsFaultNothingIsFound holds each row against the app as it was.
func TestWithoutItsFaultNothingIsFound(t *testing.T) {
	r, code := check(t, committed(t, tracker(t)))
	if code != 0 || r.Verdict != core.Passed || r.Commit == "" {
		t.Errorf("code %d, verdict %s, commit %q%s", code, r.Verdict, r.Commit, said(r.Findings))
	}
	for _, p := range plants() {
		if n := times(r, p); n != 0 {
			t.Errorf("%s: %s%s in %s: found %d times in a clean app", p.check, p.code, p.unread, p.path, n)
		}
	}
}

// times counts how often a report says what a row wants.
func times(r core.Report, p plant) (n int) {
	for _, f := range r.Findings {
		if p.code != "" && f.Code == p.code && f.Path == p.path && f.Check == p.check {
			n++
		}
	}
	for _, c := range r.Checks {
		for _, why := range c.Incomplete {
			if p.unread != "" && c.Name == p.check && strings.Contains(why, p.unread) {
				n++
			}
		}
	}
	return n
}
