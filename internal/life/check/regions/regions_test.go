package regions

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/microapp"
	"github.com/paddock-dev/paddock/internal/life/check/names"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

var allowed = []string{"eu-sovereign", "us-east-1"}

func run(in Input, region string, files ...string) findings.Result {
	ctx := context.Background()
	tr := &tree.Tree{Files: []tree.File{{Path: "microapp.yaml", Text: []byte("name: x\n# us-west-2\nregion: " + region + "\n")}}}
	for i := 0; i+1 < len(files); i += 2 {
		tr.Files = append(tr.Files, tree.File{Path: files[i], Text: []byte(files[i+1])})
	}
	found := names.Scan(ctx, tr, Names())
	in.File, _ = microapp.Find(tr)
	in.Tree, in.Descriptor, in.Found = tr, &core.Descriptor{Region: region}, func(i int) []names.Hit { return found.List(0, i) }
	return Check(ctx, in)
}

func TestDescriptorRegion(t *testing.T) {
	res := run(Input{Template: allowed, Allowed: allowed}, "us-west-2")
	if len(res.Findings) != 1 {
		t.Fatalf("%+v", res)
	}
	f := res.Findings[0]
	if f.Code != "region_not_allowed" || f.Path != "microapp.yaml" || f.Line != 3 || f.Column != 9 || !f.Blocking || f.Fix[0] != "In microapp.yaml, change `region` to one of: `eu-sovereign`, `us-east-1`." {
		t.Errorf("%+v", f)
	}
	if res := run(Input{Template: allowed, Allowed: allowed}, "us-east-1"); res.Verdict() != core.Passed {
		t.Errorf("%+v", res)
	}
	res = run(Input{Template: []string{"eu-sovereign"}, Allowed: allowed}, "us-east-1")
	if res.Verdict() != core.Blocks {
		t.Error("the template's list is narrower than the organisation's")
	}
	if want := []core.Edit{{Kind: core.EditReplace, Path: "microapp.yaml", Line: 3, Column: 9, End: 18, Old: "us-east-1", New: "eu-sovereign"}}; !slices.Equal(res.Findings[0].Edits, want) {
		t.Errorf("%+v", res.Findings[0].Edits)
	}
}

// example is one line of the corpus: what a file says, and what is in it.
type example struct {
	line             int
	path, text, want string
}

