package vendors

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/microapp"
	"github.com/paddock-dev/paddock/internal/life/check/script"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

var known = []core.Vendor{
	{Name: "mailer", State: core.VendorApproved, Hosts: []string{"api.mailer.example", "*.eu.mailer.example"}},
	{Name: "sms", State: core.VendorPending, Hosts: []string{"api.sms.example"}},
	{Name: "ads", State: core.VendorBlocked, Hosts: []string{"ads.example"}},
}

func run(yaml string, uses []core.VendorUse, files ...string) []string {
	ctx := context.Background()
	tr := &tree.Tree{Files: []tree.File{{Path: "microapp.yaml", Text: []byte(yaml)}}}
	for i := 0; i+1 < len(files); i += 2 {
		tr.Files = append(tr.Files, tree.File{Path: files[i], Text: []byte(files[i+1])})
	}
	file, _ := microapp.Find(tr)
	res := Check(script.Read(ctx, tr), file, &core.Descriptor{Vendors: uses, Guardrails: core.Guardrails{Egress: []string{"extra.example"}}}, known)
	var got []string
	for _, f := range res.Findings {
		got = append(got, fmt.Sprintf("%s %d:%d %v", f.Code, f.Line, f.Column, f.Blocking))
	}
	return got
}

func TestDeclared(t *testing.T) {
	yaml := "vendors:\n  - name: mailer\n    hosts: [api.mailer.example, a.eu.mailer.example, a.b.eu.mailer.example]\n  - name: sms\n    hosts: [api.sms.example]\n  - name: nobody\n    hosts: [x.example]\n"
	got := run(yaml, []core.VendorUse{{Name: "mailer", Hosts: []string{"api.mailer.example", "a.eu.mailer.example", "a.b.eu.mailer.example"}}, {Name: "sms", Hosts: []string{"api.sms.example:443"}}, {Name: "nobody", Hosts: []string{"x.example"}}})
	want := "vendor_host_unknown 3:54 true|vendor_not_approved 4:11 true|vendor_unknown 6:11 true"
	if strings.Join(got, "|") != want {
		t.Errorf("got %s, want %s", strings.Join(got, "|"), want)
	}
}

func TestDetected(t *testing.T) {
	uses := []core.VendorUse{{Name: "mailer", Hosts: []string{"api.mailer.example"}}}
	for text, want := range map[string]string{
		`fetch("https://api.mailer.example/v1")`:                   "",
		`fetch("https://API.mailer.example:443/v1")`:               "",
		`fetch("https://extra.example")`:                           "",
		`fetch("https://other.example/v1")`:                        "vendor_undeclared 1:7 false",
		"const u = `wss://other.example/${id}`;":                   "vendor_undeclared 1:11 false",
		"const u = `https://${host}/x`;":                           "",
		"const u = `https://other.example${rest}`;":                "",
		`import x from "https://esm.example/x"; x();`:              "vendor_undeclared 1:15 false",
		`const a = "see https://other.example for more";`:          "",
		`// https://other.example` + "\nf();":                      "",
		`f("http://localhost:8080"); g("http://127.0.0.1")`:        "",
		`n("http://www.w3.org/2000/svg")`:                          "",
		`f("https://other.example"); f("https://other.example/b")`: "vendor_undeclared 1:3 false",
	} {
		if got := strings.Join(run("", uses, "src/a.ts", text), "|"); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
	page := "<a href=\"https://link.example\">x</a>\n<img src=//pic.example/x>\n<form action=\"https://form.example/\">\n<script>fetch('https://js.example')</script>"
	want := "vendor_undeclared 4:15 false|vendor_undeclared 2:1 false|vendor_undeclared 3:1 false"
	if got := strings.Join(run("", uses, "a.html", page), "|"); got != want {
		t.Errorf("page: got %q, want %q", got, want)
	}
}

func TestUnreadableDescriptor(t *testing.T) {
	if res := Check(&script.Set{}, microapp.File{}, nil, known); res.Verdict() != core.Incomplete {
		t.Errorf("%+v", res)
	}
}
