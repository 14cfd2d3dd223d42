package check_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	yaml "go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check"
	"github.com/paddock-dev/paddock/internal/life/check/report"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

type fixedClock struct{}

func (fixedClock) Now() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

// rules is a policy whose answer is given.
type rules struct {
	v     core.Verdicts
	err   error
	asked *core.Report
}

func (r rules) Merge(_ context.Context, soFar core.Report) (core.Verdicts, string, error) {
	if r.asked != nil {
		*r.asked = soFar
	}
	return r.v, "rev1", r.err
}

func engine(t testing.TB) *check.Engine {
	t.Helper()
	e, err := check.New(check.Options{Clock: fixedClock{}, Version: "1.0", Key: []byte("key")})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func describe(text []byte) (core.Descriptor, []*core.Error) {
	var d core.Descriptor
	if err := yaml.Unmarshal(text, &d); err != nil {
		return d, []*core.Error{core.Errorf(core.Invalid, "It is not YAML.").At("microapp.yaml:1:1")}
	}
	if d.Name == "boom" {
		panic("boom")
	}
	return d, nil
}

// clean is a small app in which nothing is wrong.
func clean() map[string]string {
	return map[string]string{
		"microapp.yaml":     "name: tracker\ntemplate: internal-dashboard@1\nowner: a@example.com\nclassification: internal\nregion: us-east-1\nruntime: serverless\nvendors:\n  - name: mailer\n    hosts: [api.mailer.example]\n",
		"src/app.ts":        "interface Env { DB: any }\nexport default {\n  async fetch(request: Request, env: Env): Promise<Response> {\n    await fetch(\"https://api.mailer.example/v1\");\n    return new Response(\"ok\");\n  },\n};\n",
		"public/index.html": "<!doctype html>\n<html lang=\"en\"><title>x</title><script src=\"/app.js\"></script></html>\n",
		"package.json":      "{\n  \"name\": \"tracker\",\n  \"dependencies\": {\n    \"lodash\": \"4.17.21\"\n  }\n}\n",
		"package-lock.json": `{"name":"tracker","lockfileVersion":3,"packages":{"":{"dependencies":{"lodash":"4.17.21"}},"node_modules/lodash":{"version":"4.17.21","license":"MIT"}}}`,
	}
}

func input(files map[string]string) check.Input {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return check.Input{
		App: "tracker", Commit: "abc", Files: fsys, Descriptor: describe,
		Template:       &core.Template{Name: "internal-dashboard", AllowedRegions: []string{"eu-sovereign", "us-east-1"}, RequiredScans: []string{"ssca", "sast", "dependency\u2011scan"}},
		AllowedRegions: []string{"eu-sovereign", "us-east-1"}, ApprovedRegistries: []string{"registry.example.com"},
		Vendors: []core.Vendor{{Name: "mailer", State: core.VendorApproved, Hosts: []string{"api.mailer.example"}}}, Policy: rules{},
	}
}

func run(t testing.TB, in check.Input) core.Report {
	t.Helper()
	r, err := engine(t).Run(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func verdictOf(r core.Report, name string) core.Verdict {
	for _, c := range r.Checks {
		if c.Name == name {
			return c.Verdict
		}
	}
	return "did not run"
}

func codes(r core.Report) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, f.Code)
	}
	slices.Sort(out)
	return out
}

func TestCleanAppPasses(t *testing.T) {
	r := run(t, input(clean()))
	if r.Verdict != core.Passed || len(r.Findings) != 0 || len(r.Checks) != len(check.Names())-1 { // nothing came from outside
		t.Errorf("%+v", r)
	}
	if r.Tool != "paddock 1.0" || r.PolicyRevision != "rev1" || r.AdvisoryDate != "2024-09-10" || r.Descriptor == nil || !bytes.Contains(r.SBOM, []byte("pkg:npm/lodash@4.17.21")) {
		t.Errorf("%+v", r)
	}
}

