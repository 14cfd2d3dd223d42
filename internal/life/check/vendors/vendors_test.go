package vendors

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/microapp"
	"github.com/paddock-dev/paddock/internal/life/check/names"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

var known = []core.Vendor{
	{Name: "mailer", State: core.VendorApproved, Hosts: []string{"api.mailer.example", "*.eu.mailer.example"}},
	{Name: "pay", Title: "Payments", State: core.VendorApproved, Hosts: []string{"api.stripe.com"}},
	{Name: "sms", State: core.VendorPending, Hosts: []string{"api.sms.example"}},
	{Name: "ads", State: core.VendorBlocked, Hosts: []string{"ads.example"}},
}

func check(descriptor string, files ...string) findings.Result {
	ctx := context.Background()
	tr := &tree.Tree{Files: []tree.File{{Path: "microapp.yaml", Text: []byte(descriptor)}}}
	for i := 0; i+1 < len(files); i += 2 {
		tr.Files = append(tr.Files, tree.File{Path: files[i], Text: []byte(files[i+1])})
	}
	var d core.Descriptor
	if err := yaml.Unmarshal([]byte(descriptor), &d); err != nil {
		panic(err)
	}
	found := names.Scan(ctx, tr, Names())
	in := Input{Tree: tr, Found: func(i int) []names.Hit { return found.List(0, i) }, Descriptor: &d, Known: known}
	in.File, _ = microapp.Find(tr)
	return Check(ctx, in)
}

func said(res findings.Result) string {
	var got []string
	for _, f := range res.Findings {
		got = append(got, fmt.Sprintf("%s %d:%d %v", f.Code, f.Line, f.Column, f.Blocking))
	}
	return strings.Join(got, "|")
}

