package regions

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/microapp"
	"github.com/paddock-dev/paddock/internal/life/check/script"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

var allowed = []string{"eu-sovereign", "us-east-1"}

func run(region string, template []string, files ...string) findings.Result {
	ctx := context.Background()
	tr := &tree.Tree{Files: []tree.File{{Path: "microapp.yaml", Text: []byte("name: x\n# us-west-2\nregion: " + region + "\n")}}}
	for i := 0; i+1 < len(files); i += 2 {
		tr.Files = append(tr.Files, tree.File{Path: files[i], Text: []byte(files[i+1])})
	}
	d, _ := microapp.Find(tr)
	return Check(ctx, Input{Tree: tr, Scripts: script.Read(ctx, tr), File: d, Descriptor: &core.Descriptor{Region: region}, Template: template, Allowed: allowed})
}

func TestDescriptorRegion(t *testing.T) {
	res := run("us-west-2", allowed)
	if len(res.Findings) != 1 {
		t.Fatalf("%+v", res)
	}
	f := res.Findings[0]
	if f.Code != "region_not_allowed" || f.Path != "microapp.yaml" || f.Line != 3 || f.Column != 9 || !f.Blocking || f.Fix[0] != "In microapp.yaml, change `region` to one of: `eu-sovereign`, `us-east-1`." {
		t.Errorf("%+v", f)
	}
	if res := run("us-east-1", allowed); res.Verdict() != core.Passed {
		t.Errorf("%+v", res)
	}
	if res := run("us-east-1", []string{"eu-sovereign"}); res.Verdict() != core.Blocks {
		t.Error("the template's list is narrower than the organisation's")
	}
}

// TestMentions holds the scan of code and settings to a table: path, content,
// and what must be found.
func TestMentions(t *testing.T) {
	for _, c := range []struct{ path, text, want string }{
		{"a.ts", `const r = "us-west-2";`, "us-west-2 1:11"},
		{"a.ts", "fetch(`https://s3.ap-south-1.amazonaws.com/${key}`);", "ap-south-1 1:7"},
		{"a.ts", `new S3({ region: "us-west-2a" })`, "us-west-2 1:18"},
		{"a.ts", `// us-west-2` + "\n" + `const a = "us-east-1", b = "busy-us-west-2x";`, ""},
		{"a.ts", `const us = west - 2; const eastus = 1;`, ""},
		{"config.yaml", "bucket: x\nregion: eu-west-3 # us-west-2\n", "eu-west-3 2:9"},
		{"config.yaml", "zone: us-central1-b\nagain: us-central1\n", "us-central1 1:7"},
		{"app.json", `{"location": "WestEurope"}`, "westeurope 1:15"},
		{"app.json", `{"endpoint": "https://s3-us-west-2.amazonaws.com"}`, "us-west-2 1:26"},
		{".env", "AWS_REGION=sa-east-1\n", "sa-east-1 1:12"},
		{"main.tf", `provider "aws" { region = "us-west-1" }`, "us-west-1 1:28"},
		{"index.html", `<img src="https://x.westus2.cloudapp.azure.com/">`, "westus2 1:21"},
		{"README.md", "We once ran in us-west-2.", ""},
		{"package-lock.json", `{"x": "us-west-2"}`, ""},
		{"app.json", `{"name": "eastusian", "id": "xus-west-2", "v": "us-west-2-old"}`, ""},
	} {
		res := run("us-east-1", allowed, c.path, c.text)
		var got []string
		for _, f := range res.Findings {
			for _, r := range strings.Split(f.What, "`")[1:2] {
				got = append(got, fmt.Sprintf("%s %d:%d", r, f.Line, f.Column))
			}
		}
		if strings.Join(got, ",") != c.want {
			t.Errorf("%s: %s: got %q, want %q", c.path, c.text, got, c.want)
		}
	}
}

func TestWithoutListsItIsIncomplete(t *testing.T) {
	res := Check(context.Background(), Input{Tree: &tree.Tree{}, Scripts: &script.Set{}, Descriptor: &core.Descriptor{}})
	if res.Verdict() != core.Incomplete {
		t.Errorf("%+v", res)
	}
	res = Check(context.Background(), Input{Tree: &tree.Tree{}, Scripts: &script.Set{}, Allowed: allowed})
	if res.Verdict() != core.Incomplete {
		t.Errorf("without a descriptor: %+v", res)
	}
}

func TestNames(t *testing.T) {
	names := known()
	if len(names) < 130 {
		t.Errorf("only %d names", len(names))
	}
	for _, n := range []string{"us-west-2", "europe-west4", "switzerlandwest"} {
		if !names[n] {
			t.Errorf("%s is missing", n)
		}
	}
	if !slices.Contains(allowed, "eu-sovereign") || names["eu-sovereign"] {
		t.Error("an organisation's own region is not a cloud's")
	}
}