// planted puts one fault of each kind into the clean app (issue: the second
// commit of the tour, and more).
func planted() map[string]string {
	files := clean()
	files["microapp.yaml"] = strings.Replace(files["microapp.yaml"], "region: us-east-1", "region: us-west-2\nimage: docker.io/library/node:22", 1)
	files["microapp.yaml"] = strings.Replace(files["microapp.yaml"], "- name: mailer", "- name: nobody", 1)
	files["package.json"] = strings.Replace(files["package.json"], "4.17.21", "4.17.20", 1)
	files["package-lock.json"] = strings.Replace(strings.ReplaceAll(files["package-lock.json"], "4.17.21", "4.17.20"), "MIT", "GPL-3.0-only", 1)
	files["src/app.ts"] += "eval(\"AKIA" + "Q3EGRZ7WJX5TKM2P\");\n"
	files["src/bad.ts"] = "const = 1;\n"
	files["config/app.yaml"] = "bucket_region: ap-south-1\n"
	return files
}

func TestEachFaultIsFoundOnce(t *testing.T) {
	in := input(planted())
	in.Policy = rules{v: core.Verdicts{Deny: []core.Reason{{Code: "no_containers", Message: "No containers here.", Fix: "Take `image` out.", Path: "microapp.yaml:6", Rule: "acme"}, {Code: "region_not_allowed", Message: "x", Path: "microapp.yaml:5"}}}}
	r := run(t, in)
	want := []string{"code_eval", "dependency_known_flaw", "image_not_approved", "licence_copyleft", "no_containers", "region_not_allowed", "region_reference", "script_invalid", "secret_found", "vendor_unknown"}
	if got := codes(r); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if r.Verdict != core.Blocks || report.ExitCode(r) != 1 {
		t.Errorf("verdict %s", r.Verdict)
	}
	places := map[string]string{"region_not_allowed": "microapp.yaml:5", "no_containers": "microapp.yaml:6", "code_eval": "src/app.ts:8", "dependency_known_flaw": "package.json:4", "region_reference": "config/app.yaml:1"}
	for _, f := range r.Findings {
		if want, ok := places[f.Code]; ok && fmt.Sprintf("%s:%d", f.Path, f.Line) != want {
			t.Errorf("%s at %s:%d, want %s", f.Code, f.Path, f.Line, want)
		}
		if f.Fingerprint == "" || f.What == "" || f.Docs == "" || len(f.Fix) == 0 {
			t.Errorf("%+v", f)
		}
	}
	if out, _ := json.Marshal(r); bytes.Contains(out, []byte("Q3EGRZ7WJX5TKM2P")) {
		t.Errorf("the key leaks through another check: %s", out)
	}
}

func TestSameInputSameBytes(t *testing.T) {
	var first []byte
	for i := range 8 {
		r := run(t, input(planted()))
		var b bytes.Buffer
		for _, write := range []error{report.JSON(&b, r), report.SARIF(&b, r), report.Markdown(&b, r), report.Text(&b, r, report.TextOptions{})} {
			if write != nil {
				t.Fatal(write)
			}
		}
		b.Write(r.SBOM)
		if i == 0 {
			first = b.Bytes()
		} else if !bytes.Equal(first, b.Bytes()) {
			t.Fatal("two runs on the same input differ")
		}
	}
}

func TestPolicySeesTheRest(t *testing.T) {
	var asked core.Report
	in := input(planted())
	in.Policy = rules{asked: &asked}
	run(t, in)
	if asked.Verdict != core.Blocks || asked.Descriptor == nil || asked.Descriptor.Region != "us-west-2" || len(asked.Checks) != len(check.Names())-2 || len(asked.Findings) < 8 {
		t.Errorf("%+v", asked)
	}
}

