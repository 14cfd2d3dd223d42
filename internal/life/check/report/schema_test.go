package report

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/paddock-dev/paddock/internal/core"
)

// conforms holds a document against a schema in testdata.
func conforms(t *testing.T, schema string, doc []byte) error {
	t.Helper()
	f, err := os.Open("testdata/" + schema)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("https://schema.test/"+schema, in); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("https://schema.test/" + schema)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

// TestSARIFHoldsToItsSchema uses the schema of the standard, byte for byte.
func TestSARIFHoldsToItsSchema(t *testing.T) {
	for name, r := range map[string]core.Report{"sample": sample(), "empty": {Tool: "paddock dev"}} {
		var b bytes.Buffer
		if err := SARIF(&b, r); err != nil {
			t.Fatal(err)
		}
		if err := conforms(t, "sarif-schema-2.1.0.json", b.Bytes()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		bad := bytes.Replace(b.Bytes(), []byte(`"columnKind": "unicodeCodePoints"`), []byte(`"columnKind": "letters"`), 1)
		if conforms(t, "sarif-schema-2.1.0.json", bad) == nil {
			t.Error("the schema takes a column kind that is none")
		}
	}
}

// TestSARIFStaysWithinLimits gives it more findings than readers keep.
func TestSARIFStaysWithinLimits(t *testing.T) {
	r := sample()
	one := r.Findings[0]
	for i := range 6000 {
		one.Fingerprint = fmt.Sprint(i)
		r.Findings = append(r.Findings, one)
	}
	run := sarifOf(r)
	last := run.Invocations[0].Notifications[len(run.Invocations[0].Notifications)-1]
	if len(run.Results) != maxResults || !strings.HasPrefix(last.Message.Text, "1011 more findings") {
		t.Errorf("%d results, %+v", len(run.Results), last)
	}
}

// TestWorkflowCommandsStayCommands puts what ends a command into names and texts.
func TestWorkflowCommandsStayCommands(t *testing.T) {
	f := core.Finding{Code: "x", Severity: core.Blocker, Blocking: true, Path: "a,b:c%0A\n::set-output name=x::.ts", Line: 3, Column: 4, What: "one\n::add-mask::two\r%", Why: "w", Fix: []string{"f"}}
	var b bytes.Buffer
	if err := GitHub(&b, core.Report{Verdict: core.Blocks, Findings: []core.Finding{f}}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	want := "::error file=a%2Cb%3Ac%250A %3A%3Aset-output name=x%3A%3A.ts,line=3,col=4,title=A rule of the company says no::one%0A::add-mask::two %25%0AWhy: w%0AFix: f"
	if len(lines) != 2 || lines[0] != want {
		t.Errorf("%q\nwant %q", lines, want)
	}
}

// TestGitLabFingerprintsDiffer: two equal ones hide a finding.
func TestGitLabFingerprintsDiffer(t *testing.T) {
	r := sample()
	r.Findings = append(r.Findings, r.Findings[0], r.Findings[0])
	var b bytes.Buffer
	if err := GitLab(&b, r); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), `"fingerprint": "`+r.Findings[0].Fingerprint+`"`); n != 1 {
		t.Errorf("%d entries have one fingerprint", n)
	}
}