func corpus(t *testing.T) []example {
	t.Helper()
	f, err := os.Open("testdata/corpus.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []example
	s := bufio.NewScanner(f)
	for n := 1; s.Scan(); n++ {
		line := s.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		path, rest, ok := strings.Cut(line, " | ")
		i := strings.LastIndex(rest, " => ")
		if !ok || i < 0 {
			t.Fatalf("line %d cannot be read", n)
		}
		text, want := rest[:i], rest[i+4:]
		out = append(out, example{n, path, strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`).Replace(text), strings.TrimSpace(want)})
	}
	return out
}

// said writes findings as the corpus does: the region, with ! if it blocks.
func said(res findings.Result) string {
	var out []string
	for _, f := range res.Findings {
		quoted := strings.Split(f.What, "`")
		name := quoted[min(1, len(quoted)-1)]
		if f.Code == "region_host" {
			name = strings.TrimSuffix(strings.Fields(f.What)[2], ".")
		}
		if f.Blocking {
			name += "!"
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// TestCorpus holds the check to examples of each format, and prints how often
// it is right.
func TestCorpus(t *testing.T) {
	var hit, miss, extra int
	for _, e := range corpus(t) {
		got := said(run(Input{Allowed: []string{"us-east-1"}}, "us-east-1", e.path, e.text))
		wanted := strings.Fields(strings.TrimPrefix(e.want, "-"))
		slices.Sort(wanted)
		want := strings.Join(wanted, " ")
		for _, g := range strings.Fields(got) {
			if !slices.Contains(strings.Fields(want), g) {
				extra++
			}
		}
		for _, w := range strings.Fields(want) {
			if slices.Contains(strings.Fields(got), w) {
				hit++
			} else {
				miss++
			}
		}
		if got != want {
			t.Errorf("line %d, %s: %s\n got  %q\n want %q", e.line, e.path, e.text, got, want)
		}
	}
	t.Logf("%d examples: precision %.3f (%d of %d), recall %.3f (%d of %d)", len(corpus(t)), ratio(hit, hit+extra), hit, hit+extra, ratio(hit, hit+miss), hit, hit+miss)
	if n := len(corpus(t)); n < 150 {
		t.Errorf("only %d examples", n)
	}
}

func ratio(a, b int) float64 { return float64(a) / float64(max(1, b)) }

func TestGroups(t *testing.T) {
	own := []core.RegionGroup{{Name: "home", Regions: []string{"ovh:gra", "eu-central-1"}}, {Name: "eu", Countries: []string{"EU"}, Providers: []string{"azure"}, Except: []string{"azure:polandcentral"}}}
	for _, c := range []struct{ allowed, path, text, want string }{
		{"eu-sovereign", "a.tf", `region = "eu-central-1"`, "eu-central-1!"},
		{"eu-sovereign", "a.tf", `region = "eusc-de-east-1"`, ""},
		{"eu-sovereign", "a.tf", "# hcloud\nlocation = \"fsn1\"", ""},
		{"eu-sovereign", "a.tf", "# hcloud\nlocation = \"ash\"", "ash!"},
		{"eu-sovereign", "a.tf", "# exoscale\nzone = \"de-fra-1\"", "de-fra-1!"},
		{"home", "a.tf", `region = "eu-central-1"`, ""},
		{"home", "a.tf", `region = "eu-west-1"`, "eu-west-1!"},
		{"eu", "a.tf", `location = "westeurope"`, ""},
		{"eu", "a.tf", `location = "polandcentral"`, "polandcentral!"},
		{"eu", "a.tf", `region = "eu-west-1"`, "eu-west-1!"},
		{"eu-west-1", "a.py", "# bigquery\nlocation='EU'", "eu!"},
		{"eea", "a.py", "# bigquery\nlocation='EU'", ""},
		{"eu-sovereign", "a.ts", `const u = "https://us5.datadoghq.com"`, "us5.datadoghq.com!"},
		{"eu-sovereign", "a.ts", `const u = "https://api.datadoghq.eu"`, ""},
		{"us", "a.ts", `const u = "https://api.datadoghq.eu"`, "api.datadoghq.eu!"},
		{"hq-basement", "a.ts", `const u = "https://api.datadoghq.eu"`, ""},
		{"aws:us-west-2", "a.tf", `region = "us-west-2"`, ""},
	} {
		if got := said(run(Input{Allowed: []string{c.allowed}, Groups: own}, c.allowed, c.path, c.text)); got != c.want {
			t.Errorf("%s: %s: got %q, want %q", c.allowed, c.text, got, c.want)
		}
	}
}

func TestApprovedVendorMayBeElsewhere(t *testing.T) {
	v := core.Vendor{Name: "dd", State: core.VendorApproved, Hosts: []string{"*.datadoghq.com"}, Regions: []string{"eu-sovereign"}}
	text := `const u = "https://us5.datadoghq.com"`
	if got := said(run(Input{Allowed: allowed[:1], Vendors: []core.Vendor{v}}, allowed[0], "a.ts", text)); got != "" {
		t.Errorf("got %q", got)
	}
	v.State = core.VendorPending
	if got := said(run(Input{Allowed: allowed[:1], Vendors: []core.Vendor{v}}, allowed[0], "a.ts", text)); got == "" {
		t.Error("a vendor that waits for review is not approved")
	}
}

func TestExactEdit(t *testing.T) {
	for text, want := range map[string]string{
		`region = "us-west-2"`:                           "1:11-20 us-east-1",
		`availability_zone = "us-west-2a"`:               "",
		`u = "https://db.x.us-west-2.rds.amazonaws.com"`: "",
		`location = "West Europe"`:                       "",
	} {
		res := run(Input{Allowed: []string{"us-east-1"}}, "us-east-1", "a.tf", text)
		got := ""
		for _, e := range res.Findings[0].Edits {
			got = fmt.Sprintf("%d:%d-%d %s", e.Line, e.Column, e.End, e.New)
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestWithoutListsItIsIncomplete(t *testing.T) {
	none := func(int) []names.Hit { return nil }
	res := Check(context.Background(), Input{Tree: &tree.Tree{}, Found: none, Descriptor: &core.Descriptor{}})
	if res.Verdict() != core.Incomplete {
		t.Errorf("%+v", res)
	}
	res = Check(context.Background(), Input{Tree: &tree.Tree{}, Found: none, Allowed: allowed})
	if res.Verdict() != core.Incomplete {
		t.Errorf("without a descriptor: %+v", res)
	}
	res = Check(context.Background(), Input{Tree: &tree.Tree{}, Found: none, Allowed: allowed, Descriptor: &core.Descriptor{Region: "us-east-1"}, Unread: []string{"x"}})
	if res.Verdict() != core.Incomplete {
		t.Errorf("with a file that was not searched: %+v", res)
	}
}

// TestData holds the data to its shape.
func TestData(t *testing.T) {
	a, err := load()
	if err != nil {
		t.Fatal(err)
	}
	if len(a.regions) < 300 || len(a.clouds) < 60 || len(a.places) < 40 || len(a.date) != 10 {
		t.Errorf("%d regions, %d clouds, %d places, date %q", len(a.regions), len(a.clouds), len(a.places), a.date)
	}
	seen, providers := map[string]bool{}, map[string]bool{}
	for _, x := range a.regions {
		full := x.provider.name + ":" + x.name
		if seen[full] || x.name != strings.ToLower(x.name) || len(x.countries) == 0 || len(x.provider.operator) != 2 {
			t.Errorf("%s is twice or has faults: %+v", full, x)
		}
		seen[full], providers[x.provider.name] = true, true
		for _, c := range x.countries {
			if len(c) != 2 || strings.ToUpper(c) != c {
				t.Errorf("%s: %q is not a country", full, c)
			}
		}
	}
	for end, list := range a.clouds {
		for _, p := range list {
			if !providers[p] {
				t.Errorf("%s: no provider %s", end, p)
			}
		}
	}
	for p := range evidence {
		if !providers[p] {
			t.Errorf("no provider %s", p)
		}
	}
	for name, g := range Groups() {
		for _, c := range append(a.countries(g.Countries), a.countries(g.Operators)...) {
			if len(c) != 2 {
				t.Errorf("group %s: %q is no country or area", name, c)
			}
		}
	}
	for _, bad := range []string{"x", "us-east-1 US", "provider a US\n", "provider a US b\nc multi", "provider a US b\nc US d"} {
		if (&atlas{areas: map[string][]string{}, names: map[string][]*region{}, clouds: map[string][]string{}, places: map[string]place{}}).read(bad) == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{`region: "us-west-2"`, "a: [us-west-2,\n us-west-2]", "default = \"us-west-2\"", "(us-west-2", "https://s3.us-west-2.amazonaws.com"} {
		f.Add("a.yaml", s)
		f.Add("a.ts", s)
		f.Add("a.tf", s)
	}
	f.Fuzz(func(t *testing.T, path, text string) {
		run(Input{Allowed: []string{"us-east-1"}}, "us-east-1", path, text)
	})
}