// TestNeverGreenInSilence lists what keeps a report from passing.
func TestNeverGreenInSilence(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*check.Input, map[string]string)
		check  string
		want   core.Verdict
	}{
		"no policy":         {func(in *check.Input, _ map[string]string) { in.Policy = nil }, "policy", core.Incomplete},
		"policy fails":      {func(in *check.Input, _ map[string]string) { in.Policy = rules{err: errors.New("x")} }, "policy", core.Incomplete},
		"unknown scan":      {func(in *check.Input, _ map[string]string) { in.Template.RequiredScans = []string{"dast"} }, "dast", core.Incomplete},
		"no descriptor":     {func(_ *check.Input, f map[string]string) { delete(f, "microapp.yaml") }, "lint", core.Blocks},
		"broken descriptor": {func(_ *check.Input, f map[string]string) { f["microapp.yaml"] = "a: [" }, "lint", core.Blocks},
		"reader panics":     {func(_ *check.Input, f map[string]string) { f["microapp.yaml"] = "name: boom" }, "lint", core.Blocks},
		"hidden bytes":      {func(_ *check.Input, f map[string]string) { f["src/x.ts"] = "a\x00b" }, "secrets", core.Incomplete},
		"runaway script": {func(_ *check.Input, f map[string]string) {
			f["src/x.ts"] = "eval(" + strings.Repeat("!", 50_000) + "1)"
		}, "code", core.Incomplete},
		"no lists of regions": {func(in *check.Input, _ map[string]string) { in.Template, in.AllowedRegions = nil, nil }, "regions", core.Incomplete},
		"other package tool":  {func(_ *check.Input, f map[string]string) { f["yarn.lock"] = "x" }, "dependencies", core.Incomplete},
	} {
		t.Run(name, func(t *testing.T) {
			files := clean()
			in := input(files)
			c.change(&in, files)
			changed := input(files)
			in.Files = changed.Files
			r := run(t, in)
			if got := verdictOf(r, c.check); got != c.want || r.Verdict == core.Passed {
				t.Errorf("%s is %s, want %s; report %s: %+v", c.check, got, c.want, r.Verdict, r.Checks)
			}
		})
	}
}

