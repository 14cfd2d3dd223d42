package core_test

import (
	"encoding/json"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

var ana = core.Trace{Email: "ana@example.org", Name: "Ana Öhman", As: "erased-1"}

// A trace is found where it stands whole, and nobody else is hit.
func TestTrace(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""}, {"nothing", "nothing"},
		{"ana@example.org", "erased-1"},
		{"Ask ANA@Example.org, or <ana@example.org>.", "Ask erased-1, or <erased-1>."},
		{"mailto:ana@example.org?x", "mailto:erased-1?x"},
		{"/people?who=ana%40example.org&x=1", "/people?who=erased-1&x=1"},
		{"diana@example.org", "diana@example.org"}, {"di.ana@example.org", "di.ana@example.org"}, {"x+ana@example.org", "x+ana@example.org"},
		{"ana@example.org.uk", "ana@example.org.uk"}, {"ana@example.orgs", "ana@example.orgs"}, {"ana@example.org-x.net", "ana@example.org-x.net"},
		{"diana@example.org and ana@example.org", "diana@example.org and erased-1"},
		{"'ana@example.org'", "'erased-1'"},
		{"by Ana Öhman, of HR", "by erased-1, of HR"}, {"Diana Öhman", "Diana Öhman"}, {"Ana Öhmann", "Ana Öhmann"}, {"Ana", "Ana"},
	} {
		got, found := ana.Without(c.text)
		if got != c.want || found != (got != c.text) || ana.In(c.text) != found {
			t.Errorf("%q became %q (%t)", c.text, got, found)
		}
	}
	if one := (core.Trace{Email: "x@y.org", Name: "platform"}); one.In("the platform team") || !one.Is("Platform ") || one.Is("the platform") {
		t.Error("a name of one word")
	}
}

// In JSON only strings change.
func TestTraceInJSON(t *testing.T) {
	for _, c := range []struct{ doc, want string }{
		{`{ "a": 1.50, "b": ["ana@example.org", null], "c":"say\nana@example.org \"hi\" \\"}`, `{ "a": 1.50, "b": ["erased-1", null], "c":"say\nerased-1 \"hi\" \\"}`},
		{`{"ana@example.org":{"x":"Ana \u00d6hman"}}`, `{"erased-1":{"x":"erased-1"}}`},
		{`{"a":"di\u0061na@example.org"}`, `{"a":"di\u0061na@example.org"}`},
		{`not JSON: ana@example.org`, `not JSON: erased-1`},
		{`""`, `""`},
	} {
		if got, found := ana.WithoutJSON(c.doc); got != c.want || found != (got != c.doc) || ana.InJSON(c.doc) != found {
			t.Errorf("%s became %s", c.doc, got)
		}
	}
}

// Whatever the document, it stays one, and keeps no trace.
func FuzzTraceInJSON(f *testing.F) {
	f.Add(`{"a":"ana@example.org","b":"\"ana@example.org\\"}`)
	f.Add(`"ana@example.org`)
	f.Fuzz(func(t *testing.T, doc string) {
		rest, _ := ana.WithoutJSON(doc)
		if json.Valid([]byte(doc)) != json.Valid([]byte(rest)) && json.Valid([]byte(doc)) {
			t.Fatalf("%q became %q", doc, rest)
		}
		if ana.InJSON(rest) {
			t.Fatalf("%q became %q", doc, rest)
		}
	})
}
