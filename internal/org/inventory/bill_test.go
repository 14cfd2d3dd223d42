package inventory

import (
	"fmt"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

const bill = `{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,
"metadata":{"component":{"bom-ref":"app:x","type":"application","name":"x"}},
"components":[
 {"bom-ref":"a","type":"library","name":"express","version":"4.18.2","purl":"pkg:npm/express@4.18.2","scope":"required"},
 {"bom-ref":"b","type":"library","name":"qs","version":"6.5.2","purl":"pkg:npm/qs@6.5.2"},
 {"bom-ref":"c","type":"library","name":"tool","version":"1.0.0","purl":"pkg:npm/tool@1.0.0","scope":"excluded"},
 {"bom-ref":"d","type":"file","name":"nameless"}],
"dependencies":[{"ref":"app:x","dependsOn":["a","c"]},{"ref":"a","dependsOn":["b"]}]}`

func TestRead(t *testing.T) {
	parts, err := Read([]byte(bill))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range parts {
		got = append(got, fmt.Sprintf("%s %d %v", PURL(p.Component), p.Direct, p.Build))
	}
	want := "pkg:npm/express@4.18.2 1 false|pkg:npm/qs@6.5.2 0 false|pkg:npm/tool@1.0.0 1 true"
	if strings.Join(got, "|") != want {
		t.Errorf("%s", strings.Join(got, "|"))
	}
	parts, err = Read([]byte(strings.Replace(bill, `"dependencies"`, `"x"`, 1)))
	if err != nil || parts[0].Direct != core.DirectUnknown {
		t.Errorf("without a graph: %+v, %v", parts, err)
	}
}

func TestReadRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":   "",
		"no json":   "{",
		"spdx":      `{"spdxVersion":"SPDX-2.3"}`,
		"bad purl":  strings.Replace(bill, "pkg:npm/qs@6.5.2", "npm/qs", 1),
		"long name": strings.Replace(bill, "pkg:npm/qs@6.5.2", "pkg:npm/"+strings.Repeat("q", 500), 1),
	} {
		if parts, err := Read([]byte(text)); err == nil || core.CodeOf(err) != core.Unreadable {
			t.Errorf("%s: %v, %v", name, parts, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(bill))
	f.Fuzz(func(t *testing.T, b []byte) {
		parts, err := Read(b)
		if c := core.CodeOf(err); err != nil && c != core.Unreadable && c != core.TooLarge {
			t.Fatal(c)
		}
		for _, p := range parts {
			if p.Ecosystem == "" || p.Name == "" {
				t.Fatalf("%+v", p)
			}
		}
	})
}