// TestOneBrokenCheckHidesNothing lets a file's name break off the walk half
// way; what was read is still checked.
func TestOneBrokenCheckHidesNothing(t *testing.T) {
	e, err := check.New(check.Options{Clock: fixedClock{}, Limits: tree.Limits{Files: 6}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := e.Run(context.Background(), input(planted()))
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != core.Blocks || !slices.Contains(codes(r), "secret_found") || len(r.Checks[1].Incomplete) != 1 {
		t.Errorf("%v %+v", codes(r), r.Checks[1])
	}
}

// TestFaultyDescriptorIsStillRead: a fault in one line of the descriptor does
// not hide a wrong region in another.
func TestFaultyDescriptorIsStillRead(t *testing.T) {
	in := input(planted())
	in.Descriptor = func(text []byte) (core.Descriptor, []*core.Error) {
		d, _ := describe(text)
		return d, []*core.Error{core.Errorf(core.Invalid, "Unknown key.").At("microapp.yaml:3:1")}
	}
	r := run(t, in)
	if got := codes(r); !slices.Contains(got, "descriptor_invalid") || !slices.Contains(got, "region_not_allowed") || r.Descriptor != nil || verdictOf(r, "policy") != core.Incomplete {
		t.Errorf("%v %+v", got, r.Descriptor)
	}
}

func TestTimeRunsOut(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r, err := engine(t).Run(ctx, input(clean()))
	if err != nil || r.Verdict == core.Passed {
		t.Errorf("%v %+v", err, r.Verdict)
	}
}

func TestNothingToRead(t *testing.T) {
	in := input(clean())
	in.Files = broken{}
	if _, err := engine(t).Run(context.Background(), in); core.CodeOf(err) != core.Unreadable {
		t.Errorf("got %v", err)
	}
}

type broken struct{}

func (broken) Open(string) (fs.File, error) { return nil, fs.ErrPermission }

func TestLoweredClassificationIsSaid(t *testing.T) {
	before := clean()
	before["microapp.yaml"] = strings.Replace(before["microapp.yaml"], "classification: internal", "classification: restricted", 1)
	in := input(clean())
	in.Base = input(before).Files
	r := run(t, in)
	if got := codes(r); !slices.Equal(got, []string{"classification_lowered"}) || r.Verdict != core.Passed || r.Findings[0].Line != 4 {
		t.Errorf("%v %+v", got, r.Findings)
	}
}

func TestCanonical(t *testing.T) {
	for name, want := range map[string]string{"ssca": "sbom", "sca": "dependencies", "dependency-scan": "dependencies", "dependency\u2011scan": "dependencies", "SAST": "code", "secrets": "secrets",
		"sbom": "sbom", "licence": "licences", "license": "licences", "policy": "policy", "geo": "regions", "dependency_scan": "dependencies"} {
		if got, ok := check.Canonical(name); !ok || got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if _, ok := check.Canonical("dast"); ok {
		t.Error("dast is not a check")
	}
}

// small is an app of 30 files of about 4 kB.
func small() check.Input {
	files := maps.Clone(clean())
	body := strings.Repeat("export async function list(env: any, name: string) {\n  const rows = await env.DB.prepare(\"select * from people where name = ?\").bind(name).all();\n  return rows.map((r: any) => ({ name: r.name, key: r.token_id }));\n}\n", 16)
	for i := range 25 {
		files[fmt.Sprintf("src/part%d.ts", i)] = strings.ReplaceAll(body, "list", fmt.Sprintf("list%d", i)) // one name each file is enough for a parser
	}
	for i := range 25 {
		n := 0
		name := fmt.Sprintf("src/part%d.ts", i)
		for strings.Contains(files[name], fmt.Sprintf("function list%d(", i)) {
			files[name] = strings.Replace(files[name], fmt.Sprintf("function list%d(", i), fmt.Sprintf("function part%d_%d(", i, n), 1)
			n++
		}
	}
	return input(files)
}

func BenchmarkSmallApp(b *testing.B) {
	e, in := engine(b), small()
	b.ReportAllocs()
	for b.Loop() {
		r, err := e.Run(context.Background(), in)
		if err != nil || r.Verdict != core.Passed {
			b.Fatalf("%v %+v", err, r.Findings)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		engine(b)
	}
}

// TestARuleHardensWhatACheckFound: a check asks for care, the rule says no by the
// same code, and a maker reads it once, with the edit.
func TestARuleHardensWhatACheckFound(t *testing.T) {
	files := clean()
	files["schema.sql"] = "CREATE TABLE patients (diagnosis TEXT);\n"
	in := input(files)
	r := run(t, in)
	if r.Verdict != core.Passed || !slices.Equal(codes(r), []string{"data_found_above_classification"}) || !slices.Equal(r.Detected.Data, []string{"health"}) || r.Detected.Proposed != core.PHI {
		t.Fatalf("%s %v %+v", r.Verdict, codes(r), r.Detected)
	}
	in.Policy = rules{v: core.Verdicts{Deny: []core.Reason{{Code: "data_found_above_classification", Message: "No.", Path: "microapp.yaml"}}}}
	r = run(t, in)
	if r.Verdict != core.Blocks || len(r.Findings) != 1 || !r.Findings[0].Blocking || r.Findings[0].Path != "schema.sql" {
		t.Errorf("%s %+v", r.Verdict, r.Findings)
	}
}

// A thousand comments ask nicely; more ask for nobody to count them, and the report
// says that none counts.
func TestTooManyAllowances(t *testing.T) {
	files := clean()
	for n, want := range map[int]core.Verdict{1000: core.Passed, 1001: core.Incomplete} {
		files["src/many.ts"] = strings.Repeat("// paddock:allow code_eval reason=x\n", n)
		r := run(t, input(files))
		if got := verdictOf(r, "provenance"); got != want {
			t.Errorf("%d comments: %s, want %s", n, got, want)
		}
	}
}