func TestDeclared(t *testing.T) {
	got := said(check("vendors:\n  - name: mailer\n    hosts: [api.mailer.example, a.eu.mailer.example, a.b.eu.mailer.example]\n  - name: sms\n    hosts: [api.sms.example:443]\n  - name: nobody\n    hosts: [x.example]\n"))
	want := "vendor_host_unknown 3:54 true|vendor_not_approved 4:11 true|vendor_unknown 6:11 true|vendor_unused 2:11 false|vendor_unused 4:11 false"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDetected(t *testing.T) {
	declared := "vendors:\n  - name: mailer\n    hosts: [api.mailer.example]\nguardrails:\n  egress: [extra.example]\n"
	for text, want := range map[string]string{
		`fetch("https://api.mailer.example/v1")`:                                                      "",
		`fetch("https://API.mailer.example:443/v1")`:                                                  "",
		`fetch("https://api.mailer.example"); fetch("https://extra.example")`:                         "",
		`fetch("https://api.mailer.example"); fetch("https://other.example/v1")`:                      "vendor_undeclared 1:45 false",
		"fetch('https://api.mailer.example'); const u = `wss://other.example/${id}`;":                 "vendor_undeclared 1:49 false",
		"fetch('https://api.mailer.example'); const u = `https://${host}/x`;":                         "",
		"fetch('https://api.mailer.example'); const u = `https://other.example${rest}`;":              "",
		"fetch('https://api.mailer.example'); import x from \"https://esm.example/x\"; x();":          "vendor_undeclared 1:53 false",
		`fetch("https://api.mailer.example"); const a = "see https://other.example for more";`:        "",
		`fetch("https://api.mailer.example"); // https://other.example` + "\nf();":                    "",
		`fetch("https://api.mailer.example"); f("http://localhost:8080"); g("http://127.0.0.1")`:      "",
		`fetch("https://api.mailer.example"); n("http://www.w3.org/2000/svg")`:                        "",
		`fetch("https://api.mailer.example"); f("https://other.example"); f("https://other.example")`: "vendor_undeclared 1:41 false",
	} {
		if got := said(check(declared, "src/a.ts", text)); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
	page := "<a href=\"https://link.example\">x</a>\n<img src=//pic.example/x>\n<form action=\"https://form.example/\">\n<script>fetch('https://js.example')</script>"
	want := "vendor_undeclared 2:10 false|vendor_undeclared 3:15 false|vendor_undeclared 4:16 false"
	if got := said(check("name: x\n", "a.html", page)); got != want {
		t.Errorf("page: got %q, want %q", got, want)
	}
}

// TestAsTheOrganisationCallsIt: a firm of the book is known under the
// organisation's own name, by one of its hosts.
func TestAsTheOrganisationCallsIt(t *testing.T) {
	res := check("name: x\n", "a.ts", `import Stripe from "stripe";`)
	if len(res.Findings) != 1 || !slices.Equal(res.Detected.Vendors, []string{"pay"}) || res.Findings[0].What != "a.ts uses Payments, by: stripe. That is not listed in microapp.yaml." {
		t.Errorf("%+v", res)
	}
}

// TestEdits holds the edits to descriptors of each shape: after them, the check
// has nothing to say about vendors any more.
func TestEdits(t *testing.T) {
	code := `fetch("https://api.mailer.example/v1"); fetch("https://api.stripe.com/v1"); fetch("https://x.eu.mailer.example")`
	for name, text := range map[string]string{
		"absent":         "name: x\n",
		"empty":          "vendors: []\nname: x\n",
		"nothing":        "vendors:\nname: x\n",
		"flow":           "vendors: [{name: mailer, hosts: [api.mailer.example]}]\n",
		"block":          "vendors:\n  - name: pay\n    hosts:\n      - api.stripe.com\nname: x\n",
		"not moved in":   "vendors:\n- name: pay\n  hosts: [api.stripe.com]\nname: x\n",
		"other host":     "vendors:\n  - name: mailer\n    hosts: [api.mailer.example]\n",
		"host in blocks": "vendors:\n  - name: mailer\n    hosts:\n      - api.mailer.example\n  - name: pay\n    hosts: [api.stripe.com]\n",
	} {
		res := check(text, "a.ts", code)
		if len(res.Findings) == 0 {
			t.Errorf("%s: nothing found", name)
		}
		now := text
		for range 4 { // a list on one line takes the hosts of one vendor at a time
			var edits []core.Edit
			for _, f := range check(now, "a.ts", code).Findings {
				edits = append(edits, f.Edits...)
			}
			now = apply(t, now, edits)
		}
		if got := said(check(now, "a.ts", code)); got != "" {
			t.Errorf("%s: still %s in\n%s", name, got, now)
		}
	}
}

// apply does what edits say, line by line, from the last to the first.
func apply(t *testing.T, text string, edits []core.Edit) string {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	slices.SortStableFunc(edits, func(a, b core.Edit) int { return b.Line - a.Line })
	for _, e := range edits {
		switch {
		case e.Kind == core.EditReplace:
			l := lines[e.Line-1]
			if l[e.Column-1:e.End-1] != e.Old {
				t.Fatalf("%+v does not fit %q", e, l)
			}
			lines[e.Line-1] = l[:e.Column-1] + e.New + l[e.End-1:]
		case e.Line == 0:
			lines = append(lines, e.New)
		default:
			lines = slices.Insert(lines, e.Line, e.New)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

func TestSecretsOfAddressesAreNotQuoted(t *testing.T) {
	res := check("name: x\n", "a.ts", `post("https://hooks.slack.com/services/T0/B0/abcdefghijkl")`)
	if len(res.Findings) != 1 || strings.Contains(res.Findings[0].Quote, "abcdefghijkl") || !strings.Contains(res.Findings[0].Quote, "hooks.slack.com") {
		t.Errorf("%+v", res.Findings)
	}
}

func TestUnreadableDescriptor(t *testing.T) {
	if res := Check(context.Background(), Input{Tree: &tree.Tree{}, Found: func(int) []names.Hit { return nil }, Known: known}); res.Verdict() != core.Incomplete {
		t.Errorf("%+v", res)
	}
}

// TestCorpus holds the check to examples of each kind of file, and prints how
// often it is right. An example names the vendors, and hosts nobody knows.
func TestCorpus(t *testing.T) {
	f, err := os.Open("testdata/corpus.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var hit, miss, extra, n int
	s := bufio.NewScanner(f)
	for line := 1; s.Scan(); line++ {
		if s.Text() == "" || strings.HasPrefix(s.Text(), "#") {
			continue
		}
		path, rest, _ := strings.Cut(s.Text(), " | ")
		i := strings.LastIndex(rest, " => ")
		text := strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(rest[:i])
		want := strings.Fields(strings.TrimPrefix(rest[i+4:], "-"))
		res := check("name: x\n", path, text)
		got := slices.Clone(res.Detected.Vendors)
		for _, f := range res.Findings {
			if f.Code == "vendor_undeclared" {
				got = append(got, strings.TrimSuffix(strings.Fields(f.What)[2], ","))
			}
		}
		n++
		for _, g := range got {
			if slices.Contains(want, g) {
				hit++
			} else {
				extra++
			}
		}
		for _, w := range want {
			if !slices.Contains(got, w) {
				miss++
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("line %d, %s: %s\n got  %q\n want %q", line, path, text, got, want)
		}
	}
	t.Logf("%d examples: precision %.3f (%d of %d), recall %.3f (%d of %d)", n, float64(hit)/float64(max(1, hit+extra)), hit, hit+extra, float64(hit)/float64(max(1, hit+miss)), hit, hit+miss)
	if n < 120 {
		t.Errorf("only %d examples", n)
	}
}

// TestData holds the data to its shape.
func TestData(t *testing.T) {
	b, err := load()
	if err != nil {
		t.Fatal(err)
	}
	if len(b.firms) < 200 || len(b.date) != 10 {
		t.Errorf("%d firms, date %q", len(b.firms), b.date)
	}
	seen := map[string]string{}
	for _, f := range b.firms {
		if seen[f.name] != "" || f.purpose == "" || len(f.hosts) == 0 || strings.ToLower(f.name) != f.name || strings.Contains(f.name, " ") {
			t.Errorf("%s is twice or has faults: %+v", f.name, f)
		}
		seen[f.name] = f.name
		for _, h := range f.hosts {
			if seen[h] != "" || !strings.Contains(h, ".") || strings.ContainsAny(h, "/@* ") {
				t.Errorf("%s: the host %q is that of %q too, or is none", f.name, h, seen[h])
			}
			seen[h] = f.name
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{`fetch("https://api.stripe.com")`, "<script src=//x.stripe.com>", `{"dependencies": {"stripe": "1"}}`, "https://a:b@stripe.com"} {
		for _, p := range []string{"a.ts", "a.html", "package.json", "a.yaml", "a.py"} {
			f.Add(p, s)
		}
	}
	f.Fuzz(func(t *testing.T, path, text string) { check("name: x\n", path, text) })
}
